"""A real A4 printer: CUPS spools and converts, the device itself says what became of the job.

CUPS said "completed" for a job whose format the device had refused, printed leftovers for the next villager, and, restarted
in the middle, sent a document a second time: so the device's own jobs (found by their opaque name) and its impressions are
the truth, and what CUPS still holds when the device has spoken is cancelled.
"""

import logging
import time
from collections.abc import Callable
from contextlib import closing
from threading import RLock

from adminduk.clock import Clock
from kiosk.hardware.health import PRINTED, Condition, Health, Outcome, PrintResult
from kiosk.hardware.paper.device import COMPLETED, Device, DeviceJob, finished
from kiosk.hardware.paper.ipp import IppAddress, IppRefused, IppUnreachable
from kiosk.hardware.paper.spooler import Spooled, Spooler, Watch

log = logging.getLogger(__name__)

DEADLINE_S, POLL_S, GRACE_S, NOTICE_S = 90.0, 0.25, 6.0, 3.0
RESTART_S = 5.0  # what CUPS may take to come back before it is called down
# CUPS will do nothing more for a document; what it means when the device has never heard of it
_WITHOUT_IT = {Spooled.OVER: "paper.refused_format", Spooled.FORGOTTEN: "paper.spooler_down"}


class CupsPaperPrinter:
    """``queue`` on CUPS, ``device`` behind it. ``pause`` waits between looks; both clocks are arguments."""

    def __init__(
        self, queue: IppAddress, device: IppAddress, *, clock: Clock, pause: Callable[[float], None] = time.sleep,
        deadline_s: float = DEADLINE_S, restart_s: float = RESTART_S,
    ) -> None:  # fmt: skip
        self._spooler, self._device, self._clock, self._pause = Spooler(queue), Device(device), clock, pause
        self._deadline_s, self._restart_s = deadline_s, restart_s
        self._owed = True  # CUPS may hold something that must not come out: at first, of an earlier life
        self._down_since: float | None = None
        self._last: Health | None = None
        self._lock = RLock()

    def state(self) -> Health:
        """Never waits for a print. The spooler counts too: without it nothing can be printed, and people are told before they
        have typed."""
        if self._owed and self._lock.acquire(blocking=False):
            try:
                self._settle()
            finally:
                self._lock.release()
        health = self._device.health()
        code = self._spooler.trouble() if health.usable else ""
        coming_back = self._coming_back(code)
        return self._noted(Health(Condition.FAULT, code) if code and not coming_back else health)

    def print(self, pdf: bytes, *, job: str) -> PrintResult:
        """Once more when CUPS was restarted and forgot the document before the device had heard of it."""
        with self._lock:
            self._wait_for_spooler()
            self._settle()
            health = self.state()
            if not health.usable:
                return PrintResult(Outcome.REFUSED, health.code or "paper.busy", health.evidence)
            result = self._send(pdf, job)
            forgotten = result.outcome is Outcome.REFUSED and result.code == "paper.spooler_down"
            return self._send(pdf, job) if forgotten and not self._spooler.trouble() else result

    def cancel_leftovers(self) -> int:
        """Cancel what CUPS still holds; it cancels at the device too. What cannot be cancelled now is when CUPS is back."""
        try:
            numbers = self._spooler.leftovers()
        except (IppUnreachable, IppRefused):
            self._owed = True
            return 0
        heard = [self._spooler.cancel(number) for number in numbers]
        self._owed = not all(heard)
        if numbers:
            log.warning("paper_leftovers_cancelled count=%d", len(numbers))
        return len(numbers)

    def close(self) -> None:
        """Nothing is kept open between requests."""

    def __repr__(self) -> str:
        return f"<CupsPaperPrinter {self._spooler}>"

    # --- the spooler --------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        if self._owed:
            self.cancel_leftovers()

    def _coming_back(self, code: str) -> bool:
        """Whether the spooler's absence is no more than a restart so far."""
        if code != "paper.spooler_down":
            self._down_since = None
            return False
        now = self._clock.monotonic()
        self._down_since = now if self._down_since is None else self._down_since
        return now - self._down_since < self._restart_s

    def _wait_for_spooler(self) -> None:
        end = self._clock.monotonic() + self._restart_s
        while self._spooler.trouble() == "paper.spooler_down" and self._clock.monotonic() < end:
            self._pause(POLL_S)

    # --- one job ------------------------------------------------------------------------------------------------------

    def _send(self, pdf: bytes, job: str) -> PrintResult:
        if code := self._spooler.trouble():
            return PrintResult(Outcome.REFUSED, code)
        try:
            number = self._spooler.submit(pdf, job)
        except IppUnreachable:
            self._owed = True
            return PrintResult(Outcome.DOUBTFUL, "paper.spooler_down")
        except IppRefused:
            return PrintResult(Outcome.REFUSED, "paper.refused_format")
        with closing(self._spooler.watch()) as watch:
            return self._follow(number, job, watch)

    def _follow(self, number: int, job: str, watch: Watch) -> PrintResult:
        """Until the device has printed it, both have done with it, or the deadline."""
        end = self._clock.monotonic() + self._deadline_s
        alone_since: float | None = None
        restarted = had_it = (
            False  # whether the device had it when CUPS went: no CUPS is back, and has sent, within one look
        )
        while self._clock.monotonic() < end:
            noticed, restarted = restarted, watch.restarted()
            seen, spooled = self._device.job(job), self._spooler.job(number)
            had_it = had_it if noticed else has_it(seen)
            if restarted and had_it and spooled is Spooled.BUSY:
                self._spooler.cancel(number)  # else it sends the document once more
            if seen is not None and is_last_word(seen, spooled):
                return self._end(number, watch, finished(seen))
            if seen is None and spooled in _WITHOUT_IT:
                alone_since = alone_since or self._clock.monotonic()
                if self._clock.monotonic() - alone_since > GRACE_S:
                    return PrintResult(Outcome.REFUSED, _WITHOUT_IT[spooled])
            if seen is None and spooled is Spooled.BUSY:
                self._spooler.trouble()  # a queue that was stopped meanwhile is started again
            self._pause(POLL_S)
        return self._give_up(number, job)

    def _end(self, number: int, watch: Watch, result: PrintResult) -> PrintResult:
        """CUPS notices a second later that the device is done. One that was restarted would print it again: whatever it still
        does for the document ends here."""
        end = self._clock.monotonic() + NOTICE_S
        while (spooled := self._spooler.job(number)) is Spooled.BUSY:
            if watch.restarted() or self._clock.monotonic() > end or result != PRINTED:
                break
            self._pause(POLL_S)
        if spooled not in _WITHOUT_IT and not self._spooler.cancel(number):
            self._owed = True
        if result == PRINTED:
            self._spooler.worked()
        return result

    def _give_up(self, number: int, job: str) -> PrintResult:
        """Cancel, so that it cannot come out for the next villager; say why it hung."""
        health = self._device.health()
        cancelled = self._spooler.cancel(number)
        self._owed = self._owed or not cancelled
        nothing = (
            cancelled and self._device.job(job) is None
        )  # a jammed sheet counts as no impression, and has ink on it
        code = health.code or self._spooler.trouble() or "paper.timeout"
        return PrintResult(Outcome.REFUSED if nothing else Outcome.DOUBTFUL, code, health.evidence)

    def _noted(self, health: Health) -> Health:
        """Log edges only."""
        if health != self._last:
            log.info("paper_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health


def has_it(seen: DeviceJob | None) -> bool:
    """Whether the device works on the document, or has put some of it on paper."""
    return seen is not None and (not seen.ended or seen.impressions != 0)


def is_last_word(job: DeviceJob, spooled: Spooled) -> bool:
    """Printed is printed. A job that the device ended unprinted may be sent again by CUPS, which is waited for; one that
    may have left ink is not."""
    if job.state == COMPLETED:
        return True
    return job.ended and (spooled in _WITHOUT_IT or (spooled is Spooled.BUSY and has_it(job)))
