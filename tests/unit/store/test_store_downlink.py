"""What the centre told, kept: pages twice, late and out of order; documents replaced, withdrawn, printed, over; claims."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from uuid6 import uuid7

from adminduk.changes import Changes, Outcome
from adminduk.clock import ManualClock, read_stamp, stamp
from kiosk.store import NewClaim, PrintJob, PrintKind, PrintState, Store
from tests.unit.store.making import KEY, lay_store, ticket

NOW = "2026-11-20T03:00:00.000000Z"
FIRST, SECOND = str(uuid7()), str(uuid7())


def later(**age: float) -> str:
    return stamp(read_stamp(NOW) + timedelta(**age))


def status(number: int = 1, one: int = 1, state: str = "SIAP_CETAK", changed_at: str = NOW) -> dict[str, str | int]:
    return {"ticket": ticket(one), "number": number, "state": state, "reason": "", "changed_at": changed_at,
            "verifier": "a" * 64}  # fmt: skip


def paper(document: str = FIRST, *, sha256: str = "b" * 64, printed: int = 0, one: int = 1, **changes: Any) -> Any:
    return {"id": document, "ticket": ticket(one), "output": "KK", "pages": 1, "size": 100, "sha256": sha256,
            "content": sha256[::-1].replace("b", "c"), "printed": printed, **changes}  # fmt: skip


def page(*rows: Any, cursor: str = "c1", as_of: str = NOW, more: bool = False) -> Changes:
    tickets = tuple(row for row in rows if "state" in row)
    papers = tuple(row for row in rows if "state" not in row)
    told = Changes(cursor=cursor, more=more, as_of=as_of, tickets=tickets, documents=papers)
    return Changes.from_json(told.to_json())


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(lay_store(tmp_path / "kiosk.db", KEY), KEY, clock=ManualClock(), dice=secrets)
    yield made
    made.close()


def here(store: Store, document: str = FIRST) -> None:
    store.down.arrived(next(one for one in store.down.wanted() if one.id == document))


# --- pages ------------------------------------------------------------------------------------------------------------


def test_before_the_first_whole_pull_nothing_is_said(store: Store) -> None:
    assert (store.down.cursor(), store.down.as_of(), store.down.status(ticket(1))) == ("", "", None)
    store.down.take(page(status(), more=True))
    assert store.down.cursor() == "c1"
    assert store.down.status(ticket(1)) is None, "half a pull has no date"
    store.down.take(page(cursor="c2"))
    held = store.down.status(ticket(1))
    assert held is not None
    assert (held.state, held.as_of) == ("SIAP_CETAK", NOW)


def test_the_same_page_twice_changes_nothing(store: Store) -> None:
    for _ in range(2):
        store.down.take(page(status(), paper()))
    assert [one.id for one in store.down.wanted()] == [FIRST]
    here(store)
    store.down.take(page(status(), paper()))
    assert store.down.here() == {FIRST}, "what is here stays here"


def test_an_older_page_that_comes_late_takes_nothing_back(store: Store) -> None:
    store.down.take(page(status(5), paper()))
    here(store)
    store.down.take(page(status(4, state="DITANDATANGANI"), cursor="c0"))
    held = store.down.status(ticket(1))
    assert held is not None
    assert (held.state, store.down.here()) == ("SIAP_CETAK", {FIRST})


def test_everything_anew_after_a_lost_cursor_drops_what_is_not_told_again(store: Store) -> None:
    store.down.take(page(status(7), status(8, 2), paper(), paper(SECOND, one=2)))
    here(store)
    store.down.begin_anew()
    assert (store.down.cursor(), store.down.here()) == ("", {FIRST}), "until then it stays in use"
    store.down.take(page(status(1), paper(), cursor="n1", more=True))  # a restored centre counts lower
    assert store.down.status(ticket(2)) is not None
    store.down.take(page(cursor="n2"))
    assert store.down.status(ticket(2)) is None
    assert store.down.documents_of(ticket(2)) == ()
    assert store.down.here() == {FIRST}


# --- documents --------------------------------------------------------------------------------------------------------


def test_a_replaced_document_is_not_here_any_more(store: Store) -> None:
    store.down.take(page(status(), paper()))
    here(store)
    old = store.down.documents_of(ticket(1))[0]
    store.down.take(page(status(2), paper(sha256="d" * 64)))
    assert store.down.here() == frozenset()
    store.down.arrived(old)  # the fetch of the old bytes ends only now
    assert store.down.here() == frozenset()


def test_a_withdrawn_document_is_forgotten_and_others_stay(store: Store) -> None:
    store.down.take(page(status(), paper(), paper(SECOND)))
    here(store)
    here(store, SECOND)
    store.down.take(page(status(2), paper(SECOND)))
    assert store.down.here() == {SECOND}


def test_what_was_printed_elsewhere_is_never_fetched(store: Store) -> None:
    store.down.take(page(status(), paper(printed=1)))
    assert store.down.wanted() == ()


def test_a_printed_document_stays_a_day_and_goes(store: Store) -> None:
    store.down.take(page(status(), paper()))
    here(store)
    settle(store, printed(store), PrintState.CONFIRMED)
    for hours, held in ((1, {FIRST}), (24, {FIRST}), (26, set())):
        store.down.take(page(cursor=f"h{hours}", as_of=later(hours=hours)))
        assert store.down.here() == held
    store.down.take(page(status(9), paper(), as_of=later(hours=27)))
    assert store.down.wanted() == (), "it is not fetched again"


def test_sixty_days_by_the_centres_time_and_no_clock_of_ours_hurries_them(store: Store) -> None:
    store.down.take(page(status(), paper()))
    here(store)
    store.down.take(page(cursor="c2", as_of=later(days=59)))
    assert store.down.here() == {FIRST}
    store.down.take(page(cursor="c3", as_of=later(days=61)))
    assert (store.down.here(), store.down.wanted()) == (frozenset(), ())


def test_a_kiosk_that_is_told_to_keep_them_for_a_week_does(store: Store) -> None:
    week = timedelta(days=7)
    store.down.take(page(status(), paper()), kept=week)
    here(store)
    store.down.take(page(cursor="c2", as_of=later(days=6)), kept=week)
    assert store.down.here() == {FIRST}
    store.down.take(page(cursor="c3", as_of=later(days=8)), kept=week)
    assert (store.down.here(), store.down.wanted()) == (frozenset(), ())


def test_a_finished_ticket_is_forgotten_after_half_a_year(store: Store) -> None:
    store.down.take(page(status(state="SELESAI"), status(2, 2, "DIPROSES")))
    store.down.take(page(cursor="c2", as_of=later(days=181)))
    assert store.down.status(ticket(1)) is None
    assert store.down.status(ticket(2)) is not None


def test_spoilt_bytes_are_wanted_again(store: Store) -> None:
    store.down.take(page(status(), paper()))
    here(store)
    store.down.spoilt(store.down.documents_of(ticket(1))[0])
    assert [one.id for one in store.down.wanted()] == [FIRST]


# --- claims -----------------------------------------------------------------------------------------------------------


def printed(store: Store, document: str = FIRST) -> PrintJob:
    return store.intend_print(PrintKind.DOCUMENT, document, claim=NewClaim(str(uuid7()), ticket(1)))


def settle(store: Store, job: PrintJob, *states: PrintState) -> None:
    for state in states:
        store.settle_print(job, state)


def due(store: Store) -> list[Outcome]:
    return [one.outcome for one in store.claims.due()]


def test_intent_and_claim_are_one_transaction(store: Store) -> None:
    claim = NewClaim(str(uuid7()), ticket(1))
    store.intend_print(PrintKind.DOCUMENT, FIRST, claim=claim)
    with pytest.raises(sa.exc.IntegrityError):
        store.intend_print(PrintKind.DOCUMENT, FIRST, claim=claim)
    assert len(store.prints_of(FIRST)) == 1, "without its claim there is no intent, and so no print"


def test_a_print_is_told_when_it_is_known_what_came(store: Store) -> None:
    job = printed(store)
    settle(store, job, PrintState.HANDED_OVER)
    assert due(store) == []
    settle(store, job, PrintState.CONFIRMED)
    (claim,) = store.claims.due()
    assert (claim.document, claim.ticket, claim.outcome) == (FIRST, ticket(1), Outcome.CAME)
    store.claims.told(claim.id, claim.outcome)
    assert due(store) == []


def test_what_never_reached_paper_is_never_told(store: Store) -> None:
    settle(store, printed(store), PrintState.REFUSED)
    assert due(store) == []


def test_the_power_goes_between_print_and_report(store: Store) -> None:
    settle(store, printed(store), PrintState.HANDED_OVER)
    printed(store, SECOND)  # only meant
    store.reconcile_prints()
    assert due(store) == [Outcome.DOUBTFUL]


@pytest.mark.parametrize(
    ("state", "outcome"), [(PrintState.CONFIRMED, Outcome.CAME), (PrintState.REFUSED, Outcome.LOST)]
)
def test_a_doubt_that_was_told_is_told_again_when_it_is_settled(
    store: Store, state: PrintState, outcome: Outcome
) -> None:
    job = printed(store)
    settle(store, job, PrintState.DOUBTFUL)
    (claim,) = store.claims.due()
    store.claims.told(claim.id, claim.outcome)
    assert due(store) == []
    settle(store, job, state)
    assert due(store) == [outcome]
    store.claims.told(claim.id, outcome)
    assert due(store) == []


def test_a_slip_makes_no_claim(store: Store) -> None:
    settle(store, store.intend_print(PrintKind.SLIP, FIRST), PrintState.CONFIRMED)
    assert due(store) == []
