"""A real ext4 on a file, mounted by loop: what was written to it can be looked for byte by byte, erased or not."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def make_disk(file: Path, *, megabytes: int) -> None:
    """An empty ext4 with a journal, as mke2fs makes it."""
    with file.open("wb") as disk:
        disk.truncate(megabytes << 20)
    subprocess.run(["/usr/sbin/mke2fs", "-q", "-t", "ext4", "-F", str(file)], check=True)


@contextmanager
def mounted(file: Path, at: Path) -> Iterator[Path]:
    """Needs root. Erased blocks are not handed back (no discard): they stay as they were, as on a disk without TRIM."""
    at.mkdir(exist_ok=True)
    subprocess.run(["mount", "-o", "loop,nodiscard", str(file), str(at)], check=True)
    try:
        yield at
    finally:
        # lazily: it goes from the tree at once, and from the loop device with the last handle that some process still has there
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def settle(at: Path) -> None:
    """Everything of this file system is in its file now."""
    subprocess.run(["sync", "--file-system", str(at)], check=True)
