"""A program that may be killed: its pipes are read into memory, and it ends by a deadline, whatever it is doing.

Measured: unplugged in the middle of a scan, scanimage span at 100 % CPU for ever, and the first SIGTERM only asked its
backend to cancel. So SIGTERM (the carriage goes home, if it can), a moment, and SIGKILL to the whole process group.
"""

import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adminduk.clock import Clock

TICK_S = 0.1
CHUNK = 1 << 20
_TAIL = 4000  # bytes of standard error that are kept
# The kernel kills it when the thread that started it dies: nobody is left behind who holds the scanner.
_LEASH = ("setpriv", "--pdeathsig", "KILL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds: of the whole run, without one more byte, and between the two signals. ``most_bytes``: of all pipes."""

    deadline_s: float
    silence_s: float
    grace_s: float = 2.0
    most_bytes: int = 256 << 20


class Cut(StrEnum):
    """Why it did not end by itself."""

    HUNG = "hung"
    FLOOD = "flood"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """``status``: its exit status, meaningless after a ``cut`` (scanimage leaves with 0 when killed politely)."""

    status: int
    cut: Cut | None
    printed: bytes
    said: str
    poured: tuple[bytes, ...]


def run(
    words: Sequence[str], *, limits: Limits, clock: Clock, environment: Mapping[str, str], folder: Path,
    inlets: Sequence[int], stopped: Callable[[], bool],
) -> Ended:  # fmt: skip
    """Run a program in ``folder`` and gather what it prints and what it pours into ``inlets``.

    Raises:
        OSError: setpriv (util-linux) is missing. A missing program is exit status 127.
    """
    child = subprocess.Popen(
        [*_LEASH, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=dict(environment), cwd=folder, process_group=0,
    )  # fmt: skip
    with ExitStack() as opened:
        opened.callback(_not_left_behind, child)
        out, err = (opened.enter_context(stream).fileno() for stream in (child.stdout, child.stderr) if stream)
        tap = opened.enter_context(_Tap(child.pid, (out, err, *inlets)))
        cut = _follow(tap, limits, clock, stopped)
        _end(child.pid, tap, clock, limits.grace_s if cut else 0.0)
        with suppress(subprocess.TimeoutExpired):  # stuck in the kernel: it dies when the driver lets go
            child.wait(timeout=1.0)
        said = bytes(tap.got[err][-_TAIL:]).decode(errors="replace")
        poured = tuple(bytes(tap.got[inlet]) for inlet in inlets)
        status = child.returncode if child.returncode is not None else -int(signal.SIGKILL)
        return Ended(status=status, cut=cut, printed=bytes(tap.got[out]), said=said, poured=poured)


class _Tap:
    """Reads several pipes at once and notices the child's end. ``got``: what came, by descriptor."""

    def __init__(self, pid: int, descriptors: Sequence[int]) -> None:
        self.got = {descriptor: bytearray() for descriptor in descriptors}
        self.ended = False
        self._pid = os.pidfd_open(pid)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pid, selectors.EVENT_READ)
        for descriptor in descriptors:
            os.set_blocking(descriptor, False)
            self._selector.register(descriptor, selectors.EVENT_READ)

    def __enter__(self) -> "_Tap":
        return self

    def __exit__(self, *_: object) -> None:
        self._selector.close()
        os.close(self._pid)

    def turn(self, seconds: float) -> int:
        """Wait at most so long and take what is there. How many bytes came."""
        return sum(self._take(key.fd) for key, _ in self._selector.select(seconds))

    def drain(self) -> None:
        """Take what the pipes still hold."""
        while self.turn(0.0):
            pass

    def _take(self, descriptor: int) -> int:
        if descriptor == self._pid:
            self.ended = True
            self._selector.unregister(descriptor)
            return 0
        chunk = os.read(descriptor, CHUNK)
        if not chunk:
            self._selector.unregister(descriptor)
        self.got[descriptor] += chunk
        return len(chunk)


def _follow(tap: _Tap, limits: Limits, clock: Clock, stopped: Callable[[], bool]) -> Cut | None:
    """Until it ends by itself (None) or must be ended."""
    began = heard = clock.monotonic()
    size = 0
    while not tap.ended:
        came, now = tap.turn(TICK_S), clock.monotonic()
        size, heard = size + came, now if came else heard
        if stopped():
            return Cut.STOPPED
        if now - began > limits.deadline_s or now - heard > limits.silence_s:
            return Cut.HUNG
        if size > limits.most_bytes:
            return Cut.FLOOD
    tap.drain()
    return None


def _end(pid: int, tap: _Tap, clock: Clock, grace_s: float) -> None:
    """Ask, wait, kill. The last goes to the group even when the child has ended: backends start helpers."""
    _signal(pid, signal.SIGTERM)
    until = clock.monotonic() + grace_s
    while not tap.ended and clock.monotonic() < until:
        tap.turn(TICK_S)
    _signal(pid, signal.SIGKILL)


def _not_left_behind(child: subprocess.Popen[bytes]) -> None:
    """Whatever was raised here meanwhile."""
    if child.returncode is None:
        _signal(child.pid, signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # all of them have ended
        os.killpg(group, number)
