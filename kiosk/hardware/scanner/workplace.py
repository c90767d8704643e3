"""A folder for one run of scanimage: its configuration and the named pipes of its pages. No picture ever lies in it.

scanimage writes a stack to numbered files only. Each number is a named pipe here, read as it is written: what a villager
scanned is in memory and nowhere else, however the kiosk ends. Who works in a folder locks it; one that nobody locks was
left by a kiosk that died, and if a stack was being read then, a sheet may lie in the feeder.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.hardware.scanner.protocol import Source

_PREFIX = "kios-scan-"
PATTERN = "page-%d.jpg"
_BEING_WRITTEN = ".part"  # scanimage writes to it and renames it when the page is whole


@dataclass(frozen=True, slots=True)
class Workplace:
    """``inlets``: read ends of the pages' pipes, first page first, not blocking."""

    folder: Path
    inlets: tuple[int, ...]

    def is_whole(self, number: int) -> bool:
        """Whether scanimage has called this page finished; the first is 1."""
        return (self.folder / (PATTERN % number)).exists()


@contextmanager
def workplace(runtime: Path, *, backend: str, purpose: str = "list", pages: int = 0) -> Iterator[Workplace]:
    """A folder below ``runtime``, removed at the end. Its dll.conf names one backend: no other is even loaded, so none
    can hang or search the network."""
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{purpose}-", dir=runtime))
    lock = _locked(folder)
    inlets: list[int] = []
    try:
        (folder / "dll.conf").write_text(f"{backend}\n", encoding="ascii")
        (folder / "dll.d").mkdir()  # hides the system's, which would add more backends
        inlets += (_inlet(folder / (PATTERN % number + _BEING_WRITTEN)) for number in range(1, pages + 1))
        yield Workplace(folder, tuple(inlets))
    finally:
        for descriptor in inlets:
            os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def sweep(runtime: Path) -> bool:
    """Remove what dead kiosks left; whether one of them died while a stack was being read."""
    interrupted = False
    for folder in runtime.glob(f"{_PREFIX}*"):
        lock = _locked(folder)
        if lock is None:
            continue
        interrupted = interrupted or folder.name.startswith(f"{_PREFIX}{Source.FEEDER}-")
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)
    return interrupted


def _inlet(path: Path) -> int:
    os.mkfifo(path, 0o600)
    return os.open(path, os.O_RDONLY | os.O_NONBLOCK)


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the folder's lock; None when another process has it, or the folder is gone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
