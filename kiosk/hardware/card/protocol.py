"""A smart card reader for the KTP-el as the rest of the kiosk sees it: whether a card lies there, and nothing else.

What is on the chip may be read only by a reader with a certified module (SAM), which a kiosk does not have. So nothing
here opens, wakes or addresses a card, and nothing of it (number, kind, time of day) stands in any value, repr or log.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.hardware.health import Health


class Presence(StrEnum):
    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"  # the reader cannot be asked: neither there nor gone


@dataclass(frozen=True, slots=True)
class CardState:
    """One reading: whether a card lies on the reader, and how the reader is."""

    presence: Presence
    health: Health


class CardReader(Protocol):
    """At most four members. ``state`` reconnects by itself; troubles are values, not exceptions."""

    def state(self) -> CardState: ...

    def close(self) -> None: ...
