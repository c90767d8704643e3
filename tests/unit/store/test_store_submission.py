"""A submit is one transaction: the packet's row, its ticket, the slip's intent and the diary, together or not at all."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from adminduk.clock import ManualClock
from kiosk.store import Phase, PrintKind, PrintState, Store, TicketTakenError
from tests.unit.store.making import open_store, submission

TOP = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def test_a_submission_waits_sealed_and_untried(store: Store) -> None:
    one = submission()
    store.record_submission(one)
    (row,) = store.waiting()
    assert (row.id, row.ticket, row.state, row.attempts, row.last_error) == (one.id, one.ticket, Phase.SEALED, 0, "")


def test_a_submission_means_one_slip(store: Store) -> None:
    one = submission()
    job = store.record_submission(one)
    assert (job.kind, job.subject, job.copy, job.state) == (PrintKind.SLIP, one.id, 1, PrintState.INTENT)
    assert store.prints_of(one.id) == (job,)


def test_a_submission_stands_in_the_diary(store: Store) -> None:
    one = submission()
    store.record_submission(one)
    assert ("submitted", one.id, "") in store.events()


def test_the_same_submission_again_changes_nothing(store: Store) -> None:
    one = submission()
    job = store.record_submission(one)
    events = store.events()
    assert store.record_submission(one) == job
    assert len(store.waiting()) == 1
    assert store.events() == events


def test_the_same_submission_after_it_was_delivered_changes_nothing(store: Store) -> None:
    one = submission()
    job = store.record_submission(one)
    store.receive(one.id, "{}")
    store.purge(one.id)
    assert store.record_submission(one) == job
    assert store.waiting() == ()


def test_a_ticket_is_given_once(store: Store) -> None:
    store.record_submission(submission(5))
    with pytest.raises(TicketTakenError):
        store.record_submission(submission(5))
    assert len(store.waiting()) == 1


def test_a_ticket_stays_taken_after_its_packet_was_delivered(store: Store) -> None:
    one = submission(5)
    store.record_submission(one)
    store.receive(one.id, "{}")
    store.purge(one.id)
    assert store.ticket_taken(one.ticket)
    with pytest.raises(TicketTakenError):
        store.record_submission(submission(5))


def test_a_refused_ticket_leaves_no_trace(store: Store) -> None:
    store.record_submission(submission(5))
    before = store.events()
    second = submission(5)
    with pytest.raises(TicketTakenError):
        store.record_submission(second)
    assert store.events() == before
    assert store.prints_of(second.id) == ()


class PowerGoesError(BaseException):
    """The plug, pulled."""


@pytest.mark.parametrize("write", [1, 2, 3])
def test_power_going_after_any_write_leaves_all_or_nothing(tmp_path: Path, write: int) -> None:
    store, one = open_store(tmp_path), submission()
    writes = 0

    def power_goes(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        nonlocal writes
        writes += statement.startswith("INSERT")
        if writes == write:
            raise PowerGoesError

    sa.event.listen(store._engine, "after_cursor_execute", power_goes)
    with pytest.raises(PowerGoesError):
        store.record_submission(one)
    sa.event.remove(store._engine, "after_cursor_execute", power_goes)
    assert store.waiting() == ()
    assert store.prints_of(one.id) == ()
    assert store.events() == ()
    assert not store.ticket_taken(one.ticket)


SUBMITTING = """
import os, sys
from pathlib import Path
from tests.unit.store.making import open_store, submission
store = open_store(Path(sys.argv[1]))
store.record_submission(submission(1))
os.path.exists("/the-mark-before")
for number in range(2, 12):
    store.record_submission(submission(number))
os.path.exists("/the-mark-after")
os._exit(0)
"""


def test_a_submission_costs_one_sync_of_the_disk(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    words = [
        "strace",
        "-f",
        "-y",
        "-o",
        str(trace),
        "-e",
        "trace=fsync,fdatasync,stat,newfstatat,statx,access,faccessat2",
    ]
    run = [*words, sys.executable, "-c", SUBMITTING, str(tmp_path)]
    subprocess.run(run, cwd=TOP, check=True, timeout=120, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    between = trace.read_text().split("the-mark-before")[-1].split("the-mark-after")[0]
    syncs = re.findall(r"f(?:data)?sync\(\d+<[^>]*/(store\.db[^>]*)>", between)
    assert syncs == ["store.db-wal"] * 10


def test_a_wrong_clock_is_written_down_as_such(tmp_path: Path) -> None:
    clock = ManualClock()
    clock.jump(clock.at.replace(year=1976))
    store = open_store(tmp_path, clock=clock)
    store.note("door_opened")
    clock.jump(clock.at.replace(year=2026))
    store.note("door_closed")
    with store._engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT event, clock_trusted FROM diary ORDER BY id").all()
    assert [tuple(row) for row in rows] == [("door_opened", 0), ("door_closed", 1)]


def test_the_diary_keeps_the_order_of_events_whatever_the_clock_says(tmp_path: Path) -> None:
    clock = ManualClock()
    store = open_store(tmp_path, clock=clock)
    store.note("first", "a", "b")
    clock.jump(clock.at.replace(year=1976))
    store.note("second")
    assert store.events() == (("first", "a", "b"), ("second", "", ""))


# --- what a disk that failed brings back ----------------------------------------------------------------------------------


def test_a_row_that_came_back_without_its_packet_and_promised_nobody_anything_goes(store: Store) -> None:
    """The commit was refused, whoever stood there read so, the packet was erased; the power went, and the log had it all the
    same. Everybody else's rows stay."""
    promised, kept, lost = submission(1), submission(2), submission(3)
    jobs = {one.id: store.record_submission(one) for one in (promised, kept, lost)}
    store.settle_print(jobs[promised.id], PrintState.HANDED_OVER)
    assert store.drop_unpromised(frozenset({kept.id})) == (lost.id,)
    assert store.packet_ids() == {promised.id, kept.id}
    assert ("never_kept", lost.id, "") in store.events()
    assert not store.ticket_taken(lost.ticket)
    store.reconcile_prints()
    assert store.drop_unpromised(frozenset()) == (), "a slip that was refused was shown on the screen"


def test_a_receipt_is_a_promise_kept_and_stays(store: Store) -> None:
    one = submission()
    store.record_submission(one)
    store.receive(one.id, "{}")
    assert store.drop_unpromised(frozenset()) == ()
    assert store.find(one.id)
