"""Power from any source that can be read: NUT, sysfs, the twin."""

import logging
from collections.abc import Callable
from threading import Lock

from adminduk.clock import Clock
from kiosk.hardware.power.protocol import PowerState
from kiosk.hardware.power.reading import Reading
from kiosk.hardware.power.watch import Watch

log = logging.getLogger(__name__)


class SourcedPower:
    """``read`` asks once; it never raises, silence is a reading too. ``name`` is for the repr. Thread-safe."""

    def __init__(self, read: Callable[[], Reading], *, clock: Clock, name: str) -> None:
        self._read, self._clock, self._name = read, clock, name
        self._watch, self._lock = Watch(), Lock()
        self._last = ("", "")

    def __repr__(self) -> str:
        return f"<SourcedPower {self._name}>"

    def state(self) -> PowerState:
        with self._lock:
            reading = self._read()
            return self._noted(self._watch.observe(reading, self._clock.monotonic()))

    def close(self) -> None:
        """No line is kept open between two questions."""

    def _noted(self, state: PowerState) -> PowerState:
        """Log edges only; a percent more or less is none."""
        edge = (str(state.mains), state.health.code)
        if edge != self._last:
            log.info(
                "power_state mains=%s code=%s percent=%s minutes=%s evidence=%s",
                *edge, state.battery_percent, state.minutes_left, state.health.evidence,
            )  # fmt: skip
        self._last = edge
        return state
