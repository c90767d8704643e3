"""When nobody may begin a new application, and what goes on all the same: status, printing, whoever is here."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.health import Condition, Health
from kiosk.session import Event, Step, frozen, notices
from kiosk.session.freeze import LOOK_EVERY_S, Freezer, Limits, Readings
from kiosk.session.freeze import frozen as rules
from kiosk.settings import Limits as Defaults
from kiosk.store import Backlog, StoreError
from tests.unit.session.test_staffing import come
from tests.unit.session.world import World, new_world
from tests.unit.staff.hall import CENTRE_KEY, put, roster

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
CALM = Readings(free_mb=10_000, queue=0, oldest=None, content=None, now=NOW)
ALL = Limits(free_mb=256, oldest_days=90, queue_length=100, content_days=180, trusted_clock=True)


@pytest.fixture
def with_staff(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    yield made
    made.parts.store.close()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.mark.parametrize(
    ("code", "just_fine", "too_much"),
    [
        ("freeze.disk", {"free_mb": 256}, {"free_mb": 255}),
        ("freeze.queue_old", {"oldest": ago(90)}, {"oldest": ago(90.01)}),
        ("freeze.queue_long", {"queue": 99}, {"queue": 100}),
        ("freeze.content_old", {"content": ago(180)}, {"content": ago(181)}),
        ("freeze.clock", {"now": NOW}, {"now": datetime(2009, 1, 1, tzinfo=UTC)}),
    ],
)
def test_each_limit_freezes_beyond_it_and_not_at_it(code: str, just_fine: dict, too_much: dict) -> None:
    assert rules(replace(CALM, **just_fine), ALL) == ()
    assert rules(replace(CALM, **too_much), ALL) == (code,)
    assert rules(replace(CALM, **too_much), Limits()) == ()


def test_the_most_urgent_comes_first() -> None:
    worst = Readings(free_mb=1, queue=500, oldest=ago(99), content=ago(999), now=NOW)
    assert rules(worst, ALL) == ("freeze.disk", "freeze.queue_old", "freeze.queue_long", "freeze.content_old")


@pytest.mark.parametrize("now", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)])
def test_a_clock_that_lost_its_battery_makes_nothing_old(now: datetime) -> None:
    seen = replace(CALM, oldest=ago(91), content=ago(999), now=now)
    assert rules(seen, replace(ALL, trusted_clock=False)) == ()


def test_the_limits_that_come_with_it_let_a_desa_live_sixty_days_without_a_line() -> None:
    given = Defaults()
    limits = Limits(
        free_mb=given.free_mb, oldest_days=given.oldest_days, queue_length=given.queue_length,
        content_days=given.content_days, trusted_clock=given.trusted_clock,
    )  # fmt: skip
    assert rules(replace(CALM, queue=60 * 100, oldest=ago(60), content=ago(60)), limits) == ()
    assert rules(replace(CALM, oldest=ago(91)), limits) == ("freeze.queue_old",)


def test_a_disk_that_does_not_answer_is_its_own_watchs_matter() -> None:
    assert rules(replace(CALM, free_mb=None), ALL) == ()


# --- asked every ten seconds ----------------------------------------------------------------------------------------------


def test_who_looks_every_second_asks_the_store_every_ten() -> None:
    clock, asked = ManualClock(), list[int]()

    def backlog() -> Backlog:
        asked.append(1)
        return Backlog(queue=500, stuck=0, oldest="")

    freezer = Freezer(ALL, clock, backlog=backlog, free_mb=lambda: 9999)
    for _ in range(int(LOOK_EVERY_S) * 2):
        assert freezer.codes() == ("freeze.queue_long",)
        clock.advance(1)
    assert len(asked) == 2


def test_a_busy_store_leaves_the_last_answer() -> None:
    clock, busy = ManualClock(), [False]

    def backlog() -> Backlog:
        if busy[0]:
            raise StoreError("sibuk")
        return Backlog(queue=500, stuck=0, oldest="2026-01-01T00:00:00.000000Z")

    freezer = Freezer(ALL, clock, backlog=backlog, free_mb=lambda: None)
    before = freezer.codes()
    busy[0] = True
    clock.advance(LOOK_EVERY_S)
    assert freezer.codes() == before == ("freeze.queue_old", "freeze.queue_long")


# --- at the screen --------------------------------------------------------------------------------------------------------


def froze(world: World, code: str = "freeze.queue_old") -> World:
    """The same kiosk, frozen."""
    world.parts = replace(world.parts, freeze=lambda: (code,) if code else ())
    world.kiosk.parts = world.parts
    return world


def test_the_first_screen_says_why_and_nobody_new_applies(world: World) -> None:
    froze(world)
    assert notices(world.parts) == ("freeze.queue_old",)
    world.do(world.kiosk.begin(Event.APPLY))
    assert world.step is Step.HOME
    assert world.kiosk.visit.complaint == "freeze.queue_old"


def test_status_and_printing_go_on(world: World) -> None:
    froze(world)
    world.do(world.kiosk.begin(Event.CHECK))
    assert world.step is Step.TICKET


def test_who_is_here_finishes(world: World) -> None:
    nudged: list[int] = []
    world.to_questions()
    froze(world)
    world.kiosk.parts = replace(world.parts, on_kept=lambda: nudged.append(1))
    world.answer()
    world.photograph()
    world.do(world.kiosk.submit())
    assert world.step is Step.RECEIPT
    assert nudged == [1]  # the second copy is made beside the visit


def test_it_thaws_by_itself(world: World) -> None:
    froze(froze(world), "")
    assert frozen(world.parts) == ""
    world.do(world.kiosk.begin(Event.APPLY))
    assert world.step is Step.SERVICES


def test_staff_may_not_begin_either_and_reads_why(with_staff: World) -> None:
    come(with_staff)
    froze(with_staff)
    with_staff.do(with_staff.kiosk.assist())
    assert with_staff.step is Step.STAFF
    assert with_staff.kiosk.visit.complaint == "freeze.queue_old"


def test_a_closed_kiosk_says_only_why_it_is_closed(world: World) -> None:
    froze(world)
    world.parts = replace(world.parts, disk=lambda: Health(Condition.FAULT, "disk.full"))
    world.kiosk.parts = world.parts
    assert notices(world.parts) == ("disk.full",)
    assert frozen(world.parts) == "disk.full"


def test_a_missing_second_copy_stands_among_the_devices_and_not_on_the_first_screen(world: World) -> None:
    world.parts = replace(world.parts, copy=lambda: Health(Condition.ABSENT, "copy.absent"))
    world.kiosk.parts = world.parts
    assert world.kiosk.health()["copy"].code == "copy.absent"
    assert notices(world.parts) == ()  # villagers need not know


def test_a_second_copy_s_code_is_a_device_s_word() -> None:
    from kiosk.safeguards import health

    assert health("") == Health(Condition.READY)
    assert health("copy.absent").condition is Condition.ABSENT
    assert health("copy.full").condition is Condition.FAULT
