"""Room that the kiosk keeps for its own start.

On a disk that is full to the last block (another program's logs, photographs that somebody laid there) its store cannot be
opened: a reader, too, needs 32 KB beside it. The screen would stay black; with a little room it starts, says why it takes no
applications, and what waits is still sent. It serves once, until there is room again: so the courier fetches nothing while the
disk is full (`kiosk.vault.GrowingVault`).
"""

import logging
import os
import shutil
from pathlib import Path

log = logging.getLogger(__name__)

NAME = "reserve"
MB = 1024 * 1024
SIZE = 16 * MB
LEAST = 4 * MB  # below this nothing may be counted on
PLENTY = 10  # times the size: it is not laid down where that would make the room scarce


def settle(state: Path, *, size: int = SIZE, least: int = LEAST) -> None:
    """At each start, before anything is opened: give the reserve up where less than ``least`` bytes are free, lay it down where
    there is plenty. Whatever goes wrong with it is no reason not to start."""
    place = state / NAME
    if not state.is_dir():  # the very first start makes it
        return
    try:
        free = shutil.disk_usage(state).free
        if free < least and place.exists():
            place.unlink()
            log.warning("reserve_given_up free=%d", free)
        elif free > PLENTY * size and not _laid(place, size):
            with place.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        log.warning("reserve_failed kind=%s", type(error).__name__)


def _laid(place: Path, size: int) -> bool:
    """Whether the blocks are there, too: a power cut may have left the name alone."""
    return place.exists() and place.stat().st_blocks * 512 >= size
