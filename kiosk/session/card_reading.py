"""A card's number, read in a process of its own: killed when the visit ends or it takes too long, not begun where memory is
short.

The picture goes there through nameless memory and the number comes back through a pipe: nothing of either is on a disk, on
a command line or in a log.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from adminduk.clock import Clock

log = logging.getLogger(__name__)

COMMAND = (sys.executable, "-m", "kiosk.imaging.reading")
ROOT = Path(__file__).parents[2]
PATIENCE_S = 25.0  # a reading takes 3 s of processor, and gives way to the screen
LEAST_FREE_MB = 700  # it takes 230, and the screen's own browser must keep room to grow
MEMORY = Path("/proc/meminfo")


def free_mb(path: Path = MEMORY) -> int:
    """Megabytes that a new process could have without pushing others out; 0 when the kernel does not say."""
    try:
        rows = dict(line.split(":", 1) for line in path.read_text(encoding="ascii").splitlines() if ":" in line)
        return int(rows["MemAvailable"].split()[0]) // 1024
    except (OSError, KeyError, ValueError, IndexError):
        return 0


class CardReading:
    """One card in work, in a process that may be killed."""

    def __init__(self, paper: str, page: bytes | bytearray, *, clock: Clock, command: Sequence[str] = COMMAND) -> None:
        self.paper = paper
        self._clock, self._until = clock, clock.monotonic() + PATIENCE_S
        memory = os.memfd_create("card", os.MFD_CLOEXEC)
        with os.fdopen(memory, "w+b") as card:
            card.write(page)
            card.seek(0)
            self._child = subprocess.Popen(
                command, stdin=card, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
            )

    def result(self) -> str | None:
        """The sixteen digits; empty when none were read, or not in time; None while it is still read."""
        if self._child.poll() is not None:
            said = self._child.stdout.read() if self._child.stdout and not self._child.stdout.closed else b""
            self.stop()
            return said.decode("ascii", "replace").partition(" ")[0].strip()
        if self._clock.monotonic() < self._until:
            return None
        log.warning("card_reading_late paper=%s", self.paper)
        self.stop()
        return ""

    def stop(self) -> None:
        """Nobody waits for it any more. Safe to repeat."""
        self._child.kill()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._child.wait()
