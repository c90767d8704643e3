"""The A4 printer as the rest of the kiosk sees it."""

from typing import Protocol

from kiosk.hardware.health import Health, PrintResult


class PaperPrinter(Protocol):
    """At most four members. The device's own word counts, never the spooler's ``completed``."""

    def state(self) -> Health: ...

    def print(self, pdf: bytes, *, job: str) -> PrintResult:
        """Print one PDF on A4, 100 %. ``job`` is an opaque name: never a NIK, a name or a ticket."""
        ...

    def cancel_leftovers(self) -> int:
        """Cancel every unfinished job, so that nothing prints for the next villager. Returns how many."""
        ...

    def close(self) -> None: ...
