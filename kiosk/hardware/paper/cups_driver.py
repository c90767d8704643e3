"""A real A4 printer: CUPS spools and converts, the device itself says what became of the job.

CUPS said "completed" for a job whose format the device had refused, and printed leftovers for the next villager: so the
device's own job (found by its opaque name) and its impressions are the truth, and what is left is cancelled.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock
from typing import Any

from adminduk.clock import Clock
from kiosk.hardware.health import PRINTED, Condition, Health, Outcome, PrintResult
from kiosk.hardware.paper.ipp import IppAddress, IppRefused, IppUnreachable, request
from kiosk.hardware.paper.reasons import summarise

log = logging.getLogger(__name__)

DEADLINE_S, POLL_S, GRACE_S = 90.0, 0.25, 6.0
USER = "kiosk"
_CANCELED, _ABORTED, _COMPLETED, _PROCESSING = 7, 8, 9, 4
_HELD, _STOPPED = 4, 6  # a filter failed: CUPS keeps such a job and would try it again for the next villager
_A4 = {
    "copies": 1,
    "media": "iso_a4_210x297mm",
    "print-color-mode": "monochrome",
    "print-scaling": "none",
    "sides": "one-sided",
}
_JOB_FACTS = ["job-id", "job-name", "job-state", "job-impressions-completed"]


@dataclass(frozen=True, slots=True)
class DeviceJob:
    """The device's word on a job: IPP state and impressions that reached paper."""

    state: int
    impressions: int


class CupsPaperPrinter:
    """``queue`` on CUPS, ``device`` behind it. ``pause`` waits between looks; both clocks are arguments."""

    def __init__(
        self, queue: IppAddress, device: IppAddress, *, clock: Clock,
        pause: Callable[[float], None] = time.sleep, deadline_s: float = DEADLINE_S,
    ) -> None:  # fmt: skip
        self._queue, self._device, self._clock = queue, device, clock
        self._pause, self._deadline_s = pause, deadline_s
        self._last: Health | None = None
        self._lock = RLock()

    def state(self) -> Health:
        """The device is asked, never CUPS: CUPS keeps stale reasons."""
        try:
            attributes = self._printer_attributes()
        except IppUnreachable:
            return self._noted(Health(Condition.ABSENT, "paper.absent"))
        except IppRefused:
            return self._noted(Health(Condition.UNKNOWN, "paper.busy"))
        reasons = attributes.get("printer-state-reasons", [])
        busy = int(attributes.get("printer-state", 0)) == _PROCESSING
        return self._noted(summarise([reasons] if isinstance(reasons, str) else reasons, busy=busy))

    def print(self, pdf: bytes, *, job: str) -> PrintResult:
        with self._lock:
            health = self.state()
            if not health.usable:
                code = health.code or "paper.busy"
                return PrintResult(Outcome.REFUSED, code, health.evidence)
            try:
                spooled = self._submit(pdf, job)
            except IppUnreachable:
                return PrintResult(Outcome.REFUSED, "paper.spooler_down")
            except IppRefused:
                return PrintResult(Outcome.REFUSED, "paper.refused_format")
            return self._follow(spooled, job)

    def cancel_leftovers(self) -> int:
        """Cancel what CUPS still holds; it cancels at the device too."""
        try:
            jobs = self._jobs(self._queue, "not-completed")
        except (IppUnreachable, IppRefused):
            return 0
        for job in jobs:
            self._cancel(int(job["job-id"]))
        return len(jobs)

    def close(self) -> None:
        """Nothing is kept open between requests."""

    def __repr__(self) -> str:
        return f"<CupsPaperPrinter {self._queue.path}>"

    # --- one job ------------------------------------------------------------------------------------------------------

    def _submit(self, pdf: bytes, job: str) -> int:
        operation = {"requesting-user-name": USER, "job-name": job, "document-format": "application/pdf"}
        wanted = {"operation-attributes-tag": operation, "job-attributes-tag": _A4, "data": pdf}
        return int(request(self._queue, "PRINT_JOB", wanted)["jobs"][0]["job-id"])

    def _follow(self, spooled: int, job: str) -> PrintResult:
        """Until the device has finished the job, CUPS has (without it), or the deadline."""
        end = self._clock.monotonic() + self._deadline_s
        since_spooled: float | None = None
        while self._clock.monotonic() < end:
            seen = self._device_job(job)
            if seen and seen.state in (_CANCELED, _ABORTED, _COMPLETED):
                return finished(seen)
            if seen is None and self._spool_done(spooled):
                since_spooled = since_spooled or self._clock.monotonic()
                if self._clock.monotonic() - since_spooled > GRACE_S:
                    self._cancel(spooled)
                    return PrintResult(Outcome.REFUSED, "paper.refused_format")
            self._pause(POLL_S)
        return self._give_up(spooled, job)

    def _give_up(self, spooled: int, job: str) -> PrintResult:
        """Cancel, so that it cannot come out for the next villager; say why it hung."""
        health = self.state()
        self._cancel(spooled)
        seen = self._device_job(job)
        code = health.code or "paper.timeout"
        return PrintResult(Outcome.REFUSED if seen is None else Outcome.DOUBTFUL, code, health.evidence)

    def _device_job(self, job: str) -> DeviceJob | None:
        """The device's job of that name; None while it knows none, or cannot be asked."""
        try:
            jobs = self._jobs(self._device, "not-completed") + self._jobs(self._device, "completed")
        except (IppUnreachable, IppRefused):
            return None
        mine = [found for found in jobs if found.get("job-name") == job]
        if not mine:
            return None
        return DeviceJob(int(mine[0]["job-state"]), int(mine[0].get("job-impressions-completed", 0)))

    def _spool_done(self, spooled: int) -> bool:
        asked = {"job-id": spooled, "requesting-user-name": USER, "requested-attributes": ["job-state"]}
        try:
            answer = request(self._queue, "GET_JOB_ATTRIBUTES", {"operation-attributes-tag": asked})
        except IppUnreachable:
            return False
        except IppRefused:
            return True  # CUPS has forgotten it: it is done with it
        return int(answer["jobs"][0]["job-state"]) in (_HELD, _STOPPED, _CANCELED, _ABORTED, _COMPLETED)

    def _cancel(self, spooled: int) -> None:
        asked = {"job-id": spooled, "requesting-user-name": USER}
        try:
            request(self._queue, "CANCEL_JOB", {"operation-attributes-tag": asked})
        except (IppUnreachable, IppRefused):
            log.warning("paper_cancel_failed")

    # --- requests -----------------------------------------------------------------------------------------------------

    def _printer_attributes(self) -> dict[str, Any]:
        wanted = ["printer-state", "printer-state-reasons"]
        asked = {"operation-attributes-tag": {"requested-attributes": wanted}}
        printers: list[dict[str, Any]] = request(self._device, "GET_PRINTER_ATTRIBUTES", asked)["printers"]
        return printers[0]

    @staticmethod
    def _jobs(where: IppAddress, which: str) -> list[dict[str, Any]]:
        asked = {"which-jobs": which, "requesting-user-name": USER, "requested-attributes": _JOB_FACTS}
        jobs: list[dict[str, Any]] = request(where, "GET_JOBS", {"operation-attributes-tag": asked}).get("jobs", [])
        return [job for job in jobs if "job-id" in job]

    def _noted(self, health: Health) -> Health:
        """Log edges only."""
        if health != self._last:
            log.info("paper_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health


def finished(job: DeviceJob) -> PrintResult:
    """The device's last word. Aborted before the first impression: nothing reached paper."""
    if job.state == _COMPLETED:
        return PRINTED
    outcome = Outcome.DOUBTFUL if job.impressions else Outcome.REFUSED
    return PrintResult(outcome, "paper.aborted")
