"""How many days the paper lasts: arithmetic that a clerk can follow, and that no odd day upsets."""

from datetime import date, timedelta
from statistics import median_high

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.session.forecast import FARTHEST, LEAST_DAYS, WINDOW, Forecast, forecast, working_day

MONDAY = date(2026, 11, 16)
FRIDAY = date(2026, 11, 20)


def days_ago(*amounts: int, today: date = MONDAY) -> dict[date, int]:
    """Yesterday first."""
    return {today - timedelta(days=number): amount for number, amount in enumerate(amounts, 1)}


OFFSETS = st.integers(1, WINDOW)
USES = st.dictionaries(OFFSETS, st.integers(1, 3000), min_size=LEAST_DAYS, max_size=WINDOW)
TODAYS = st.dates(date(2026, 1, 15), date(2060, 1, 1))
LEFT = st.integers(0, 60_000)


def by_day(uses: dict[int, int], today: date) -> dict[date, int]:
    return {today - timedelta(days=number): amount for number, amount in uses.items()}


def found(used: dict[date, int], left: int, today: date = MONDAY) -> Forecast:
    made = forecast(used, left=left, today=today)
    assert made is not None
    return made


def test_a_roll_of_fifty_metres_at_two_metres_a_day() -> None:
    made = found(days_ago(2000, 2100, 1900), 50_000)
    assert (made.per_day, made.days) == (2000, 25)


@pytest.mark.parametrize("amounts", [(), (500,), (500, 600), (500, 0, 600, 0)])
def test_two_days_say_nothing(amounts: tuple[int, ...]) -> None:
    assert forecast(days_ago(*amounts), left=1000, today=MONDAY) is None


def test_a_school_s_class_on_one_day_does_not_make_an_alarm() -> None:
    usual = found(days_ago(500, 500, 500, 500, 500), 50_000)
    assert found(days_ago(500, 500, 9000, 500, 500), 50_000) == usual


def test_empty_days_do_not_make_the_paper_last_longer() -> None:
    assert found(days_ago(500, 0, 0, 500, 0, 500), 5000).days == 10


def test_today_is_not_over_and_does_not_count() -> None:
    assert found({**days_ago(500, 500, 500), MONDAY: 1}, 5000).per_day == 500


def test_what_a_clock_that_ran_ahead_wrote_is_passed_over() -> None:
    ahead = {MONDAY + timedelta(days=number): 9000 for number in range(400)}
    assert found({**ahead, **days_ago(500, 500, 500)}, 5000).per_day == 500


def test_what_a_clock_without_a_battery_wrote_is_passed_over() -> None:
    behind = {date(1970, 1, 1) + timedelta(days=number): 9000 for number in range(40)}
    assert found({**behind, **days_ago(500, 500, 500)}, 5000).per_day == 500


def test_a_clock_that_steps_back_among_the_days_takes_from_no_day() -> None:
    used = days_ago(500, 500, 500)
    assert forecast(used, left=5000, today=MONDAY - timedelta(days=30)) is None


def test_the_last_day_passes_over_the_weekend() -> None:
    used = {FRIDAY - timedelta(days=number): 100 for number in (1, 2, 3)}
    made = found(used, 100, today=FRIDAY)
    assert (made.days, made.until) == (1, date(2026, 11, 23))


def test_a_kiosk_that_is_open_on_saturdays_counts_them() -> None:
    used = {FRIDAY - timedelta(days=number): 100 for number in (1, 2, 6)}
    assert found(used, 100, today=FRIDAY).until == date(2026, 11, 21)


def test_nothing_left_ends_today() -> None:
    assert found(days_ago(500, 500, 500), 0) == Forecast(per_day=500, days=0, until=MONDAY)


def test_a_ream_at_a_sheet_a_day_is_no_date_of_the_next_century() -> None:
    assert found(days_ago(1, 1, 1), 10**9).days == FARTHEST


@settings(max_examples=80, deadline=None)
@given(uses=USES, left=LEFT, today=TODAYS)
def test_the_days_are_the_whole_usual_days_that_are_left(uses: dict[int, int], left: int, today: date) -> None:
    made = found(by_day(uses, today), left, today)
    assert made.per_day == median_high(uses.values())
    if made.days < FARTHEST:
        assert made.days * made.per_day <= left < (made.days + 1) * made.per_day


@settings(max_examples=60, deadline=None)
@given(uses=USES, one=LEFT, more=LEFT, today=TODAYS)
def test_more_paper_never_ends_sooner(uses: dict[int, int], one: int, more: int, today: date) -> None:
    less, most = (found(by_day(uses, today), left, today) for left in (one, one + more))
    assert less.days <= most.days
    assert today <= less.until <= most.until


@settings(max_examples=60, deadline=None)
@given(uses=USES, odd=OFFSETS, wild=st.integers(1, 10**9), left=LEFT, today=TODAYS)
def test_one_odd_day_moves_the_rate_no_further_than_the_next_day_s(
    uses: dict[int, int], odd: int, wild: int, left: int, today: date
) -> None:
    usual = sorted(uses.values())
    middle = usual.index(median_high(usual))
    near = usual[max(0, middle - 1) : middle + 2]
    changed = {**uses, odd: wild}
    rate = found(by_day(changed, today), left, today).per_day
    assert min(*near, wild) <= rate <= max(*near, wild)
    assert rate in changed.values()


@settings(max_examples=40, deadline=None)
@given(uses=USES, left=LEFT, today=TODAYS, outside=st.dictionaries(st.integers(-900, 0), st.integers(-9, 9000)))
def test_days_outside_the_window_change_nothing(
    uses: dict[int, int], left: int, today: date, outside: dict[int, int]
) -> None:
    used = by_day(uses, today)
    assert found({**by_day(outside, today), **used}, left, today) == found(used, left, today)


@settings(max_examples=40, deadline=None)
@given(today=TODAYS, number=st.integers(0, FARTHEST), worked=st.sets(OFFSETS))
def test_the_working_days_between_are_as_many_as_were_asked_for(today: date, number: int, worked: set[int]) -> None:
    seen = {today - timedelta(days=offset) for offset in worked}
    week = {0, 1, 2, 3, 4} | {day.weekday() for day in seen}
    until = working_day(today, number, worked=seen)
    between = [today + timedelta(days=n) for n in range(1, (until - today).days + 1)]
    assert sum(day.weekday() in week for day in between) == number
