"""The content check on the kiosk itself, before anything is taken: `kiosk content check`, in a process of its own.

So a file that makes the check itself fail or hang (nesting without end) fells nobody, and what the check must know of the
screens (icons, pictures, languages) is not loaded into the courier. That process lives in the courier's sandbox too: it may
not load NumPy, whose mbind is forbidden there (a test holds it).
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from adminduk.catalogue import ContentError
from content.loader import load
from kiosk.updates.shelf import Judge

TOP = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0  # it takes one second; the watchdog of the courier bites after 120
LONGEST = 400  # letters of the words that are kept


def judge_of(profile: str, kabupaten: str, mistakes: Callable[[Path, str], str]) -> Judge:
    """``mistakes``: what is wrong with this profile in a content folder, in words. It must also be that kabupaten's."""

    def judge(folder: Path) -> str:
        if found := mistakes(folder, profile):
            return found[:LONGEST]
        try:
            return "" if load(profile, root=folder).place.code == kabupaten else "kabupaten_lain"
        except ContentError as error:
            return error.code

    return judge


def by_command(folder: Path, profile: str) -> str:
    """The summary and the lines of `kiosk content check`; file names as they are in the bundle."""
    words = [sys.executable, "-m", "kiosk", "content", "check", "--profile", profile, "--root", str(folder)]
    try:
        run = subprocess.run(words, cwd=TOP, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return "TimeoutExpired"
    if run.returncode == 0:
        return ""
    lines = [*run.stderr.splitlines()[-1:], *run.stdout.splitlines()]
    return " ".join(lines).replace(f"{folder}/", "") or f"exit {run.returncode}"
