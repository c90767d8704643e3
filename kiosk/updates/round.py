"""New content: looked for at the start and once a day, taken when everything about it holds; else what runs goes on.

A look is small: 1 KB when there is nothing new. What is found waits on the shelf for the screen's next start.
"""

import logging
from dataclasses import dataclass, field

from adminduk.clock import Clock, trusted
from adminduk.releases import Release
from adminduk.tickets import Dice
from content.bundle import BundleError, unpack
from kiosk.store import Store
from kiosk.updates.errors import CLOCK, EXPIRED, REFUSED, REVERTED, NothingThereError, UpdateError
from kiosk.updates.seen import last_version
from kiosk.updates.shelf import Judge, Shelf
from kiosk.updates.sources import GetPiece
from kiosk.updates.trust import Trusted

log = logging.getLogger(__name__)

EVERY_S, AGAIN_S = 86_400.0, 900.0
HINTED_S, SPREAD_S = (
    3600.0,
    600,
)  # at most one look an hour because of a hint; kiosks that hear it together do not ask together
ROLE, WELL = "content", "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taker:
    """Who this kiosk is to a release. ``group``: its pilot group, or none."""

    kiosk_id: str
    group: str
    software: str

    def takes(self, release: Release) -> bool:
        return release.is_for(self.kiosk_id, self.group, self.software)


@dataclass(slots=True)
class ContentRound:
    """When the next look is due, and what comes of it."""

    shelf: Shelf
    trusted: Trusted
    taker: Taker
    judge: Judge
    store: Store
    clock: Clock
    dice: Dice
    _due: float = 0.0
    _heeded: float = float("-inf")  # when a hint was last followed
    _followed: int = 0  # that hint
    _word: str = field(default="")

    @property
    def due(self) -> bool:
        return self.clock.monotonic() >= self._due

    def rest(self) -> None:
        """Up to a tenth more than a day, so that kiosks do not ask together."""
        self._due = self.clock.monotonic() + EVERY_S * (1 + self.dice.randbelow(100) / 1000)

    def hurry(self) -> None:
        """Nobody answered, or only half came: ask again soon."""
        self._due = self.clock.monotonic() + AGAIN_S

    def hear(self, version: int) -> None:
        """The centre hints, unsigned, that this is its newest timestamp. Newer than what was seen here: look soon. What led to
        nothing is not followed again for a day unless it grows, and nothing more than once an hour: a liar wins 1 KB."""
        since = self.clock.monotonic() - self._heeded
        if since < HINTED_S or version <= max(
            last_version(self.trusted.folder), self._followed if since < EVERY_S else 0
        ):
            return
        now = self.clock.monotonic()
        self._heeded, self._followed = now, version
        self._due = min(self._due, now + self.dice.randbelow(SPREAD_S))

    def look(self, get: GetPiece) -> int:
        """Fetch, verify, check, stage; the number that was staged, 0 when nothing was. Raises what ``get`` raises."""
        try:
            with self.shelf.alone():
                number = self._look(get)
        except BlockingIOError:  # a technician's stick is being read
            self.hurry()
            return 0
        except NothingThereError:
            self._say(self._standing())
            return 0
        except UpdateError as error:
            self._say(error.code, error.why)
            return 0
        self._say(self._standing(), number=number)
        return number

    def _look(self, get: GetPiece) -> int:
        if not trusted(self.clock.now()):
            raise UpdateError(CLOCK)
        wanted = lambda release: self.shelf.wants(release.number) and self.taker.takes(release)  # noqa: E731 - one line
        found = self.trusted.newest(get, now=self.clock.now(), choose=wanted)
        if found is None:
            return 0
        release, data = found
        try:
            files = unpack(data)
        except BundleError as error:
            raise UpdateError(REFUSED, error.code) from None
        self.shelf.stage(release.number, files, self.judge)
        return release.number

    def unheard(self) -> None:
        """The line gave nothing: what was last signed may be too old by now."""
        self.hurry()
        if trusted(self.clock.now()) and self.trusted.lapsed(self.clock.now()):
            self._say(EXPIRED, "unheard")

    def _standing(self) -> str:
        return REVERTED if self.shelf.book.reverted else WELL

    def _say(self, code: str, why: str = "", *, number: int = 0) -> None:
        """For the heartbeat and the staff; in the diary when it changes."""
        if number:
            log.info("content_staged number=%d", number)
            self.store.note("content_staged", str(number))
        if code != self._word:
            self.store.report_device(ROLE, code)
            if code != WELL:
                log.warning("%s why=%s", code.replace(".", "_"), why or "-")
                self.store.note(code.replace(".", "_"), "", why)
        self._word = code
