"""Electricity as the rest of the kiosk sees it: is there mains, and how long will the battery last?"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.hardware.health import Health


class Mains(StrEnum):
    """Three-valued: a UPS that is silent says neither."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PowerState:
    """``health`` tells what to do: ``power.on_battery`` finish this visit and take no new one, ``power.low`` save and stop now.

    ``battery_percent`` 0..100 and ``minutes_left`` are None when nobody says. ``mains`` is what counts, after the grace.
    """

    mains: Mains
    battery_percent: int | None
    minutes_left: int | None
    health: Health


class Power(Protocol):
    """At most four members. ``state`` returns within 2 s, reconnects by itself, and wants to be asked every few seconds."""

    def state(self) -> PowerState: ...

    def close(self) -> None: ...
