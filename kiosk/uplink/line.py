"""The line as last seen: each edge is logged once, and a line that is down or a centre that is busy is left alone a while.

The pause holds for the whole kiosk: a hundred waiting packets do not knock a hundred times on a door that said "in a
minute". Somebody who asks at the screen is carried at once all the same.
"""

import logging

from adminduk.clock import Clock
from adminduk.tickets import Dice
from kiosk.store.outbox import asked_wait_s, wait_s

log = logging.getLogger(__name__)

LONGEST_PAUSE_S = 30.0  # how long after the line's return the first packet leaves, at most


class Line:
    """``word``: what was logged last: ``up``, ``down``, ``busy`` or ``refused``."""

    def __init__(self, clock: Clock, dice: Dice) -> None:
        self._clock, self._dice = clock, dice
        self._failures, self._quiet_until = 0, 0.0
        self.word = ""

    @property
    def quiet(self) -> bool:
        """Whether to leave it alone now."""
        return self._clock.monotonic() < self._quiet_until

    def up(self) -> None:
        self._failures, self._quiet_until = 0, 0.0
        self._say("up")

    def down(self, code: str) -> None:
        """Nobody answered, or somebody else did."""
        self._pause(min(wait_s(self._failures, self._dice), LONGEST_PAUSE_S))
        self._say("down", code)

    def busy(self, code: str, retry_after: float | None) -> None:
        """The centre asked to wait."""
        wait = wait_s(self._failures, self._dice) if retry_after is None else asked_wait_s(retry_after, self._dice)
        self._pause(wait)
        self._say("busy", code)

    def refused(self, code: str) -> None:
        """The centre does not know this kiosk: a person must look, and meanwhile nothing is lost."""
        self._pause(wait_s(self._failures, self._dice))
        self._say("refused", code)

    def _pause(self, seconds: float) -> None:
        self._failures += 1
        self._quiet_until = self._clock.monotonic() + seconds

    def _say(self, word: str, code: str = "") -> None:
        if word != self.word:
            log.log(logging.INFO if word == "up" else logging.WARNING, "line_%s code=%s", word, code or "-")
        self.word = word
