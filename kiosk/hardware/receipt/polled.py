"""A receipt printer whose state is asked for in a thread: one that is silent takes a second for each question, and a page asks
several times."""

from adminduk.clock import Clock
from kiosk.hardware.health import Condition, Health, PrintResult
from kiosk.hardware.polled import Polled
from kiosk.hardware.receipt.protocol import ReceiptPrinter, Slip

_UNSEEN = Health(Condition.UNKNOWN, "receipt.silent", "not asked yet")
_SILENT = Health(Condition.UNKNOWN, "receipt.silent", "state not answered")


class PolledReceiptPrinter:
    """The printer itself, but for ``state``, which answers at once. ``print`` asks the printer anew before its first byte."""

    def __init__(self, printer: ReceiptPrinter, *, clock: Clock) -> None:
        self._printer = printer
        self._readings = Polled(printer.state, first=_UNSEEN, silent=_SILENT, clock=clock, patience_s=60.0)

    def state(self) -> Health:
        return self._readings.latest()

    def print(self, slip: Slip) -> PrintResult:
        try:
            return self._printer.print(slip)
        finally:
            self._readings.refresh()

    def close(self) -> None:
        self._readings.close()
        self._printer.close()

    def __repr__(self) -> str:
        return f"<PolledReceiptPrinter {self._printer!r}>"
