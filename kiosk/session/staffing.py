"""What the desa's staff do at the kiosk: unlock, help a stuck visitor, apply for those who cannot. Their day is in ``workday``.

Staff is unlocked on the desk, not in a visit: visits come and go under the same person until the kiosk is locked, by hand
or after some minutes without a touch. Every act is written down with both identities: who helped, and which packet.
"""

import logging
from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

from kiosk import staff
from kiosk.session import forms
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.steps import Event, Step
from kiosk.session.visit import DayDraft, Visit
from kiosk.store import PrintState, StoreError

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Staffing(Desk):
    """The verbs of staff; each gives an action for ``act``, but for those that change whose visit it is."""

    # --- coming and going ---------------------------------------------------------------------------------------------

    def people(self) -> tuple[staff.Person, ...]:
        """Who may unlock, by name; nobody when there is no roster that can be trusted."""
        try:
            roster = staff.Roster.of(self.parts.store, self.parts.clock, receipt_key=self.parts.staff_key)
        except (staff.RosterError, StoreError, ValueError):  # no roster, or no key to believe it by
            return ()
        return tuple(person for person in roster.staff if person.active)

    def summon(self, visit_id: str) -> bool:
        """Staff comes to the screen; the visit that is open is put aside, whole. False for a page of an earlier visit."""
        with self.lock:
            if not self.touch(visit_id) or self.visit.step in (Step.STAFF_LOGIN, Step.STAFF_HELP):
                return False
            aside, self.visit = self.visit, self._fresh()
            self.held = aside if aside.step is not Step.HOME else None
            self.go(Event.STAFF_CAME)
            if self.officer:
                self.go(Event.HELP_WANTED if self.held else Event.UNLOCKED)
            return True

    def name_staff(self, staff_id: str) -> Action:
        @only_at(Step.STAFF_LOGIN)
        def action(visit: Visit) -> None:
            visit.at = staff_id if staff_id in {person.staff_id for person in self.people()} else ""

        return action

    def unlock(self, pin: str) -> Action:
        @only_at(Step.STAFF_LOGIN)
        def action(visit: Visit) -> Event | None:
            found = self._tried(lambda: staff.unlock(
                self.parts.store, self.parts.clock, visit.at, pin, receipt_key=self.parts.staff_key
            ))  # fmt: skip
            if not isinstance(found, staff.Unlocked):
                visit.complaint, visit.wait_s = (found.code, found.wait_s) if found else ("sibuk", 0)
                return None
            self.officer, visit.at = found, ""
            self.answer_call()
            self._write("unlock", step=str(self.held.step) if self.held else "")
            return Event.HELP_WANTED if self.held else Event.UNLOCKED

        return action

    def lock_staff(self) -> Action:
        """Done; the kiosk is the citizens' again."""

        @only_at(Step.STAFF, Step.HOME)
        def action(_visit: Visit) -> Event:
            self._write("lock")
            self.officer = None
            return Event.LEFT

        return action

    # --- a stuck visitor ----------------------------------------------------------------------------------------------

    def give_back(self, visit_id: str) -> bool:
        """The visit goes on where it was, without staff."""
        with self.lock:
            if not self.touch(visit_id) or self.held is None:
                return False
            self._write("given_back", step=str(self.held.step))
            self._take_up(self.held)
            self.officer = None
            return True

    def take_over(self, visit_id: str) -> bool:
        """At the visitor's wish: staff fills in from here, and the packet says who."""
        with self.lock:
            if not self.touch(visit_id) or self.held is None or self.officer is None:
                return False
            self._write("taken_over", step=str(self.held.step))
            self._take_up(self.held)
            self.visit.assisted_by = self.officer.staff_id
            if self.visit.step is Step.QUESTION:
                self.visit.step = Step.BLOCK
            return True

    def _take_up(self, aside: Visit) -> None:
        self.visit.wipe()
        self.visit, self.held = aside, None
        self.visit.touched = self.parts.clock.monotonic()
        self.visit.version += 1

    # --- applying with somebody ---------------------------------------------------------------------------------------

    def assist(self) -> Action:
        """A new application, filled in by staff; not while new ones are frozen."""

        @only_at(Step.STAFF)
        def action(visit: Visit) -> Event | None:
            visit.complaint = next(iter(self.parts.freeze()), "")
            if visit.complaint:
                return None
            visit.assisted_by = self.officer.staff_id if self.officer else ""
            return Event.APPLY if self.officer else None

        return action

    def answer_block(self, given: dict[str, str]) -> Action:
        """All fields of a block at once. What does not hold is said beside each field; what holds is kept."""

        @only_at(Step.BLOCK)
        def action(visit: Visit) -> Event | None:
            return forms.after_block(visit) if forms.give_block(visit, self.parts, given) else None

        return action

    # --- writing down -------------------------------------------------------------------------------------------------

    def noted(self, event: Event, visit: Visit) -> None:
        """What an assisted visit did, into the acts. Called by the desk after each verb."""
        service = visit.service.code if visit.service else ""
        if visit.assisted_by and event is Event.SENT:
            self._write("submitted", subject=visit.packet_id, service=service)
        elif visit.assisted_by and event is Event.DRAFT_SAVED and visit.draft_key is not None:
            day = forms.today(self.parts)
            clock = self.parts.clock.now().astimezone(ZoneInfo(self.parts.catalogue.place.timezone))
            self.saved.append(DayDraft(visit.draft_key, service, f"{clock:%H:%M}", day))
            self._write("draft_saved", service=service)
        elif self.officer and event is Event.PRINT_OK and visit.asking is not None:
            action = f"reprinted_{visit.reason}" if visit.reason else "printed"
            self._write(action, step=f"copy-{self.copies(visit)}", subject=visit.asking.ticket)

    def copies(self, visit: Visit) -> int:
        """How many of the visit's document are, or may be, on paper."""
        document = visit.asking.document if visit.asking else None
        jobs = self._tried(lambda: self.parts.store.prints_of(document or "")) or ()
        return sum(job.state in (PrintState.CONFIRMED, PrintState.DOUBTFUL) for job in jobs)

    def _write(self, action: str, *, step: str = "", service: str = "", subject: str = "") -> None:
        if self.officer is None:
            return
        act = staff.Act(staff_id=self.officer.staff_id, action=action, step=step, service=service, subject=subject)
        self._tried(lambda: staff.record(self.parts.store, self.parts.clock, act))

    @staticmethod
    def _tried(make: Callable[[], Result]) -> Result | None:
        """The store's answer, or None with a word in the log: a full disk keeps nobody from working."""
        try:
            return make()
        except StoreError as error:
            log.warning("staff_store code=%s", error.code)
            return None
