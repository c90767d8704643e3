"""The scanner's twin: the same rules as a real one, hands to lay papers on it, to feed it and to harm it. Thread-safe."""

from threading import Event, Lock

from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner.memory import Memory
from kiosk.hardware.scanner.protocol import ScanResult, Source
from kiosk.hardware.scanner.reasons import feed_stopped

MOST_SHEETS = 20


class SimulatedScanner:
    """``lay`` and ``feed`` take JPEG files. A scan takes no time, unless it is told to ``take_its_time``."""

    def __init__(self, *, source: Source = Source.FLATBED, most_sheets: int = MOST_SHEETS) -> None:
        self._usual, self._most = source, most_sheets
        self._glass: bytes | None = None
        self._stack: list[bytes] = []
        self._plugged, self._closed, self._breaks, self._good_sheets = True, False, "", 0
        self._memory, self._turn, self._stop = Memory(), Lock(), Event()
        self._beginning, self._patience = Lock(), 0.0

    def __repr__(self) -> str:
        return f"<SimulatedScanner{' closed' if self._closed else ''}>"

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> Health:
        if not self._turn.acquire(blocking=False):
            return Health(Condition.BUSY, evidence="scanning")
        try:
            if not self._plugged:
                self._memory.went_away()
                return Health(Condition.ABSENT, "scanner.absent")
            return Health(Condition.ATTENTION, self._memory.code) if self._memory.code else READY
        finally:
            self._turn.release()

    def scan(self, source: Source | None = None) -> ScanResult:
        with self._beginning:
            if not self._turn.acquire(blocking=False):
                return ScanResult(code="scanner.busy", evidence="this kiosk is scanning")
            self._stop.clear()
        try:
            return self._scan(source or self._usual)
        finally:
            self._turn.release()

    def stop(self) -> None:
        with self._beginning:
            self._stop.set()

    def close(self) -> None:
        self._closed = True
        self.stop()

    # --- hands --------------------------------------------------------------------------------------------------------

    def lay(self, page: bytes | None) -> None:
        """Lay a sheet on the glass, or take it away. An empty glass scans white."""
        self._glass = page

    def feed(self, *pages: bytes) -> None:
        """Put sheets into the feeder, the first to be read first."""
        self._stack += pages

    def empty_feeder(self) -> None:
        """Take out whatever lies in it."""
        self._stack.clear()

    def jam(self, *, after: int = 0) -> None:
        """From now on each stack sticks after so many good sheets."""
        self._break("scanner.jam", after)

    def open_cover(self) -> None:
        self._break("scanner.cover_open")

    def break_line(self, *, after: int = 0) -> None:
        """Its electronics fail in the middle."""
        self._break("scanner.io_error", after)

    def hang(self, *, after: int = 0) -> None:
        """It stops answering; the kiosk's deadline ends the scan."""
        self._break("scanner.hung", after)

    def fail(self) -> None:
        """Anything else."""
        self._break("scanner.failed")

    def hold(self) -> None:
        """Another program has it open."""
        self._break("scanner.busy")

    def mend(self) -> None:
        """Whatever ailed it is over."""
        self._break("")

    def unplug(self) -> None:
        self._plugged = False

    def plug_in(self) -> None:
        self._plugged = True

    def take_its_time(self, seconds: float) -> None:
        """Let each scan last so long, or until it is stopped."""
        self._patience = seconds

    # --- inside -------------------------------------------------------------------------------------------------------

    def _break(self, code: str, after: int = 0) -> None:
        self._breaks, self._good_sheets = code, after

    def _scan(self, source: Source) -> ScanResult:
        if self._closed:
            return ScanResult(code="scanner.stopped", evidence="closed")
        if not self._plugged:
            self._memory.went_away()
            return self._memory.after(ScanResult(code="scanner.absent"), source)
        if source is Source.FEEDER and self._memory.must_ask():
            return ScanResult(code="scanner.paper_left", evidence="left by a scan that broke off", paper_left=True)
        stopped = self._patience > 0 and self._stop.wait(self._patience)
        pages, code = ((), "scanner.stopped") if stopped else self._pass(source)
        left = feed_stopped(code, source=source, opened=True)
        return self._memory.after(ScanResult(pages, code, paper_left=left), source)

    def _pass(self, source: Source) -> tuple[tuple[bytes, ...], str]:
        """The pages that come, and what ends them."""
        if source is Source.FLATBED:
            return ((), self._breaks) if self._breaks else ((self._glass or blank(),), "")
        taken = tuple(self._stack[: self._good_sheets if self._breaks else self._most])
        del self._stack[: len(taken)]
        if self._breaks:
            return taken, self._breaks
        if len(taken) == self._most:
            return taken, "scanner.paper_left"
        return taken, "" if taken else "scanner.no_paper"


def blank() -> bytes:
    """A white A4 page as JPEG."""
    import cv2
    import numpy as np

    _, content = cv2.imencode(".jpg", np.full((3508, 2480, 3), 255, np.uint8))
    return content.tobytes()
