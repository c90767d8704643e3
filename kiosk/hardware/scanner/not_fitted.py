"""A kiosk without a scanner: the camera takes the papers."""

from kiosk.hardware.health import Condition, Health
from kiosk.hardware.scanner.protocol import ScanResult, Source


class NoScanner:
    """Absent without a fault code: nothing is broken, and nobody need come."""

    def state(self) -> Health:
        return Health(Condition.ABSENT, evidence="not fitted")

    def scan(self, source: Source | None = None) -> ScanResult:  # noqa: ARG002 - nothing reads anywhere
        return ScanResult(code="scanner.absent", evidence="not fitted")

    def stop(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return "<NoScanner>"
