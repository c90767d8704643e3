"""The print ledger: what was meant, what was handed over, what is on paper."""

from pathlib import Path

import pytest

from kiosk.store import PrintJob, PrintKind, PrintState, Store
from tests.unit.store.making import open_store, submission


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def state_of(store: Store, job: PrintJob) -> tuple[PrintState, str]:
    (found,) = (row for row in store.prints_of(job.subject) if row.id == job.id)
    return found.state, found.code


def test_copies_of_one_paper_are_numbered(store: Store) -> None:
    copies = [store.intend_print(PrintKind.DOCUMENT, "d1").copy for _ in range(3)]
    assert copies == [1, 2, 3]


def test_copies_are_counted_for_each_paper_by_itself(store: Store) -> None:
    store.intend_print(PrintKind.DOCUMENT, "d1")
    assert store.intend_print(PrintKind.DOCUMENT, "d2").copy == 1
    assert store.intend_print(PrintKind.SLIP, "d1").copy == 1


def test_a_second_slip_after_a_refused_first_is_copy_two(store: Store) -> None:
    one = submission()
    first = store.record_submission(one)
    store.settle_print(first, PrintState.REFUSED, "receipt.paper_out")
    assert store.intend_print(PrintKind.SLIP, one.id).copy == 2


@pytest.mark.parametrize("state", list(PrintState))
def test_a_print_keeps_the_state_it_was_moved_to_and_why(store: Store, state: PrintState) -> None:
    job = store.intend_print(PrintKind.SLIP, "p1")
    store.settle_print(job, state, "receipt.cutter")
    assert state_of(store, job) == (state, "receipt.cutter")


def test_power_going_before_the_first_byte_means_nothing_was_printed(tmp_path: Path) -> None:
    job = open_store(tmp_path).intend_print(PrintKind.SLIP, "p1")
    after = open_store(tmp_path)
    assert after.reconcile_prints() == ()
    assert state_of(after, job) == (PrintState.REFUSED, "terputus")


def test_power_going_while_printing_leaves_a_doubt(tmp_path: Path) -> None:
    before = open_store(tmp_path)
    job = before.intend_print(PrintKind.SLIP, "p1")
    before.settle_print(job, PrintState.HANDED_OVER)
    after = open_store(tmp_path)
    (doubtful,) = after.reconcile_prints()
    assert (doubtful.id, doubtful.state) == (job.id, PrintState.DOUBTFUL)
    assert state_of(after, job) == (PrintState.DOUBTFUL, "terputus")


def test_a_doubt_stands_in_the_diary_once(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.settle_print(store.intend_print(PrintKind.SLIP, "p1"), PrintState.HANDED_OVER)
    store.reconcile_prints()
    assert store.reconcile_prints() == ()
    assert [event for event, *_ in store.events()].count("print_doubtful") == 1


@pytest.mark.parametrize("state", [PrintState.CONFIRMED, PrintState.REFUSED, PrintState.DOUBTFUL])
def test_a_settled_print_stays_as_it_is_after_a_restart(tmp_path: Path, state: PrintState) -> None:
    before = open_store(tmp_path)
    job = before.intend_print(PrintKind.SLIP, "p1")
    before.settle_print(job, state, "x")
    after = open_store(tmp_path)
    after.reconcile_prints()
    assert state_of(after, job) == (state, "x")


def test_an_unknown_subject_has_no_prints(store: Store) -> None:
    assert store.prints_of("nobody") == ()
