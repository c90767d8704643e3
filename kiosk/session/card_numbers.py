"""What a person does when the card and the typed number differ: look at both, and say which is right."""

from kiosk.session import forms, nik_offer
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.nik_offer import NikOffer
from kiosk.session.steps import Step
from kiosk.session.visit import Visit


class CardNumbers(Desk):
    """The verbs of the card's number; each gives an action for ``act``."""

    def look_at_cards(self) -> None:
        """Has a card been read? Called by the page's poll; not a touch. Only the review shows it, and is loaded anew."""
        with self.lock:
            visit = self.visit
            came = visit.nik.look(today=forms.today(self.parts), regions=self.parts.regions)
            if came and visit.step is Step.REVIEW:
                visit.version += 1

    def card_offer(self) -> NikOffer | None:
        """The card's number beside the typed one, when they differ."""
        visit = self.visit
        if visit.service is None:
            return None
        return nik_offer.offer(visit.nik, visit.service, visit.draft.answers, kept=visit.draft.pages)

    def card_is_right(self) -> Action:
        @only_at(Step.REVIEW)
        def action(visit: Visit) -> None:
            found = self.card_offer()
            if found is None or visit.service is None:
                return
            visit.complaint = nik_offer.take(
                found, visit.service, visit.draft.answers, today=forms.today(self.parts), regions=self.parts.regions
            )
            if visit.complaint:
                visit.nik.settled.add(found.number)
            forms.prune(visit)

        return action

    def typed_is_right(self) -> Action:
        """The visitor has looked; nothing changes, and nothing more is said of this card."""

        @only_at(Step.REVIEW)
        def action(visit: Visit) -> None:
            if found := self.card_offer():
                visit.nik.settled.add(found.number)

        return action
