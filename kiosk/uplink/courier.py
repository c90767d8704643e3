"""The courier: carries sealed packets to the centre, sealed questions there and answers back. Owns the network, no devices.

Every step is safe to repeat: kill it at any instant, start it again, and each packet is at the centre exactly once. The
packet is erased only after the centre's signed receipt is stored.
"""

import logging
from collections.abc import Callable
from threading import Event

from adminduk.clock import Clock
from adminduk.messages import Announcement
from adminduk.tickets import Dice
from kiosk.store import Item, Phase, Store
from kiosk.uplink.centre import Centre
from kiosk.uplink.errors import Busy, Forged, Refused, Unreachable, UplinkError
from kiosk.uplink.line import Line
from kiosk.uplink.pulse import Pulse
from kiosk.uplink.roster import RosterRound
from kiosk.vault import Vault, VaultError

log = logging.getLogger(__name__)

IDLE_S = 0.2
# What the centre can mend by itself when the packet is announced and sent anew, as long as our copy is whole.
_MENDS = ("isi_rusak", "belum_lengkap", "belum_diumumkan", "tidak_ada")
_KIOSK = ("kios_tidak_dikenal",)  # about this kiosk, not about that packet


class _Stopping(Exception):  # noqa: N818 - an event, not a mistake
    """Told to stop in the middle of an upload."""


class Courier:
    """One step at a time; ``run`` repeats them until told to stop."""

    def __init__(
        self, store: Store, vault: Vault, centre: Centre, *, clock: Clock, dice: Dice, pulse: Pulse | None = None,
        roster: RosterRound | None = None,
    ) -> None:  # fmt: skip
        self._store, self._vault, self._centre, self._pulse, self._roster = store, vault, centre, pulse, roster
        self.line = Line(clock, dice)
        self._stop, self._alive = Event(), _nobody_listens

    def run(self, stop: Event, *, alive: Callable[[], None] | None = None) -> None:
        """Small things first: somebody is waiting at the screen. ``alive`` feeds the watchdog."""
        self._stop, self._alive = stop, alive or _nobody_listens
        self._store.release_leases()
        while not stop.is_set():
            self._alive()
            if not (
                self.answer_next() or self.beat() or self.fetch_roster() or self.deliver_next() or self.send_survey()
            ):
                stop.wait(IDLE_S)

    # --- packets ------------------------------------------------------------------------------------------------------

    def deliver_next(self) -> bool:
        """Claim one packet and take it as far as the line allows. False when nothing is due."""
        item = None if self.line.quiet else self._store.claim()
        if item is None:
            return False
        try:
            self._deliver(item)
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

    def _deliver(self, item: Item) -> None:
        if item.state is not Phase.RECEIVED:
            self._store.receive(item.id, self._hand_over(item))
        self._vault.erase(item.id)
        self._store.purge(item.id)
        log.info("packet_delivered id=%s", item.id)

    def _hand_over(self, item: Item) -> str:
        """Announce, upload what is missing, get the receipt; returns the receipt."""
        announcement = Announcement(id=item.id, sha256=item.sha256, size=item.size)
        announced = self._centre.announce(announcement)
        if announced.state != "received":
            self._store.advance(item.id, Phase.ANNOUNCED, offset=announced.offset)
            self._upload(item)
        return self._centre.receipt(announcement)

    def _upload(self, item: Item) -> None:
        def read(offset: int, length: int) -> bytes:
            return self._vault.read(item.id, offset, length)

        def progress(offset: int) -> None:
            self._store.advance(item.id, Phase.UPLOADING, offset=offset)
            self._between_chunks()

        if self._vault.size(item.id) != item.size:
            raise VaultError("rusak")
        self._centre.upload(item.id, item.size, read, progress)

    def _between_chunks(self) -> None:
        """A long upload on a thin line stops neither the watchdog nor the person who waits at the screen."""
        self._alive()
        self.line.up()
        if self._stop.is_set():
            raise _Stopping
        self.answer_next()

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
            self._centre.heartbeat(self._pulse.beat())
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


def _nobody_listens() -> None:
    """No watchdog."""
