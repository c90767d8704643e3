"""The receipt printer's twin: the same rules as a real one, hands to push it, eyes to see what came out. Thread-safe."""

from threading import RLock

from kiosk.hardware.health import PRINTED, READY, Condition, Health, Outcome, PrintResult
from kiosk.hardware.receipt.encoding import fold
from kiosk.hardware.receipt.models import DEFAULT, find
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.hardware.receipt.render import render


class SimulatedReceiptPrinter:
    """``printed`` holds the text of each cut slip, newest last; ``codes`` the QR codes' texts."""

    def __init__(self, model: str = DEFAULT) -> None:
        self.model = find(model)
        self.printed: list[str] = []
        self.codes: list[str] = []
        self._paper, self._low, self._cover, self._plugged, self._silent = True, False, False, True, False
        self._power_for: int | None = None
        self._paper_for: int | None = None  # lines of the next slip
        self._held: Slip | None = None  # taken, and not yet on paper
        self._lock = RLock()

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> Health:
        with self._lock:
            rules = (
                (not self._plugged, Condition.ABSENT, "receipt.absent"),
                (self._silent, Condition.UNKNOWN, "receipt.silent"),
                (self._cover, Condition.FAULT, "receipt.cover_open"),
                (not self._paper, Condition.FAULT, "receipt.paper_out"),
                (self._low, Condition.ATTENTION, "receipt.paper_low"),
            )
            return next((Health(condition, code) for holds, condition, code in rules if holds), READY)

    def print(self, slip: Slip) -> PrintResult:
        with self._lock:
            health = self.state()
            if not health.usable:
                return PrintResult(Outcome.REFUSED, health.code)
            data = render(slip, self.model)
            if self._power_for is not None and self._power_for < len(data):
                self._power_for, self._plugged = None, False
                return PrintResult(Outcome.DOUBTFUL, "receipt.interrupted")
            if self._paper_for is not None and self._paper_for <= len(as_text(slip, self.model.columns).splitlines()):
                self._paper_for, self._paper, self._held = None, False, slip
                return PrintResult(Outcome.DOUBTFUL, "receipt.held")
            self._come_out(slip)
            return PrintResult(Outcome.DOUBTFUL, "receipt.silent") if self._silent else PRINTED

    def _come_out(self, slip: Slip) -> None:
        self.printed.append(as_text(slip, self.model.columns))
        self.codes += [part.text for part in slip.parts if isinstance(part, Code)]

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return f"<SimulatedReceiptPrinter {self.state().condition}>"

    # --- hands --------------------------------------------------------------------------------------------------------

    def run_out_of_paper(self) -> None:
        self._paper = False

    def run_low(self) -> None:
        self._low = True

    def run_out_at_line(self, line: int) -> None:
        """The next slip stops there; what was taken comes out after the refill, as from a real printer's memory."""
        self._paper_for = line

    def refill(self) -> None:
        with self._lock:
            self._paper, self._low = True, False
            held, self._held = self._held, None
            if held is not None and self._plugged:
                self._come_out(held)

    def open_cover(self) -> None:
        self._cover = True

    def close_cover(self) -> None:
        self._cover = False

    def unplug(self) -> None:
        self._plugged, self._held = False, None

    def plug_in(self) -> None:
        self._plugged = True

    def go_silent(self) -> None:
        self._silent = True

    def speak_again(self) -> None:
        self._silent = False

    def break_off_at_line(self, line: int) -> None:
        """Its cable is torn while the next slip prints."""
        self._power_for = line

    def lose_power_after(self, byte_count: int) -> None:
        """The next slip that is longer stops in the middle."""
        self._power_for = byte_count


def as_text(slip: Slip, columns: int) -> str:
    """A slip as its paper looks, QR codes as ``[QR]``."""
    lines: list[str] = []
    for part in slip.parts:
        lines += ["[QR]".center(columns).rstrip()] if isinstance(part, Code) else _shown(part, columns)
    return "\n".join(lines)


def _shown(line: Line, columns: int) -> list[str]:
    width = columns // (2 if line.size is Size.LARGE else 1)
    return [text.center(width).rstrip() if line.centred else text for text in fold(line.text, width)]
