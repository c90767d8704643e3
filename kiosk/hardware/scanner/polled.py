"""A scanner whose presence is asked for in a thread: listing wakes some devices, and a broken one hangs."""

from adminduk.clock import Clock
from kiosk.hardware.health import Condition, Health
from kiosk.hardware.polled import Polled
from kiosk.hardware.scanner.protocol import Scanner, ScanResult, Source

_UNSEEN = Health(Condition.UNKNOWN, "scanner.hung", "not asked yet")
_SILENT = Health(Condition.FAULT, "scanner.hung", "presence not answered")


class PolledScanner:
    """The scanner itself, but for ``state``, which answers at once."""

    def __init__(self, scanner: Scanner, *, clock: Clock) -> None:
        self._scanner = scanner
        self._presence = Polled(scanner.state, first=_UNSEEN, silent=_SILENT, clock=clock)

    def state(self) -> Health:
        return self._presence.latest()

    def scan(self, source: Source | None = None) -> ScanResult:
        return self._scanner.scan(source)

    def stop(self) -> None:
        self._scanner.stop()

    def close(self) -> None:
        self._presence.close()
        self._scanner.close()

    def __repr__(self) -> str:
        return f"<PolledScanner {self._scanner!r}>"
