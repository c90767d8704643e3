"""What the bench's pages show: from memory, as files for the screen."""

from kiosk import documents, imaging
from kiosk.session.technician.bench import Bench, Page
from kiosk.session.technician.trials import Stage

WIDTH = 900  # px of a report's page on the screen


def looking(bench: Bench) -> bool:
    """Whether the page at hand looks through the camera."""
    if bench.page is Page.MAT:
        return bench.frame is None
    trial = bench.trial
    return bench.page is Page.TRIAL and trial is not None and trial.stage in (Stage.SHOW, Stage.LAY)


def framed(bench: Bench) -> bytes | None:
    """The picture on which the mat's corners are placed, JPEG."""
    with bench.kiosk.lock:
        return imaging.preview(bench.frame, None) if bench.open and bench.frame is not None else None


def report_page(bench: Bench, page: int) -> bytes | None:
    """A page of the report, counted from 1, PNG."""
    with bench.kiosk.lock:
        pdf = bench.pdf if bench.open else b""
    try:
        return documents.preview(pdf, page=page, width=WIDTH) if pdf else None
    except documents.DocumentError:
        return None


def report_pages(bench: Bench) -> int:
    return documents.page_count(bench.pdf) if bench.pdf else 0
