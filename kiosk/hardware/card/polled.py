"""A card reader asked in a thread: its daemon may hang, and the screen may not."""

from adminduk.clock import Clock
from kiosk.hardware.card.protocol import CardReader, CardState, Presence
from kiosk.hardware.health import Condition, Health
from kiosk.hardware.polled import Polled

EVERY_S, PATIENCE_S = 0.5, 10.0
_UNSEEN = CardState(Presence.UNKNOWN, Health(Condition.BUSY, evidence="not asked yet"))
_SILENT = CardState(Presence.UNKNOWN, Health(Condition.FAULT, "card.service_down", "not answered"))


class PolledCardReader:
    """The newest reading, at once."""

    def __init__(self, reader: CardReader, *, clock: Clock) -> None:
        self._reader = reader
        self._readings = Polled(
            reader.state, first=_UNSEEN, silent=_SILENT, clock=clock, every_s=EVERY_S, patience_s=PATIENCE_S
        )

    def state(self) -> CardState:
        return self._readings.latest()

    def close(self) -> None:
        self._readings.close()
        self._reader.close()

    def __repr__(self) -> str:
        return f"<PolledCardReader {self._reader!r}>"
