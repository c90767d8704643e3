"""The courier: carries sealed packets to the centre, sealed questions there and answers back. Owns the network, no devices.

Every step is safe to repeat: kill it at any instant, start it again, and each packet is at the centre exactly once. The
packet is erased only after the centre's signed receipt is stored.
"""

import logging
from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING

from adminduk.clock import Clock
from adminduk.messages import Announced, Announcement
from adminduk.tickets import Dice
from kiosk.store import Item, Phase, Store
from kiosk.uplink.centre import Centre
from kiosk.uplink.downlink import DownLink
from kiosk.uplink.errors import Busy, Forged, Refused, Unreachable, UplinkError
from kiosk.uplink.hours import QuietHours
from kiosk.uplink.line import Line
from kiosk.uplink.pulse import Pulse
from kiosk.uplink.roster import RosterRound
from kiosk.vault import Vault, VaultError

if TYPE_CHECKING:
    from kiosk.updates.round import ContentRound

log = logging.getLogger(__name__)

IDLE_S = 0.2
ATTENDED_S = 300.0  # that long after a question or a new packet somebody may still stand at the screen
# What the centre can mend by itself when the packet is announced and sent anew, as long as our copy is whole.
_MENDS = ("isi_rusak", "belum_lengkap", "belum_diumumkan", "tidak_ada")
_KIOSK = ("kios_tidak_dikenal",)  # about this kiosk, not about that packet


class _Stopping(Exception):  # noqa: N818 - an event, not a mistake
    """Told to stop in the middle of an upload, or the quiet hours began."""


class Courier:
    """One step at a time; ``run`` repeats them until told to stop."""

    def __init__(
        self, store: Store, vault: Vault, centre: Centre, *, clock: Clock, dice: Dice, pulse: Pulse | None = None,
        roster: RosterRound | None = None, hours: QuietHours | None = None, content: "ContentRound | None" = None,
        down: DownLink | None = None,
    ) -> None:  # fmt: skip
        self._content, self._down = content, down
        self._store, self._vault, self._centre, self._pulse, self._roster = store, vault, centre, pulse, roster
        self.line = Line(clock, dice)
        self._stop, self._alive = Event(), _nobody_listens
        self._clock, self._hours, self._attended_until = clock, hours, float("-inf")
        self._told: dict[str, Announced] = {}  # what the centre answered to announcements not yet followed up

    def run(self, stop: Event, *, alive: Callable[[], None] | None = None) -> None:
        """Small things first: somebody is waiting at the screen. ``alive`` feeds the watchdog."""
        self._stop, self._alive = stop, alive or _nobody_listens
        self._store.release_leases()
        while not stop.is_set():
            self._alive()
            if self._store.replaced():  # the screen has put a damaged one aside: our next process opens the new one
                log.warning("store_replaced")
                return
            if not (
                self._small_thing() or self.tell_print() or self.pull_changes() or self.deliver_next()
                or self.send_survey() or self.fetch_document() or self.fetch_content()
            ):  # fmt: skip
                stop.wait(IDLE_S)

    def _small_thing(self) -> bool:
        """Before any large upload the centre knows of every packet that is outstanding."""
        return self.answer_next() or self.announce_next() or self.beat() or self.fetch_roster()

    # --- packets ------------------------------------------------------------------------------------------------------

    def announce_next(self) -> bool:
        """Tell the centre of one packet it has not heard of. False when there is none. Nothing of it is sent yet."""
        return not self.line.quiet and self._carry(self._store.claim((Phase.SEALED,)), self._announce)

    def deliver_next(self) -> bool:
        """Claim one packet and take it as far as the line allows. False when nothing is due, or all rest."""
        return not (self.line.quiet or self.resting) and self._carry(self._store.claim(), self._deliver)

    @property
    def resting(self) -> bool:
        """Whether packets wait for the end of the quiet hours: nobody stands at the screen."""
        attended = self._clock.monotonic() < self._attended_until
        return self._hours is not None and not attended and self._hours.hold(self._clock.now())

    def _carry(self, item: Item | None, step: Callable[[Item], None]) -> bool:
        """One step of one claimed packet, and what its failure means. False without a packet."""
        if item is None:
            return False
        try:
            step(item)
            self.line.up()
        except _Stopping:
            self._store.release(item.id)
        except VaultError as error:
            self._need_attention(item, f"brankas_{error.code}")
        except Refused as error:
            self._refused(item, error)
        except (Busy, Unreachable) as error:
            self._trouble(error)
            self._store.set_back(item.id, error.code, wait=error.retry_after if isinstance(error, Busy) else None)
        return True

    def _announce(self, item: Item) -> None:
        announced = self._centre.announce(_announcement(item))
        self._store.advance(item.id, Phase.ANNOUNCED, offset=announced.offset)
        self._store.release(item.id)
        self._told[item.id] = announced
        self._attend()

    def _attend(self) -> None:
        self._attended_until = self._clock.monotonic() + ATTENDED_S

    def _deliver(self, item: Item) -> None:
        if item.state is not Phase.RECEIVED:
            self._store.receive(item.id, self._hand_over(item))
        try:
            self._vault.erase(item.id)
        except VaultError as error:  # it is delivered: nobody must act, and the next try erases it
            self._store.set_back(item.id, f"brankas_{error.code}")
            return
        self._store.purge(item.id)
        log.info("packet_delivered id=%s", item.id)

    def _hand_over(self, item: Item) -> str:
        """Upload what is missing, get the receipt; returns the receipt.

        An upload that was begun goes on without a new announcement. What the centre does not know (any more) is announced,
        once more if need be: it may have lost the upload, or have received the packet and lost only its answer.
        """
        offset = self._centre.held(item.id) if item.state is Phase.UPLOADING else None
        if offset is None:
            announced = self._told.pop(item.id, None) or self._centre.announce(_announcement(item))
            if announced.state == "received":
                return self._centre.receipt(_announcement(item))
            offset = self._centre.begin(item.id, item.size, announced.offset)
        self._upload(item, offset)
        return self._centre.receipt(_announcement(item))

    def _upload(self, item: Item, begin: int) -> None:
        """UPLOADING is stored before the first byte leaves, so that whoever goes on asks what has arrived."""

        def read(offset: int, length: int) -> bytes:
            return self._vault.read(item.id, offset, length)

        def progress(offset: int) -> None:
            self._store.advance(item.id, Phase.UPLOADING, offset=offset)
            self._between_chunks()

        if self._vault.size(item.id) != item.size:
            raise VaultError("rusak")
        self._centre.upload(item.id, item.size, read, progress, begin)

    def _between_chunks(self) -> None:
        """A long upload on a thin line stops neither the watchdog, nor the person at the screen, nor the heartbeat."""
        self._alive()
        self.line.up()
        if self._stop.is_set() or self.resting:
            raise _Stopping
        self._small_thing()

    def _refused(self, item: Item, error: Refused) -> None:
        """What mends by itself is tried again; the rest waits for a person. Nothing is erased."""
        if error.code in _KIOSK:
            self.line.refused(error.code)
            self._store.set_back(item.id, error.code)
            return
        self.line.up()
        if error.code in _MENDS and self._intact(item):
            self._store.set_back(item.id, error.code)
        else:
            self._need_attention(item, error.code)

    def _intact(self, item: Item) -> bool:
        try:
            return self._vault.sha256(item.id) == item.sha256
        except VaultError:
            return False

    def _need_attention(self, item: Item, code: str) -> None:
        log.error("packet_needs_attention id=%s code=%s", item.id, code)
        self._store.need_attention(item.id, code)

    # --- questions, surveys, heartbeat --------------------------------------------------------------------------------

    def answer_next(self) -> bool:
        """Carry one sealed question, pause or not. A failure is told at once: the person decides whether to try again."""
        question = self._store.next_question()
        if question is None:
            return False
        self._attend()
        try:
            self._store.answer(question.id, self._centre.inquire(question.sealed))
            self.line.up()
        except UplinkError as error:
            self._trouble(error)
            self._store.fail(question.id, error.code)
        return True

    def send_survey(self) -> bool:
        """One survey answer. False when none is due. A refused one is dropped and said so: it is nobody's paper."""
        survey = None if self.line.quiet else self._store.next_survey()
        if survey is None:
            return False
        survey_id, message = survey
        try:
            self._centre.survey(survey_id, message)
        except UplinkError as error:
            self._trouble(error)
            if not isinstance(error, Refused) or error.code in _KIOSK:
                self._store.postpone_survey(survey_id)
                return True
            self._store.note("survey_refused", survey_id, error.code)
        self._store.remove_survey(survey_id)
        return True

    def beat(self) -> bool:
        """Say how the kiosk is, when it is time. A beat that fails is not sent again: the next one says more."""
        if self._pulse is None or self.line.quiet or not self._pulse.due:
            return False
        self._pulse.rest()
        try:
            wish = self._centre.heartbeat(self._pulse.beat(skew_s=self._centre.skew_s))
            self._pulse.slow_down(wish.every_s)
            if self._content is not None:
                self._content.hear(wish.content)
            self.line.up()
        except UplinkError as error:
            self._trouble(error)
        return True

    def fetch_roster(self) -> bool:
        """Ask who the desa's staff are, when it is time. What may not be taken is refused with a code; the old one stays.

        A roster that does not come says nothing about the line: packets do not wait for it. A centre that asks to wait does.
        """
        if self._roster is None or self.line.quiet or not self._roster.due:
            return False
        self._roster.rest()
        self._roster.end_lockouts()
        try:
            self._roster.take(*self._centre.staff())
            self.line.up()
        except Forged:
            self._roster.refuse("staff.roster_forged")
        except UplinkError as error:
            self._roster.hurry(error)
            if isinstance(error, Busy):
                self._trouble(error)
        return True

    # --- the way down -------------------------------------------------------------------------------------------------

    def pull_changes(self) -> bool:
        """One page of what changed for this kiosk's tickets, when it is time."""
        return self._go_down(lambda down: down.pull())

    def tell_print(self) -> bool:
        """One print of a document that the centre does not know of."""
        return self._go_down(lambda down: down.tell_print())

    def fetch_document(self) -> bool:
        """One finished document, sealed to its owner's receipt. Rests as packets do."""
        return not self.resting and self._go_down(lambda down: down.fetch(self._piece))

    def _go_down(self, step: Callable[[DownLink], bool]) -> bool:
        """What does not come says nothing about the line, as with the roster."""
        if self._down is None or self.line.quiet:
            return False
        try:
            done = step(self._down)
            if done:
                self.line.up()
        except _Stopping:
            return True
        except UplinkError as error:
            if isinstance(error, Busy) or error.code in _KIOSK:
                self._trouble(error)
            return True
        return done

    def fetch_content(self) -> bool:
        """Look for new content, when it is time and nothing else waits. The screen takes it at its next start.

        What does not come says nothing about the line, as with the roster.
        """
        if self._content is None or self.line.quiet or not self._content.due:
            return False
        self._content.rest()
        try:
            self._content.look(self._piece)
            self.line.up()
        except _Stopping:
            self._content.hurry()
        except UplinkError as error:
            if not isinstance(error, Refused):
                self._content.unheard()
            if isinstance(error, Busy):
                self._trouble(error)
        return True

    def _piece(self, path: str, offset: int) -> tuple[bytes, int] | None:
        """Between two pieces whoever waits is served."""
        piece = self._centre.content(path, offset)
        self._alive()
        if self._stop.is_set():
            raise _Stopping
        self._small_thing()
        return piece

    def _trouble(self, error: UplinkError) -> None:
        """What an error says about the line."""
        if isinstance(error, Busy):
            self.line.busy(error.code, error.retry_after)
        elif isinstance(error, Unreachable):
            self.line.down(error.code)
        elif error.code in _KIOSK:
            self.line.refused(error.code)
        else:
            self.line.up()


def _announcement(item: Item) -> Announcement:
    return Announcement(id=item.id, sha256=item.sha256, size=item.size)


def _nobody_listens() -> None:
    """No watchdog."""
