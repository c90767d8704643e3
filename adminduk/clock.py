"""Time as an argument. Village PCs lose time: every record says whether the clock was trusted."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

# The build is of 2026: an earlier clock has lost its battery; a later one than this has jumped.
NOT_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
NOT_AFTER = datetime(2100, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """``now`` is UTC and may jump; ``monotonic`` is seconds and never goes back."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def boot_identity(path: Path = Path("/proc/sys/kernel/random/boot_id")) -> str:
    """The kernel's name for this run of the machine: one for all processes, another after each boot. It says whose
    ``monotonic`` a stored moment belongs to. Raises OSError where there is none."""
    return path.read_text(encoding="ascii").strip()


@dataclass(slots=True)
class ManualClock:
    """A clock that stands still until told to move; for tests, scenarios and training."""

    at: datetime = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    elapsed: float = field(default=1000.0)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.elapsed

    def advance(self, seconds: float) -> None:
        """Time passes: both clocks move."""
        self.elapsed += seconds
        self.at += timedelta(seconds=seconds)

    def jump(self, to: datetime) -> None:
        """The wall clock jumps; monotonic time does not."""
        self.at = to


def trusted(now: datetime) -> bool:
    """Whether a wall clock can be believed at all."""
    return NOT_BEFORE <= now < NOT_AFTER


def stamp(now: datetime) -> str:
    """UTC, ISO 8601 with microseconds and Z: sorts as text."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_stamp(text: str) -> datetime:
    """The moment of a ``stamp``. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
