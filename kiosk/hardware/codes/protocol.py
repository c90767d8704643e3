"""The code reader as the rest of the kiosk sees it: a QR and barcode scanner on a cable of its own.

What it reads opens things (a claim's secret, a saved draft's key): it stands in no log, repr, evidence or exception.
"""

from typing import Protocol

from kiosk.hardware.health import Health

LONGEST = 4096  # characters; the largest QR code holds 4,296 of the poorest alphabet


class CodeReader(Protocol):
    """At most four members. All return at once; troubles are values, and a lost reader comes back by itself."""

    def state(self) -> Health: ...

    def next(self) -> str | None:
        """The newest code that nobody has taken, once; None when there is none. Older untaken ones are forgotten."""
        ...

    def clear(self) -> None:
        """Forget what was read so far, the code that is just coming in too: the next villager did not scan it."""
        ...

    def close(self) -> None: ...
