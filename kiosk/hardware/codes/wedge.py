"""A scanner that types: a keyboard to the machine, told from a person by its pace in the page (kiosk/ui/static/wedge.js).

What it scanned comes here as text, into the same inbox as a serial reader's. A keyboard cannot be asked how it is: until it
has typed once nobody knows whether there is a scanner at all.
"""

from threading import RLock

from adminduk.clock import Clock
from kiosk.hardware.codes.inbox import Inbox
from kiosk.hardware.health import Condition, Health

_UNSEEN = Health(Condition.UNKNOWN, evidence="a keyboard: not known until it scans")
_CLOSED = Health(Condition.UNKNOWN, evidence="closed")


class WedgeCodeReader:
    """``hear`` is the page's; everything else is what every code reader does. Thread-safe."""

    def __init__(self, *, clock: Clock) -> None:
        self._inbox, self._lock = Inbox(clock), RLock()
        self._heard = self._closed = False

    def hear(self, text: str) -> None:
        """One scan. Line ends inside it would be two codes to the inbox, and no keyboard types them."""
        with self._lock:
            if self._closed:
                return
            self._heard = True
            self._inbox.receive(text.replace("\r", "\0").replace("\n", "\0").encode(errors="replace") + b"\r")

    def state(self) -> Health:
        with self._lock:
            if self._closed:
                return _CLOSED
            return self._inbox.health() if self._heard else _UNSEEN

    def next(self) -> str | None:
        with self._lock:
            return self._inbox.take()

    def clear(self) -> None:
        with self._lock:
            self._inbox.clear()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._inbox.clear()

    def __repr__(self) -> str:
        return f"<WedgeCodeReader{' closed' if self._closed else ''}>"  # what it holds may be a secret
