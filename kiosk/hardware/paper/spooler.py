"""CUPS, which spools and converts. It is believed about what it still holds, and about nothing else."""

import logging
import socket
from contextlib import suppress
from enum import StrEnum
from typing import Any

from kiosk.hardware.paper.ipp import NOT_FOUND, USER, IppAddress, IppRefused, IppUnreachable, jobs_of, request

log = logging.getLogger(__name__)

_HELD, _STOPPED, _CANCELED, _ABORTED, _COMPLETED = 4, 6, 7, 8, 9
# HELD and STOPPED: a filter failed; CUPS would try such a job again for the next villager
_ENDED = (_HELD, _STOPPED, _CANCELED, _ABORTED, _COMPLETED)
_QUEUE_STOPPED = 5
CONNECT_S = 2.0
MOST_RESUMES = 2  # between two prints that came out; after that a person looks
_A4 = {
    "copies": 1,
    "media": "iso_a4_210x297mm",
    "print-color-mode": "monochrome",
    "print-scaling": "none",
    "sides": "one-sided",
}


class Spooled(StrEnum):
    """What CUPS says of a document that it was given."""

    BUSY = "busy"
    OVER = "over"  # it will do nothing more for it
    FORGOTTEN = "forgotten"  # it was restarted with an empty spool
    UNKNOWN = "unknown"  # it cannot be asked


class Watch:
    """Whether CUPS was restarted since, however quickly: a connection that says nothing breaks with it. CUPS itself closes such
    a one after 15 minutes, long after every deadline of ours."""

    def __init__(self, address: IppAddress) -> None:
        self._line: socket.socket | None = None
        with suppress(OSError):
            self._line = socket.create_connection((address.host, address.port), timeout=CONNECT_S)
            self._line.settimeout(0)

    def restarted(self) -> bool:
        if self._line is not None and self._is_cut(self._line):
            self.close()
        return self._line is None

    @staticmethod
    def _is_cut(line: socket.socket) -> bool:
        try:
            line.recv(1)
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

    def close(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None


class Spooler:
    """One queue."""

    def __init__(self, address: IppAddress) -> None:
        self._address = address
        self._resumes = 0

    def __repr__(self) -> str:
        return f"<Spooler {self._address.path}>"

    def trouble(self) -> str:
        """A fault code, or empty. A queue that was stopped (an old fault, a hand at the wrong button) is started again."""
        try:
            if not self._is_stopped():
                return ""
            if self._resumes < MOST_RESUMES:
                self._resumes += 1
                log.warning("paper_queue_resumed time=%d", self._resumes)
                self._ask("RESUME_PRINTER", {})
                return "paper.queue_stopped" if self._is_stopped() else ""
        except IppUnreachable:
            return "paper.spooler_down"
        except IppRefused as refused:
            return (
                "" if refused.status == NOT_FOUND else "paper.queue_stopped"
            )  # no such queue: the job's refusal says so
        return "paper.queue_stopped"

    def watch(self) -> Watch:
        """To be closed."""
        return Watch(self._address)

    def worked(self) -> None:
        """A document came out: a queue that stops again may be started again."""
        self._resumes = 0

    def submit(self, pdf: bytes, job: str) -> int:
        """CUPS's number for it. Raises IppUnreachable (then it may have it, or not) or IppRefused."""
        operation = {"requesting-user-name": USER, "job-name": job, "document-format": "application/pdf"}
        wanted = {"operation-attributes-tag": operation, "job-attributes-tag": _A4, "data": pdf}
        return int(request(self._address, "PRINT_JOB", wanted)["jobs"][0]["job-id"])

    def job(self, number: int) -> Spooled:
        asked = {"job-id": number, "requested-attributes": ["job-state"]}
        try:
            state = int(self._ask("GET_JOB_ATTRIBUTES", asked)["jobs"][0]["job-state"])
        except IppUnreachable:
            return Spooled.UNKNOWN
        except IppRefused as refused:
            return Spooled.FORGOTTEN if refused.status == NOT_FOUND else Spooled.UNKNOWN
        return Spooled.OVER if state in _ENDED else Spooled.BUSY

    def cancel(self, number: int) -> bool:
        """Whether it is certain that CUPS will do nothing more for it; it cancels at the device too."""
        try:
            self._ask("CANCEL_JOB", {"job-id": number})
        except IppUnreachable:
            log.warning("paper_cancel_failed")
            return False
        except IppRefused:
            return self.job(number) in (Spooled.OVER, Spooled.FORGOTTEN)
        return True

    def leftovers(self) -> list[int]:
        """Numbers of what it still holds. Raises IppUnreachable or IppRefused."""
        return [int(job["job-id"]) for job in jobs_of(self._address, "not-completed")]

    def _is_stopped(self) -> bool:
        asked = {"requested-attributes": ["printer-state"]}
        return int(self._ask("GET_PRINTER_ATTRIBUTES", asked)["printers"][0]["printer-state"]) == _QUEUE_STOPPED

    def _ask(self, operation: str, words: dict[str, Any]) -> dict[str, Any]:
        return request(self._address, operation, {"operation-attributes-tag": {"requesting-user-name": USER, **words}})
