"""How many days a supply lasts. Pure: what each day took in, days and a date out.

A village kiosk has market days and empty days, and one day with a school's whole class. So the rate is the median of the
days on which it was used at all; what is left divided by it are working days, and the date passes over weekdays on which
nobody comes. Nothing is guessed from fewer than three days.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median_high

WINDOW = 14  # days before today; today is not over yet
LEAST_DAYS = 3
FARTHEST = 250  # working days: about a year; more is not worth a date
_WEEK = frozenset(range(5))  # Monday to Friday; other days count when somebody came on one


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """``per_day``: what a usual day takes; ``days``: whole usual days that are left; ``until``: the last of them."""

    per_day: int
    days: int
    until: date


def forecast(used: Mapping[date, int], *, left: int, today: date) -> Forecast | None:
    """None until three days of the window have taken something. ``used``: by day; what does not lie in the window (a clock
    that stood wrong) is passed over."""
    window = {day: amount for day, amount in used.items() if amount > 0 and 0 < (today - day).days <= WINDOW}
    if len(window) < LEAST_DAYS:
        return None
    per_day = median_high(window.values())
    days = min(FARTHEST, max(0, left) // per_day)
    return Forecast(per_day=per_day, days=days, until=working_day(today, days, worked=window))


def working_day(today: date, number: int, *, worked: Iterable[date]) -> date:
    """The ``number``-th working day after ``today``; today itself for 0."""
    week = _WEEK | {day.weekday() for day in worked}
    day = today
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() in week
    return day
