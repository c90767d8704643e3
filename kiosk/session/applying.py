"""What a person does while applying: choose, answer, go back, change, submit."""

from kiosk.session import capture, drafts, forms, submitting
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.menu import Offer, closed, frozen, offers
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Visit

MOST_SLIPS = 3


class Applying(Desk):
    """The verbs of an application; each gives an action for ``act``."""

    def offers(self) -> tuple[Offer, ...]:
        return offers(self.parts)

    def begin(self, event: Event) -> Action:
        """APPLY or CHECK. Nobody new begins while the kiosk is closed, nor applies while it is frozen; staff may still look
        something up."""

        def action(visit: Visit) -> Event | None:
            stops = frozen if event is Event.APPLY else closed
            visit.complaint = stops(self.parts) if visit.step is Step.HOME else ""
            return None if visit.complaint else event

        return action

    def open_group(self, code: str) -> Action:
        """Show one group's services; an empty code shows the groups."""

        @only_at(Step.SERVICES)
        def action(visit: Visit) -> None:
            known = {group.code for group in self.parts.catalogue.groups}
            visit.group, visit.list_page = (code if code in known else ""), 0

        return action

    def choose(self, code: str) -> Action:
        @only_at(Step.SERVICES)
        def action(visit: Visit) -> Event | None:
            offer = next((offer for offer in self.offers() if offer.service.code == code), None)
            if offer is None or not offer.available:
                return None
            if offer.service.flow == "check":
                return Event.CHECK
            visit.service, visit.at = offer.service, offer.service.fields()[0].key
            return Event.CHOOSE

        return action

    def answer(self, text: str) -> Action:
        @only_at(Step.QUESTION)
        def action(visit: Visit) -> Event | None:
            return forms.after_answer(visit) if forms.give(visit, self.parts, text) else None

        return action

    def pick_region(self, code: str) -> Action:
        """One level down the hierarchy; the last level is the answer. An empty code starts over."""

        @only_at(Step.QUESTION)
        def action(visit: Visit) -> Event | None:
            regions = self.parts.regions
            if regions is None:
                return None
            visit.list_page = 0
            if regions.children(code) or not code:
                visit.region = code
                return None
            visit.region = ""
            return self.answer(code)(visit)

        return action

    def turn_list(self, page: int) -> Action:
        """Another page of a long list."""

        def action(visit: Visit) -> None:
            visit.list_page = max(0, page)

        return action

    def back(self) -> Action:
        def action(visit: Visit) -> Event | None:
            visit.list_page = 0
            if visit.returning and visit.step in (Step.QUESTION, Step.CAPTURE, Step.BLOCK):
                visit.returning = visit.replacing = False
                return Event.COMPLETE
            if visit.step is Step.SERVICES and visit.group:
                visit.group = ""
                return None
            if visit.step is Step.QUESTION and forms.step_back(visit):
                return Event.MORE_QUESTIONS
            if visit.step is Step.BLOCK and forms.block_back(visit):
                return Event.MORE_BLOCKS
            if visit.step in (Step.CAPTURE, Step.REVIEW):
                return forms.back_from_papers(visit)
            if visit.step is Step.PAGE:
                capture.discard(visit)
            return Event.BACK

        return action

    def change(self, key: str) -> Action:
        """From the review to one answer, and back."""

        @only_at(Step.REVIEW)
        def action(visit: Visit) -> Event | None:
            if key not in {field.key for field in forms.asked(visit)}:
                return None
            visit.at, visit.returning, visit.list_page = key, True, 0
            return Event.CHANGE_ANSWER

        return action

    def change_paper(self, code: str) -> Action:
        """From the review to one paper, and back. Its old pages stay until a new one takes their place."""

        @only_at(Step.REVIEW)
        def action(visit: Visit) -> Event | None:
            if code not in {paper.code for paper in (*forms.papers(visit), *forms.signed_forms(visit))}:
                return None
            visit.at, visit.returning, visit.list_page, visit.replacing = code, True, 0, True
            return Event.CHANGE_PAPER

        return action

    def submit(self) -> Action:
        @only_at(Step.REVIEW)
        def action(visit: Visit) -> Event | None:
            try:
                submitting.submit(visit, self.parts)
            except submitting.NotKeptError as error:
                visit.complaint = error.code
                return None
            drafts.forget(visit, self.parts)
            visit.draft.wipe()
            return Event.SENT

        return action

    def save(self) -> Action:
        """Go on another day: the draft is locked away, the slip is its only key."""

        @only_at(Step.QUESTION, Step.CAPTURE, Step.PAGE, Step.CORNERS, Step.REVIEW, Step.BLOCK)
        def action(visit: Visit) -> Event | None:
            capture.discard(visit)
            try:
                drafts.save(visit, self.parts)
            except drafts.DraftError as error:
                visit.complaint = error.code
                return None
            visit.draft.wipe()
            return Event.DRAFT_SAVED

        return action

    def slip_again(self) -> Action:
        """The visitor says that nothing came out. After some copies only a person can help."""

        @only_at(Step.RECEIPT, Step.SAVED)
        def action(visit: Visit) -> None:
            if visit.step is Step.SAVED:
                drafts.print_slip(visit, self.parts)
            elif visit.slips < MOST_SLIPS:
                submitting.print_slip_again(visit, self.parts)

        return action

    def slip_came_out(self) -> Action:
        @only_at(Step.RECEIPT)
        def action(visit: Visit) -> None:
            submitting.slip_came_out(visit, self.parts)

        return action
