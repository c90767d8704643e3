"""The A4 printer's twin: the same rules as a real one; ``printed`` holds each PDF that came out, newest last."""

from threading import RLock

from kiosk.hardware.health import PRINTED, READY, Condition, Health, Outcome, PrintResult


class SimulatedPaperPrinter:
    """A print during a jam is held, then given up as Doubtful, as a real spool would be after its deadline."""

    def __init__(self, sheets: int = 100) -> None:
        self.printed: list[bytes] = []
        self.jobs: list[str] = []
        self.cancelled = 0
        self._sheets, self._jammed, self._cover, self._plugged, self._toner = sheets, False, False, True, True
        self._breaks = ""
        self._lock = RLock()

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> Health:
        with self._lock:
            rules = (
                (not self._plugged, Condition.ABSENT, "paper.absent"),
                (self._jammed, Condition.FAULT, "paper.jam"),
                (self._cover, Condition.FAULT, "paper.cover_open"),
                (self._sheets == 0, Condition.FAULT, "paper.paper_out"),
                (not self._toner, Condition.FAULT, "paper.toner_out"),
                (self._sheets <= 10, Condition.ATTENTION, "paper.paper_low"),
            )
            return next((Health(condition, code) for holds, condition, code in rules if holds), READY)

    def print(self, pdf: bytes, *, job: str) -> PrintResult:
        with self._lock:
            health = self.state()
            if not health.usable:
                return PrintResult(Outcome.REFUSED, health.code)
            if self._breaks:
                code, self._breaks = self._breaks, ""
                self._jammed = code == "paper.jam"
                return PrintResult(Outcome.DOUBTFUL, code)
            self.printed.append(pdf)
            self.jobs.append(job)
            self._sheets -= 1
            return PRINTED

    def cancel_leftovers(self) -> int:
        with self._lock:
            self.cancelled += 1
        return 0

    def close(self) -> None:
        """Nothing is held."""

    def __repr__(self) -> str:
        return f"<SimulatedPaperPrinter {self.state().condition}>"

    # --- hands --------------------------------------------------------------------------------------------------------

    def run_out_of_paper(self) -> None:
        self._sheets = 0

    def run_low(self) -> None:
        self._sheets = 5

    def refill(self) -> None:
        self._sheets = 100

    def jam(self) -> None:
        self._jammed = True

    def jam_during_the_next_job(self) -> None:
        self._breaks = "paper.jam"

    def lose_the_next_answer(self) -> None:
        self._breaks = "paper.timeout"

    def clear_jam(self) -> None:
        self._jammed = False

    def open_cover(self) -> None:
        self._cover = True

    def close_cover(self) -> None:
        self._cover = False

    def empty_toner(self) -> None:
        self._toner = False

    def change_toner(self) -> None:
        self._toner = True

    def unplug(self) -> None:
        self._plugged = False

    def plug_in(self) -> None:
        self._plugged = True
