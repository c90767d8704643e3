"""What a scanner's last scans left behind: a trouble that somebody must mend, a sheet that may still lie in the feeder.

The driver and its twin keep the same memory. A sheet that is left may be the visitor's before: after a reconnect or a
restart, when nobody has been told, the first stack is refused once so that the screen can ask for a look inside.
"""

from dataclasses import replace

from kiosk.hardware.scanner.protocol import ScanResult, Source
from kiosk.hardware.scanner.reasons import LASTING


class Memory:
    """``interrupted``: a kiosk before this one died while it read a stack."""

    def __init__(self, *, interrupted: bool = False) -> None:
        self._trouble = ""
        self._left = self._ask = interrupted

    @property
    def code(self) -> str:
        """What the state should remind of; empty: nothing."""
        return self._trouble or ("scanner.paper_left" if self._left else "")

    def went_away(self) -> None:
        """It was switched off or unplugged: its troubles may be over, a sheet inside is not."""
        self._trouble = ""
        self._ask = self._left

    def must_ask(self) -> bool:
        """Whether the coming stack is to be refused; asks once."""
        ask, self._ask = self._ask, False
        return ask

    def after(self, result: ScanResult, source: Source) -> ScanResult:
        """Learn from a scan. The same result, saying also what an earlier scan left in the feeder."""
        if result.code in LASTING:
            self._trouble = result.code
        elif result.ok or result.code in ("scanner.no_paper", "scanner.paper_left"):
            self._trouble = ""
        emptied = source is Source.FEEDER and (result.ok or result.code == "scanner.no_paper")
        self._left = result.paper_left or (self._left and not emptied)
        return replace(result, paper_left=self._left)
