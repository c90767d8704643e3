"""Papers in the scanner: it reads in a thread of its own, while the visit waits and may stop it."""

from threading import Thread

from kiosk import imaging
from kiosk.hardware.scanner.protocol import Scanner, ScanResult
from kiosk.session import capture, forms
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.menu import FACES
from kiosk.session.paperwork import clear, keep_clear
from kiosk.session.parts import Parts
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Visit


class Scan:
    """One scan on its way. ``result`` is None until it has ended."""

    def __init__(self, scanner: Scanner) -> None:
        self.result: ScanResult | None = None
        self._scanner = scanner
        self._thread = Thread(target=self._run, name="scan", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Nobody waits for it any more; its pages are forgotten."""
        self._scanner.stop()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended within that time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self.result = self._scanner.scan()


def usable(visit: Visit, parts: Parts) -> bool:
    """Whether the paper in work can be scanned now."""
    return forms.current_paper(visit).picture != FACES and parts.scanner.state().usable


class Scanning(Desk):
    """The verbs of the scanner; each gives an action for ``act``."""

    def scan(self) -> Action:
        """Begin; ``look_at_scan`` takes the pages when they have come."""

        @only_at(Step.CAPTURE)
        def action(visit: Visit) -> Event | None:
            if not usable(visit, self.parts):
                visit.complaint = self.parts.scanner.state().code or "scanner.absent"
                return None
            visit.scan = Scan(self.parts.scanner)
            visit.scan.start()
            return Event.SCAN

        return action

    def look_at_scan(self) -> None:
        """Has the scanner ended? Called by the page's poll; not a touch, but a running scan is no idleness."""
        with self.lock:
            visit = self.visit
            if visit.step is not Step.SCANNING or visit.scan is None:
                return
            visit.touched = self.parts.clock.monotonic()
            result = visit.scan.result
            if result is None:
                return
            visit.scan = None
            self.go(take_pages(visit, self.parts, result))


def take_pages(visit: Visit, parts: Parts, result: ScanResult) -> Event:
    """One page is shown to be judged, as a photograph is; a stack is kept at once, to be looked through at the paper.

    What came before a jam is kept, and the complaint says that there may be a sheet in the scanner.
    """
    try:
        return _taken(visit, parts, result)
    except imaging.ImagingError:  # half a page: the scanner's line broke without a word
        visit.complaint = "scanner.failed"
        return Event.SCANNED


def _taken(visit: Visit, parts: Parts, result: ScanResult) -> Event:
    paper = forms.current_paper(visit)
    visit.complaint = "scanner.paper_left" if result.paper_left else result.code
    if len(result.pages) == 1 and not visit.complaint:
        capture.take_scan(visit, parts, paper, imaging.decode_upload(result.pages[0]))
        return (keep_clear(visit) or Event.SCANNED) if clear(visit) else Event.TAKE
    for page in result.pages:
        capture.take_scan(visit, parts, paper, imaging.decode_upload(page))
        capture.keep(visit, paper)
    return Event.SCANNED
