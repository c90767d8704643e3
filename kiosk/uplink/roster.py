"""The staff's roster: fetched at the start and every quarter of an hour, so that who was disabled is out before lunch.

Nothing is stored that the centre did not sign for this desa, and nothing older than what is held.
"""

import logging
from dataclasses import dataclass

from adminduk.clock import Clock
from adminduk.messages import SignedRoster, StaffRoster
from adminduk.tickets import Dice
from kiosk.store import Store
from kiosk.uplink.errors import Refused, UplinkError

log = logging.getLogger(__name__)

EVERY_S, AGAIN_S = 900.0, 60.0


@dataclass(slots=True)
class RosterRound:
    """When the next roster is due, and what is done with it. ``desa``: this kiosk's ten digits; ``boot``: this machine's
    ``boot_identity``."""

    store: Store
    desa: str
    clock: Clock
    dice: Dice
    boot: str
    _due: float = 0.0
    _word: str = ""

    @property
    def due(self) -> bool:
        return self.clock.monotonic() >= self._due

    def rest(self) -> None:
        """Up to a tenth more than a quarter of an hour, so that kiosks do not ask together."""
        self._due = self.clock.monotonic() + EVERY_S * (1 + self.dice.randbelow(100) / 1000)

    def hurry(self, error: UplinkError) -> None:
        """Nobody answered: ask again soon. An answer that says no is not asked for every minute."""
        if not isinstance(error, Refused):
            self._due = self.clock.monotonic() + AGAIN_S

    def end_lockouts(self) -> None:
        """Lock-outs that are over are written down as over: the next boot begins only running ones anew."""
        self.store.staff.end_lockouts(boot=self.boot, monotonic=self.clock.monotonic())

    def take(self, signed: SignedRoster, roster: StaffRoster) -> str:
        """Store a roster whose signature holds; empty, or the code that says why not."""
        if roster.desa != self.desa:
            return self.refuse("staff.roster_other_desa")
        if not self.store.staff.take_roster(roster, signed.to_json().decode()):
            return self.refuse("staff.roster_older")
        self._word = ""
        return ""

    def refuse(self, code: str) -> str:
        """Told once, until a roster was taken again: the old one is kept meanwhile."""
        if code != self._word:
            log.warning("roster_refused code=%s", code)
            self.store.note("roster_refused", "", code)
        self._word = code
        return code
