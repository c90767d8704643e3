"""A kiosk without a code reader: codes are shown to the camera, or their numbers typed."""

from kiosk.hardware.health import Condition, Health


class NoCodeReader:
    """Absent without a fault code: nothing is broken, and nobody need come."""

    def state(self) -> Health:
        return Health(Condition.ABSENT, evidence="not fitted")

    def next(self) -> str | None:
        return None

    def clear(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return "<NoCodeReader>"
