"""Nothing of a visitor stays in this process's memory: what is freed is overwritten, and what holds on to itself is freed.

Python gives texts back to its own allocator, which leaves them as they were until something else lies there. So the screen's
process runs on the C library's allocator instead, and that one overwrites what it gets back (glibc's malloc.perturb; not
what lies in a thread's own cache, so there is none). WebKit brings an allocator of its own, into this process, too, and is told
in this process all that stands around the cursor (for input methods): it is made to use the C library's (``Malloc``). All are
read when a process begins: `begin_anew` starts it once more where they are missing. Sources: glibc's manual, "Memory Allocation
Tunables"; Python's, PYTHONMALLOC; WebKit's bmalloc/Environment.cpp.
tests/journeys/test_residue_memory.py reads the process's memory after visits and looks for the visitors.
"""

import ctypes
import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence

log = logging.getLogger(__name__)

WIPING: Mapping[str, str] = {
    "PYTHONMALLOC": "malloc",
    "GLIBC_TUNABLES": "glibc.malloc.perturb=170:glibc.malloc.tcache_count=0",
    "Malloc": "1",  # costs nothing that could be measured: nine visits each way, 3.7 s, web process 138 and 140 MB
}


def wiping(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process overwrites what it frees."""
    return all(environment.get(name) == value for name, value in WIPING.items())


def begin_anew(module: str, words: Sequence[str]) -> None:
    """The same process from its beginning, with an allocator that overwrites. Comes back only where it has one already."""
    if not wiping():
        started = [sys.executable, "-m", module, *words]
        os.execve(started[0], started, {**os.environ, **WIPING})  # noqa: S606 - ourselves, and no shell


def settle() -> None:
    """Once everything stands: what is there now is nobody's, and need not be looked through after each visit."""
    gc.collect()
    gc.freeze()


STACK = 256 * 1024  # bytes of a thread's eight megabytes; those that answer pages were seen to use 84 KB
SWEEPS = 3  # after a visit: on a busy machine its last request is still held when the first comes


class Broom:
    """``left()`` is said where a visit ends, in the midst of its last request; `sweep_if_left` comes after it, and comes again:
    what only holds itself, and was let go behind the first sweep, would stay until somebody else needs its place."""

    def __init__(self, *rooms: Callable[[], None]) -> None:
        """``rooms``: what is to let go of its own first."""
        self._due, self._lock, self._rooms = 0, threading.Lock(), rooms

    def left(self) -> None:
        with self._lock:
            self._due = SWEEPS

    def sweep_if_left(self) -> bool:
        """Whether it swept."""
        with self._lock:
            if not self._due:
                return False
            self._due -= 1
        for let_go in self._rooms:
            let_go()
        sweep()
        log.info("memory_swept")
        return True


class _Blank(ctypes.Structure):
    """Zeros, handed over by value: the caller lays them on its stack."""

    _fields_ = (("zeros", ctypes.c_char * STACK),)


def blank_stack() -> None:
    """Overwrite what this thread's stack holds below here, where functions that have returned left their texts. For a thread to
    call when it has done something for a visitor, as near to its beginning as can be (22 µs)."""
    ctypes.CDLL(None).getpid(_Blank())


def sweep() -> None:
    """After a visit: free what only holds itself, and give the pages that are empty now back to the kernel."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
