"""A village PC whose clock fails in the middle of things: fifty years back, a day ahead, jumping at every step. Nothing is lost,
nothing doubled, nobody waits without end, and the centre is told how wrong it is.

Each story calls ``clock.turn()`` between its steps. What has a matrix of its own is only named: a staff PIN's lock-out and the
roster's age (tests/unit/staff/test_staff_unlocking.py), a signature's time (test_uplink_courier.py), the centre's 60 days for
documents, by the centre's own time (test_store_downlink.py).
"""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adminduk.clock import ManualClock, SystemClock, trusted
from kiosk.session import Step
from kiosk.session.freeze import Limits, Readings, frozen
from kiosk.session.steps import IDLE_S, WARNING_S
from kiosk.store import Phase
from kiosk.store.inquiries import STALE_S
from kiosk.store.outbox import LEASE_S, LONGEST_WAIT_S
from kiosk.updates.sources import from_folder
from kiosk.uplink.hours import QuietHours
from kiosk.uplink.pulse import MOST_S, Pulse
from tests.faults.village import Village
from tests.unit.session.world import new_world
from tests.unit.store.making import open_store, submission
from tests.unit.store.test_store_downlink import FIRST, here, later, page, paper, status
from tests.unit.updates.printshop import Village as UpdatesVillage
from tests.unit.uplink.village import Kiosk

BACK, AHEAD = timedelta(days=-18_250), timedelta(days=1)


class FailingClock(ManualClock):
    """``wrong``: by how much after each turn, the last one for ever; ``true``: what a watch on the wall says."""

    def __init__(self, wrong: tuple[timedelta, ...], at: datetime | None = None) -> None:
        super().__init__(at or ManualClock().at)
        self.true, self._wrong, self._turns = self.at, wrong, 0

    def turn(self) -> None:
        self.jump(self.true + self._wrong[min(self._turns, len(self._wrong) - 1)])
        self._turns += 1

    def advance(self, seconds: float) -> None:
        super().advance(seconds)
        self.true += timedelta(seconds=seconds)

    def set_right(self) -> None:
        self.jump(self.true)


FAILURES = {
    "fifty years back": (BACK,),
    "a day ahead": (AHEAD,),
    "jumping": (BACK, AHEAD, timedelta(0), BACK, timedelta(hours=-20), AHEAD) * 40,
}


@pytest.fixture(params=FAILURES)
def clock(request: pytest.FixtureRequest) -> FailingClock:
    return FailingClock(FAILURES[request.param])


def ends(holds: Callable[[], object], clock: FailingClock, seconds: float, *, every: float = 1.0) -> None:
    """True within so many true seconds, the clock failing once more at each look."""
    until = clock.elapsed + seconds
    while not holds():
        assert clock.elapsed < until, f"not within {seconds} s"
        clock.advance(every)
        clock.turn()


# --- stories ------------------------------------------------------------------------------------------------------------------


def leases_and_waits(clock: FailingClock, folder: Path) -> None:
    """A courier died with a packet in its hands; later the line is down, again and again."""
    store = open_store(folder, clock=clock)
    one = submission(1)
    store.record_submission(one)
    clock.turn()
    assert store.claim()
    clock.turn()
    ends(store.claim, clock, LEASE_S + 2)
    for _ in range(6):
        store.set_back(one.id, "tidak_tersambung")
        clock.turn()
        ends(store.claim, clock, LONGEST_WAIT_S + 60, every=60)
    clock.turn()
    store.advance(one.id, Phase.UPLOADING, offset=500)
    clock.turn()
    assert store.receive(one.id, "{}")
    clock.turn()
    assert not store.receive(one.id, "{}"), "received once"
    store.purge(one.id)
    for _ in range(6):
        clock.turn()
        store.record_submission(one)
        assert store.ticket_taken(one.ticket)
        assert store.claim() is None, "a tombstone is never sent again, whatever year it is"
        assert store.packet_ids() == frozenset()
    store.close()


def questions_and_surveys(clock: FailingClock, folder: Path) -> None:
    """Somebody waits at the screen for an answer; a survey waits for better times."""
    store = open_store(folder, clock=clock)
    store.ask("q1", b"sealed")
    clock.turn()
    ends(lambda: store.next_question() is None, clock, STALE_S + 2, every=30)
    assert store.reply("q1") is None, "nobody waits for it any more"
    clock.set_right()
    store.ask("q2", b"sealed")
    assert store.next_question(), "the next one is carried"
    store.add_survey("s1", b"{}")
    store.postpone_survey("s1")
    clock.turn()
    ends(store.next_survey, clock, LONGEST_WAIT_S + 2, every=30)
    store.close()


def sixty_days_in_the_queue(clock: FailingClock, folder: Path) -> None:
    """Nothing is too old to be sent, and nothing freezes before its time."""
    store = open_store(folder, clock=clock)
    sealed = []
    for number in range(20):
        one = submission(number + 1)
        store.record_submission(one)
        sealed.append(one.id)
        clock.advance(3 * 86_400)
        clock.turn()
    backlog = store.backlog()
    assert (backlog.queue, backlog.stuck) == (20, 0)
    limits = Limits(oldest_days=90)
    seen = Readings(free_mb=5000, queue=20, oldest=None, content=None, now=clock.now())
    assert frozen(seen, limits) == ()
    assert [row.id for row in store.waiting()] == sealed
    arrived = []
    while item := store.claim():
        store.receive(item.id, "{}")
        store.purge(item.id)
        arrived.append(item.id)
        clock.turn()
    assert arrived == sealed
    store.close()


def drafts_saved_and_kept(clock: FailingClock, folder: Path) -> None:
    """A draft is there on the sixth day, by a clock that was right, wrong, and right again; and it does go."""
    store = open_store(folder, clock=clock)
    store.drafts.keep("before", days=7)
    clock.turn()
    store.drafts.keep("meanwhile", days=7)
    for _ in range(6 * 4):
        clock.turn()
        if trusted(clock.now()) and clock.now() > clock.true + timedelta(hours=1):
            clock.set_right()  # a day ahead costs a day, which the next test shows
        assert not store.drafts.over()
        assert store.drafts.alive("before")
        assert store.drafts.alive("meanwhile")
        clock.advance(6 * 3600 - 900)
    clock.set_right()
    assert store.drafts.alive("before")
    assert not store.drafts.over(), "what was saved by a dead clock has its week from now"
    assert store.drafts.alive("meanwhile")
    clock.advance(9 * 86_400)
    assert store.drafts.over() == {"before", "meanwhile"}
    store.close()


def rests_of_the_line(clock: FailingClock, folder: Path) -> None:
    """Quiet hours end, the heart beats on."""
    store = open_store(folder, clock=clock)
    hours = QuietHours(time(9), time(15), ZoneInfo("Asia/Jakarta"))
    pulse = Pulse(store, folder, {}, clock, "K-0001")
    for _ in range(4):
        pulse.rest()
        clock.turn()
        ends(lambda: pulse.due, clock, MOST_S, every=60)
        assert pulse.beat().clock_trusted is trusted(clock.now())
        assert pulse.beat().oldest_s == 0
    clock.turn()
    ends(lambda: not hours.hold(clock.now()), clock, 6 * 3600 + 60, every=600)
    store.close()


def documents_that_wait(clock: FailingClock, folder: Path) -> None:
    """Sixty days are the centre's; prints are claimed by their ids."""
    store = open_store(folder, clock=clock)
    store.down.take(page(status(), paper()))
    here(store)
    for days in (1, 30, 59):
        clock.turn()
        store.down.take(page(cursor=f"c{days}", as_of=later(days=days)))
        assert store.down.here() == {FIRST}
    clock.turn()
    store.down.take(page(cursor="c61", as_of=later(days=61)))
    assert store.down.here() == frozenset()
    store.close()


def somebody_at_the_screen(clock: FailingClock, folder: Path) -> None:
    """The countdown of a visit goes by a watch, not by the calendar."""
    world = new_world(folder, clock=clock)
    world.to_questions()
    for _ in range(6):
        clock.turn()
        left = world.kiosk.seconds_left()
        assert left is not None
        assert left == pytest.approx(IDLE_S + WARNING_S, abs=1)
    clock.advance(IDLE_S + WARNING_S + 1)
    clock.turn()
    assert world.kiosk.seconds_left() is None
    assert world.step is Step.HOME
    world.parts.store.close()


STORIES = (
    leases_and_waits, questions_and_surveys, sixty_days_in_the_queue, drafts_saved_and_kept, rests_of_the_line,
    documents_that_wait, somebody_at_the_screen,
)  # fmt: skip


@pytest.mark.parametrize("story", STORIES)
def test_a_clock_that_fails_loses_nothing_and_makes_nobody_wait_for_ever(
    clock: FailingClock, tmp_path: Path, story: Callable[[FailingClock, Path], None]
) -> None:
    story(clock, tmp_path)


# --- those that need a centre ---------------------------------------------------------------------------------------------


@pytest.fixture
def beside(request: pytest.FixtureRequest, tmp_path: Path, served: Village) -> Iterator[tuple[Kiosk, FailingClock]]:
    clock = FailingClock(FAILURES[request.param], SystemClock().now())
    receipt_key = served.keys.receipt.public_key().public_bytes_raw()
    kiosk = Kiosk(tmp_path / "kiosk", served.kiosk_id, served.key, receipt_key, clock=clock)
    yield kiosk, clock
    kiosk.close()


@pytest.mark.parametrize("beside", FAILURES, indirect=True)
def test_a_delivery_under_a_failing_clock_ends_once_and_the_skew_is_told(
    beside: tuple[Kiosk, FailingClock], served: Village
) -> None:
    kiosk, clock = beside
    sealed = [kiosk.submit(90_000) for _ in range(2)]
    with kiosk.courier(served.url) as courier:
        clock.turn()
        ends(courier.announce_next, clock, LONGEST_WAIT_S)
        clock.turn()
        ends(lambda: courier.deliver_next() and not kiosk.store.waiting(), clock, 2 * LONGEST_WAIT_S)
        clock.turn()
        ends(courier.beat, clock, MOST_S, every=60)
        told = courier._centre.skew_s
        assert told is not None
        assert told == pytest.approx((SystemClock().now() - clock.now()).total_seconds(), abs=20)
    assert kiosk.tombstones() == kiosk.sealed
    assert set(sealed) <= set(served.at_centre("received"))
    assert {one: served.digest_at_centre(one) for one in sealed} == kiosk.sealed


@pytest.mark.parametrize("failure", FAILURES)
def test_content_is_taken_by_a_clock_that_is_believed_and_waits_for_it(
    founded: Village, tmp_path: Path, failure: str
) -> None:
    shop = founded.folder / "shop" / "content"
    clock = FailingClock(FAILURES[failure])
    kiosk = UpdatesVillage(tmp_path / "kiosk", (shop / "1.root.json").read_bytes(), clock=clock)
    clock.turn()
    kiosk.look(from_folder(shop))
    assert kiosk.word == ("ready" if trusted(clock.now()) else "content.clock")
    clock.set_right()
    kiosk.look(from_folder(shop))
    assert kiosk.word == "ready"
    assert kiosk.shelf.staged() == (1,)
    kiosk.store.close()
