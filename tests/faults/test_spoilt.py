"""Torn files, flipped bytes, corrupted pages: each ends in the whole packet at the centre, or in a code, never in a wrong one.

Held elsewhere: a flipped byte of a packet at the kiosk, a short and a missing one (tests/unit/uplink/test_uplink_delivery.py),
a flipped bit of any page of the kiosk's store (tests/unit/store/test_store_mending.py), a damaged second copy
(tests/unit/vault/test_second_copy.py), a stick (tests/unit/uplink/test_side_exit.py).
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from adminduk.messages import SignedReceipt, verify_receipt
from central import worker
from central.app import create_app
from kiosk.store import Phase
from tests.faults.cases import PACKETS
from tests.faults.stories import Hurrying, centre
from tests.faults.village import Village
from tests.unit.central.people import Kiosk as WireKiosk
from tests.unit.central.people import Sealed
from tests.unit.uplink.village import Kiosk

SIZE, HALF = 150_000, 70_000
PAGE = 4096


def cut_short(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def grown_too_long(path: Path) -> None:
    """The file's length is the offset of tus: no other record of it exists."""
    path.write_bytes(path.read_bytes() + bytes(SIZE))


def exactly_full(path: Path) -> None:
    """As long as the packet, with nothing in its second half: what some file systems leave after a power cut."""
    path.write_bytes(path.read_bytes() + bytes(SIZE - HALF))


def one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def gone(path: Path) -> None:
    path.unlink()


@pytest.fixture
def kiosk(served: Village, tmp_path: Path) -> Iterator[tuple[Kiosk, Hurrying]]:
    clock = Hurrying()
    receipt_key = served.keys.receipt.public_key().public_bytes_raw()
    made = Kiosk(tmp_path / "kiosk", served.kiosk_id, served.key, receipt_key, clock=clock)
    yield made, clock
    made.close()


@pytest.mark.parametrize(
    ("spoil", "codes"),
    [
        (cut_short, set()),
        (grown_too_long, {"isi_rusak"}),
        (exactly_full, {"isi_rusak"}),
        (one_bit, {"isi_rusak"}),
        (emptied, set()),
        (gone, set()),
    ],
)
def test_half_an_upload_that_the_centre_s_disk_spoilt_arrives_whole_all_the_same(
    kiosk: tuple[Kiosk, Hurrying], served: Village, spoil: Callable[[Path], None], codes: set[str]
) -> None:
    village, clock = kiosk
    packet_id = village.submit(SIZE)
    heard: set[str] = set()
    with village.courier(served.url) as courier:
        assert courier.announce_next()
        courier._centre.begin(packet_id, SIZE)
        courier._centre._send_chunk(packet_id, 0, village.vault.read(packet_id, 0, HALF))
        village.store.advance(packet_id, Phase.UPLOADING, offset=HALF)
        village.store.release(packet_id)
        spoil(served.settings.uploads / packet_id)
        for _ in range(60):
            if not (waiting := village.store.waiting()):
                break
            heard |= {one.last_error for one in waiting} - {""}
            if not courier.deliver_next():
                clock.ahead += 10
    assert village.tombstones() == village.sealed, heard
    assert served.digest_at_centre(packet_id) == village.sealed[packet_id]
    assert heard == codes


# --- received already -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spoil", "code"), [(one_bit, "segel_rusak"), (cut_short, "segel_rusak"), (gone, "hilang")])
def test_a_received_packet_that_rots_is_set_aside_with_its_code_and_the_other_one_is_admitted(
    stages: dict[str, Village], tmp_path: Path, spoil: Callable[[Path], None], code: str
) -> None:
    village = stages["brought"].copy(tmp_path / "village")
    first = sorted(village.at_centre("received"))[0]
    (path,) = village.settings.packets.rglob(first)
    spoil(path)
    context = centre(village.centre)
    while worker.admit_next(context):
        pass
    assert village.at_centre("unreadable") == [first]
    assert len(village.applications()) == PACKETS - 1
    with context.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT code FROM packets WHERE state = 'unreadable'").scalar()
    assert told == code
    context.engine.dispose()
    village.close()


def database(village: Village) -> Path:
    return Path(str(make_url(village.settings.database).database))


@pytest.mark.parametrize("every", [9, pytest.param(1, marks=pytest.mark.nightly)])
def test_a_corrupted_page_of_the_centre_s_database_gives_no_wrong_receipt_and_sends_no_kiosk_away(
    stages: dict[str, Village], tmp_path: Path, every: int
) -> None:
    """Each page in turn loses its head. The kiosk hears "later" (500) or what is true; with the page again, all is there."""
    village = stages["brought"].copy(tmp_path / "village")
    file = database(village)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = file.read_bytes()
    known = [Sealed(one, village.vault.read(one, 0, village.vault.size(one))) for one in sorted(village.vault.ids())]
    heard = set()
    for number in range(0, len(whole) // PAGE, every):
        file.write_bytes(whole[: number * PAGE] + secrets.token_bytes(100) + whole[number * PAGE + 100 :])
        heard |= {asked(village, one) for one in known}
    assert heard <= {200, 500}, heard
    for ending in ("-wal", "-shm"):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    file.write_bytes(whole)
    assert {asked(village, one) for one in known} == {200}
    village.close()


def asked(village: Village, one: Sealed) -> int:
    """The receipt of a packet that is here, once more; what comes with 200 is right."""
    context = centre(village.centre)
    try:
        wire = WireKiosk(create_app(context), village.kiosk_id, village.key)
        answer = wire.receipt(one)
    finally:
        context.engine.dispose()
    if answer.status_code == 200:
        receipt = verify_receipt(SignedReceipt.from_json(answer.data), village.keys.receipt.public_key())
        assert (receipt.id, receipt.sha256, receipt.size) == (one.id, one.sha256, one.size)
    return int(answer.status_code)
