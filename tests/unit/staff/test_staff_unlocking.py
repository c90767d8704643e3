"""Opening staff-assisted mode: every refusal, no free try by power cut, restart, reboot or a moved clock."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adminduk.clock import SystemClock, boot_identity
from kiosk.staff import Refusal, Unlocked, unlock
from kiosk.store import Store
from kiosk.store.schema import staff_attempts
from kiosk.store.staff import FIRST_LOCK_S, LONGEST_LOCK_S, TRIES, lock_s
from tests.unit.staff.hall import CENTRE_KEY, NAME, PIN, WRONG, Hall, hashed, person, put, roster
from tests.unit.store.making import KEY

TOP = Path(__file__).parents[3]


def counted(store: Store, staff_id: str = "P-0007") -> tuple[int, int]:
    """(wrong tries since the last lock-out, lock-outs); nothing counted is (0, 0)."""
    query = sa.select(staff_attempts).where(staff_attempts.c.staff_id == staff_id)
    with store._engine.connect() as connection:
        row = connection.execute(query).first()
    return (0, 0) if row is None else (row.wrong, row.locks)


# --- who gets in ------------------------------------------------------------------------------------------------------


def test_the_right_pin_opens_and_says_who_it_is(hall: Hall) -> None:
    assert hall.unlock() == Unlocked(staff_id="P-0007", name=NAME)


@pytest.mark.parametrize("typed", ["p-0007", " P-0007 ", "P-0007"])
def test_an_id_may_be_typed_in_small_letters(hall: Hall, typed: str) -> None:
    assert hall.code(typed) == "ok"


@pytest.mark.parametrize("typed", ["482 193", "48-21-93"])
def test_a_pin_may_be_typed_in_groups(hall: Hall, typed: str) -> None:
    assert hall.code(pin=typed) == "ok"


@pytest.mark.parametrize("pin", [WRONG, "", "48219", "4821930", "abcdef", "٤٨٢١٩٣", "482193\0", "9" * 10_000])
def test_any_other_pin_is_wrong(hall: Hall, pin: str) -> None:
    assert hall.unlock(pin=pin) == Refusal(code="staff.wrong")


def test_everybody_has_their_own_pin(empty: Hall) -> None:
    empty.hear(person(7), person(8, pin_hash=hashed("777771")))
    assert empty.code("P-0008", PIN) == "staff.wrong"
    assert empty.code("P-0008", "777771") == "ok"


def test_a_disabled_person_with_the_right_pin_is_told_so(empty: Hall) -> None:
    empty.hear(person(active=False))
    assert empty.unlock() == Refusal(code="staff.disabled")


def test_who_guesses_at_a_disabled_person_learns_nothing(empty: Hall) -> None:
    empty.hear(person(active=False))
    assert empty.code(pin=WRONG) == "staff.wrong"


def test_a_pin_that_was_replaced_at_the_centre_ends_with_the_next_roster(hall: Hall) -> None:
    hall.clock.advance(900)
    hall.hear(person(pin_hash=hashed("777771")))
    assert [hall.code(), hall.code(pin="777771")] == ["staff.wrong", "ok"]


def test_a_hash_that_is_none_is_nobodys_pin(empty: Hall) -> None:
    empty.hear(person(pin_hash="$argon2id$nothing"))
    assert empty.code() == "staff.wrong"


def test_neither_pin_nor_hash_shows_in_a_repr(hall: Hall) -> None:
    stored = hall.store.staff.roster(hall.clock.now())
    assert stored is not None
    assert PIN not in repr(hall.unlock())
    assert "argon2" not in repr(roster(hall.clock.now()))


# --- unknown ids ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("staff_id", ["P-0099", "", "3312120101909901", "P-07", "P-00070", "' OR 1=1", "P-٠٠٠٧"])
def test_an_unknown_id_reads_as_a_wrong_pin_to_the_lock_out(hall: Hall, staff_id: str) -> None:
    answers = [hall.unlock(staff_id) for _ in range(4)]
    assert answers == [
        Refusal(code="staff.wrong"),
        Refusal(code="staff.wrong"),
        Refusal(code="staff.locked", wait_s=60),
        Refusal(code="staff.locked", wait_s=60),
    ]


def test_a_number_typed_by_mistake_is_not_written_down(hall: Hall) -> None:
    hall.unlock("3312120101909901")
    with hall.store._engine.connect() as connection:
        assert list(connection.scalars(sa.select(staff_attempts.c.staff_id))) == ["P-?"]


def test_one_persons_lock_out_is_not_anothers(empty: Hall) -> None:
    empty.hear(person(7), person(8))
    empty.lock()
    assert [empty.code("P-0007"), empty.code("P-0008")] == ["staff.locked", "ok"]


@pytest.mark.parametrize("of", ["a roster with people", "a roster of nobody"])
def test_an_unknown_id_takes_as_long_as_a_wrong_pin(tmp_path: Path, of: str) -> None:
    hall = Hall(tmp_path)
    known = hashed(PIN, 3, 64 * 1024)  # as the centre hashes
    hall.hear(person(pin_hash=known))
    wrong = took(hall, "P-0007")
    hall.clock.advance(60)
    if of == "a roster of nobody":
        put(hall.store, roster(hall.clock.now(), person(), staff=()))
    assert took(hall, "P-0099") > wrong / 3


def took(hall: Hall, staff_id: str) -> float:
    """Seconds, the shorter of two."""
    times = []
    for _ in range(2):
        began = time.perf_counter()
        assert hall.code(staff_id, WRONG) == "staff.wrong"
        times.append(time.perf_counter() - began)
    return min(times)


# --- counting ---------------------------------------------------------------------------------------------------------


def test_the_third_wrong_pin_locks_for_a_minute(hall: Hall) -> None:
    assert [hall.unlock(pin=WRONG) for _ in range(3)] == [
        Refusal(code="staff.wrong"), Refusal(code="staff.wrong"), Refusal(code="staff.locked", wait_s=60),
    ]  # fmt: skip


def test_the_right_pin_does_not_open_while_locked(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(59)
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=1)
    hall.clock.advance(1)
    assert hall.code() == "ok"


def test_a_try_while_locked_makes_the_lock_out_no_longer(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(30)
    assert [hall.wait(), hall.wait(), hall.wait()] == [30, 30, 30]


def test_each_lock_out_is_twice_the_last_up_to_an_hour(hall: Hall) -> None:
    waits = []
    for _ in range(9):
        waits.append(hall.lock())
        hall.clock.advance(waits[-1])
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_the_right_pin_on_the_third_try_opens_and_forgives_everything(hall: Hall) -> None:
    assert [hall.code(pin=WRONG), hall.code(pin=WRONG), hall.code()] == ["staff.wrong", "staff.wrong", "ok"]
    assert counted(hall.store) == (0, 0)
    assert [hall.wait(), hall.wait(), hall.wait()] == [0, 0, 60]


def test_a_new_roster_forgives_nothing(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(10)
    hall.hear()
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=50)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pauses=st.lists(st.floats(0, 4000), min_size=1, max_size=30))
def test_no_timing_of_tries_gets_more_than_three_in_a_lock_out_s_time(
    tmp_path_factory: pytest.TempPathFactory, pauses: list[float]
) -> None:
    hall = Hall(tmp_path_factory.mktemp("hall"))
    hall.hear()
    looked_at = 0
    for pause in pauses:
        hall.clock.elapsed += pause
        before = counted(hall.store)
        hall.unlock(pin=WRONG)
        looked_at += counted(hall.store) != before
    wrong, locks = counted(hall.store)
    assert looked_at == TRIES * locks + wrong
    assert sum(pauses) >= sum(lock_s(number) for number in range(1, locks))  # the last may still run
    hall.store.close()


def test_the_lock_outs_double_between_their_bounds() -> None:
    assert [lock_s(1), lock_s(2), lock_s(7), lock_s(1_000_000)] == [
        FIRST_LOCK_S, 2 * FIRST_LOCK_S, LONGEST_LOCK_S, LONGEST_LOCK_S,
    ]  # fmt: skip


# --- clocks, restarts, reboots ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", [datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)])
def test_moving_the_wall_clock_shortens_no_lock_out(hall: Hall, to: datetime) -> None:
    hall.lock()
    hall.clock.jump(to)
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=60)


def test_restarting_the_process_shortens_no_lock_out(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(20)
    hall.restart()
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=40)


def test_restarting_the_process_forgets_no_wrong_pin(hall: Hall) -> None:
    codes = []
    for _ in range(3):
        codes.append(hall.code(pin=WRONG))
        hall.restart()
    assert codes == ["staff.wrong", "staff.wrong", "staff.locked"]


def test_rebooting_forgets_no_wrong_pin(hall: Hall) -> None:
    codes = []
    for number in range(3):
        codes.append(hall.code(pin=WRONG))
        hall.reboot(f"boot-{number}")
    assert codes == ["staff.wrong", "staff.wrong", "staff.locked"]


@pytest.mark.parametrize("uptime", [5.0, 20.0, 100_000.0])
def test_a_running_lock_out_begins_anew_in_full_after_a_reboot(hall: Hall, uptime: float) -> None:
    hall.lock()
    hall.clock.advance(50)
    hall.reboot(monotonic=uptime)
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=60)
    hall.clock.advance(59)
    assert hall.code() == "staff.locked"
    hall.clock.advance(1)
    assert hall.code() == "ok"


def test_a_second_reboot_begins_it_anew_once_more_and_makes_it_no_longer(hall: Hall) -> None:
    hall.lock()
    for number in range(3):
        hall.clock.advance(40)
        hall.reboot(f"again-{number}")
        assert hall.wait() == 60


def test_a_lock_out_known_to_be_over_stays_over_after_a_reboot(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(61)
    hall.store.staff.end_lockouts(boot=hall.boot, monotonic=hall.clock.monotonic())
    hall.reboot()
    assert hall.code() == "ok"


def test_a_running_lock_out_is_not_taken_for_one_that_is_over(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(59)
    hall.store.staff.end_lockouts(boot=hall.boot, monotonic=hall.clock.monotonic())
    hall.store.staff.end_lockouts(boot="another", monotonic=1e12)
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=1)


def test_a_lock_out_that_is_over_still_doubles_the_next(hall: Hall) -> None:
    hall.lock()
    hall.clock.advance(61)
    hall.store.staff.end_lockouts(boot=hall.boot, monotonic=hall.clock.monotonic())
    assert hall.lock() == 120


def test_a_monotonic_clock_that_went_back_begins_the_lock_out_anew(hall: Hall) -> None:
    hall.lock()
    hall.clock.elapsed = 3.0
    assert hall.unlock() == Refusal(code="staff.locked", wait_s=60)


def test_this_machine_s_boot_has_a_name_that_stays(hall: Hall) -> None:
    assert boot_identity() == boot_identity() != ""
    key = CENTRE_KEY.public_key().public_bytes_raw()
    got = [unlock(hall.store, hall.clock, "P-0007", WRONG, receipt_key=key) for _ in range(3)]
    assert got[-1] == Refusal(code="staff.locked", wait_s=60)
    with hall.store._engine.connect() as connection:
        assert connection.scalar(sa.select(staff_attempts.c.boot)) == boot_identity()


def test_a_machine_that_tells_no_boot_opens_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        boot_identity(tmp_path / "boot_id")


# --- power cuts -------------------------------------------------------------------------------------------------------


class PowerGoesError(BaseException):
    """The plug, pulled."""


# Seeing the roster is the first transaction, counting the second, forgiving the third.
@pytest.mark.parametrize("event", ["begin", "commit"])
@pytest.mark.parametrize(("cut_at", "left"), [(1, (0, 0)), (2, (0, 0)), (3, (1, 0))])
def test_a_power_cut_at_any_transaction_gives_no_free_try(
    hall: Hall, event: str, cut_at: int, left: tuple[int, int]
) -> None:
    assert cut(hall, event, cut_at, PIN) is None, "no answer but by a try that is on the disk"
    hall.restart()
    assert counted(hall.store) == left


@pytest.mark.parametrize("event", ["begin", "commit"])
def test_a_wrong_pin_is_answered_only_when_it_is_on_the_disk(hall: Hall, event: str) -> None:
    assert [cut(hall, event, number, WRONG) for number in (1, 2)] == [None, None]
    hall.restart()
    assert cut(hall, event, 3, WRONG) == Refusal(code="staff.wrong")
    assert counted(hall.store) == (1, 0)


def cut(hall: Hall, event: str, count: int, pin: str) -> Unlocked | Refusal | None:
    """The answer, None when the power went first: before the ``count``-th transaction began, or before it was durable."""
    seen = 0

    def pull(_connection: sa.Connection) -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            raise PowerGoesError

    sa.event.listen(hall.store._engine, event, pull)
    try:
        return hall.unlock(pin=pin)
    except PowerGoesError:
        return None
    finally:
        sa.event.remove(hall.store._engine, event, pull)


TRYING = """
import secrets, sys
from pathlib import Path
from adminduk.clock import SystemClock
from kiosk.staff import unlock
from kiosk.store import Store
clock = SystemClock()
store = Store.open(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]), clock=clock, dice=secrets)
print(unlock(store, clock, "P-0007", sys.argv[3], receipt_key=bytes.fromhex(sys.argv[4])), flush=True)
"""


def test_three_kills_while_the_pin_is_looked_at_lock_for_the_fourth_try(tmp_path: Path) -> None:
    """-9 between the count and the answer, with the right PIN typed each time."""
    hall = Hall(tmp_path)
    put(hall.store, roster(SystemClock().now(), person(pin_hash=hashed(PIN, 30, 64 * 1024))))
    for tries in ((1, 0), (2, 0), (0, 1)):
        kill_while_trying(hall, tries)
    with trying(hall) as process:
        said = process.communicate(timeout=60)[0]
    assert "staff.locked" in said


def kill_while_trying(hall: Hall, tries: tuple[int, int]) -> None:
    """As soon as the store has counted the try: looking at the PIN takes seconds then."""
    with trying(hall) as process:
        deadline = time.monotonic() + 30
        while counted(hall.store) != tries:
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
        process.kill()
        assert process.communicate(timeout=10)[0] == "", "the answer was out before the power went"


def trying(hall: Hall) -> "subprocess.Popen[str]":
    receipt_key = CENTRE_KEY.public_key().public_bytes_raw()
    words = [str(hall.folder / "store.db"), KEY.hex(), PIN, receipt_key.hex()]
    return subprocess.Popen(
        [sys.executable, "-c", TRYING, *words], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


# --- the roster's days ------------------------------------------------------------------------------------------------


def test_without_a_roster_nobody_gets_in(empty: Hall) -> None:
    assert empty.unlock() == Refusal(code="staff.roster_missing")


def test_a_roster_opens_without_a_line_until_its_days_are_over(hall: Hall) -> None:
    hall.clock.advance(30 * 86400 - 1)
    assert hall.code() == "ok"
    hall.clock.advance(1)
    assert hall.unlock() == Refusal(code="staff.roster_expired")


def test_the_centre_decides_how_many_days(empty: Hall) -> None:
    empty.hear(valid_days=3)
    empty.clock.advance(3 * 86400)
    assert empty.code() == "staff.roster_expired"


@pytest.mark.parametrize("back", [timedelta(days=1), timedelta(days=31), timedelta(days=300)])
def test_turning_the_clock_back_does_not_bring_an_expired_roster_to_life(hall: Hall, back: timedelta) -> None:
    hall.clock.advance(31 * 86400)
    assert hall.code() == "staff.roster_expired"
    hall.clock.jump(hall.clock.now() - back)
    hall.restart()
    assert hall.code() == "staff.roster_expired"


def test_turning_the_clock_back_now_and_then_gains_no_day(hall: Hall) -> None:
    hall.clock.advance(29 * 86400)
    assert hall.code() == "ok"
    hall.clock.jump(hall.clock.now() - timedelta(days=20))
    hall.clock.advance(21 * 86400)
    assert hall.code() == "staff.roster_expired"


def test_a_clock_that_lost_its_battery_neither_ages_nor_renews_a_roster(hall: Hall) -> None:
    hall.clock.advance(10 * 86400)
    assert hall.code() == "ok"
    for year in (1970, 2105):
        hall.clock.jump(datetime(year, 1, 1, tzinfo=UTC))
        assert hall.code() == "ok"


def test_a_clock_that_ran_ahead_is_set_right_by_the_next_roster(hall: Hall) -> None:
    true = hall.clock.now()
    hall.clock.jump(true + timedelta(days=400))
    assert hall.code() == "staff.roster_expired"
    hall.clock.jump(true + timedelta(hours=1))
    assert hall.code() == "staff.roster_expired", "this kiosk cannot know which of the two was right"
    hall.hear()
    assert hall.code() == "ok"


def test_an_expired_roster_counts_no_tries(hall: Hall) -> None:
    hall.clock.advance(31 * 86400)
    assert {hall.code(pin=WRONG) for _ in range(5)} == {"staff.roster_expired"}
    assert counted(hall.store) == (0, 0)
