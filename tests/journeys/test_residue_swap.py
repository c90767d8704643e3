"""A kernel that swaps out all it can: of a process under our units' rule nothing reaches the swap, of one without it everything.

The kernel is User Mode Linux's, since a test must not swap the machine it runs on; the rule is the one in systemd/."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.residue import image, needles, sift
from tests.journeys.stack import TOP
from tests.powercuts.guest import ground

LINUX = shutil.which("linux.uml")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(LINUX is None, reason="needs the package user-mode-linux"),
]
NAME = "LESTARI UJIMEMORI"


def our_limits() -> set[str]:
    """MemorySwapMax of each unit that holds visits or keys, as systemd hands it to memory.swap.max."""
    units = (TOP / "systemd" / f"kios-{name}.service" for name in ("ui", "courier", "carrier"))
    return {"".join(re.findall(r"^MemorySwapMax=(.*)$", unit.read_text(), re.MULTILINE)) or "max" for unit in units}


def boot(folder: Path, limit: str) -> tuple[Path, Path]:
    """The guest's two swaps: that of a process without a rule, and that of one with this one."""
    swaps = (folder / "free.swap", folder / "ruled.swap")
    for swap in swaps:
        with swap.open("wb") as file:
            file.truncate(48 << 20)
        subprocess.run(["/usr/sbin/mkswap", "-q", str(swap)], check=True)
    init = folder / "init.sh"
    init.write_text(f"#!/bin/sh\nexec {sys.executable} {TOP}/tests/journeys/swap_guest.py guest\n")
    init.chmod(0o755)
    words = (
        str(LINUX), "mem=192M", f"uml_dir={folder}", f"ubda={swaps[0]}", f"ubdb={swaps[1]}", "rootfstype=hostfs", "rootflags=/",
        "ro", f"init={init}", "con=null", "con0=fd:0,fd:1", "quiet", f"LIMIT={limit}",
    )  # fmt: skip
    run = subprocess.run(
        words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False, cwd=folder
    )
    assert "told" in run.stdout, run.stdout[-2000:]
    return swaps


def test_what_our_units_hold_never_reaches_the_swap() -> None:
    (limit,) = our_limits()
    with ground() as folder:
        free, ruled = boot(folder, limit)
        wanted = needles([NAME])
        assert sift(image(free), wanted), "the same search finds who was swapped out"
        assert sift(image(ruled), wanted) == []
