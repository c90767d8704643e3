"""A kiosk without a battery: nobody can say whether there is mains, and nothing is wrong with that."""

from kiosk.hardware.health import Condition, Health
from kiosk.hardware.power.protocol import Mains, PowerState


class NoPower:
    def state(self) -> PowerState:
        return PowerState(Mains.UNKNOWN, None, None, Health(Condition.ABSENT, evidence="not fitted"))

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return "<NoPower>"
