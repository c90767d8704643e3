"""A machine whose power can be cut: User Mode Linux, a kernel that is one process of the host's.

Its root is the host's, read-only; it writes to its disks only. SIGKILL takes the kernel and its page cache away at one
instant; what it had given to its disks stays. What this models not: a disk that lies about flushing.
"""

import json
import os
import random
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
KERNEL = "linux.uml"
MEMORY = "640M"
MARK = "@@ "
NEEDS = (KERNEL, "insmod", "ethtool", "tc", "mke2fs", "e2fsck", "debugfs")


def missing() -> list[str]:
    """Programs without which there is nothing to cut the power of."""
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return [name for name in NEEDS if shutil.which(name, path=path) is None]


@contextmanager
def ground() -> Iterator[Path]:
    """A folder that a guest sees, gone afterwards. Not pytest's: that may lie below /dev, and the guest has a /dev of its own."""
    with tempfile.TemporaryDirectory(prefix="kios-guest-", ignore_cleanup_errors=True) as made:
        yield Path(made)


class Guest:
    """Boots at once. ``lines``: what its programs said, in order (see ``say`` in inside.py), as far as it reached us."""

    def __init__(self, folder: Path, disks: Sequence[Path], *, line: str, told: Mapping[str, Any]) -> None:
        """``line``: words for netem, such as ``delay 150ms loss 5% rate 256kbit``; empty: a good line."""
        self.lines: list[str] = []
        self.log, self._rest, self._over = bytearray(), b"", False
        start = folder / "start.sh"
        start.write_text(_start(folder, line, told))
        start.chmod(0o755)
        words = [
            "setpriv", "--pdeathsig", "KILL", "--", *_one_processor(), KERNEL, f"mem={MEMORY}", "rootfstype=hostfs", "rootflags=/", "ro", f"uml_dir={folder}",
            *(f"ubd{number}={disk}" for number, disk in enumerate(disks)), f"init={start}", "con=null", "con0=null,fd:1", "quiet",
        ]  # fmt: skip
        self._heard_at = time.monotonic()
        self._process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )

    def until(self, holds: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Listen until it holds. AssertionError when it does not in time, or the guest ended before."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert not self._over, f"the guest ended before {what}: {self.told()}"
            assert time.monotonic() < deadline, f"no {what} in {seconds} s: {self.told()}"
            self._listen(0.05)

    @property
    def silent_s(self) -> float:
        """Seconds since its last word."""
        return time.monotonic() - self._heard_at

    def ended(self) -> bool:
        return self._over

    def run_on(self, seconds: float) -> None:
        """It goes on for so long."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not self._over:
            self._listen(left)

    def cut(self) -> None:
        """No power, at this instant. What it had said before is still heard: it had left the machine."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        while not self._over:
            self._listen(10.0)
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def told(self) -> str:
        """The last of its console, for a message."""
        return self.log.decode(errors="replace")[-3000:]

    def _listen(self, seconds: float) -> None:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        if self._over or not select.select([pipe], [], [], max(0.0, seconds))[0]:
            return
        heard = os.read(pipe, 65536)
        self._over, self._heard_at = not heard, time.monotonic()
        self.log += heard
        *whole, self._rest = (self._rest + heard).split(b"\n")
        said = (line.decode(errors="replace").strip() for line in whole)
        self.lines += [line.removeprefix(MARK) for line in said if line.startswith(MARK)]


def _one_processor() -> list[str]:
    """Its kernel and its programs take turns: on one processor that costs a fifth less."""
    return ["taskset", "-c", str(random.choice([*os.sched_getaffinity(0)]))] if shutil.which("taskset") else []


def _start(folder: Path, line: str, told: Mapping[str, Any]) -> str:
    """The first program; the kernel's command line takes neither blanks nor much."""
    environment = {
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/run", "TMPDIR": "/run/tmp", "LANG": "C.UTF-8", "TOP": TOP,
        "PYTHON": sys.executable, "PYTHONPATH": ":".join([str(TOP), *(path for path in sys.path if path)]),
        "PYTHONPYCACHEPREFIX": sys.pycache_prefix or folder / "bytecode", "OPENBLAS_NUM_THREADS": "1",
        "LINE": line, "TOLD": json.dumps(told),
    }  # fmt: skip
    exports = "".join(f"export {name}={shlex.quote(str(value))}\n" for name, value in environment.items())
    return f"#!/bin/sh\n{exports}exec sh {shlex.quote(str(Path(__file__).with_name('init.sh')))}\n"
