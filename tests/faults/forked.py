"""One process that has loaded everything, forked for each fault: strace follows the child and kills it at the N-th call of one
kind, or refuses that call, so that each step is exact, can be repeated, and costs no start of an interpreter.

The zygote and its children speak over one socket of whole messages; what a child has told stands, whatever becomes of it.
"""

import ctypes
import gc
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TOP = Path(__file__).parents[2]
STEPS = ("write", "pwrite64", "ftruncate", "fsync", "fdatasync", "rename", "unlink", "mkdir", "rmdir")
WIRE = ("sendto", "recvfrom")
_PATIENCE_S = 120.0
_LARGEST = 1 << 16
_PR_SET_PTRACER, _ANY = 0x59616D61, ctypes.c_ulong(-1)  # prctl(2): who is no ancestor may follow, too
_CALL = re.compile(r"^\d+ +(?:\d+\.\d+ )?(\w+)\((.*)$")

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Fault:
    """At the ``number``-th call named ``call``. ``what`` in strace's words: ``signal=KILL``, ``error=ENOSPC``; ``on``: and
    at each one after it."""

    call: str
    number: int
    what: str = "signal=KILL"
    on: bool = False

    def __str__(self) -> str:
        return f"{self.call} {self.number}{' and on' if self.on else ''}: {self.what}"


@dataclass(frozen=True, slots=True)
class Step:
    """One call that a child made: ``number`` counts those of the same name; ``words`` are strace's."""

    call: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Ending:
    """What a child told, and how it ended: ``status`` of waitpid."""

    told: tuple[str, ...]
    status: int
    steps: tuple[Step, ...] = ()

    @property
    def killed(self) -> bool:
        return self.status == 9

    @property
    def whole(self) -> bool:
        return self.status == 0

    def of(self, word: str) -> list[str]:
        """What was told as ``<word> <rest>``."""
        return [told.partition(" ")[2] for told in self.told if told.partition(" ")[0] == word]


class Zygote:
    """``stories``: a module whose functions are told as ``function(tell, **given)``; its ``prepare`` runs once, before."""

    def __init__(self, stories: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_PATIENCE_S)
        words = [sys.executable, "-m", "tests.faults.forked", stories, str(theirs.fileno())]
        self._socket = ours
        self._process = subprocess.Popen(words, cwd=TOP, pass_fds=[theirs.fileno()])
        theirs.close()
        assert self._hear() == {"ready": True}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._process.wait(30)

    def run(self, story: str, *, fault: Fault | None = None, watch: Sequence[str] = (), **given: Any) -> Ending:
        """``watch``: names of calls that the ending is to list."""
        self._say({"story": story, "given": given, "followed": bool(fault or watch)})
        child = self._hear()["pid"]
        if not (fault or watch):
            return self._ending()
        with tempfile.NamedTemporaryFile("r", prefix="strace-") as trace:
            with _followed(child, fault, watch, trace.name):
                self._say({"go": True})
                ending = self._ending()
            return Ending(ending.told, ending.status, tuple(_steps(trace.read().splitlines())))

    def _ending(self) -> Ending:
        told = []
        while "ended" not in (heard := self._hear()):
            told.append(str(heard["told"]))
        return Ending(tuple(told), int(heard["ended"]))

    def _say(self, message: dict[str, Any]) -> None:
        self._socket.send(json.dumps(message).encode())

    def _hear(self) -> dict[str, Any]:
        message = self._socket.recv(_LARGEST)
        assert message, "the zygote died"
        heard: dict[str, Any] = json.loads(message)
        return heard


@contextmanager
def _followed(pid: int, fault: Fault | None, watch: Sequence[str], trace: str) -> Iterator[None]:
    """From the moment it is attached."""
    names = ",".join((fault.call,) if fault else watch)
    words = ["strace", "-f", "-y", "-s", "40", "-o", trace, "-p", str(pid), "-e", f"trace={names}", "-e", "signal=none"]
    if fault:
        words += ["-e", f"inject={fault.call}:{fault.what}:when={fault.number}{'+' if fault.on else ''}"]
    with subprocess.Popen(words, stderr=subprocess.PIPE) as strace:
        assert strace.stderr
        first = strace.stderr.readline()
        assert b"attached" in first, first + strace.communicate(timeout=30)[1]
        yield
        strace.communicate(timeout=30)


def _steps(lines: Sequence[str]) -> Iterator[Step]:
    counted = Counter[str]()
    for line in lines:
        if (found := _CALL.match(line)) is not None:
            counted[found[1]] += 1
            yield Step(found[1], counted[found[1]], found[2])


# --- in the zygote --------------------------------------------------------------------------------------------------------


def _serve(stories: str, link: socket.socket) -> None:
    import importlib

    module = importlib.import_module(stories)
    module.prepare()
    gc.collect()
    gc.freeze()  # or each child copies every page of it to count it
    _answer(link, {"ready": True})
    while message := link.recv(_LARGEST):
        job = json.loads(message)
        pid = os.fork()
        if pid == 0:
            _child(module, job, link)
        _, status = os.waitpid(pid, 0)
        _answer(link, {"ended": status})


def _child(module: Any, job: dict[str, Any], link: socket.socket) -> None:
    """Never comes back."""
    code = 1
    try:
        ctypes.CDLL(None).prctl(_PR_SET_PTRACER, _ANY, 0, 0, 0)
        _answer(link, {"pid": os.getpid()})
        if job["followed"]:
            link.recvmsg(_LARGEST)  # by no call that a fault is made of
        getattr(module, job["story"])(lambda word: link.send(json.dumps({"told": word}).encode()), **job["given"])
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the test is to see it
        import traceback

        _answer(link, {"told": f"broke {traceback.format_exc()[-3000:]}"})
    finally:
        os._exit(code)  # as a kill: nothing is closed, nothing is put in order


def _answer(link: socket.socket, message: dict[str, Any]) -> None:
    """By sendmsg, which no fault is made of."""
    link.sendmsg([json.dumps(message).encode()])


if __name__ == "__main__":
    _serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])))
