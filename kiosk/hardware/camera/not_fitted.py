"""A kiosk without a camera for faces: the one over the papers takes them."""

from kiosk.hardware.camera.protocol import Frame
from kiosk.hardware.health import Condition, Health


class NoCamera:
    """Absent without a fault code: nothing is broken, and nobody need come."""

    live = False

    def state(self) -> Health:
        return Health(Condition.ABSENT, evidence="not fitted")

    def latest(self) -> Frame | None:
        return None

    def rest(self) -> None:
        """Nothing is held."""

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return "<NoCamera>"
