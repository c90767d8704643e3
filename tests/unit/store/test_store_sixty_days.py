"""Sixty days without a line: nothing is given up, nothing is silent, and everything arrives when the line comes back."""

from datetime import timedelta
from pathlib import Path

from adminduk.clock import ManualClock, stamp
from kiosk.session.freeze import Limits, Readings, frozen
from kiosk.settings import Limits as Defaults
from kiosk.store import Phase, Store, Submission
from kiosk.store.outbox import LONGEST_WAIT_S
from tests.unit.store.making import numbered_id, open_store, submission

DAYS, A_DAY = 60, 2


def submitted(store: Store, clock: ManualClock, number: int) -> str:
    given = submission(number, packet_id=numbered_id(number))
    now = {"sealed_at": stamp(clock.now())}
    store.record_submission(Submission(**{name: getattr(given, name) for name in given.__slots__} | now))
    return given.id


def test_sixty_days_without_a_line_lose_nothing_and_end_in_delivery(tmp_path: Path) -> None:
    clock = ManualClock()
    began = clock.now()
    store = open_store(tmp_path, clock=clock)
    sealed: list[str] = []
    for day in range(DAYS):
        for _ in range(A_DAY):
            sealed.append(submitted(store, clock, len(sealed) + 1))
        if item := store.claim():  # somebody knocks once a day, in vain
            store.set_back(item.id, "tidak_tersambung")
        if day % 10 == 0:
            store.release_leases()  # the power went: a new courier
        clock.advance(86_400)

    waiting = store.waiting()
    assert [row.id for row in waiting] == sealed
    assert all(row.state is Phase.SEALED for row in waiting)
    knocked = [row for row in waiting if row.attempts]
    assert len(knocked) == 1  # the oldest first, for as long as it takes
    assert (knocked[0].attempts, knocked[0].last_error) == (DAYS, "tidak_tersambung")
    assert knocked[0].next_try <= clock.now().timestamp() + LONGEST_WAIT_S

    backlog = store.backlog()
    assert (backlog.queue, backlog.stuck, backlog.oldest) == (DAYS * A_DAY, 0, stamp(began))
    given = Defaults()
    limits = Limits(free_mb=given.free_mb, oldest_days=given.oldest_days, queue_length=given.queue_length)
    seen = Readings(free_mb=5000, queue=backlog.queue, oldest=began, content=None, now=began + timedelta(days=DAYS))
    assert frozen(seen, limits) == ()

    arrived = []
    while item := store.claim():
        store.receive(item.id, "{}")
        store.purge(item.id)
        arrived.append(item.id)
    assert arrived == sealed
    assert store.waiting() == ()
    assert store.backlog().queue == 0
    store.close()


def test_stamps_of_a_dead_clock_tell_no_age(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    given = submission(1)
    old = {"sealed_at": "1970-01-01T00:00:00.000000Z", "clock_trusted": False}
    store.record_submission(Submission(**{name: getattr(given, name) for name in given.__slots__} | old))
    assert store.backlog().oldest == ""
    store.need_attention(given.id, "terlalu_besar")
    assert (store.backlog().queue, store.backlog().stuck) == (1, 1)
    store.close()
