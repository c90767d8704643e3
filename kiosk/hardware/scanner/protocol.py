"""The document scanner as the rest of the kiosk sees it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from kiosk.hardware.health import Health


class Source(StrEnum):
    """Where the paper lies."""

    FLATBED = "flatbed"  # one sheet or a card on the glass
    FEEDER = "adf"  # a stack; its sheets are read until it is empty


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What became of a scan. ``code`` names the row of content/base/faults.toml; it is empty when all is well.

    ``pages``: JPEG files of A4 at 300 dpi (2480 x 3508 px) unless the model is set otherwise, in the order they were
    read, whole pages only: what kiosk.imaging.codec.decode_upload takes. A fault on sheet 4 keeps the three before it.
    ``paper_left``: a sheet may still lie in the feeder, and it may be this visitor's: say it before the visit ends.
    ``evidence``: for the technician, never personal.
    """

    pages: tuple[bytes, ...] = field(default=(), repr=False)
    code: str = ""
    evidence: str = ""
    paper_left: bool = False

    @property
    def ok(self) -> bool:
        return not self.code


class Scanner(Protocol):
    """At most four members. Troubles are values, not exceptions."""

    def state(self) -> Health:
        """What is known without a scan: whether it is there, and what its last scan met. A jam, an open cover or an
        empty feeder cannot be asked for: they stay ATTENTION, which may scan, until a scan goes well."""
        ...

    def scan(self, source: Source | None = None) -> ScanResult:
        """Read the glass or the whole stack; None takes the source of the settings. Blocks for up to minutes.

        After a reconnect or a restart with paper in the feeder, the first stack is refused once as
        ``scanner.paper_left``: what lies there may be the visitor's before.
        """
        ...

    def stop(self) -> None:
        """End a running scan from another thread: it returns soon, without pages, as ``scanner.stopped``."""
        ...

    def close(self) -> None:
        """Stop, and scan no more. Safe to repeat."""
        ...
