"""What the desa's staff do for the day: queue numbers, saved applications, doubtful prints, copies, pick-up slips, numbers."""

from zoneinfo import ZoneInfo

from adminduk.tickets import check_ticket
from kiosk import staff
from kiosk.hardware.health import Outcome
from kiosk.session import asking, consumables, drafts, forms, sheets, slip
from kiosk.session.desk import Action, only_at
from kiosk.session.ledger import settle
from kiosk.session.staffing import Staffing
from kiosk.session.steps import Event, Step
from kiosk.session.visit import DayDraft, Visit
from kiosk.store import PrintJob, PrintKind, PrintState

REASONS = ("macet", "rusak", "hilang", "diminta")


class Workday(Staffing):
    """The verbs of the desa's staff that are no visit's; each gives an action for ``act``."""

    def walk_in(self) -> Action:
        """A queue number for somebody who waits, printed."""

        @only_at(Step.STAFF)
        def action(visit: Visit) -> None:
            day = forms.today(self.parts).isoformat()
            number = self._tried(lambda: self.parts.store.next_number(f"antrean {day}"))
            if number is None:
                visit.complaint = "sibuk"
                return
            result = consumables.print_slip(self.parts, slip.of_queue(self.parts, number, self.parts.clock.now()))
            visit.note = str(number)
            visit.complaint = "" if result.outcome is Outcome.OK else result.code
            self._write("queue_number")

        return action

    def day_drafts(self) -> tuple[DayDraft, ...]:
        """What staff saved today and nobody finished."""
        today, alive = forms.today(self.parts), self._tried(self.parts.store.drafts.ids) or frozenset()
        self.saved = [kept for kept in self.saved if kept.day == today and kept.key.id in alive]
        return tuple(self.saved)

    def resume(self, draft_id: str) -> Action:
        @only_at(Step.STAFF_DRAFTS)
        def action(visit: Visit) -> Event | None:
            found = next((kept for kept in self.day_drafts() if kept.key.id == draft_id), None)
            if found is None or self.officer is None:
                return None
            try:
                event = drafts.open_draft(visit, self.parts, found.key)
            except drafts.DraftError as error:
                visit.complaint = error.code
                return None
            visit.assisted_by = self.officer.staff_id
            self._write("draft_resumed", service=found.service)
            return event

        return action

    def doubtful_prints(self) -> tuple[PrintJob, ...]:
        """What may or may not be on paper; a person decides."""
        return self._tried(self.parts.store.doubtful_prints) or ()

    def settle_doubt(self, job_id: int, *, came: bool, reason: str) -> Action:
        """Staff looked: it came out, or it did not, and why."""

        @only_at(Step.STAFF_PRINTS)
        def action(_visit: Visit) -> None:
            job = next((job for job in self.doubtful_prints() if job.id == job_id), None)
            if job is None or (not came and reason not in REASONS):
                return
            state = PrintState.CONFIRMED if came else PrintState.REFUSED
            settle(self.parts, job, state, "kata_petugas" if came else f"petugas_{reason}")
            self._write("print_came" if came else f"print_lost_{reason}", subject=_subject(job))

        return action

    def print_document(self) -> Action:
        """As anybody prints; but under staff's hands a copy of what was printed before needs a reason, and without a line
        there is no copy without staff."""

        @only_at(Step.DOCUMENT)
        def action(visit: Visit) -> Event | None:
            spent = bool(visit.asking and visit.asking.spent)
            if self.officer and (spent or self.copies(visit)):
                return Event.REASON_WANTED
            if visit.asking and visit.asking.as_of and (spent or self.copies(visit)):
                visit.complaint = "sudah_dicetak"  # nobody can ask the centre: staff decides
                return None
            visit.reason = ""
            return asking.print_document(visit, self.parts)

        return action

    def reprint(self, reason: str) -> Action:
        """Once more, with a reason; the act names it, and the copy's number."""

        @only_at(Step.STAFF_REPRINT)
        def action(visit: Visit) -> Event | None:
            if reason not in REASONS:
                return None
            visit.reason = reason
            return asking.print_document(visit, self.parts)

        return action

    def pick_up(self, text: str) -> Action:
        """A slip that says where and with what a card is collected."""

        @only_at(Step.STAFF_PICKUP)
        def action(visit: Visit) -> None:
            verdict = check_ticket(text)
            if not verdict.ok:
                visit.complaint, visit.typed = f"tiket_{verdict.errors[0]}", text
                return
            result = consumables.print_slip(
                self.parts, slip.of_pick_up(self.parts, verdict.value, self.parts.clock.now())
            )
            visit.note = "tercetak" if result.outcome is Outcome.OK else ""
            visit.complaint = "" if result.outcome is Outcome.OK else result.code
            self._write("pick_up_slip", subject=verdict.value)

        return action

    def summary(self) -> tuple[staff.Count, ...]:
        """Today's acts, counted."""
        zone = ZoneInfo(self.parts.catalogue.place.timezone)
        found = self._tried(lambda: staff.summary(self.parts.store, forms.today(self.parts), zone))
        return found or ()

    def paper(self) -> tuple[consumables.Outlook, ...]:
        """What is left of the roll and of the sheets, and how long it lasts."""
        return self._tried(lambda: consumables.outlooks(self.parts)) or ()

    def new_roll(self) -> Action:
        """A new roll is in the receipt printer."""

        @only_at(Step.STAFF_PAPER)
        def action(visit: Visit) -> None:
            self._tried(lambda: consumables.new_roll(self.parts))
            visit.note = "roll"
            self._write("new_roll")

        return action

    def add_sheets(self, sheets: int) -> Action:
        """So many sheets were laid on top of the others."""

        @only_at(Step.STAFF_PAPER)
        def action(visit: Visit) -> None:
            if self._tried(lambda: consumables.add_sheets(self.parts, sheets)):
                visit.note = "sheets"
                self._write("sheets_added")

        return action

    def print_poster(self) -> Action:
        """The villagers' poster on A4."""

        @only_at(Step.STAFF)
        def action(visit: Visit) -> None:
            result = sheets.print_poster(self.parts)
            visit.note = "poster" if result.outcome is Outcome.OK else ""
            visit.complaint = "" if result.outcome is Outcome.OK else result.code
            self._write("poster")

        return action

    def print_summary(self) -> Action:
        @only_at(Step.STAFF_SUMMARY)
        def action(visit: Visit) -> None:
            rows = [(row.action, row.service, row.number) for row in self.summary()]
            result = consumables.print_slip(self.parts, slip.of_summary(self.parts, rows, self.parts.clock.now()))
            visit.complaint = "" if result.outcome is Outcome.OK else result.code

        return action


def _subject(job: PrintJob) -> str:
    """A slip's subject is a packet; a document's or a draft's id says nothing to anybody."""
    return job.subject if job.kind is PrintKind.SLIP else ""
