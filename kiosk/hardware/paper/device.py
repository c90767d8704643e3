"""The A4 printer itself, asked by IPP: its state and its jobs are the truth, whatever the spooler says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from kiosk.hardware.health import PRINTED, Condition, Health, Outcome, PrintResult
from kiosk.hardware.paper.ipp import IppAddress, IppRefused, IppUnreachable, jobs_of, request
from kiosk.hardware.paper.reasons import summarise

CANCELED, ABORTED, COMPLETED = 7, 8, 9  # IPP job states
_PRINTER_PROCESSING = 4


@dataclass(frozen=True, slots=True)
class DeviceJob:
    """The device's word on a document: IPP state, and impressions that reached paper; None: it does not count them."""

    state: int
    impressions: int | None

    @property
    def ended(self) -> bool:
        return self.state in (CANCELED, ABORTED, COMPLETED)


class Device:
    """Nothing is kept open between questions."""

    def __init__(self, address: IppAddress) -> None:
        self._address = address

    def health(self) -> Health:
        """Asked of the device, never of CUPS: CUPS keeps stale reasons."""
        asked = {"operation-attributes-tag": {"requested-attributes": ["printer-state", "printer-state-reasons"]}}
        try:
            attributes = request(self._address, "GET_PRINTER_ATTRIBUTES", asked)["printers"][0]
        except IppUnreachable:
            return Health(Condition.ABSENT, "paper.absent")
        except IppRefused:
            return Health(Condition.UNKNOWN, "paper.busy")
        reasons = attributes.get("printer-state-reasons", [])
        busy = int(attributes.get("printer-state", 0)) == _PRINTER_PROCESSING
        return summarise([reasons] if isinstance(reasons, str) else reasons, busy=busy)

    def job(self, name: str) -> DeviceJob | None:
        """What became of the document of that name; None while it knows none, or cannot be asked."""
        try:
            jobs = jobs_of(self._address, "not-completed") + jobs_of(self._address, "completed")
        except (IppUnreachable, IppRefused):
            return None
        return together(job for job in jobs if job.get("job-name") == name)


def together(jobs: Iterable[dict[str, Any]]) -> DeviceJob | None:
    """One word on a document that a restarted spooler may have sent more than once: printed once is printed, and what is under
    way counts before what has ended."""
    facts = [DeviceJob(int(job["job-state"]), job.get("job-impressions-completed")) for job in jobs]
    if not facts:
        return None
    known = [fact.impressions for fact in facts if fact.impressions is not None]
    best = min(facts, key=lambda fact: (fact.state != COMPLETED, fact.ended))
    return DeviceJob(best.state, sum(known) if len(known) == len(facts) else None)


def finished(job: DeviceJob) -> PrintResult:
    """The device's last word. Ended before the first impression, by its own count: nothing reached paper."""
    if job.state == COMPLETED:
        return PRINTED
    return PrintResult(Outcome.REFUSED if job.impressions == 0 else Outcome.DOUBTFUL, "paper.aborted")
