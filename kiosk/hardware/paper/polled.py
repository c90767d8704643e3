"""An A4 printer whose state is asked for in a thread: a spooler or a device that hangs never hangs the screen."""

from adminduk.clock import Clock
from kiosk.hardware.health import Condition, Health, PrintResult
from kiosk.hardware.paper.protocol import PaperPrinter
from kiosk.hardware.polled import Polled

_UNSEEN = Health(Condition.UNKNOWN, "paper.timeout", "not asked yet")
_SILENT = Health(Condition.UNKNOWN, "paper.timeout", "state not answered")


class PolledPaperPrinter:
    """The printer itself, but for ``state``, which answers at once. ``print`` asks the device anew before it sends."""

    def __init__(self, printer: PaperPrinter, *, clock: Clock) -> None:
        self._printer = printer
        self._readings = Polled(printer.state, first=_UNSEEN, silent=_SILENT, clock=clock, patience_s=180.0)

    def state(self) -> Health:
        return self._readings.latest()

    def print(self, pdf: bytes, *, job: str) -> PrintResult:
        try:
            return self._printer.print(pdf, job=job)
        finally:
            self._readings.refresh()

    def cancel_leftovers(self) -> int:
        return self._printer.cancel_leftovers()

    def close(self) -> None:
        self._readings.close()
        self._printer.close()

    def __repr__(self) -> str:
        return f"<PolledPaperPrinter {self._printer!r}>"
