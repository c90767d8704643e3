"""The newest code, until it is taken; shared by the driver and its twin. Not thread-safe: its owner has a lock."""

from adminduk.clock import Clock
from kiosk.hardware.codes.framing import Framer, Piece
from kiosk.hardware.health import READY, Condition, Health

KEEP_S = 30.0  # a code that nobody takes was meant for a screen that is gone


class Inbox:
    """Bytes in, one code out."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._framer = clock, Framer()
        self._code: str | None = None
        self._came_at, self._trouble = 0.0, ""

    def receive(self, data: bytes) -> None:
        self._keep(self._framer.feed(data, self._clock.monotonic()))

    def take(self) -> str | None:
        code, self._code = self._code, None
        return code if self._clock.monotonic() - self._came_at <= KEEP_S else None

    def clear(self) -> None:
        self._framer.forget()
        self._code, self._trouble = None, ""

    def cut(self) -> None:
        """The cable was pulled: half a code is no code."""
        self._framer.reset()

    def health(self) -> Health:
        """Garbled until a good code comes, or the next visit."""
        self._keep(self._framer.expire(self._clock.monotonic()))
        return Health(Condition.ATTENTION, "codes.garbled", self._trouble) if self._trouble else READY

    def _keep(self, pieces: list[Piece]) -> None:
        for piece in pieces:
            self._trouble = piece.trouble
            if not piece.trouble:
                self._code, self._came_at = piece.text, self._clock.monotonic()
