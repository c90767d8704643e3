"""ext4 in files, without mounting anything: made from a folder, checked and healed by e2fsck, read by debugfs."""

import os
import shutil
import subprocess
from pathlib import Path

MEGABYTES = 48
BLOCK = 1 << 20
ENVIRONMENT = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin", "LC_ALL": "C"}


def make(image: Path, contents: Path) -> Path:
    """As mke2fs makes it, journal and all, with what lies in ``contents``."""
    with image.open("wb") as disk:
        disk.truncate(MEGABYTES << 20)
    _run("mke2fs", "-q", "-t", "ext4", "-F", "-d", str(contents), str(image))
    return image


def copied(image: Path, to: Path) -> Path:
    """Holes stay holes."""
    _run("cp", "--sparse=always", str(image), str(to))
    return to


def heal(image: Path) -> int:
    """What a start does after a power cut: the journal is played back, the rest mended where nobody need decide.

    Returns:
        e2fsck's exit code; above 1 it wanted a person.
    """
    return _run("e2fsck", "-fp", str(image), expected=range(256)).returncode


def complaints(image: Path) -> str:
    """What e2fsck finds on a disk that was unmounted; empty on a sound one. Changes nothing."""
    done = _run("e2fsck", "-fn", str(image), expected=range(256))
    return "" if done.returncode == 0 else done.stdout


def take_out(image: Path, folder: Path) -> Path:
    """Every file of it, in a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _run("debugfs", "-R", f'rdump / "{folder}"', str(image))
    return folder


def holds(image: Path, needle: bytes) -> bool:
    """Whether these bytes stand anywhere on the raw disk, erased or not."""
    tail = b""
    with image.open("rb") as disk:
        while block := disk.read(BLOCK):
            if needle in tail + block:
                return True
            tail = block[1 - len(needle) :]
    return False


def _run(*words: str, expected: "range | tuple[int, ...]" = (0,)) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert done.returncode in expected, f"{words[0]}: {done.returncode} {done.stderr[-500:]}"
    return done
