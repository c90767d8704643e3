"""The card reader's twin: the same rules as the real one, and hands that lay a card on it or harm it. Thread-safe."""

from threading import RLock

from kiosk.hardware.card.protocol import CardState, Presence
from kiosk.hardware.health import READY, Condition, Health


class SimulatedCardReader:
    def __init__(self) -> None:
        self._lock = RLock()
        self._card = self._upside_down = False
        self._plugged = self._served = True

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> CardState:
        with self._lock:
            if not self._served:
                return CardState(Presence.UNKNOWN, Health(Condition.FAULT, "card.service_down"))
            if not self._plugged:
                return CardState(Presence.UNKNOWN, Health(Condition.ABSENT, "card.absent"))
            if self._card and self._upside_down:
                return CardState(Presence.PRESENT, Health(Condition.ATTENTION, "card.mute"))
            return CardState(Presence.PRESENT if self._card else Presence.ABSENT, READY)

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return f"<SimulatedCardReader {self.state().health.condition}>"

    # --- hands --------------------------------------------------------------------------------------------------------

    def lay_card(self) -> None:
        self._card, self._upside_down = True, False

    def lay_card_upside_down(self) -> None:
        self._card = self._upside_down = True

    def take_card(self) -> None:
        self._card = False

    def unplug(self) -> None:
        self._plugged = False

    def plug_in(self) -> None:
        self._plugged = True

    def stop_service(self) -> None:
        self._served = False

    def start_service(self) -> None:
        self._served = True
