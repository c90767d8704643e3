"""What a person does with a receipt: show it, ask, look at the status, print the document; and the survey at the end."""

from adminduk.messages import SurveyAnswer
from adminduk.tickets import check_pin, check_ticket, read_claim_code
from kiosk.session import asking, capture, drafts, forms, proof, refilled, submitting, waiting
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Asking, DraftKey, Visit

UNSUR = 9


class Checking(Desk):
    """The verbs of asking and printing; each gives an action for ``act``."""

    def give_ticket(self, text: str) -> Action:
        @only_at(Step.TICKET)
        def action(visit: Visit) -> Event | None:
            verdict = check_ticket(text)
            if not verdict.ok:
                visit.complaint, visit.typed = f"tiket_{verdict.errors[0]}", text
                return None
            visit.asking = Asking(ticket=verdict.value)
            return Event.TICKET_KNOWN

        return action

    def look_for_code(self) -> Action:
        """The receipt's QR under the camera, on a button; ``look`` sees it by itself too."""

        @only_at(Step.TICKET)
        def action(visit: Visit) -> Event | None:
            event = self._read_code(visit)
            if event is None and not visit.complaint:
                visit.complaint = "kode_tidak_terbaca"
            return event

        return action

    def _read_code(self, visit: Visit) -> Event | None:
        """A receipt's code asks the centre; a saved draft's code opens it."""
        read = self.parts.codes.next()
        for text in (*((read,) if read else ()), *capture.codes(self.parts)):
            if claim := read_claim_code(text):
                visit.asking = Asking(ticket=claim[0], secret=claim[1])
                asking.ask(visit, self.parts)
                return Event.CODE_SHOWN
            if key := drafts.read_code(text):
                return self._open_draft(visit, key)
        return None

    def _open_draft(self, visit: Visit, key: DraftKey) -> Event | None:
        """A draft that is gone is complained of once, not at each look."""
        if visit.refused_draft == key.id:
            return None
        try:
            return drafts.open_draft(visit, self.parts, key)
        except drafts.DraftError as error:
            visit.complaint, visit.refused_draft = error.code, key.id
            visit.version += 1
            return None

    def give_pin(self, text: str) -> Action:
        @only_at(Step.PIN)
        def action(visit: Visit) -> Event | None:
            verdict = check_pin(text)
            if visit.asking is None or not verdict.ok:
                visit.complaint = "pin_panjang"
                return None
            visit.asking.pin = verdict.value
            asking.ask(visit, self.parts)
            return Event.ASKED

        return action

    def ask_again(self) -> Action:
        @only_at(Step.NO_ANSWER, Step.STATUS)
        def action(visit: Visit) -> Event | None:
            document = visit.asking.document if visit.asking and visit.step is Step.NO_ANSWER else None
            asking.ask(visit, self.parts, document=document)
            return Event.ASKED

        return action

    def look(self) -> None:
        """Has the centre answered, does a receipt lie under the camera? Called by the page's poll; not a touch."""
        with self.lock:
            visit = self.visit
            match visit.step:
                case Step.TICKET:
                    event = self._read_code(visit)
                case Step.WAITING:
                    event = asking.look(visit, self.parts)
                case Step.RECEIPT | Step.DOUBTFUL | Step.UNPRINTED:
                    event = self._see_paper(visit) or refilled.look(visit, self.parts)
                case _:
                    event = None
            if event is Event.PROOF_WRONG and visit.asking:
                visit.complaint = f"pin_{visit.asking.code}"
            if event is not None:
                self.go(event)

    def _see_paper(self, visit: Visit) -> Event | None:
        """A print in doubt that lies under the camera has come out."""
        if not proof.seen(visit, self.parts):
            return None
        if visit.step is Step.DOUBTFUL:
            return asking.document_came_out(visit, self.parts, came=True, how=proof.HOW)
        submitting.slip_came_out(visit, self.parts, proof.HOW)
        visit.version += 1
        return None

    def open_document(self, document_id: str) -> Action:
        @only_at(Step.STATUS)
        def action(visit: Visit) -> Event | None:
            known = visit.asking.status.documents if visit.asking and visit.asking.status else ()
            if document_id not in {row["id"] for row in known}:
                return None
            return self._fetch(visit, document_id)

        return action

    def _fetch(self, visit: Visit, document_id: str) -> Event | None:
        """The copy that waits here, which costs no line; else from the centre. Without a line there is nothing else."""
        asked = visit.asking
        if asked is None or (event := waiting.take(asked, self.parts, document_id)) is not None:
            return event if asked else None
        if asked.as_of:
            asked.code = asked.code or "tidak_tersambung"
            return Event.NOTHING_CAME
        asking.ask(visit, self.parts, document=document_id)
        return Event.ASKED

    def document_came_out(self, *, came: bool) -> Action:
        @only_at(Step.DOUBTFUL)
        def action(visit: Visit) -> Event | None:
            return asking.document_came_out(visit, self.parts, came=came)

        return action


class Surveying(Desk):
    """Nine quick taps, each may be skipped; no identity is kept with them."""

    def score(self, value: int | None) -> Action:
        """One of nine: 1 to 4, or None for skipped. The last one is kept."""

        @only_at(Step.SURVEY)
        def action(visit: Visit) -> Event | None:
            if value not in (None, 1, 2, 3, 4):
                return None
            visit.scores.append(value)
            if len(visit.scores) < UNSUR:
                return Event.MORE_UNSUR
            self._keep_survey(visit)
            return Event.SURVEYED

        return action

    def end_survey(self) -> Action:
        """Enough: what was answered so far is kept, the rest counts as skipped."""

        @only_at(Step.SURVEY)
        def action(visit: Visit) -> Event | None:
            visit.scores.extend([None] * (UNSUR - len(visit.scores)))
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
