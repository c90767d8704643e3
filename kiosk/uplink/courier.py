"""The courier: carries sealed packets to the centre, sealed questions there and answers back. Owns the network, no devices.

Every step is safe to repeat: kill it at any instant, start it again, and each packet is at the centre exactly once. The
packet is erased only after the centre's signed receipt is stored.
"""

import logging
from collections.abc import Callable
from threading import Event

from adminduk.messages import Announcement
from kiosk.store import Item, Phase, Store
from kiosk.uplink.centre import Centre
from kiosk.uplink.errors import Busy, Refused, Unreachable, UplinkError
from kiosk.vault import Vault, VaultError

log = logging.getLogger(__name__)

IDLE_S = 0.2


class Courier:
    """One step at a time; ``run`` repeats them until told to stop."""

    def __init__(self, store: Store, vault: Vault, centre: Centre) -> None:
        self._store, self._vault, self._centre = store, vault, centre
        self._line_up: bool | None = None

    def run(self, stop: Event, *, alive: Callable[[], None] = lambda: None) -> None:
        """Small things first: somebody is waiting at the screen. ``alive`` feeds the watchdog."""
        while not stop.is_set():
            alive()
            if not (self.answer_next() or self.deliver_next() or self.send_survey()):
                stop.wait(IDLE_S)

    # --- packets ------------------------------------------------------------------------------------------------------

    def deliver_next(self) -> bool:
        """Claim one packet and take it as far as the line allows. False when nothing is due."""
        item = self._store.claim()
        if item is None:
            return False
        try:
            self._deliver(item)
            self._line(up=True)
        except VaultError as error:
            self._store.need_attention(item.id, f"brankas_{error.code}")
        except Refused as error:
            self._line(up=True)
            self._refused(item, error)
        except Busy as error:
            self._store.set_back(item.id, error.code, wait=error.retry_after)
        except Unreachable as error:
            self._line(up=False, code=error.code)
            self._store.set_back(item.id, error.code)
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

        self._centre.upload(item.id, item.size, read, progress)

    def _refused(self, item: Item, error: Refused) -> None:
        """What the centre can mend by itself is tried again; the rest waits for a person. Nothing is erased."""
        if error.code in ("isi_rusak", "belum_lengkap") and self._vault.sha256(item.id) == item.sha256:
            self._store.set_back(item.id, error.code)
            return
        log.warning("packet_refused id=%s code=%s", item.id, error.code)
        self._store.need_attention(item.id, error.code)

    # --- questions, surveys -------------------------------------------------------------------------------------------

    def answer_next(self) -> bool:
        """Carry one sealed question. A failure is told to the screen at once: the person decides whether to try again."""
        question = self._store.next_question()
        if question is None:
            return False
        try:
            self._store.answer(question.id, self._centre.inquire(question.sealed))
            self._line(up=True)
        except UplinkError as error:
            self._line(up=not isinstance(error, Unreachable), code=error.code)
            self._store.fail(question.id, error.code)
        return True

    def send_survey(self) -> bool:
        """One survey answer. False when none is due."""
        survey = self._store.next_survey()
        if survey is None:
            return False
        survey_id, message = survey
        try:
            self._centre.survey(survey_id, message)
        except Refused as error:
            log.warning("survey_refused code=%s", error.code)
        except UplinkError:
            self._store.postpone_survey(survey_id)
            return True
        self._store.remove_survey(survey_id)
        return True

    def _line(self, *, up: bool, code: str = "") -> None:
        """Log the line's edges once, never each attempt."""
        if up is not self._line_up:
            log.info("line_%s code=%s", "up" if up else "down", code)
        self._line_up = up
