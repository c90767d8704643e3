"""The disk under the state folder: room, and whether it still takes what is written.

A dying card turns read-only without a word, and a full disk fails in the middle of a submission: both are found here first.
A look at the room is cheap; the canary (a file written, synced, read back) costs a sync and is sent every CANARY_EVERY_S only.
A disk that hangs makes ``state`` hang: ask from a thread that may.
"""

import errno
import logging
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from adminduk.clock import Clock
from kiosk.hardware.health import READY, Condition, Health

log = logging.getLogger(__name__)

CANARY_EVERY_S = 900.0
CANARY = ".canary"
EXT4 = Path("/sys/fs/ext4")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_REFUSED = (errno.EROFS, errno.EACCES, errno.EPERM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bytes and inodes for an unprivileged writer. One sealed packet may be 64 MiB, and SQLite's WAL stands beside it."""

    low_bytes: int = 512 * 1024**2
    full_bytes: int = 96 * 1024**2
    low_inodes: int = 2000
    full_inodes: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """``inodes`` is None on file systems that do not count them (btrfs, FAT)."""

    free_bytes: int
    inodes: int | None


LIMITS = Limits()


def room(found: os.statvfs_result) -> Room:
    """What an unprivileged writer may use; root's reserve is not ours."""
    return Room(free_bytes=found.f_bavail * found.f_frsize, inodes=found.f_favail if found.f_files else None)


def judged(space: Room, limits: Limits) -> Health:
    """Full, low or ready, by whichever runs out first."""
    inodes = limits.low_inodes + 1 if space.inodes is None else space.inodes
    evidence = f"free_mb={space.free_bytes // 1024**2} inodes={'-' if space.inodes is None else space.inodes}"
    if space.free_bytes < limits.full_bytes or inodes < limits.full_inodes:
        return Health(Condition.FAULT, "disk.full", evidence)
    if space.free_bytes < limits.low_bytes or inodes < limits.low_inodes:
        return Health(Condition.ATTENTION, "disk.low", evidence)
    return READY


def canary(folder: Path, content: bytes) -> Health:
    """Write, sync, read back from the device, remove."""
    path = folder / CANARY
    try:
        path.unlink(missing_ok=True)
        alive = _came_back(path, content)
    except OSError as error:
        return broken(error)
    finally:
        with suppress(OSError):  # the trouble is told already
            path.unlink(missing_ok=True)
    return READY if alive else Health(Condition.FAULT, "disk.errors", "canary changed")


def _came_back(path: Path, content: bytes) -> bool:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)  # or the page cache answers
        return os.pread(descriptor, len(content) + 1, 0) == content
    finally:
        os.close(descriptor)


def broken(error: OSError) -> Health:
    """What an error of the disk means."""
    evidence = errno.errorcode.get(error.errno or 0, type(error).__name__)
    if error.errno in _FULL:
        return Health(Condition.FAULT, "disk.full", evidence)
    if error.errno in _REFUSED:
        return Health(Condition.FAULT, "disk.read_only", evidence)
    return Health(Condition.FAULT, "disk.errors", evidence)


def ext4_errors(root: Path = EXT4) -> dict[str, int]:
    """Device → errors since its last fsck, only those that have any. Empty without ext4."""
    found = {}
    for path in sorted(root.glob("*/errors_count")):
        with suppress(OSError, ValueError):  # unmounted while we looked
            found[path.parent.name] = int(path.read_text())
    return {name: count for name, count in found.items() if count}


class Disk:
    """``dice(n)`` gives n bytes that were not there before. ``state`` logs edges."""

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        dice: Callable[[int], bytes] = os.urandom,
        ext4: Path = EXT4,
        limits: Limits = LIMITS,
    ) -> None:
        self._folder, self._clock, self._dice, self._ext4, self._limits = folder, clock, dice, ext4, limits
        self._canary, self._sent_at = READY, float("-inf")
        self._last = READY

    def __repr__(self) -> str:
        return f"<Disk {self._folder}>"

    def state(self) -> Health:
        """The first that applies: the canary died (read-only, broken, full), full, errors counted, low, ready."""
        self._send_canary()
        space = self._space()
        full = READY if space.usable else space
        troubles = (health for health in (self._canary, full, self._errors(), space) if health != READY)
        return self._noted(next(troubles, READY))

    def _space(self) -> Health:
        try:
            return judged(room(os.statvfs(self._folder)), self._limits)
        except OSError as error:
            return broken(error)

    def _errors(self) -> Health:
        counted = ext4_errors(self._ext4)
        evidence = " ".join(f"{name}={count}" for name, count in counted.items())
        return Health(Condition.ATTENTION, "disk.errors", evidence) if counted else READY

    def _send_canary(self) -> None:
        """Again at once after a dead one: what was mended must show."""
        now = self._clock.monotonic()
        if self._canary == READY and now - self._sent_at < CANARY_EVERY_S:
            return
        self._canary, self._sent_at = canary(self._folder, self._dice(512)), now

    def _noted(self, health: Health) -> Health:
        if replace(health, evidence="") != replace(self._last, evidence=""):
            log.info("disk_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health
