"""Whether the cable holds, shared by the driver and its twin. Pure: the time is an argument.

USB readers drop out for a moment when a motor starts or a plug is touched: one that was there gets some seconds to come
back before it is called absent. One that was never there does not.
"""

from math import inf

from kiosk.hardware.health import Condition, Health

GRACE_S = 2.0


class Link:
    def __init__(self) -> None:
        self._up = False
        self._lost_at = -inf
        self._trouble: Health | None = None

    def opened(self) -> None:
        self._up, self._trouble = True, None

    def refused(self, trouble: Health) -> None:
        """It could not be opened."""
        self._trouble = trouble

    def lost(self, trouble: Health, at: float) -> None:
        """It was open, and broke at ``at``, monotonic seconds."""
        self._up, self._lost_at, self._trouble = False, at, trouble

    def trouble(self, at: float) -> Health | None:
        """None while the cable holds."""
        if self._up:
            return None
        if self._trouble is None or at - self._lost_at < GRACE_S:
            return Health(Condition.BUSY, evidence="opening")
        return self._trouble
