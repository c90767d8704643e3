"""The way down: this kiosk's tickets page by page, their sealed documents piece by piece, and prints told back.

Each step is safe to repeat and to break off anywhere: a page is one transaction with its cursor, a document's pieces are
synced as they come, and nothing counts as here before its SHA-256 says so.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from adminduk.changes import LARGEST_DOCUMENT, MOST_TICKETS, PrintReport
from adminduk.clock import Clock
from adminduk.tickets import Dice
from kiosk.store import DueClaim, Store, WaitingDocument
from kiosk.store.downlink import KEPT
from kiosk.uplink.centre import Centre
from kiosk.uplink.errors import Refused, Unreachable
from kiosk.vault import GrowingVault, VaultError

log = logging.getLogger(__name__)

EVERY_S, AGAIN_S, LONGEST_S = 600.0, 60.0, 3600.0
Piece = Callable[[str, int], tuple[bytes, int] | None]


@dataclass(slots=True)
class DownLink:
    """When what is due, and how it is done. Steps give False where there is nothing to do; they raise UplinkError.
    ``every_s``: between two pulls; ``kept``: how long a document waits for its owner."""

    store: Store
    vault: GrowingVault
    centre: Centre
    clock: Clock
    dice: Dice
    every_s: float = EVERY_S
    kept: timedelta = KEPT
    _due: float = 0.0
    _tell: float = 0.0
    _later: dict[str, tuple[int, float]] = field(default_factory=dict)  # document → failures, not before

    # --- tickets ------------------------------------------------------------------------------------------------------

    def pull(self) -> bool:
        """One page, when it is time; the next one at once where there is more."""
        if self.clock.monotonic() < self._due:
            return False
        self._due = self.clock.monotonic() + AGAIN_S
        try:
            page = self.centre.changes(self.store.down.cursor(), MOST_TICKETS)
        except Refused as error:
            if error.code != "kursor_salah":
                self._due = self.clock.monotonic() + self.every_s
                raise
            log.warning("cursor_refused")
            self.store.down.begin_anew()
            return True
        self.store.down.take(page, kept=self.kept)
        pause = 0.0 if page.more else self.every_s * (1 + self.dice.randbelow(100) / 1000)
        self._due = self.clock.monotonic() + pause
        if not page.more:
            self._tidy()
        return True

    def _tidy(self) -> None:
        """Whatever no row says is here goes: withdrawn, replaced, printed, over, or left by a power cut."""
        growing = frozenset((one.id, one.sha256) for one in self.store.down.wanted())
        try:
            for erased in self.vault.keep_only(self.store.down.here(), growing):
                log.info("waiting_document_erased id=%s", erased)
        except VaultError as error:
            log.warning("waiting_document_not_erased code=%s", error.code)

    # --- documents ----------------------------------------------------------------------------------------------------

    def fetch(self, piece: Piece) -> bool:
        """One document, from where it broke off to its end. ``piece`` serves whoever waits between two pieces."""
        now = self.clock.monotonic()
        wanted = next((one for one in self.store.down.wanted() if self._later.get(one.id, (0, 0.0))[1] <= now), None)
        if wanted is None:
            return False
        self._wait(wanted)  # whatever happens now
        try:
            if self.vault.full():
                log.warning("waiting_document_left reason=penuh")
                return True
            whole = self._grow(wanted, piece)
        except VaultError as error:
            log.warning("waiting_document_not_kept code=%s", error.code)
            return True
        if whole:
            self.store.down.arrived(wanted)
            self._later.pop(wanted.id, None)
            log.info("waiting_document_here id=%s", wanted.id)
        else:
            log.warning("waiting_document_spoilt id=%s", wanted.id)
        return True

    def _grow(self, wanted: WaitingDocument, piece: Piece) -> bool:
        """Whether it is whole now. Raises VaultError, UplinkError."""
        offset = self.vault.held(wanted.id, wanted.sha256)
        while offset < wanted.size:
            got = piece(f"documents/{wanted.id}/sealed", offset)
            if got is None:  # withdrawn: the next page says so
                return False
            content, whole = got
            if not content or whole != wanted.size or whole > LARGEST_DOCUMENT:
                raise Unreachable("bukan_pusat")
            offset = self.vault.grow(wanted.id, wanted.sha256, offset, content)
            self._later[wanted.id] = (0, self.clock.monotonic() + AGAIN_S)  # it moved
        return self.vault.finish(wanted.id, wanted.sha256)

    def _wait(self, wanted: WaitingDocument) -> None:
        failures = self._later.get(wanted.id, (0, 0.0))[0]
        pause = min(AGAIN_S * 2.0**failures, LONGEST_S)
        self._later[wanted.id] = (failures + 1, self.clock.monotonic() + pause)

    # --- prints -------------------------------------------------------------------------------------------------------

    def tell_print(self) -> bool:
        """One print of a document that the centre does not know yet."""
        if self.clock.monotonic() < self._tell:
            return False
        claim = next(iter(self.store.claims.due()), None)
        if claim is None:
            return False
        self._tell = self.clock.monotonic() + AGAIN_S
        try:
            others = self.centre.tell_print(_report(claim))
        except Refused as error:
            if error.code not in ("tidak_ada", "isi_berbeda"):
                raise
            self.store.note("print_not_known", claim.document, error.code)
            self.store.claims.drop(claim.id)
        else:
            if others:
                self.store.note("document_printed_twice", claim.document)
            self.store.claims.told(claim.id, claim.outcome)
        self._tell = 0.0
        return True


def _report(claim: DueClaim) -> PrintReport:
    return PrintReport(
        id=claim.id, document=claim.document, ticket=claim.ticket, at=claim.at, clock_trusted=claim.clock_trusted,
        outcome=claim.outcome,
    )  # fmt: skip
