"""The packets that wait for the centre, as staff sees them: since when, why, until when; and "once more" for a stuck one.

Nothing of a packet but its ticket is shown. Who stands at the screen and asks for the status of one that was not sent yet
reads so, instead of "wrong PIN" from a centre that has never heard of it.
"""

from dataclasses import dataclass

from adminduk.clock import stamp, trusted
from adminduk.send_errors import SendError
from kiosk.session.desk import Action, only_at
from kiosk.session.parts import Parts
from kiosk.session.staffing import Staffing
from kiosk.session.steps import Step
from kiosk.session.visit import Visit
from kiosk.store import Phase, StoreError, Waiting

UNSENT = "belum_terkirim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One row. ``since``: a stamp, empty when the clock was wrong; ``next_try``: a stamp, empty when it is due now;
    ``error``: None for a code that has no words; ``stuck``: it waits for a person."""

    id: str
    ticket: str
    since: str
    attempts: int
    code: str
    error: SendError | None
    next_try: str
    stuck: bool


class Sendings(Staffing):
    """The verbs of the screen "Kiriman"; each gives an action for ``act``."""

    def sendings(self) -> tuple[Sending, ...]:
        """Those that need a person first, then the oldest."""
        rows = [_sending(self.parts, row) for row in self._tried(self.parts.store.waiting) or ()]
        return tuple(sorted(rows, key=lambda row: not row.stuck))

    def stuck(self) -> int:
        """How many wait for a person."""
        backlog = self._tried(self.parts.store.backlog)
        return backlog.stuck if backlog else 0

    def send_again(self, packet_id: str) -> Action:
        """Back into the queue, by a person who looked."""

        @only_at(Step.STAFF_OUTBOX)
        def action(visit: Visit) -> None:
            row = next((row for row in self.sendings() if row.id == packet_id and row.stuck), None)
            if row is None or not self._tried(lambda: self.parts.store.try_again(packet_id)):
                return
            visit.note = "dicoba_lagi"
            self._write("sent_again", subject=packet_id, step=row.code if row.code else "")

        return action


def _sending(parts: Parts, row: Waiting) -> Sending:
    code, now = row.code or row.last_error, parts.clock.now()
    stuck = row.state is Phase.NEEDS_ATTENTION
    due = stuck or row.next_try <= now.timestamp() or not trusted(now)
    return Sending(
        id=row.id, ticket=row.ticket, since=row.sealed_at if row.sealed_at >= "2026" else "", attempts=row.attempts,
        code=code, error=parts.send_errors.find(code), stuck=stuck,
        next_try="" if due else stamp(type(now).fromtimestamp(row.next_try, now.tzinfo)),
    )  # fmt: skip


def unsent(parts: Parts, ticket: str) -> str:
    """The complaint for somebody whose application this kiosk still holds; empty when it holds none by that ticket."""
    try:
        row = parts.store.unsent_ticket(ticket)
    except StoreError:
        return ""
    if row is None:
        return ""
    error = parts.send_errors.find(row.code or row.last_error)
    return error.citizen if error else UNSENT
