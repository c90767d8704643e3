"""Electricity asked for in a thread: the grace wants regular looks, and a UPS's daemon may hang."""

from adminduk.clock import Clock
from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.polled import Polled
from kiosk.hardware.power.protocol import Mains, Power, PowerState

_UNSEEN = PowerState(Mains.UNKNOWN, None, None, READY)
_SILENT = PowerState(Mains.UNKNOWN, None, None, Health(Condition.UNKNOWN, "power.silent", "not answered"))


class PolledPower:
    """The newest reading, at once."""

    def __init__(self, power: Power, *, clock: Clock) -> None:
        self._power = power
        self._readings = Polled(power.state, first=_UNSEEN, silent=_SILENT, clock=clock)

    def state(self) -> PowerState:
        return self._readings.latest()

    def close(self) -> None:
        self._readings.close()
        self._power.close()

    def __repr__(self) -> str:
        return f"<PolledPower {self._power!r}>"
