"""What goes down to a kiosk: its own tickets in the order of their commits, documents that only the receipt opens, prints."""

import hashlib
import json
from dataclasses import replace
from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa
from uuid6 import uuid7

from adminduk import waiting
from adminduk.application import State
from adminduk.changes import Changes, Outcome, PrintNoted, PrintReport
from central import changes
from central.context import Context
from central.documents import sealing
from central.schema import applications, audit, change_counters, document_prints, documents, events
from tests.unit.central.conftest import faulty, rows
from tests.unit.central.office import admit, put_in
from tests.unit.central.people import NAME, NIK, SECRET, Kiosk, ticket

PDF = b"%PDF-1.7 Kartu Keluarga WARGA CONTOH"


def pull(kiosk: Kiosk, cursor: str = "", limit: int = 100) -> Changes:
    response = kiosk.send(kiosk.request("GET", f"/changes?cursor={cursor}&limit={limit}"))
    assert response.status_code == 200, response.data
    return Changes.from_json(response.data)


def told(page: Changes) -> list[tuple[object, object]]:
    return [(row["ticket"], row["state"]) for row in page.tickets]


def finish(context: Context, case_id: str, pdf: bytes = PDF, output: str = "KK") -> str:
    """A document of that application, published, as the desk does it; returns its id."""
    document = str(uuid7())
    row = {
        "id": document,
        "application_id": case_id,
        "output": output,
        "sha256": context.blobs.put(pdf),
        "size": len(pdf),
    }
    signed = {"pages": 1, "signed_by": "pena", "signed_at": context.stamp(), "published_at": context.stamp()}
    with context.engine.begin() as connection:
        connection.execute(documents.insert().values(**row, **signed))
    put_in(context, case_id, State.SIAP_CETAK)
    with context.engine.begin() as connection:
        changes.mark(connection, case_id)
    return document


@pytest.fixture
def other(app: Any, context: Context) -> Kiosk:
    return Kiosk.enrol(app, context)


# --- tickets ----------------------------------------------------------------------------------------------------------


def test_a_kiosk_hears_of_its_own_tickets_and_then_of_nothing_new(context: Context, kiosk: Kiosk, other: Kiosk) -> None:
    admit(context, kiosk, 1)
    admit(context, other, 2)
    admit(context, kiosk, 3)
    first = pull(kiosk)
    assert told(first) == [(ticket(1), "DIAJUKAN"), (ticket(3), "DIAJUKAN")]
    assert not first.more
    again = pull(kiosk, first.cursor)
    assert again.tickets == ()
    assert told(pull(other)) == [(ticket(2), "DIAJUKAN")]


def test_pages_are_bounded_and_follow_each_other(light: Context, light_kiosk: Kiosk) -> None:
    for number in range(1, 6):
        admit(light, light_kiosk, number)
    cursor, seen, pages = "", list[object](), 0
    while True:
        page = pull(light_kiosk, cursor, limit=2)
        seen += [row["ticket"] for row in page.tickets]
        cursor, pages = page.cursor, pages + 1
        if not page.more:
            break
    assert (seen, pages) == ([ticket(number) for number in range(1, 6)], 3)


def test_a_ticket_that_moves_is_told_again_and_a_replayed_cursor_tells_the_same(
    light: Context, light_kiosk: Kiosk
) -> None:
    case = admit(light, light_kiosk, 1)
    first = pull(light_kiosk)
    finish(light, case)
    second = pull(light_kiosk, first.cursor)
    assert told(second) == [(ticket(1), "SIAP_CETAK")]
    assert pull(light_kiosk, first.cursor).tickets == second.tickets
    assert told(pull(light_kiosk)) == [(ticket(1), "SIAP_CETAK")], "from the beginning: the newest state, once"


def test_nothing_of_the_person_goes_down(light: Context, light_kiosk: Kiosk) -> None:
    finish(light, admit(light, light_kiosk, 1))
    assert sealing.seal_next(light)
    body = pull(light_kiosk).to_json().decode()
    assert NIK not in body
    assert NAME not in body
    assert SECRET.hex() not in body
    assert rows(light, sa.select(applications))[0].secret_hash not in body


def test_only_a_public_reason_goes_down(light: Context, light_kiosk: Kiosk) -> None:
    reasons = light.catalogue.reasons
    public = next(code for code, reason in reasons.items() if not reason.staff_only)
    inner = [code for code, reason in reasons.items() if reason.staff_only]
    case = admit(light, light_kiosk, 1)
    for code, state, heard in (
        (public, State.PERLU_DILENGKAPI, public),
        (public, State.DISETUJUI, ""),
        *[(code, State.DIBATALKAN, "") for code in inner[:1]],
    ):
        put_in(light, case, state, reason=code)
        with light.engine.begin() as connection:
            changes.mark(connection, case)
        assert [row["reason"] for row in pull(light_kiosk).tickets] == [heard]


@pytest.mark.parametrize(
    "kind", ["garbage", "flipped", "another kiosk's", "another centre's", "of the future", "not text"]
)
def test_a_cursor_that_is_not_ours_is_refused_with_a_code(
    light: Context, light_app: Any, light_kiosk: Kiosk, kind: str
) -> None:
    admit(light, light_kiosk, 1)
    good, mine = pull(light_kiosk).cursor, light_kiosk.kiosk_id
    spoilt = {
        "garbage": "tidak-ada",
        "flipped": ("A" if good[0] != "A" else "B") + good[1:],
        "another kiosk's": pull(Kiosk.enrol(light_app, light)).cursor,
        "another centre's": changes.cursor(faulty(light, keys=replace(light.keys, session=bytes(32))), mine, 1),
        "of the future": changes.cursor(light, mine, 10**6),
        "not text": "a.b.c",
    }[kind]
    response = light_kiosk.send(light_kiosk.request("GET", f"/changes?cursor={spoilt}&limit=10"))
    assert (response.status_code, json.loads(response.data)["code"]) == (400, "kursor_salah")


def test_a_slow_transaction_is_never_passed_over(context: Context, kiosk: Kiosk) -> None:
    """It took its number, then hung; a faster one comes after it. Whoever pulls meanwhile must hear of both in the end."""
    slow, fast = admit(context, kiosk, 1), admit(context, kiosk, 2)
    cursor = pull(kiosk).cursor
    taken, go_on = Event(), Event()

    def hang() -> None:
        with context.engine.begin() as connection:
            changes.mark(connection, slow)
            taken.set()
            assert go_on.wait(20)

    def overtake() -> None:
        with context.engine.begin() as connection:
            changes.mark(connection, fast)

    threads = [Thread(target=hang), Thread(target=overtake)]
    threads[0].start()
    assert taken.wait(20)
    threads[1].start()
    heard = list[object]()
    if context.engine.dialect.name == "postgresql":  # SQLite has one writer: a pull would merely wait
        page = pull(kiosk, cursor)
        cursor, heard = page.cursor, [row["ticket"] for row in page.tickets]
    go_on.set()
    for thread in threads:
        thread.join(20)
    heard += [row["ticket"] for row in pull(kiosk, cursor).tickets]
    assert heard == [ticket(1), ticket(2)]


def test_changes_in_parallel_get_numbers_of_their_own(context: Context, kiosk: Kiosk) -> None:
    cases = [admit(context, kiosk, number) for number in range(1, 5)]

    def change(case: str) -> None:
        for _ in range(5):
            with context.engine.begin() as connection:
                changes.mark(connection, case)

    threads = [Thread(target=change, args=(case,)) for case in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    numbers = [row.change_number for row in rows(context, sa.select(applications))]
    assert len(set(numbers)) == 4
    assert [row.value for row in rows(context, sa.select(change_counters))] == [24] == [max(numbers)]


# --- documents --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(light: Context, light_kiosk: Kiosk) -> tuple[str, str]:
    """(application, document), sealed."""
    case = admit(light, light_kiosk, 1)
    document = finish(light, case)
    assert sealing.seal_next(light)
    assert not sealing.seal_next(light)
    return case, document


def fetched(kiosk: Kiosk, document: str, first: int = 0, last: int = 10**6) -> Any:
    return kiosk.send(kiosk.request("GET", f"/documents/{document}/sealed", range=f"bytes={first}-{last}"))


def test_a_published_document_is_sealed_once_and_the_receipt_opens_it(
    light: Context, light_kiosk: Kiosk, ready: tuple[str, str]
) -> None:
    (row,) = pull(light_kiosk).documents
    response = fetched(light_kiosk, ready[1])
    assert (row["id"], row["size"], row["printed"]) == (ready[1], len(response.data), 0)
    assert hashlib.sha256(response.data).hexdigest() == row["sha256"]
    opened = waiting.open_document(
        response.data, secret=SECRET, document=ready[1], ticket=ticket(1), content=str(row["content"])
    )
    assert opened == PDF
    assert fetched(light_kiosk, ready[1]).data == response.data, "the same bytes for every piece"


def test_pieces_make_the_whole_and_the_first_one_is_written_down(
    light: Context, light_kiosk: Kiosk, ready: tuple[str, str]
) -> None:
    whole = fetched(light_kiosk, ready[1]).data
    pieces = [fetched(light_kiosk, ready[1], at, at + 29) for at in range(0, len(whole), 30)]
    assert b"".join(piece.data for piece in pieces) == whole
    assert pieces[1].headers["Content-Range"] == f"bytes 30-59/{len(whole)}"
    assert fetched(light_kiosk, ready[1], 10**5, 10**6).status_code == 416
    looks = [row for row in rows(light, sa.select(audit)) if row.what == "ambil_dokumen_tersegel"]
    assert [(row.actor, row.target) for row in looks] == [(light_kiosk.kiosk_id, ready[1])] * 2


def test_another_kiosk_gets_no_document_of_this_one(
    light: Context, light_app: Any, light_kiosk: Kiosk, ready: tuple[str, str]
) -> None:
    stranger = Kiosk.enrol(light_app, light)
    for kiosk, document in ((stranger, ready[1]), (light_kiosk, str(uuid7()))):
        response = fetched(kiosk, document)
        assert (response.status_code, json.loads(response.data)["code"]) == (404, "tidak_ada")


def test_the_centre_keeps_no_secret_that_would_open_what_it_sealed(light: Context, ready: tuple[str, str]) -> None:
    kept = [str(value) for row in rows(light, sa.select(applications)) for value in row]
    assert not any(SECRET.hex() in value for value in kept)
    assert waiting.claim_public(SECRET, ticket(1)) in kept


def test_an_application_of_an_earlier_release_gets_its_key_from_the_packet(light: Context, light_kiosk: Kiosk) -> None:
    case = admit(light, light_kiosk, 1)
    put_in(light, case, State.SIAP_CETAK, claim_public=None)
    finish(light, case)
    assert sealing.seal_next(light)
    assert rows(light, sa.select(applications))[0].claim_public == waiting.claim_public(SECRET, ticket(1))
    assert len(pull(light_kiosk).documents) == 1


def test_a_packet_that_is_lost_leaves_a_document_for_the_line_and_stops_nobody(
    light: Context, light_kiosk: Kiosk
) -> None:
    lost, whole = admit(light, light_kiosk, 1), admit(light, light_kiosk, 2)
    put_in(light, lost, State.SIAP_CETAK, claim_public=None)
    finish(light, lost)
    kept = finish(light, whole)
    next(light.settings.packets.rglob(lost)).unlink()
    while sealing.seal_next(light):
        pass
    assert [row["id"] for row in pull(light_kiosk).documents] == [kept]


def test_a_blob_that_rotted_is_not_sealed_and_stops_nobody(light: Context, light_kiosk: Kiosk) -> None:
    bad = finish(light, admit(light, light_kiosk, 1), pdf=b"%PDF rotten")
    key = hashlib.sha256(b"%PDF rotten").hexdigest()
    next((light.settings.dir / "documents").rglob(key)).write_bytes(b"dust")
    kept = finish(light, admit(light, light_kiosk, 2))
    while sealing.seal_next(light):
        pass
    assert [row["id"] for row in pull(light_kiosk).documents] == [kept] != [bad]


def test_a_document_that_was_replaced_is_told_with_its_new_bytes(
    light: Context, light_kiosk: Kiosk, ready: tuple[str, str]
) -> None:
    before = pull(light_kiosk)
    with light.engine.begin() as connection:
        new = {"sha256": light.blobs.put(b"%PDF mended"), "sealed_sha256": None, "sealed_size": None}
        connection.execute(documents.update().values(**new))
        changes.mark(connection, ready[0])
    between = pull(light_kiosk, before.cursor)
    assert (len(between.tickets), between.documents) == (1, ())
    assert sealing.seal_next(light)
    (row,) = pull(light_kiosk, between.cursor).documents
    assert row["content"] == hashlib.sha256(b"%PDF mended").hexdigest()


# --- prints -----------------------------------------------------------------------------------------------------------


def report(kiosk: Kiosk, document: str, outcome: Outcome = Outcome.CAME, **given: Any) -> Any:
    facts = {"id": str(uuid7()), "document": document, "ticket": ticket(1), "at": "2026-11-20T03:00:00.000000Z",
             "clock_trusted": True, "outcome": outcome}  # fmt: skip
    message = PrintReport(**{**facts, **given})
    return kiosk.put(f"/prints/{message.id}", message)


def history(context: Context) -> list[tuple[str, str]]:
    found = rows(context, sa.select(events).order_by(events.c.id))
    return [(row.action, row.note) for row in found if row.action != "ajukan"]


def test_a_print_is_counted_once_and_closes_the_application(context: Context, kiosk: Kiosk) -> None:
    case = admit(context, kiosk, 1)
    document, print_id = finish(context, case), str(uuid7())
    assert sealing.seal_next(context)
    for _ in range(3):
        answer = report(kiosk, document, id=print_id)
        assert answer.status_code == 200
        assert PrintNoted.from_json(answer.data).others == 0
    assert len(rows(context, sa.select(document_prints))) == 1
    assert [action for action, _ in history(context)] == ["cetak", "selesaikan"]
    assert [row.what for row in rows(context, sa.select(audit))].count("cetak_dilaporkan") == 1
    page = pull(kiosk)
    assert told(page) == [(ticket(1), "SELESAI")]
    assert [row["printed"] for row in page.documents] == [1]


def test_two_kiosks_that_printed_offline_are_both_named_to_the_officers(
    context: Context, kiosk: Kiosk, other: Kiosk
) -> None:
    document = finish(context, admit(context, kiosk, 1))
    assert report(kiosk, document).status_code == 200
    assert PrintNoted.from_json(report(other, document).data).others == 1
    notes = [note for action, note in history(context) if action == "cetak"]
    assert notes[0].startswith(f"dicetak di kios {kiosk.kiosk_id}")
    assert notes[1].startswith(f"dicetak dua kali: di kios {kiosk.kiosk_id} ")
    assert f"dan di kios {other.kiosk_id} " in notes[1]
    assert [row.what for row in rows(context, sa.select(audit))].count("cetak_ulang_dilaporkan") == 1


def test_a_doubtful_print_is_settled_later_and_what_is_settled_stays(light: Context, light_kiosk: Kiosk) -> None:
    document, print_id = finish(light, admit(light, light_kiosk, 1)), str(uuid7())
    seen = []
    for outcome in (Outcome.DOUBTFUL, Outcome.LOST, Outcome.CAME):
        assert report(light_kiosk, document, outcome, id=print_id).status_code == 200
        seen += [row.outcome for row in rows(light, sa.select(document_prints))]
    assert seen == ["ragu", "batal", "batal"]
    assert rows(light, sa.select(applications))[0].state == State.SIAP_CETAK
    report(light_kiosk, document)
    assert rows(light, sa.select(applications))[0].state == State.SELESAI


def test_an_application_of_two_documents_is_done_when_both_are_out(light: Context, light_kiosk: Kiosk) -> None:
    case = admit(light, light_kiosk, 1)
    first, second = finish(light, case), finish(light, case, b"%PDF two", "AKTA")
    report(light_kiosk, first)
    assert rows(light, sa.select(applications))[0].state == State.SIAP_CETAK
    report(light_kiosk, second)
    assert rows(light, sa.select(applications))[0].state == State.SELESAI


def test_a_print_of_what_is_not_there_is_refused(light: Context, light_app: Any, light_kiosk: Kiosk) -> None:
    document = finish(light, admit(light, light_kiosk, 1))
    cases = ((str(uuid7()), {}, 404), (document, {"ticket": ticket(2)}, 404))
    for target, changed, status in cases:
        assert report(light_kiosk, target, **changed).status_code == status
    print_id = str(uuid7())
    report(light_kiosk, document, id=print_id)
    assert report(Kiosk.enrol(light_app, light), document, id=print_id).status_code == 409
    assert len(rows(light, sa.select(document_prints))) == 1


def test_an_officer_reads_in_the_history_where_it_was_printed_twice(
    light: Context, light_app: Any, light_kiosk: Kiosk
) -> None:
    from tests.unit.central.office import Browser, hire

    hire(light)
    case = admit(light, light_kiosk, 1)
    document = finish(light, case)
    for _ in range(2):
        report(light_kiosk, document)
    page = Browser.of(light_app, "vera").get(f"/permohonan/{case}").text
    assert "Dicetak" in page
    assert "dicetak dua kali: di kios" in page


def test_the_dice_of_sealing_never_repeat(light: Context, light_kiosk: Kiosk, ready: tuple[str, str]) -> None:
    first = rows(light, sa.select(documents))[0].sealed_sha256
    with light.engine.begin() as connection:
        connection.execute(documents.update().values(sealed_sha256=None))
    assert sealing.seal_next(light)
    assert rows(light, sa.select(documents))[0].sealed_sha256 != first
