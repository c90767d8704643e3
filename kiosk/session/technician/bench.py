"""The technician at the screen: which page is open, which test runs, and what is written down about it.

Opened from the staff menu by whoever unlocked the kiosk; it ends with that visit. Everything here happens under the
kiosk's lock, and a page of an earlier visit changes nothing.
"""

import logging
from collections.abc import Callable
from enum import StrEnum

import numpy as np

import blanks
from kiosk.hardware.health import Outcome
from kiosk.imaging import Corners, Image
from kiosk.session.kiosk import Kiosk
from kiosk.session.steps import Step
from kiosk.session.technician import looking, mat, printing, report, trials
from kiosk.session.technician.report import Report
from kiosk.session.technician.trials import KINDS, Stage, Trial
from kiosk.store import StoreError

log = logging.getLogger(__name__)


class Page(StrEnum):
    OVERVIEW = "overview"
    DEVICE = "device"
    TRIAL = "trial"
    MAT = "mat"
    REPORT = "report"
    IDENTITY = "identity"
    MOVE = "move"


class Bench:
    """``page``, ``device``, ``at`` (of a list that needs several screens): where the technician is; ``note``: told once."""

    def __init__(self, kiosk: Kiosk) -> None:
        self.kiosk = kiosk
        self._visit = ""
        self._clear()

    def _clear(self) -> None:
        self.page, self.device, self.at, self.note, self.version = Page.OVERVIEW, "", 0, "", 0
        self.trial: Trial | None = None
        self.frame: Image | None = None
        self.corners: Corners | None = None
        self.report: Report | None = None
        self.pdf = b""
        self._codes: frozenset[str] = frozenset()

    # --- coming and going ---------------------------------------------------------------------------------------------

    @property
    def open(self) -> bool:
        """Whether a technician is at work in the visit at hand. What an ended visit left behind is dropped."""
        with self.kiosk.lock:
            mine = bool(self._visit) and self._visit == self.kiosk.visit.id
            mine = mine and self.kiosk.officer is not None and self.kiosk.visit.step is Step.STAFF
            if not mine and self._visit:
                self._drop()
            return mine

    def come(self, visit_id: str) -> bool:
        """From the staff menu. False when nobody unlocked the kiosk, or for a page of an earlier visit."""
        with self.kiosk.lock:
            if self.kiosk.officer is None or self.kiosk.visit.step is not Step.STAFF or not self.kiosk.touch(visit_id):
                return False
            self._drop()
            self._visit = visit_id
            log.info("technician_came staff=%s", self.kiosk.officer.staff_id)
            return True

    def go_away(self, visit_id: str) -> bool:
        """Back to the staff menu."""
        with self.kiosk.lock:
            if not (self.open and self.kiosk.touch(visit_id)):
                return False
            self._drop()
            self.kiosk.parts.camera.rest()
            return True

    def _drop(self) -> None:
        self._stop()
        self._visit = ""
        self._clear()

    def act(self, visit_id: str, verb: Callable[[], None]) -> bool:
        """Run one verb of the visit that the page belongs to."""
        with self.kiosk.lock:
            if not (self.open and self.kiosk.touch(visit_id)):
                return False
            self.note = ""
            verb()
            self._settle()
            self.kiosk.touch(visit_id)  # a slow print is no idleness
            return True

    # --- pages --------------------------------------------------------------------------------------------------------

    def show(self, page: str, device: str = "", at: int = 0) -> None:
        """Another page; a test on its way ends unrecorded, a picture is forgotten."""
        if page not in tuple(Page) or (page == Page.TRIAL and self.trial is None):
            return
        if self.page == page == Page.REPORT:  # another page of the same report
            self.at = at
            return
        self._stop()
        self.page, self.device, self.at = Page(page), device, at
        if self.page is Page.REPORT:
            self._make_report()

    def _stop(self) -> None:
        if self.trial is not None:
            self.trial.stop()
            self.trial = None
        self._forget_picture()
        self.report, self.pdf = None, b""

    def _forget_picture(self) -> None:
        """Overwritten: somebody's paper may have lain there."""
        if self.frame is not None:
            self.frame.fill(0)
        self.frame = self.corners = None

    # --- tests --------------------------------------------------------------------------------------------------------

    def begin(self, device: str) -> None:
        if device not in KINDS:
            return
        self._stop()
        self.trial = trials.begin(self.kiosk.parts, device, self._codes)
        if device == "receipt":
            self._codes |= {self.trial.code}
        self.page, self.device = Page.TRIAL, device

    def check(self) -> None:
        if self.trial is not None:
            looking.check(self.trial, self.kiosk.parts)

    def scan(self) -> None:
        if self.trial is not None:
            looking.scan(self.trial, self.kiosk.parts)

    def say(self, word: str) -> None:
        if self.trial is not None:
            trials.say(self.trial, self.kiosk.parts, word)

    def look(self) -> None:
        """Called by the page's poll; no touch, but a scan or a test of the battery is no idleness."""
        with self.kiosk.lock:
            if not self.open or self.trial is None or self.trial.verdict is not None:
                return
            before = (self.trial.stage, self.trial.note)
            looking.look(self.trial, self.kiosk.parts)
            if self.trial.stage in (Stage.SCANNING, Stage.UNPLUG, Stage.WRITING):
                self.kiosk.touch(self._visit)
            if (self.trial.stage, self.trial.note) != before:
                self._settle()

    def _settle(self) -> None:
        """What the page shows has changed; a verdict is written down, once."""
        self.version += 1
        trial, officer = self.trial, self.kiosk.officer
        if self.page is not Page.TRIAL or trial is None or trial.verdict is None or officer is None or trial.recorded:
            return
        try:
            self.kiosk.parts.store.diagnostics.add(
                trial.device, KINDS[trial.device], passed=trial.verdict.passed, code=trial.verdict.code,
                numbers={**trial.verdict.numbers, "reasons": list(trial.verdict.codes)}, staff_id=officer.staff_id,
            )  # fmt: skip
            trial.recorded = True
        except StoreError as error:
            log.warning("test_unwritten code=%s", error.code)
            self.note = "sibuk"
        log.info("device_tested role=%s passed=%s code=%s", trial.device, trial.verdict.passed, trial.verdict.code)

    # --- the mat ------------------------------------------------------------------------------------------------------

    def photograph(self) -> None:
        """The picture on which the mat's corners are placed."""
        frame = self.kiosk.parts.camera.latest()
        if self.page is not Page.MAT or frame is None:
            self.note = "" if frame is not None else self.kiosk.parts.camera.state().code or "camera.lost"
            return
        self._forget_picture()
        self.frame = np.array(frame.image)
        self.corners = mat.proposed(self.kiosk.parts, self.frame)

    def place(self, corners: list[tuple[float, float]]) -> None:
        """Keep the corners, in shares of the picture; the picture is forgotten."""
        officer, placed = self.kiosk.officer, np.asarray(corners, np.float32)
        if self.frame is None or officer is None:
            return
        try:
            kept = mat.write(self.kiosk.parts, self.frame, placed, staff_id=officer.staff_id)
        except StoreError:
            self.note = "sibuk"
            return
        self.note = "tersimpan" if kept else "sudut_salah"
        if kept:
            self._forget_picture()

    # --- the report ---------------------------------------------------------------------------------------------------

    def _make_report(self) -> None:
        officer = self.kiosk.officer
        self.report = report.made(self.kiosk.parts, staff_id=officer.staff_id if officer else "")
        try:
            self.pdf = report.pdf(self.kiosk.parts, self.report)
        except blanks.FormError as error:
            log.warning("report_not_made code=%s", error.code)
            self.note = "tidak_dibuat"

    def print_report(self) -> None:
        if self.pdf:
            _job, result = printing.print_sheet(self.kiosk.parts, self.pdf)
            self.note = "laporan_dicetak" if result.outcome is Outcome.OK else result.code

    def print_capsule(self) -> None:
        if self.report is not None:
            _job, result = printing.print_slip(self.kiosk.parts, report.slip(self.kiosk.parts, self.report))
            self.note = "kapsul_dicetak" if result.outcome is Outcome.OK else result.code
