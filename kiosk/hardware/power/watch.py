"""From readings to what counts. Pure: the time is an argument.

Village mains flap. A dip of a second is no reason to send anybody away, so mains must be gone for LOST_FOR_S before it
counts; and it must be back for BACK_FOR_S before the next visit may begin. A UPS that says its battery is empty is believed
at once. One that falls silent on battery is taken for empty, as NUT's own upsmon does: its cable hangs on what has just died.
"""

from dataclasses import replace

from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.power.protocol import Mains, PowerState
from kiosk.hardware.power.reading import Reading

LOST_FOR_S, BACK_FOR_S, UNSURE_FOR_S = 4.0, 15.0, 5.0
SILENT_FOR_S = 5.0  # before silence counts; one that never spoke is silent at once
DEAD_AFTER_S = 15.0  # of silence on battery
LOW_PERCENT, LOW_MINUTES = 10, 3  # for batteries that do not say themselves when they are low

_HOLD_S = {Mains.NO: LOST_FOR_S, Mains.YES: BACK_FOR_S, Mains.UNKNOWN: UNSURE_FOR_S}


class Watch:
    """Remembers what counted last, and since when it is said otherwise."""

    def __init__(self) -> None:
        self._counts: Mains | None = None
        self._said, self._said_since = Mains.UNKNOWN, 0.0
        self._heard_at = 0.0
        self._state: PowerState | None = None

    def observe(self, reading: Reading, at: float) -> PowerState:
        """``at``: monotonic seconds."""
        if reading.silent:
            return self._silence(reading, at)
        self._heard_at = at
        low = _is_low(reading)
        mains = self._counted(reading.mains, at, believed=low and reading.mains is Mains.NO)
        health = _judged(mains, low=low, worn=reading.replace, evidence=reading.evidence)
        self._state = PowerState(mains, reading.battery_percent, reading.minutes_left, health)
        return self._state

    def _counted(self, said: Mains, at: float, *, believed: bool) -> Mains:
        if said is not self._said:
            self._said, self._said_since = said, at
        held = at - self._said_since < _HOLD_S[said]
        if not held or believed or self._counts is None or self._counts is Mains.UNKNOWN:
            self._counts = said
        return self._counts

    def _silence(self, reading: Reading, at: float) -> PowerState:
        quiet = at - self._heard_at
        if self._state is not None and quiet < SILENT_FOR_S:
            return self._state
        if self._state is not None and Mains.NO in (self._counts, self._said):
            dead = quiet >= DEAD_AFTER_S
            health = Health(Condition.FAULT, "power.low") if dead else Health(Condition.ATTENTION, "power.on_battery")
            return PowerState(Mains.NO, None, None, replace(health, evidence=f"silent on battery: {reading.evidence}"))
        return PowerState(Mains.UNKNOWN, None, None, Health(Condition.UNKNOWN, "power.silent", reading.evidence))


def _is_low(reading: Reading) -> bool:
    if reading.low:
        return True
    charge, left = reading.battery_percent, reading.minutes_left
    short = (charge is not None and charge <= LOW_PERCENT) or (left is not None and left <= LOW_MINUTES)
    return short and reading.mains is Mains.NO


def _judged(mains: Mains, *, low: bool, worn: bool, evidence: str) -> Health:
    """The first that applies: low, on battery, unknown, worn, ready."""
    rules = (
        (low, Condition.FAULT, "power.low"),
        (mains is Mains.NO, Condition.ATTENTION, "power.on_battery"),
        (mains is Mains.UNKNOWN, Condition.UNKNOWN, "power.unknown"),
        (worn, Condition.ATTENTION, "power.replace_battery"),
    )
    return next((Health(condition, code, evidence) for holds, condition, code in rules if holds), READY)
