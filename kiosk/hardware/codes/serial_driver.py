"""A real code reader through pyserial, read by a thread of its own so that nobody ever waits for a scan.

The device is opened exclusively (flock): two openers each get half of the bytes. A scanner that is switched off behind an
adapter that is not cannot be told from one that nobody uses.
"""

import errno
import logging
import select
import termios
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, RLock, Thread
from typing import Protocol

from adminduk.clock import Clock
from kiosk.hardware.codes.inbox import Inbox
from kiosk.hardware.codes.link import Link
from kiosk.hardware.health import Condition, Health
from kiosk.hardware.holders import named

log = logging.getLogger(__name__)

BAUD = 9600
LOOK_S = 0.1  # how soon a closing is noticed
CHUNK, CHUNKS = 4096, 16  # together what the kernel keeps of a line that nobody reads
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 10.0
CLOSING_S = 2.0
_HELD = (errno.EBUSY, errno.EAGAIN)  # TIOCEXCL of another, flock of another
# termios.error is no OSError, and pyserial lets it through while it opens
TROUBLES = (OSError, termios.error)


class Port(Protocol):
    """What is used of ``serial.Serial``; ``read`` returns what is there."""

    def fileno(self) -> int: ...

    def read(self, size: int) -> bytes: ...

    def close(self) -> None: ...


def open_port(path: str, baud: int) -> Port:
    """Raises one of TROUBLES."""
    import serial

    return serial.Serial(path, baudrate=baud, timeout=0, exclusive=True)


def pause_after(failures: int) -> float:
    """Seconds until the next try; there is no last one."""
    return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(failures - 1, 10)))


class SerialCodeReader:
    """``path`` is a name that udev keeps. It listens from the first look on. ``wait`` rests between two tries to open."""

    def __init__(
        self, path: str, *, baud: int = BAUD, clock: Clock, wait: Callable[[float], object] | None = None
    ) -> None:
        self._path, self._baud, self._clock = path, baud, clock
        self._inbox, self._link = Inbox(clock), Link()
        self._lock, self._stop = RLock(), Event()
        self._wait = wait or self._stop.wait
        self._port: Port | None = None
        self._thread: Thread | None = None
        self._last: Health | None = None

    def __repr__(self) -> str:
        return f"<SerialCodeReader {self._path}{' closed' if self._stop.is_set() else ''}>"

    def state(self) -> Health:
        with self._lock:
            self._listen()
            return self._noted(self._seen())

    def next(self) -> str | None:
        with self._lock:
            self._listen()
            return self._inbox.take()

    def clear(self) -> None:
        with self._lock:
            self._listen()
            try:
                self._receive()
            except TROUBLES:
                self._inbox.cut()  # the thread meets the same error and says so
            self._inbox.clear()

    def close(self) -> None:
        """Let go of the device for good. Safe to repeat."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(CLOSING_S)
        with self._lock:
            self._inbox.clear()

    def _seen(self) -> Health:
        if self._stop.is_set():
            return Health(Condition.UNKNOWN, evidence="closed")
        return self._link.trouble(self._clock.monotonic()) or self._inbox.health()

    def _noted(self, health: Health) -> Health:
        """Log edges only; the evidence never holds what was read."""
        if health != self._last:
            log.info("codes_state condition=%s code=%s evidence=%s", health.condition, health.code, health.evidence)
        self._last = health
        return health

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        """Also when an error of ours has ended the thread: the trace is in the log, the next villager can scan."""
        if not self._stop.is_set() and (self._thread is None or not self._thread.is_alive()):
            self._thread = Thread(target=self._run, name="codes", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            failures = 0 if self._attend() else failures + 1
            if not self._stop.is_set():
                self._wait(pause_after(max(failures, 1)))

    def _attend(self) -> bool:
        """Open and read until the device is gone. Whether it could be opened."""
        try:
            port = open_port(self._path, self._baud)
        except TROUBLES as error:
            trouble = self._why(error)
            with self._lock:
                self._link.refused(trouble)
            return False
        with self._lock:
            self._port = port
            self._link.opened()
        try:
            self._read(port)
        finally:
            self._leave(port)
        return True

    def _read(self, port: Port) -> None:
        try:
            while not self._stop.is_set():
                if select.select([port], [], [], LOOK_S)[0]:
                    with self._lock:
                        self._receive()
        except TROUBLES as error:
            with self._lock:
                self._link.lost(self._why(error), self._clock.monotonic())

    def _receive(self) -> None:
        """What has come in. Under the lock, so that nothing read before a ``clear`` arrives after it; with an end, so that
        one that never stops talking does not hold up the screen."""
        for _ in range(CHUNKS):
            data = self._port.read(CHUNK) if self._port is not None else b""
            if not data:
                return
            self._inbox.receive(data)

    def _leave(self, port: Port) -> None:
        with self._lock:
            self._port = None
            self._inbox.cut()
            with suppress(OSError):  # pulled: it is closed all the same
                port.close()

    def _why(self, error: BaseException) -> Health:
        number = errno_of(error)
        if number in _HELD:
            return Health(Condition.FAULT, "codes.busy", named(Path(self._path)))
        return Health(Condition.ABSENT, "codes.absent", errno.errorcode.get(number, type(error).__name__))


def errno_of(error: BaseException) -> int:
    """pyserial hides some numbers in its words; the error that it caught has them still. 0 when nobody has."""
    for one in (error, error.__context__):
        if one is not None and one.args and isinstance(one.args[0], int):
            return one.args[0]
    return 0
