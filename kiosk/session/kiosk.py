"""The kiosk as the screens see it: one visit at a time, a few verbs, one lock. All decisions are in the parts beside it."""

import logging
from collections.abc import Callable
from threading import RLock

import numpy as np

from adminduk.messages import SurveyAnswer
from adminduk.services import Service
from adminduk.tickets import check_pin, check_ticket
from kiosk.hardware.health import Health
from kiosk.session import asking, capture, forms, submitting
from kiosk.session.menu import Offer, offers
from kiosk.session.parts import Parts
from kiosk.session.steps import WARNING_S, Event, Step, after, idle_limit
from kiosk.session.visit import Asking, Visit

log = logging.getLogger(__name__)

UNSUR = 9


class Kiosk:
    """Verbs take the visit's id: a page of an earlier visit changes nothing. Every verb counts as a touch."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._lock = RLock()
        self.visit = self._fresh()

    # --- the visit ----------------------------------------------------------------------------------------------------

    def _fresh(self) -> Visit:
        return Visit(id=self.parts.dice.token_bytes(16).hex(), touched=self.parts.clock.monotonic())

    def _go(self, event: Event) -> None:
        visit = self.visit
        visit.step = after(visit.step, event)
        visit.version += 1
        if visit.step is Step.HOME and event is not Event.LEFT:
            self.leave()

    def leave(self) -> None:
        """Wipe: the draft is overwritten, questions forgotten, devices rest, leftovers are cancelled, the shell renewed."""
        with self._lock:
            old, self.visit = self.visit, self._fresh()
            was_used = old.version > 0
            old.wipe()
            if was_used:
                self.parts.store.forget_questions()
                self.parts.camera.rest()
                self.parts.paper.cancel_leftovers()
                log.info("visit_wiped")
                self.parts.on_wiped()

    def touch(self, visit_id: str) -> bool:
        """Somebody is there. False for a page of an earlier visit."""
        with self._lock:
            if visit_id != self.visit.id:
                return False
            self.visit.touched = self.parts.clock.monotonic()
            return True

    def seconds_left(self) -> float | None:
        """Seconds until the wipe; None at home, where nobody is. Wipes when the time is over."""
        with self._lock:
            if self.visit.step is Step.HOME:
                return None
            idle = self.parts.clock.monotonic() - self.visit.touched
            left = idle_limit(self.visit.step) + WARNING_S - idle
            if left <= 0:
                log.info("visit_timed_out step=%s", self.visit.step)
                self.leave()
                return None
            return left

    def act(self, visit_id: str, action: Callable[[Visit], Event | None]) -> bool:
        """Run one verb on the visit; False (and nothing) for a page of an earlier visit."""
        with self._lock:
            if not self.touch(visit_id):
                return False
            self.visit.complaint = self.visit.typed = ""
            event = action(self.visit)
            if event is None:
                self.visit.version += 1
            else:
                self._go(event)
            return True

    # --- applying -----------------------------------------------------------------------------------------------------

    def offers(self) -> tuple[Offer, ...]:
        return offers(self.parts)

    def choose(self, code: str) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            offer = next((offer for offer in self.offers() if offer.service.code == code), None)
            if offer is None or not offer.available or visit.step is not Step.SERVICES:
                return None
            visit.service, visit.at = offer.service, offer.service.fields()[0].key
            return Event.CHOOSE

        return action

    def answer(self, text: str) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.QUESTION or not forms.give(visit, self.parts, text):
                return None
            return forms.after_answer(visit)

        return action

    def pick_region(self, code: str) -> Callable[[Visit], Event | None]:
        """One level down the hierarchy; the last level is the answer. An empty code starts over."""

        def action(visit: Visit) -> Event | None:
            regions = self.parts.regions
            if visit.step is not Step.QUESTION or regions is None:
                return None
            visit.list_page = 0
            if regions.children(code) or not code:
                visit.region = code if not code or regions.name_of(code) else ""
                return None
            visit.region = ""
            return self.answer(code)(visit)

        return action

    def turn_list(self, page: int) -> Callable[[Visit], Event | None]:
        """Another page of a long list."""

        def action(visit: Visit) -> None:
            visit.list_page = max(0, page)

        return action

    def back(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            if visit.returning and visit.step in (Step.QUESTION, Step.CAPTURE):
                visit.returning = False
                return Event.COMPLETE
            if visit.step is Step.QUESTION and forms.step_back(visit):
                return Event.MORE_QUESTIONS
            if visit.step in (Step.CAPTURE, Step.REVIEW):
                return _back_from_papers(visit)
            if visit.step is Step.PAGE:
                capture.discard(visit)
            return Event.BACK

        return action

    def change(self, key: str) -> Callable[[Visit], Event | None]:
        """From the review to one answer or paper, and back."""

        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.REVIEW:
                return None
            visit.at, visit.returning = key, True
            if key in {field.key for field in forms.asked(visit)}:
                return Event.CHANGE_ANSWER
            if key in {paper.code for paper in forms.papers(visit)}:
                visit.draft.pages.pop(key, None)
                return Event.CHANGE_PAPER
            visit.returning = False
            return None

        return action

    # --- papers -------------------------------------------------------------------------------------------------------

    def preview(self) -> bytes | None:
        return capture.preview(self.parts)

    def take(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.CAPTURE:
                return None
            if not capture.take(visit, self.parts, forms.current_paper(visit)):
                visit.complaint = self.parts.camera.state().code or "camera.lost"
                return None
            return Event.TAKE

        return action

    def use_page(self, *, another: bool = False) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.PAGE:
                return None
            capture.keep(visit, forms.current_paper(visit))
            return Event.RETAKE if another else forms.after_paper(visit)

        return action

    def retake(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            capture.discard(visit)
            return Event.RETAKE

        return action

    def adjust(self, corners: list[tuple[float, float]]) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.CORNERS or len(corners) != 4:
                return None
            placed = np.asarray(corners, np.float32)
            if not capture.adjust(visit, self.parts, forms.current_paper(visit), placed):
                visit.complaint = "sudut_salah"
                return None
            return Event.ADJUSTED

        return action

    # --- submitting ---------------------------------------------------------------------------------------------------

    def submit(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.REVIEW:
                return None
            try:
                submitting.submit(visit, self.parts)
            except submitting.NotKeptError as error:
                visit.complaint = error.code
                return None
            visit.draft.wipe()
            return Event.SENT

        return action

    def slip_again(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> None:
            if visit.step is Step.RECEIPT:
                submitting.print_slip_again(visit, self.parts)

        return action

    def slip_came_out(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> None:
            submitting.slip_came_out(visit, self.parts)

        return action

    # --- status and document ------------------------------------------------------------------------------------------

    def give_ticket(self, text: str) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            verdict = check_ticket(text)
            if not verdict.ok:
                visit.complaint, visit.typed = f"tiket_{verdict.errors[0]}", text
                return None
            visit.asking = Asking(ticket=verdict.value)
            return Event.TICKET_KNOWN

        return action

    def look_for_code(self) -> Callable[[Visit], Event | None]:
        """The receipt's QR under the camera; nothing happens until one is seen."""

        def action(visit: Visit) -> Event | None:
            claim = capture.read_claim(self.parts) if visit.step is Step.TICKET else None
            if claim is None:
                visit.complaint = "kode_tidak_terbaca"
                return None
            visit.asking = Asking(ticket=claim[0], secret=claim[1])
            asking.ask(visit, self.parts)
            return Event.CODE_SHOWN

        return action

    def give_pin(self, text: str) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            verdict = check_pin(text)
            if visit.asking is None or not verdict.ok:
                visit.complaint = "pin_panjang"
                return None
            visit.asking.pin = verdict.value
            asking.ask(visit, self.parts)
            return Event.ASKED

        return action

    def ask_again(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            asking.ask(visit, self.parts, document=visit.asking.document if visit.asking else None)
            return Event.ASKED

        return action

    def look(self) -> None:
        """Has the centre answered? Called by the page's poll; not a touch."""
        with self._lock:
            if self.visit.step is not Step.WAITING:
                return
            event = asking.look(self.visit, self.parts)
            if event is not None:
                if event is Event.PROOF_WRONG and self.visit.asking:
                    self.visit.complaint = f"pin_{self.visit.asking.code}"
                self._go(event)

    def open_document(self, document_id: str) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            known = visit.asking.status.documents if visit.asking and visit.asking.status else ()
            if visit.step is not Step.STATUS or document_id not in {row["id"] for row in known}:
                return None
            asking.ask(visit, self.parts, document=document_id)
            return Event.ASKED

        return action

    def print_document(self) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            return asking.print_document(visit, self.parts) if visit.step is Step.DOCUMENT else None

        return action

    def document_came_out(self, *, came: bool) -> Callable[[Visit], Event | None]:
        def action(visit: Visit) -> Event | None:
            return asking.document_came_out(visit, self.parts, came=came) if visit.step is Step.DOUBTFUL else None

        return action

    # --- survey -------------------------------------------------------------------------------------------------------

    def score(self, value: int | None) -> Callable[[Visit], Event | None]:
        """One of nine; the last one is kept, without identity."""

        def action(visit: Visit) -> Event | None:
            if visit.step is not Step.SURVEY or value not in (None, 1, 2, 3, 4):
                return None
            visit.scores.append(value)
            if len(visit.scores) < UNSUR:
                return Event.MORE_UNSUR
            self._keep_survey(visit)
            return Event.SURVEYED

        return action

    def _keep_survey(self, visit: Visit) -> None:
        if all(score is None for score in visit.scores):
            return
        service = visit.service.code if visit.service else "CEK"
        month = forms.today(self.parts).isoformat()[:7]
        answer = SurveyAnswer(id=self.parts.new_id(), service=service, month=month, scores=tuple(visit.scores))
        self.parts.store.add_survey(answer.id, answer.to_json())

    # --- honesty ------------------------------------------------------------------------------------------------------

    def health(self) -> dict[str, Health]:
        """Each device, now."""
        parts = self.parts
        return {"receipt": parts.receipt.state(), "paper": parts.paper.state(), "camera": parts.camera.state()}

    def service(self) -> Service | None:
        return self.visit.service


def _back_from_papers(visit: Visit) -> Event:
    """To the paper before (its page stays until it is taken anew), else to the last question."""
    codes = [paper.code for paper in forms.papers(visit)]
    place = codes.index(visit.at) if visit.at in codes else len(codes)
    if visit.step is Step.CAPTURE and place > 0:
        visit.at = codes[place - 1]
        return Event.MORE_PAPERS
    visit.at = forms.asked(visit)[-1].key
    return Event.BACK
