"""What a person does with papers under the camera."""

import numpy as np

from kiosk import imaging
from kiosk.hardware.health import Condition
from kiosk.imaging import Look
from kiosk.session import capture, forms, selfie
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Visit

MOTION_MOST_S = 600.0


class Paperwork(Desk):
    """The verbs of photographing; each gives an action for ``act``."""

    def preview(self) -> bytes | None:
        return capture.preview(self.visit, self.parts)

    def next_picture(self, before: Look | None) -> tuple[bytes | None, Look | None]:
        """The live stream's next picture, as JPEG, and what to hand in the next time. What is seen of a paper is heeded."""
        with self.lock:
            visit = self.visit
            paper = forms.current_paper(visit) if visit.step is Step.CAPTURE else None
        if paper is not None and selfie.is_face(paper):
            return capture.preview(visit, self.parts), None
        frame = self.parts.camera.latest()
        if frame is None:
            return None, None
        seen = capture.look(frame, paper, before=before)
        with self.lock:
            if visit is self.visit and paper is not None and visit.step is Step.CAPTURE:
                capture.heed(visit, self.parts, frame, seen)
        return seen.picture(), seen

    def cue(self) -> str:
        """What the photograph that takes itself waits for; "" where none does, and when nobody looked for a while."""
        with self.lock:
            visit, now = self.visit, self.parts.clock.monotonic()
            patience = self.parts.patience
            if patience is None or visit.step is not Step.CAPTURE or now - visit.watch.at > patience.gap_s:
                return ""
            return str(visit.watch.cue) if self.parts.camera.state().usable else ""

    def watch(self) -> None:
        """Hands that lay papers are somebody: the visit stays, but not for ever under a swinging lamp. Called by the poll."""
        with self.lock:
            visit, now = self.visit, self.parts.clock.monotonic()
            if visit.step is not Step.CAPTURE or not capture.moved(visit, self.parts):
                return
            visit.moved += now - visit.touched
            if visit.moved < MOTION_MOST_S:
                visit.touched = now

    def take(self) -> Action:
        @only_at(Step.CAPTURE)
        def action(visit: Visit) -> Event | None:
            camera = capture.looking(
                visit, self.parts
            ).state()  # a frozen or covered one has a picture all the same: not of this paper
            broken = camera.condition is Condition.FAULT
            if broken or not capture.take(visit, self.parts, forms.current_paper(visit)):
                visit.complaint = camera.code or "sibuk"
                return None
            return keep_clear(visit) if clear(visit) else Event.TAKE

        return action

    def use_page(self, *, another: bool = False) -> Action:
        @only_at(Step.PAGE)
        def action(visit: Visit) -> Event | None:
            capture.keep(visit, forms.current_paper(visit))
            return Event.RETAKE if another else forms.after_this_paper(visit)

        return action

    def enough(self) -> Action:
        """The pages kept so far will do; or, for a paper that may be missing, there is none."""

        @only_at(Step.CAPTURE)
        def action(visit: Visit) -> Event | None:
            paper = forms.current_paper(visit)
            if paper.required and not visit.draft.pages.get(paper.code):
                return None
            visit.replacing = False
            return forms.after_this_paper(visit)

        return action

    def remove_page(self, number: int) -> Action:
        """Take one kept page away; pages count from 1."""

        @only_at(Step.CAPTURE)
        def action(visit: Visit) -> None:
            visit.draft.remove(forms.current_paper(visit).code, number)
            visit.nik.forget(forms.current_paper(visit).code)

        return action

    def retake(self) -> Action:
        @only_at(Step.PAGE)
        def action(visit: Visit) -> Event | None:
            capture.discard(visit)
            visit.watch = imaging.once_more(visit.watch)
            return Event.RETAKE

        return action

    def adjust(self, corners: list[tuple[float, float]]) -> Action:
        """Flatten by corners placed by a finger, in shares of the frame (0..1), tl tr br bl."""

        @only_at(Step.CORNERS)
        def action(visit: Visit) -> Event | None:
            placed = np.asarray(corners, np.float32)
            whole = placed.shape == (4, 2) and bool(np.isfinite(placed).all())
            if not whole or not capture.adjust(visit, self.parts, forms.current_paper(visit), placed):
                visit.complaint = "sudut_salah"
                return None
            return Event.ADJUSTED

        return action


def clear(visit: Visit) -> bool:
    """Whether the page that was taken needs no question: staff is at it, and nothing is wrong with it."""
    return bool(visit.assisted_by) and visit.taken is not None and not visit.taken.told


def keep_clear(visit: Visit) -> Event | None:
    """A paper of one page leads on to the next paper; None: this one may have more."""
    paper = forms.current_paper(visit)
    capture.keep(visit, paper)
    return forms.after_this_paper(visit) if len(visit.draft.pages[paper.code]) >= paper.max_pages else None
