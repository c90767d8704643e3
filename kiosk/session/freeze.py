"""When nobody should begin a new application: the disk, the queue, the content or the clock is past its limit.

Pure rules, in the order in which they are told. Only new applications stop: who is here finishes, status and printing go on.
The limits (docs/settings.md, ``limits``) let a desa live 60 days without a line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from adminduk.clock import Clock, read_stamp, trusted
from kiosk.store import Backlog, StoreError

DISK, OLD, LONG, CONTENT, CLOCK = (
    "freeze.disk", "freeze.queue_old", "freeze.queue_long", "freeze.content_old", "freeze.clock",
)  # fmt: skip
LOOK_EVERY_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """As in the settings; 0 and False: never for that reason."""

    free_mb: int = 0
    oldest_days: int = 0
    queue_length: int = 0
    content_days: int = 0
    trusted_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """``free_mb``: None when the disk does not answer (its own watch closes the kiosk then); ``oldest``: when the oldest
    packet was sealed, ``content``: when the content was signed; None where it is not known or not believed."""

    free_mb: int | None
    queue: int
    oldest: datetime | None
    content: datetime | None
    now: datetime


def frozen(seen: Readings, limits: Limits) -> tuple[str, ...]:
    """The codes of all limits that are passed, the most urgent first."""
    rules = (
        (DISK, limits.free_mb and seen.free_mb is not None and seen.free_mb < limits.free_mb),
        (OLD, _older(seen.oldest, limits.oldest_days, seen.now)),
        (LONG, limits.queue_length and seen.queue >= limits.queue_length),
        (CONTENT, _older(seen.content, limits.content_days, seen.now)),
        (CLOCK, limits.trusted_clock and not trusted(seen.now)),
    )
    return tuple(code for code, holds in rules if holds)


def _older(moment: datetime | None, days: int, now: datetime) -> bool:
    """By a clock that is not trusted nothing is old."""
    return bool(days) and moment is not None and trusted(now) and now - moment > timedelta(days=days)


class Freezer:
    """Asks every ten seconds, whoever looks how often. ``backlog``, ``free_mb``, ``content``: where the readings come from."""

    def __init__(
        self, limits: Limits, clock: Clock, *, backlog: Callable[[], Backlog], free_mb: Callable[[], int | None],
        content: Callable[[], datetime | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._limits, self._clock = limits, clock
        self._backlog, self._free_mb, self._content = backlog, free_mb, content
        self._codes: tuple[str, ...] = ()
        self._looked = float("-inf")

    def codes(self) -> tuple[str, ...]:
        """What freezes now; a store that is busy leaves the last answer."""
        now = self._clock.monotonic()
        if now - self._looked >= LOOK_EVERY_S:
            self._looked = now
            try:
                self._codes = frozen(self._read(), self._limits)
            except StoreError:
                return self._codes
        return self._codes

    def _read(self) -> Readings:
        backlog = self._backlog()
        oldest = read_stamp(backlog.oldest) if backlog.oldest else None
        return Readings(
            free_mb=self._free_mb(), queue=backlog.queue, oldest=oldest, content=self._content(), now=self._clock.now()
        )
