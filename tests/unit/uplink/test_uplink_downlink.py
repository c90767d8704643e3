"""The way down with the real centre: pulled, fetched, told; killed at each step; cut, replaced, lied to."""

import json
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from adminduk import waiting
from adminduk.application import State
from adminduk.clock import ManualClock, SystemClock
from adminduk.tickets import new_ticket
from central import changes
from central.documents import sealing
from central.schema import applications, document_prints, documents, packets
from kiosk.hardware.power import disk
from kiosk.store import NewClaim, PrintKind, PrintState
from kiosk.uplink import Courier, service
from kiosk.uplink.downlink import AGAIN_S, EVERY_S
from kiosk.uplink.errors import Unreachable
from kiosk.vault import GrowingVault
from tests.faultproxy import FaultProxy
from tests.unit.uplink.strangers import HTML, JSON, Reply, Stranger, problem
from tests.unit.uplink.village import Kiosk, RealCentre, new_kiosk, real_centre, wait_until

SECRET = bytes(range(16))
PDF = b"%PDF-1.7 " + b"\x01\x02\x03\x04" * 20_000  # 80 kB: three pieces


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture
def clock() -> ManualClock:
    """Stands at the real present, because the centre checks signatures; moves when told."""
    return ManualClock(at=SystemClock().now())


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre, clock: ManualClock) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre, clock=clock)
    yield kiosk
    kiosk.close()


@pytest.fixture
def remote(tmp_path: Path, clock: ManualClock) -> Iterator[Kiosk]:
    """A kiosk for strangers."""
    kiosk = Kiosk(tmp_path / "remote", "K-0001", Ed25519PrivateKey.generate(), bytes(32), clock=clock)
    yield kiosk
    kiosk.close()


def finish(centre: RealCentre, kiosk: Kiosk, pdf: bytes = PDF) -> tuple[str, str]:
    """(ticket, document): an application of that kiosk whose document is published and sealed."""
    case, document, number = str(uuid7()), str(uuid7()), secrets.randbelow(10**9)
    ticket, now = new_ticket(1, secrets), centre.context.stamp()
    packet = {
        "id": case,
        "kiosk_id": kiosk.kiosk_id,
        "sha256": "0" * 64,
        "size": 1,
        "state": "admitted",
        "announced_at": now,
    }
    application = {"id": case, "queue_number": number, "ticket": ticket, "service": "KK-UBAH-3", "desa": "3312122001",
                   "state": State.SIAP_CETAK, "submitted_at": now, "changed_at": now, "pin_hash": "", "secret_hash": "",
                   "claim_public": waiting.claim_public(SECRET, ticket)}  # fmt: skip
    made = {"id": document, "application_id": case, "output": "KK", "sha256": centre.context.blobs.put(pdf), "size": 1,
            "pages": 1, "signed_by": "pena", "signed_at": now, "published_at": now}  # fmt: skip
    with centre.engine.begin() as connection:
        connection.execute(packets.insert().values(**packet))
        connection.execute(applications.insert().values(**application))
        connection.execute(documents.insert().values(**made))
    assert sealing.seal_next(centre.context)
    return ticket, document


def replace_document(centre: RealCentre, document: str, pdf: bytes | None) -> None:
    """Other bytes, or withdrawn."""
    with centre.engine.begin() as connection:
        case = connection.scalar(sa.select(documents.c.application_id).where(documents.c.id == document))
        values: dict[str, Any] = {"published_at": None}
        if pdf is not None:
            values = {"sha256": centre.context.blobs.put(pdf), "sealed_sha256": None, "sealed_size": None}
        connection.execute(documents.update().where(documents.c.id == document).values(**values))
        changes.mark(connection, str(case))
    sealing.seal_next(centre.context)


def vault_of(kiosk: Kiosk) -> GrowingVault:
    return GrowingVault(kiosk.folder / "documents")


def opened(kiosk: Kiosk, ticket: str, document: str) -> bytes:
    (held,) = [one for one in kiosk.store.down.documents_of(ticket) if one.id == document]
    sealed = vault_of(kiosk).read(document, 0, 10**7)
    return waiting.open_document(sealed, secret=SECRET, document=document, ticket=ticket, content=held.content)


def bring(courier: Courier) -> None:
    """Everything that is due, as ``run`` would."""
    while courier.tell_print() or courier.pull_changes() or courier.fetch_document():
        pass


def test_a_finished_document_comes_to_the_village_and_the_receipt_opens_it(centre: RealCentre, kiosk: Kiosk) -> None:
    ticket, document = finish(centre, kiosk)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
    held = kiosk.store.down.status(ticket)
    assert held is not None
    assert held.state == "SIAP_CETAK"
    assert opened(kiosk, ticket, document) == PDF
    assert PDF[:40] not in vault_of(kiosk).read(document, 0, 10**7)


def test_the_courier_calls_the_disk_full_where_the_screen_does() -> None:
    assert disk.LIMITS.full_bytes == service.LEAST_FREE


def test_on_a_full_disk_nothing_is_fetched_and_with_room_it_comes(
    centre: RealCentre, kiosk: Kiosk, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of the room is what the next start needs."""
    _, document = finish(centre, kiosk)
    monkeypatch.setattr(service, "LEAST_FREE", 1 << 60)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
    assert kiosk.store.down.here() == frozenset()
    assert list((kiosk.folder / "documents").iterdir()) == [], "not a byte"
    monkeypatch.undo()
    clock.advance(AGAIN_S)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
    assert document in kiosk.store.down.here()


def test_a_courier_that_starts_fetches_by_itself(centre: RealCentre, kiosk: Kiosk) -> None:
    _, document = finish(centre, kiosk)
    stop = Event()
    with kiosk.courier(centre.url) as courier:
        thread = Thread(target=courier.run, args=(stop,))
        thread.start()
        wait_until(lambda: document in kiosk.store.down.here())
        stop.set()
        thread.join(10)
    assert not thread.is_alive()


def test_nothing_new_is_asked_for_every_ten_minutes_only(centre: RealCentre, kiosk: Kiosk, clock: ManualClock) -> None:
    with kiosk.courier(centre.url) as courier:
        assert courier.pull_changes()
        assert not courier.pull_changes()
        clock.advance(EVERY_S * 1.2)
        assert courier.pull_changes()
    cursor = kiosk.store.down.cursor()
    assert cursor


class PowerCut(BaseException):
    """Nothing catches it."""


STEPS = ("take", "grow", "second grow", "finish", "arrived")


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_it_is_brought_in_the_end(
    centre: RealCentre, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    ticket, document = finish(centre, kiosk)
    count = {"second grow": 2}.get(step, 1)

    def cut(true: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            nonlocal count
            count -= 1
            if count == 0 and when == "before":
                raise PowerCut
            done = true(*given, **named)
            if count == 0:
                raise PowerCut
            return done

        return call

    with kiosk.courier(centre.url) as courier:
        down = courier._down
        assert down is not None
        if step in ("take", "arrived"):
            monkeypatch.setattr(down.store.down, step, cut(getattr(down.store.down, step)))
        else:
            name = step.removeprefix("second ")
            monkeypatch.setattr(down.vault, name, cut(getattr(down.vault, name)))
        with pytest.raises(PowerCut):
            bring(courier)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
    assert opened(kiosk, ticket, document) == PDF
    assert [path.suffix for path in (kiosk.folder / "documents").iterdir()] == [".packet"]


def test_a_line_that_is_cut_goes_on_where_it_was(centre: RealCentre, kiosk: Kiosk, clock: ManualClock) -> None:
    ticket, document = finish(centre, kiosk)
    with kiosk.courier(centre.url) as courier:
        while courier.pull_changes():
            pass
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        down = courier._down
        assert down is not None

        def piece(path: str, offset: int) -> tuple[bytes, int] | None:
            if offset:
                line.hang_up()
            return courier._piece(path, offset)

        with pytest.raises(Unreachable):
            down.fetch(piece)
        (held,) = kiosk.store.down.wanted()
        assert vault_of(kiosk).held(document, held.sha256) == 32 * 1024
    with kiosk.courier(centre.url) as courier:
        clock.advance(AGAIN_S * 3)
        assert courier.fetch_document()
    assert opened(kiosk, ticket, document) == PDF


def test_somebody_at_the_screen_is_answered_between_two_pieces(centre: RealCentre, kiosk: Kiosk) -> None:
    finish(centre, kiosk)
    with kiosk.courier(centre.url) as courier:
        while courier.pull_changes():
            pass
        kiosk.store.ask("0", b"nobody can read this")
        assert courier.fetch_document()
    reply = kiosk.store.reply("0")
    assert reply is not None
    assert not reply.pending


def test_a_replaced_document_takes_the_old_copys_place_and_a_withdrawn_one_goes(
    centre: RealCentre, kiosk: Kiosk, clock: ManualClock
) -> None:
    ticket, document = finish(centre, kiosk)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
        old = vault_of(kiosk).read(document, 0, 10**7)
        replace_document(centre, document, b"%PDF mended")
        clock.advance(EVERY_S * 1.2)
        assert courier.pull_changes()
        assert vault_of(kiosk).ids() == frozenset(), "the old copy is erased before the new one is here"
        bring(courier)
        assert opened(kiosk, ticket, document) == b"%PDF mended"
        assert vault_of(kiosk).read(document, 0, 10**7) != old
        replace_document(centre, document, None)
        clock.advance(EVERY_S * 1.2)
        bring(courier)
    assert (vault_of(kiosk).ids(), kiosk.store.down.documents_of(ticket)) == (frozenset(), ())


def test_a_spoilt_copy_is_fetched_anew(centre: RealCentre, kiosk: Kiosk) -> None:
    ticket, document = finish(centre, kiosk)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
        path = kiosk.folder / "documents" / f"{document}.packet"
        path.write_bytes(path.read_bytes()[:-7])
        kiosk.store.down.spoilt(kiosk.store.down.documents_of(ticket)[0])
        assert courier.fetch_document()
    assert opened(kiosk, ticket, document) == PDF


def test_a_cursor_of_another_centre_begins_anew(centre: RealCentre, kiosk: Kiosk, clock: ManualClock) -> None:
    ticket, _ = finish(centre, kiosk)
    with kiosk.courier(centre.url) as courier:
        bring(courier)
        with kiosk.store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE pulls SET cursor = 'c29tZWJvZHkgZWxzZSdz'")
        clock.advance(EVERY_S * 1.2)
        assert courier.pull_changes()
        assert kiosk.store.down.cursor() == ""
        clock.advance(AGAIN_S * 1.2)
        bring(courier)
    assert kiosk.store.down.status(ticket) is not None
    assert len(kiosk.store.down.here()) == 1


# --- prints -----------------------------------------------------------------------------------------------------------


def print_it(kiosk: Kiosk, ticket: str, document: str) -> None:
    job = kiosk.store.intend_print(PrintKind.DOCUMENT, document, claim=NewClaim(str(uuid7()), ticket))
    kiosk.store.settle_print(job, PrintState.HANDED_OVER)
    kiosk.store.settle_print(job, PrintState.CONFIRMED)


def prints(centre: RealCentre, document: str) -> int:
    count = sa.select(sa.func.count()).select_from(document_prints).where(document_prints.c.document_id == document)
    with centre.engine.connect() as connection:
        return int(connection.scalar(count) or 0)


def test_prints_without_a_line_are_told_when_it_is_back_once_each(
    centre: RealCentre, kiosk: Kiosk, clock: ManualClock
) -> None:
    ticket, document = finish(centre, kiosk)
    with kiosk.courier("http://127.0.0.1:9") as courier:
        print_it(kiosk, ticket, document)
        assert courier.tell_print()
    assert prints(centre, document) == 0
    with kiosk.courier(centre.url) as courier:
        bring(courier)
        clock.advance(AGAIN_S * 2)
        assert not courier.tell_print()
    assert prints(centre, document) == 1
    held = kiosk.store.down.status(ticket)
    assert held is not None
    assert held.state == "SELESAI"


def test_the_answer_to_a_report_is_lost_and_it_counts_once(
    centre: RealCentre, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, document = finish(centre, kiosk)
    print_it(kiosk, ticket, document)
    with kiosk.courier(centre.url) as courier:
        down = courier._down
        assert down is not None

        def cut(*_: object) -> None:
            raise PowerCut

        monkeypatch.setattr(down.store.claims, "told", cut)
        with pytest.raises(PowerCut):
            courier.tell_print()
    with kiosk.courier(centre.url) as courier:
        assert courier.tell_print()
    assert (prints(centre, document), kiosk.store.claims.due()) == (1, ())


def test_a_print_of_what_the_centre_does_not_know_is_dropped_and_noted(centre: RealCentre, kiosk: Kiosk) -> None:
    document = str(uuid7())
    print_it(kiosk, new_ticket(1, secrets), document)
    with kiosk.courier(centre.url) as courier:
        assert courier.tell_print()
    assert kiosk.store.claims.due() == ()
    assert ("print_not_known", document, "tidak_ada") in kiosk.store.events()


def test_a_document_that_another_kiosk_printed_first_is_noted(centre: RealCentre, kiosk: Kiosk, tmp_path: Path) -> None:
    ticket, document = finish(centre, kiosk)
    other = new_kiosk(tmp_path / "other", centre)
    for one in (other, kiosk):
        print_it(one, ticket, document)
        with one.courier(centre.url) as courier:
            assert courier.tell_print()
    other.close()
    assert ("document_printed_twice", document, "") in kiosk.store.events()
    assert prints(centre, document) == 2


# --- strangers --------------------------------------------------------------------------------------------------------

PAGE = {"v": 1, "cursor": "c", "more": False, "as_of": "2026-11-20T03:00:00.000000Z", "tickets": [], "documents": []}
LIES: dict[str, Reply] = {
    "a captive portal": Reply(200, b"<h1>Hotel</h1>", HTML),
    "half a page": Reply(200, json.dumps(PAGE).encode()[:-5], JSON),
    "a name in a row": Reply(200, json.dumps(PAGE | {"nama": "x"}).encode(), JSON),
    "no": problem(403, "dilarang"),
    "later": problem(503, "sibuk"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_no_page_of_ours_changes_nothing(remote: Kiosk, lie: str) -> None:
    with Stranger(lambda _: LIES[lie]) as stranger, remote.courier(stranger.url) as courier:
        assert courier.pull_changes()
        assert not courier.pull_changes(), "it is not asked in a loop"
    assert (remote.store.down.cursor(), remote.store.down.as_of()) == ("", "")
