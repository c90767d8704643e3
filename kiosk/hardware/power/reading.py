"""One answer of a UPS or of the kernel, before anything is concluded from it."""

from dataclasses import dataclass
from math import isfinite

from kiosk.hardware.power.protocol import Mains


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``low``: the UPS itself says that it is about to stop. ``silent``: nothing was said at all."""

    mains: Mains = Mains.UNKNOWN
    battery_percent: int | None = None
    minutes_left: int | None = None
    low: bool = False
    replace: bool = False
    silent: bool = False
    evidence: str = ""


def silence(why: str) -> Reading:
    return Reading(silent=True, evidence=why)


def number(text: str | None) -> float | None:
    """A number that can be true of a battery: finite and not negative."""
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if isfinite(found) and found >= 0 else None


def percent(value: float | None) -> int | None:
    return None if value is None or value > 100 else round(value)


def minutes(seconds: float | None) -> int | None:
    """Whole minutes, rounded down. A day and more is a UPS that does not know."""
    return None if seconds is None or seconds >= 24 * 3600 else int(seconds // 60)
