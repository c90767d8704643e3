"""Announce and receipt: exactly once, whatever is said twice, at once, or by somebody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from adminduk.messages import Announced, MessageError, SignedReceipt, sign_receipt, verify_receipt
from central.context import Context
from central.intake.packets import packet_path, receive
from central.intake.uploads import Uploads
from central.schema import packets
from tests.unit.central.conftest import rows
from tests.unit.central.people import JSON, Kiosk, Sealed, code, noise


@pytest.fixture
def parcel() -> Sealed:
    return noise(5000)


def states(context: Context) -> dict[str, str]:
    return {str(row.id): str(row.state) for row in rows(context, sa.select(packets))}


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


# --- announce -------------------------------------------------------------------------------------------------------


def test_a_new_packet_is_201_and_nothing_is_held(context: Context, kiosk: Kiosk, parcel: Sealed) -> None:
    answer = kiosk.announce(parcel)
    assert answer.status_code == 201
    assert Announced.from_json(answer.data) == Announced(id=parcel.id, state="announced", offset=0)
    assert states(context) == {parcel.id: "announced"}


def test_the_same_again_is_200_and_one_row(context: Context, kiosk: Kiosk, parcel: Sealed) -> None:
    assert [kiosk.announce(parcel).status_code for _ in range(3)] == [201, 200, 200]
    assert len(states(context)) == 1


def test_announcing_again_tells_how_much_is_held(kiosk: Kiosk, parcel: Sealed) -> None:
    kiosk.announce(parcel)
    kiosk.create(parcel)
    kiosk.patch(parcel, 0, parcel.content[:1234])
    assert Announced.from_json(kiosk.announce(parcel).data).offset == 1234


def test_announcing_a_received_packet_says_that_it_is_all_here(kiosk: Kiosk, parcel: Sealed) -> None:
    kiosk.deliver(parcel)
    answer = Announced.from_json(kiosk.announce(parcel).data)
    assert (answer.state, answer.offset) == ("received", parcel.size)


@pytest.mark.parametrize("changes", [{"sha256": "0" * 64}, {"size": 5001}])
def test_the_same_id_with_other_bytes_is_409_and_changes_nothing(
    context: Context, kiosk: Kiosk, parcel: Sealed, changes: dict[str, object]
) -> None:
    kiosk.announce(parcel)
    assert code(kiosk.announce(parcel, **changes)) == (409, "isi_berbeda")
    (row,) = rows(context, sa.select(packets))
    assert (row.sha256, row.size) == (parcel.sha256, parcel.size)


def test_the_same_id_from_another_kiosk_is_409(app: Flask, context: Context, kiosk: Kiosk, parcel: Sealed) -> None:
    kiosk.announce(parcel)
    other = Kiosk.enrol(app, context)
    assert code(other.announce(parcel)) == (409, "isi_berbeda")
    assert [row.kiosk_id for row in rows(context, sa.select(packets))] == [kiosk.kiosk_id]


def test_a_packet_too_large_is_413_and_leaves_no_row(light: Context, light_kiosk: Kiosk, parcel: Sealed) -> None:
    largest = light.settings.largest_packet
    assert code(light_kiosk.announce(parcel, size=largest + 1)) == (413, "terlalu_besar")
    assert states(light) == {}
    assert light_kiosk.announce(parcel, size=largest).status_code == 201


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"v":1}', b'{"v":1,"id":1,"sha256":"a","size":1}', b"NaN", b"[" * 5000],
)
def test_a_malformed_announcement_is_400(light_kiosk: Kiosk, parcel: Sealed, body: bytes) -> None:
    status, name = code(light_kiosk.put(f"/packets/{parcel.id}", body))
    assert status == 400
    assert name in ("pesan_rusak", "versi")


@pytest.mark.parametrize(
    "changes", [{"size": 0}, {"size": -1}, {"sha256": "A" * 64}, {"sha256": "a" * 63}, {"id": "x"}]
)
def test_values_that_cannot_be_are_400(light_kiosk: Kiosk, parcel: Sealed, changes: dict[str, object]) -> None:
    assert code(light_kiosk.announce(parcel, **changes)) == (400, "pesan_rusak")


def test_a_message_of_another_version_is_400(light_kiosk: Kiosk, parcel: Sealed) -> None:
    assert code(light_kiosk.announce(parcel, v=2)) == (400, "versi")


def test_an_id_that_differs_from_the_path_is_400(light: Context, light_kiosk: Kiosk, parcel: Sealed) -> None:
    answer = light_kiosk.put(f"/packets/{noise().id}", parcel.announcement())
    assert code(answer) == (400, "pesan_rusak")
    assert states(light) == {}


def test_a_body_of_another_type_is_415(light_kiosk: Kiosk, parcel: Sealed) -> None:
    answer = light_kiosk.put(f"/packets/{parcel.id}", parcel.announcement(), content_type="text/plain")
    assert code(answer) == (415, "jenis_isi_salah")


def test_a_charset_beside_the_type_does_no_harm(light_kiosk: Kiosk, parcel: Sealed) -> None:
    answer = light_kiosk.put(f"/packets/{parcel.id}", parcel.announcement(), content_type=f"{JSON}; charset=utf-8")
    assert answer.status_code == 201


def test_announcements_at_once_make_one_row_and_one_201(context: Context, kiosk: Kiosk, parcel: Sealed) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: kiosk.announce(parcel).status_code, range(12)))
    assert sorted(answers) == [200] * 11 + [201]
    assert states(context) == {parcel.id: "announced"}


# --- receipt --------------------------------------------------------------------------------------------------------


def test_a_receipt_names_what_was_received_and_is_signed(context: Context, kiosk: Kiosk, parcel: Sealed) -> None:
    answer = kiosk.deliver(parcel)
    assert answer.status_code == 200
    receipt = verify_receipt(SignedReceipt.from_json(answer.data), context.keys.receipt.public_key())
    expected = (parcel.id, parcel.sha256, parcel.size, context.stamp(), "dukcapil")
    assert (receipt.id, receipt.sha256, receipt.size, receipt.received_at, receipt.centre) == expected


def test_a_received_packet_lies_whole_in_its_place_and_the_draft_is_gone(
    context: Context, kiosk: Kiosk, parcel: Sealed
) -> None:
    kiosk.deliver(parcel)
    assert packet_path(context, parcel.id).read_bytes() == parcel.content
    assert files(context.settings.uploads) == []
    assert states(context) == {parcel.id: "received"}


def test_a_replay_gives_the_same_bytes_even_later(
    context: Context, kiosk: Kiosk, parcel: Sealed, clock: object
) -> None:
    first = kiosk.deliver(parcel).data
    context.clock.advance(3600)  # type: ignore[attr-defined]  # the tests' clock can be moved
    assert [kiosk.receipt(parcel).data for _ in range(3)] == [first] * 3


def test_a_receipt_for_an_unknown_packet_is_404(light_kiosk: Kiosk, parcel: Sealed) -> None:
    assert code(light_kiosk.receipt(parcel)) == (404, "belum_diumumkan")


def test_another_kiosk_gets_no_receipt(light_app: Flask, light: Context, light_kiosk: Kiosk, parcel: Sealed) -> None:
    light_kiosk.deliver(parcel)
    assert code(Kiosk.enrol(light_app, light).receipt(parcel)) == (404, "belum_diumumkan")


def test_a_receipt_before_the_first_byte_is_409(kiosk: Kiosk, parcel: Sealed) -> None:
    kiosk.announce(parcel)
    assert code(kiosk.receipt(parcel)) == (409, "belum_lengkap")


def test_a_receipt_before_the_last_byte_is_409_and_keeps_what_came(
    context: Context, kiosk: Kiosk, parcel: Sealed
) -> None:
    kiosk.announce(parcel)
    kiosk.create(parcel)
    kiosk.patch(parcel, 0, parcel.content[:-1])
    assert code(kiosk.receipt(parcel)) == (409, "belum_lengkap")
    assert kiosk.head(parcel).headers["Upload-Offset"] == str(parcel.size - 1)
    assert states(context) == {parcel.id: "announced"}


def test_bytes_that_are_not_the_announced_ones_are_422_and_start_anew(
    context: Context, kiosk: Kiosk, parcel: Sealed
) -> None:
    spoiled = Sealed(parcel.id, b"y" + parcel.content[1:])
    kiosk.announce(parcel)
    kiosk.create(parcel)
    kiosk.patch(spoiled, 0, spoiled.content)
    assert code(kiosk.receipt(parcel)) == (422, "isi_rusak")
    assert kiosk.head(parcel).headers["Upload-Offset"] == "0"
    assert states(context) == {parcel.id: "announced"}
    assert kiosk.deliver(parcel).status_code == 200


def test_receipts_at_once_are_one_commit_and_the_same_bytes(context: Context, kiosk: Kiosk) -> None:
    for round_ in range(4):
        parcel = noise(3000 + round_)
        kiosk.upload(parcel)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: kiosk.receipt(parcel), range(8)))  # noqa: B023 - awaited in this round
        assert {answer.status_code for answer in answers} == {200}, [code(answer) for answer in answers]
        assert len({answer.data for answer in answers}) == 1
    assert set(states(context).values()) == {"received"}


def test_a_call_that_is_overtaken_before_it_takes_the_lock_gets_the_receipt(light: Context, light_kiosk: Kiosk) -> None:
    """Two receipts at once: between one's look and its lock, the other moves the file."""
    for moment in ("held", "locked"):
        parcel = noise(2000)
        light_kiosk.upload(parcel)
        slow = Overtaken(light, moment, partial(light_kiosk.receipt, parcel))
        signed = receive(light, slow, light_kiosk.kiosk_id, parcel.id)
        assert signed.to_json() == light_kiosk.receipt(parcel).data


class Overtaken(Uploads):
    """Uploads of a slow call: just before it looks (``held``) or locks (``locked``), another call does all its work."""

    def __init__(self, context: Context, moment: str, other: Callable[[], object]) -> None:
        super().__init__(context)
        self._moment, self._other = moment, other

    def held(self, packet_id: str) -> int:
        if self._moment == "held":
            self._other()
        return super().held(packet_id)

    def locked(self, packet_id: str):  # type: ignore[no-untyped-def]
        if self._moment == "locked":
            self._other()
        return super().locked(packet_id)


# --- kills ----------------------------------------------------------------------------------------------------------


def move_by_hand(context: Context, parcel: Sealed) -> Path:
    """What a kill between rename and commit leaves: the file in its place, the row still announced."""
    target = packet_path(context, parcel.id)
    target.parent.mkdir(parents=True, exist_ok=True)
    return (context.settings.uploads / parcel.id).rename(target)


def test_a_kill_between_rename_and_commit_is_made_good_by_the_next_call(
    context: Context, kiosk: Kiosk, parcel: Sealed
) -> None:
    kiosk.upload(parcel)
    target = move_by_hand(context, parcel)
    answer = kiosk.receipt(parcel)
    assert answer.status_code == 200
    assert target.read_bytes() == parcel.content
    assert states(context) == {parcel.id: "received"}


def test_after_such_a_kill_a_kiosk_that_begins_again_leaves_no_rubbish(
    context: Context, kiosk: Kiosk, parcel: Sealed
) -> None:
    kiosk.upload(parcel)
    move_by_hand(context, parcel)
    assert Announced.from_json(kiosk.announce(parcel).data).state == "announced"
    assert kiosk.deliver(parcel).status_code == 200
    assert files(context.settings.uploads) == []
    assert files(context.settings.packets) == [parcel.id]


def test_a_moved_file_that_is_not_whole_is_thrown_away_and_asked_for_again(
    context: Context, kiosk: Kiosk, parcel: Sealed
) -> None:
    kiosk.upload(parcel)
    target = move_by_hand(context, parcel)
    target.write_bytes(parcel.content[:-3])
    assert code(kiosk.receipt(parcel)) == (422, "isi_rusak")
    assert not target.exists()
    assert kiosk.deliver(parcel).status_code == 200


# --- forgery --------------------------------------------------------------------------------------------------------


def test_a_receipt_signed_by_another_key_is_refused(light: Context, light_kiosk: Kiosk, parcel: Sealed) -> None:
    public = light.keys.receipt.public_key()
    receipt = verify_receipt(SignedReceipt.from_json(light_kiosk.deliver(parcel).data), public)
    forged = sign_receipt(receipt, Ed25519PrivateKey.generate())
    with pytest.raises(MessageError) as refusal:
        verify_receipt(forged, public)
    assert refusal.value.code == "tanda_terima_palsu"


@pytest.mark.parametrize("old_and_new", [("5000", "5001"), ("dukcapil", "dukcapit")])
def test_a_receipt_changed_on_the_way_is_refused(
    light: Context, light_kiosk: Kiosk, parcel: Sealed, old_and_new: tuple[str, str]
) -> None:
    signed = SignedReceipt.from_json(light_kiosk.deliver(parcel).data)
    changed = SignedReceipt(receipt=signed.receipt.replace(*old_and_new), signature=signed.signature)
    assert changed != signed
    with pytest.raises(MessageError) as refusal:
        verify_receipt(changed, light.keys.receipt.public_key())
    assert refusal.value.code == "tanda_terima_palsu"
