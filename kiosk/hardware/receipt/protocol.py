"""The receipt printer as the rest of the kiosk sees it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kiosk.hardware.health import Health, PrintResult


class Size(StrEnum):
    NORMAL = "normal"
    LARGE = "large"  # double width and height: the ticket, the PIN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; the driver folds it to the paper's width and to what the model can print."""

    text: str
    size: Size = Size.NORMAL
    centred: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code; native where the model has it, raster otherwise."""

    text: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes on one piece of paper, top to bottom; the driver resets first and cuts last."""

    parts: tuple[Line | Code, ...]


class ReceiptPrinter(Protocol):
    """At most four members. ``state`` is cheap and reconnects by itself; troubles are values, not exceptions."""

    def state(self) -> Health: ...

    def print(self, slip: Slip) -> PrintResult: ...

    def close(self) -> None: ...
