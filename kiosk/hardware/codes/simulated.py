"""The code reader's twin: the same rules as the real one, and hands to scan with it or to harm it. Thread-safe."""

from threading import RLock

from adminduk.clock import Clock
from kiosk.hardware.codes.inbox import Inbox
from kiosk.hardware.codes.link import Link
from kiosk.hardware.health import Condition, Health

_ABSENT = Health(Condition.ABSENT, "codes.absent")


class SimulatedCodeReader:
    def __init__(self, *, clock: Clock) -> None:
        self._clock, self._lock = clock, RLock()
        self._inbox, self._link = Inbox(clock), Link()
        self._link.opened()
        self._plugged = True
        self._closed = False

    def __repr__(self) -> str:
        return f"<SimulatedCodeReader{' closed' if self._closed else ''}>"

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> Health:
        with self._lock:
            if self._closed:
                return Health(Condition.UNKNOWN, evidence="closed")
            return self._link.trouble(self._clock.monotonic()) or self._inbox.health()

    def next(self) -> str | None:
        with self._lock:
            return self._inbox.take()

    def clear(self) -> None:
        with self._lock:
            self._inbox.clear()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._inbox.clear()

    # --- hands --------------------------------------------------------------------------------------------------------

    def scan(self, text: str) -> None:
        """Hold a code before it. An unplugged one sees nothing."""
        self.send(text.encode() + b"\r")

    def send(self, data: bytes) -> None:
        """Bytes as the cable carries them."""
        with self._lock:
            if self._plugged and not self._closed:
                self._inbox.receive(data)

    def garble(self) -> None:
        """A wrong baud rate."""
        self.send(b"\x80\xfe\x00\xe0\r")

    def unplug(self) -> None:
        with self._lock:
            if self._plugged:
                self._link.lost(_ABSENT, self._clock.monotonic())
            self._plugged = False
            self._inbox.cut()

    def plug_in(self) -> None:
        with self._lock:
            self._plugged = True
            self._link.opened()

    def be_held_by(self, program: str) -> None:
        """Another program opens it first."""
        with self._lock:
            self.unplug()
            self._link.refused(Health(Condition.FAULT, "codes.busy", f"held by {program}"))
