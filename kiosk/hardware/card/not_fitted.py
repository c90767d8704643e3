"""A kiosk without a card reader, as almost all are: nobody can say whether there is a card, and nothing is wrong with that."""

from kiosk.hardware.card.protocol import CardState, Presence
from kiosk.hardware.health import Condition, Health


class NoCardReader:
    """Absent without a fault code: nothing is broken, and nobody need come."""

    def state(self) -> CardState:
        return CardState(Presence.UNKNOWN, Health(Condition.ABSENT, evidence="not fitted"))

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return "<NoCardReader>"
