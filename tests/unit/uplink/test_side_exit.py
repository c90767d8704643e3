"""The stick and the line race: whichever is first counts, each packet is at the centre once, and replays change nothing."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.messages import Receipt, SignedReceipt, sign_receipt
from adminduk.parcels import FOLDER, MANIFEST, RECEIPTS, SignedManifest, packet_name
from central.intake import parcels
from central.intake.parcels import ParcelError
from central.schema import audit, kiosks, packets
from kiosk.export import Exported, StickError, Taken, export, take_receipts
from kiosk.store import Phase
from kiosk.uplink import Courier, open_courier
from kiosk.vault import Vault
from tests.small_disk import needs_root, small_disk
from tests.unit.uplink.village import Kiosk, RealCentre, new_kiosk, real_centre

SIZE = 40_000


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    yield kiosk
    kiosk.close()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def lay(kiosk: Kiosk, stick: Path) -> Exported:
    return export(kiosk.store, kiosk.vault, stick, kiosk.key, kiosk_id=kiosk.kiosk_id, clock=kiosk.clock)


def bring(centre: RealCentre, stick: Path) -> list[tuple[str, dict[str, int]]]:
    """(code, packets by outcome) of each parcel."""
    return [(one.code, one.packets) for one in parcels.bring(centre.context, stick, actor="penguji")]


def back(kiosk: Kiosk, stick: Path) -> Taken:
    return take_receipts(kiosk.store, kiosk.vault, stick, kiosk.receipt_key)


def assert_once(centre: RealCentre, kiosk: Kiosk) -> None:
    """At the centre exactly what was sealed; at the kiosk tombstones only."""
    mine = {name: digest for name, digest in centre.received().items() if name in kiosk.sealed}
    assert mine == kiosk.sealed
    assert kiosk.tombstones() == kiosk.sealed
    assert kiosk.vault.ids() == frozenset()
    assert kiosk.store.waiting() == ()
    with centre.engine.connect() as connection:
        row = sa.select(sa.func.count()).select_from(packets).where(packets.c.kiosk_id == kiosk.kiosk_id)
        assert connection.scalar(row) == len(kiosk.sealed)
    assert not [path for path in centre.settings.uploads.iterdir() if path.name in kiosk.sealed]


# --- how far the line had come when somebody took the stick ---------------------------------------------------------------


def nothing(_kiosk: Kiosk, _courier: Courier) -> None:
    """The line was never there."""


def announced(_kiosk: Kiosk, courier: Courier) -> None:
    assert courier.announce_next()


def half_sent(kiosk: Kiosk, courier: Courier, part: int = SIZE // 2) -> None:
    announced(kiosk, courier)
    (packet_id,) = kiosk.sealed
    courier._centre.begin(packet_id, SIZE)
    courier._centre._send_chunk(packet_id, 0, kiosk.vault.read(packet_id, 0, part))
    kiosk.store.advance(packet_id, Phase.UPLOADING, offset=part)
    kiosk.store.release(packet_id)


def all_sent(kiosk: Kiosk, courier: Courier) -> None:
    half_sent(kiosk, courier, SIZE)


def receipt_lost(kiosk: Kiosk, courier: Courier) -> None:
    """The centre has it; its answer never came."""
    all_sent(kiosk, courier)
    (item,) = kiosk.store.unsent()
    courier._centre.receipt(parcels.Announcement(id=item.id, sha256=item.sha256, size=item.size))


def at_a_person(kiosk: Kiosk, courier: Courier) -> None:
    announced(kiosk, courier)
    kiosk.store.need_attention(next(iter(kiosk.sealed)), "terlalu_besar")


STAGES = (nothing, announced, half_sent, all_sent, receipt_lost, at_a_person)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("stick_first", [True, False])
def test_nothing_doubles_wherever_the_line_broke(
    centre: RealCentre, kiosk: Kiosk, stick: Path, stage: Callable[[Kiosk, Courier], None], stick_first: bool
) -> None:
    (packet_id,) = (kiosk.submit(SIZE),)
    with kiosk.courier(centre.url) as courier:
        stage(kiosk, courier)
    with kiosk.courier(centre.url) as courier:
        assert lay(kiosk, stick).packets == 1
        assert bring(centre, stick) == [("", {"diterima": 1})]
        if not stick_first:
            kiosk.store.try_again(packet_id)
            assert courier.deliver_next()
        assert back(kiosk, stick) == (Taken(received=1) if stick_first else Taken(known=1))
        assert not courier.deliver_next()
    assert bring(centre, stick) == [("", {"diterima": 1})]
    assert back(kiosk, stick) == Taken(known=1)
    assert_once(centre, kiosk)


def test_the_line_was_faster_than_the_bus(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    packet_id = kiosk.submit(SIZE)
    lay(kiosk, stick)
    with kiosk.courier(centre.url) as courier:
        assert courier.deliver_next()
    assert bring(centre, stick) == [("", {"diterima": 1})]
    written = next(stick.rglob(f"{RECEIPTS}/{packet_id}.json")).read_bytes()
    with kiosk.store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT receipt FROM outbox").scalar() == written.decode()
    assert back(kiosk, stick) == Taken(known=1)
    assert_once(centre, kiosk)


def test_the_receipt_comes_by_stick_in_the_middle_of_an_upload(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    """The courier is still sending when its packet is erased under its hands: no alarm, nothing comes back to life."""
    kiosk.submit(600_000)
    lay(kiosk, stick)
    bring(centre, stick)
    with kiosk.courier(centre.url) as courier:
        item = kiosk.store.claim()
        assert item is not None
        kiosk.store.advance(item.id, Phase.UPLOADING, offset=1)
        assert back(kiosk, stick) == Taken(received=1)
        kiosk.store.advance(item.id, Phase.UPLOADING, offset=500)
        kiosk.store.need_attention(item.id, "brankas_hilang")
        kiosk.store.set_back(item.id, "waktu_habis")
        assert not kiosk.store.receive(item.id, "again")
        assert not courier.deliver_next()
    assert_once(centre, kiosk)


def test_a_courier_that_loses_its_packet_to_the_stick_goes_on_with_the_next(
    centre: RealCentre, kiosk: Kiosk, stick: Path
) -> None:
    first, _second = kiosk.submit(400_000), kiosk.submit(SIZE)
    lay(kiosk, stick)
    bring(centre, stick)
    with centre.engine.begin() as connection:  # the centre was restored without the second
        connection.execute(packets.delete().where(packets.c.id != first, packets.c.kiosk_id == kiosk.kiosk_id))
    for path in stick.rglob(f"{RECEIPTS}/*.json"):
        if path.stem != first:
            path.unlink()
    seen: list[int] = []

    def look() -> None:
        seen.append(1)
        if len(seen) == 3:
            back(kiosk, stick)

    with open_courier(kiosk.post(centre.url), clock=kiosk.clock, dice=secrets, alive=look) as courier:
        for _ in range(6):
            if not courier.deliver_next():
                break
    assert_once(centre, kiosk)


def test_a_kill_between_receipt_and_erasing_is_mended_by_either(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    for again in ("stick", "line"):
        packet_id = kiosk.submit(SIZE)
        lay(kiosk, stick)
        bring(centre, stick)
        receipt = next(stick.rglob(f"{RECEIPTS}/{packet_id}.json")).read_text()
        assert kiosk.store.receive(packet_id, receipt)  # and here the power went
        with kiosk.courier(centre.url) as courier:
            if again == "stick":
                assert back(kiosk, stick).received == 0
            else:
                assert courier.deliver_next()
        assert_once(centre, kiosk)


# --- what a stick may hold ------------------------------------------------------------------------------------------------


def test_two_kiosks_share_one_stick(centre: RealCentre, kiosk: Kiosk, stick: Path, tmp_path: Path) -> None:
    other = new_kiosk(tmp_path / "other", centre)
    for one in (kiosk, other):
        one.submit(SIZE)
        lay(one, stick)
    assert bring(centre, stick) == [("", {"diterima": 1})] * 2
    assert back(kiosk, stick) == Taken(received=1, strange=1)
    assert back(other, stick) == Taken(received=1, strange=1)
    assert_once(centre, kiosk)
    assert_once(centre, other)
    other.close()


def test_no_name_on_the_stick_is_personal_and_the_list_is_signed(kiosk: Kiosk, stick: Path) -> None:
    packet_id = kiosk.submit(SIZE)
    done = lay(kiosk, stick)
    names = {str(path.relative_to(stick)) for path in stick.rglob("*") if path.is_file()}
    home = f"{FOLDER}/{kiosk.kiosk_id}-0001"
    assert names == {f"{home}/{MANIFEST}", f"{home}/{packet_name(packet_id)}"}
    assert done == Exported(folder=f"{kiosk.kiosk_id}-0001", packets=1, size=SIZE, damaged=0)
    assert set(json.loads(SignedManifest.from_json((stick / home / MANIFEST).read_bytes()).manifest)) == {
        "v", "kiosk_id", "number", "made_at", "clock_trusted", "packets",
    }  # fmt: skip
    assert len(kiosk.store.unsent()) == 1  # it stays in the queue


def test_a_packet_changed_on_the_stick_is_refused_and_the_others_are_taken(
    centre: RealCentre, kiosk: Kiosk, stick: Path
) -> None:
    bad, good = kiosk.submit(SIZE), kiosk.submit(SIZE)
    lay(kiosk, stick)
    path = next(stick.rglob(packet_name(bad)))
    whole = path.read_bytes()
    for spoilt in (whole[:-1], whole + b"x", b"\0" + whole[1:]):
        path.write_bytes(spoilt)
        assert bring(centre, stick) == [("", {"isi_rusak": 1, "diterima": 1})]
    path.unlink()
    assert bring(centre, stick) == [("", {"hilang": 1, "diterima": 1})]
    assert back(kiosk, stick) == Taken(received=1)
    assert {row.id for row in kiosk.store.waiting()} == {bad}
    assert good in kiosk.tombstones()
    with kiosk.courier(centre.url) as courier:  # what the stick had spoilt, the line brings
        assert courier.deliver_next()
    assert_once(centre, kiosk)


def rewritten(stick: Path, change: Callable[[str, str], tuple[str, str]]) -> None:
    path = next(stick.rglob(MANIFEST))
    signed = SignedManifest.from_json(path.read_bytes())
    manifest, signature = change(signed.manifest, signed.signature)
    path.write_bytes(SignedManifest(manifest=manifest, signature=signature).to_json())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text, sign: (text.replace('"number":1', '"number":2'), sign), "daftar_kiriman_palsu"),
        (lambda text, sign: (text, sign[:-8] + "AAAAAAA="), "daftar_kiriman_palsu"),
        (lambda text, sign: (text, "?"), "daftar_kiriman_palsu"),
        (lambda text, sign: (text.replace('"kiosk_id":"K-', '"kiosk_id":"X-'), sign), "kios_tidak_dikenal"),
        (lambda text, sign: (text[:-1], sign), "daftar_rusak"),
    ],
)
def test_nothing_is_taken_by_a_list_that_was_changed(
    centre: RealCentre, kiosk: Kiosk, stick: Path, change: Callable[[str, str], tuple[str, str]], code: str
) -> None:
    packet_id = kiosk.submit(SIZE)
    lay(kiosk, stick)
    rewritten(stick, change)
    assert bring(centre, stick) == [(code, {})]
    assert packet_id not in centre.everything_known()


def test_another_kiosks_name_on_a_list_needs_that_kiosks_key(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    victim = centre.enrol(Ed25519PrivateKey.generate())
    packet_id = kiosk.submit(SIZE)
    export(kiosk.store, kiosk.vault, stick, kiosk.key, kiosk_id=victim, clock=kiosk.clock)
    assert bring(centre, stick) == [("daftar_kiriman_palsu", {})]
    assert packet_id not in centre.everything_known()


def test_a_new_key_that_the_centre_has_not_seen_in_use_signs_too(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    new = Ed25519PrivateKey.generate()
    kiosk.submit(SIZE)
    export(kiosk.store, kiosk.vault, stick, new, kiosk_id=kiosk.kiosk_id, clock=kiosk.clock)
    assert bring(centre, stick) == [("daftar_kiriman_palsu", {})]
    offered = kiosks.update().where(kiosks.c.id == kiosk.kiosk_id)
    with centre.engine.begin() as connection:
        connection.execute(offered.values(next_key=new.public_key().public_bytes_raw().hex()))
    assert bring(centre, stick) == [("", {"diterima": 1})]


def test_a_revoked_kiosks_stick_is_refused_like_its_line(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    packet_id = kiosk.submit(SIZE)
    lay(kiosk, stick)
    centre.revoke(kiosk.kiosk_id)
    assert bring(centre, stick) == [("kios_tidak_dikenal", {})]
    assert packet_id not in centre.everything_known()


def test_a_list_that_is_none_and_one_that_is_too_large_are_passed_over(
    centre: RealCentre, kiosk: Kiosk, stick: Path
) -> None:
    kiosk.submit(SIZE)
    lay(kiosk, stick)
    for name, content in (("K-9998-0001", b"{}"), ("K-9999-0001", b"x" * (parcels.LARGEST_MANIFEST + 1))):
        (stick / FOLDER / name).mkdir()
        (stick / FOLDER / name / MANIFEST).write_bytes(content)
    assert sorted(code for code, _ in bring(centre, stick)) == ["", "daftar_rusak", "daftar_rusak"]


def test_an_empty_stick_has_no_parcel(centre: RealCentre, stick: Path) -> None:
    with pytest.raises(ParcelError) as caught:
        bring(centre, stick)
    assert caught.value.code == "tidak_ada_kiriman"


def test_the_office_writes_down_who_read_which_stick(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    kiosk.submit(SIZE)
    name = lay(kiosk, stick).folder
    bring(centre, stick)
    with centre.engine.connect() as connection:
        row = connection.execute(sa.select(audit).where(audit.c.target == name)).one()
    assert (row.actor, row.what) == ("penguji", "kiriman_stik")


# --- receipts that are not to be believed ---------------------------------------------------------------------------------


def test_forged_and_foreign_receipts_erase_nothing(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    packet_id = kiosk.submit(SIZE)
    lay(kiosk, stick)
    bring(centre, stick)
    path = next(stick.rglob(f"{RECEIPTS}/*.json"))
    true = SignedReceipt.from_json(path.read_bytes())
    receipt = Receipt.from_json(true.receipt.encode())
    forged = sign_receipt(receipt, Ed25519PrivateKey.generate())
    other = Receipt(id=receipt.id, sha256="0" * 64, size=receipt.size, received_at=receipt.received_at, centre="x")
    for spoilt in (
        forged.to_json(), sign_receipt(other, centre.context.keys.receipt).to_json(), b"", b"x" * 9000,
        true.to_json()[:-2],
    ):  # fmt: skip
        path.write_bytes(spoilt)
        assert back(kiosk, stick) == Taken(refused=1)
        assert kiosk.vault.has(packet_id)
        assert kiosk.row(packet_id).state is not Phase.RECEIVED
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert back(kiosk, stick) == Taken()


# --- sticks that are full, gone, or pulled out ------------------------------------------------------------------------------


def test_no_stick_and_nothing_to_send_are_said(kiosk: Kiosk, stick: Path, tmp_path: Path) -> None:
    for folder, code in ((stick, "tidak_ada_kiriman"), (tmp_path / "none", "tidak_ada_kiriman")):
        with pytest.raises(StickError) as caught:
            lay(kiosk, folder)
        assert caught.value.code == code
    kiosk.submit(SIZE)
    for act in (lay, back):
        with pytest.raises(StickError) as caught:
            act(kiosk, tmp_path / "none")
        assert caught.value.code == "stik_tidak_ada"


def test_a_stick_pulled_out_half_way_holds_no_parcel_and_the_next_export_sweeps_it(
    centre: RealCentre, kiosk: Kiosk, stick: Path
) -> None:
    kiosk.submit(SIZE)
    half = stick / FOLDER / f"{kiosk.kiosk_id}-0001.tmp"
    half.mkdir(parents=True)
    (half / MANIFEST).write_bytes(b"{}")
    foreign = stick / FOLDER / "K-9999-0001.tmp"
    foreign.mkdir()
    with pytest.raises(ParcelError):
        bring(centre, stick)
    lay(kiosk, stick)
    assert sorted(path.name for path in (stick / FOLDER).iterdir()) == [f"{kiosk.kiosk_id}-0001", "K-9999-0001.tmp"]


class PulledOut(Vault):
    """Somebody pulls the stick while the second packet is read."""

    stick: Path
    reads = 0

    def read(self, packet_id: str, offset: int, length: int) -> bytes:
        self.reads += 1
        if self.reads == 2:
            shutil.rmtree(self.stick / FOLDER)
        return super().read(packet_id, offset, length)


def test_a_stick_pulled_out_between_two_packets_is_told_and_nothing_is_lost(
    centre: RealCentre, kiosk: Kiosk, stick: Path
) -> None:
    for _ in range(3):
        kiosk.submit(SIZE)
    vault = PulledOut(kiosk.folder / "vault")
    vault.stick = stick
    with pytest.raises(StickError) as caught:
        export(kiosk.store, vault, stick, kiosk.key, kiosk_id=kiosk.kiosk_id, clock=kiosk.clock)
    assert caught.value.code == "stik_tidak_ada"
    assert len(kiosk.store.unsent()) == 3
    lay(kiosk, stick)
    assert bring(centre, stick) == [("", {"diterima": 3})]
    back(kiosk, stick)
    assert_once(centre, kiosk)


def test_a_stick_pulled_out_at_the_office_is_read_again(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    packet_id = kiosk.submit(SIZE)
    lay(kiosk, stick)
    (folder,) = (stick / FOLDER).iterdir()
    (folder / RECEIPTS / f"{packet_id}.json").mkdir(parents=True)  # nothing can be written there
    assert bring(centre, stick) == [("", {"tanpa_tanda_terima": 1})]
    shutil.rmtree(folder / RECEIPTS)
    assert bring(centre, stick) == [("", {"diterima": 1})]
    assert back(kiosk, stick) == Taken(received=1)
    assert_once(centre, kiosk)


def test_a_link_on_a_stick_leads_nowhere(centre: RealCentre, kiosk: Kiosk, stick: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    kiosk.submit(SIZE)
    (stick / FOLDER).symlink_to(elsewhere)
    with pytest.raises(StickError):
        lay(kiosk, stick)
    (stick / FOLDER).unlink()
    lay(kiosk, stick)
    (folder,) = (stick / FOLDER).iterdir()
    (folder / RECEIPTS).symlink_to(elsewhere)
    assert bring(centre, stick) == [("stik_hanya_baca", {})]
    (folder / RECEIPTS).unlink()
    (folder / RECEIPTS).write_text("a file where the folder should be")
    assert bring(centre, stick) == [("stik_hanya_baca", {})]
    assert list(elsewhere.iterdir()) == []


@needs_root
def test_a_full_stick_is_refused_before_anything_is_written(kiosk: Kiosk, stick: Path) -> None:
    with small_disk(stick, "1200k"):
        for _ in range(6):
            kiosk.submit(SIZE)
        with pytest.raises(StickError) as caught:
            lay(kiosk, stick)
        assert caught.value.code == "stik_penuh"
        assert list(stick.iterdir()) == []


def test_what_the_vault_no_longer_holds_whole_stays_at_home(centre: RealCentre, kiosk: Kiosk, stick: Path) -> None:
    spoilt, gone, _good = (kiosk.submit(SIZE) for _ in range(3))
    (kiosk.folder / "vault" / f"{spoilt}.packet").write_bytes(b"x" * SIZE)
    kiosk.vault.erase(gone)
    done = lay(kiosk, stick)
    assert (done.packets, done.damaged) == (1, 2)
    assert bring(centre, stick) == [("", {"diterima": 1})]


def test_a_second_export_gets_a_number_of_its_own(kiosk: Kiosk, stick: Path) -> None:
    kiosk.submit(SIZE)
    assert [lay(kiosk, stick).folder[-4:] for _ in range(2)] == ["0001", "0002"]
