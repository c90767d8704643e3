"""The camera as a process that may be killed. No thread here: every look tends the grabber a little."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from threading import Lock

from adminduk.clock import Clock
from kiosk.hardware.camera.grabber import pause_after
from kiosk.hardware.camera.lamp import Lamp, NoLamp
from kiosk.hardware.camera.mailbox import Header, Mailbox, fresh
from kiosk.hardware.camera.protocol import STANDBY_S, Frame
from kiosk.hardware.camera.sources import ENVIRONMENT, opener, present
from kiosk.hardware.camera.watch import HUNG_AFTER, Status, health
from kiosk.hardware.health import READY, Condition, Health

KILL_AFTER = 6.0  # seconds without a beat; the longest lawful call, opening, takes 3
START_FOR = 10.0  # seconds that a grabber may take to load OpenCV on a small PC
TRIES = 4  # readings of a mailbox that is just being written
FAULTY = (Condition.ABSENT, Condition.FAULT)
NO_LAMP = NoLamp()
ROOT = Path(__file__).parents[3]


class GrabbedCamera:
    """A camera by URL, grabbed in a child process. See `kiosk.hardware.camera.sources` for the forms."""

    def __init__(
        self, url: str, *, clock: Clock, standby_s: float = STANDBY_S, lamp: Lamp = NO_LAMP
    ) -> None:  # fmt: skip
        opener(url)  # complain now, not in the child
        self.url = url
        self._clock, self._lock, self._lamp = clock, Lock(), lamp
        self._standby_s, self._looked_at = standby_s, clock.monotonic()
        self._child: subprocess.Popen[bytes] | None = None
        self._mailbox: Mailbox | None = None
        self._last = fresh(clock.monotonic())
        self._deaths, self._retry_at, self._started_at, self._started_number = 0, 0.0, 0.0, 0
        self._closed = False

    def __repr__(self) -> str:
        return f"<GrabbedCamera {self.url}{' closed' if self._closed else ''}>"

    @property
    def pid(self) -> int | None:
        """The grabber's process id while it runs: for the technician."""
        return self._child.pid if self._child is not None else None

    @property
    def live(self) -> bool:
        """Whether the device is open, or may be: the grabber runs."""
        return self._child is not None

    def state(self) -> Health:
        """What is known now; never blocks on the device. Who only asks does not keep a camera awake that nobody needs."""
        with self._lock:
            if self._mailbox is None:
                return self._resting()
            self._tend()
            said = health(self._last.sighting, self._clock.monotonic())
            if said.condition in FAULTY or self._clock.monotonic() - self._looked_at <= self._standby_s:
                return said  # a fault stays told, and is worked on, until the visit ends
            self._let_go()
            return self._resting()

    def latest(self) -> Frame | None:
        """The newest frame, or None while there is none younger than 2 s. Wakes a resting camera."""
        with self._lock:
            if self._closed:
                return None
            self._looked_at = self._clock.monotonic()
            self._tend()
            return self._picture()

    def rest(self) -> None:
        """Let go of the device and erase the last frame."""
        with self._lock:
            self._let_go()

    def close(self) -> None:
        """Rest for good. Safe to repeat."""
        self.rest()
        self._closed = True

    def _let_go(self) -> None:
        self._stop()
        if self._mailbox is not None:
            self._mailbox.close()
        self._mailbox, self._deaths, self._retry_at = None, 0, 0.0

    def _resting(self) -> Health:
        match present(self.url):
            case True:
                return READY
            case False:
                return Health(Condition.ABSENT, "camera.absent")
            case None:
                return Health(Condition.UNKNOWN, evidence="resting")

    def _picture(self) -> Frame | None:
        for _ in range(TRIES):
            old = self._clock.monotonic() - self._last.frame_at > HUNG_AFTER
            if self._mailbox is None or self._last.status != Status.STREAMING or old:
                return None
            frame = self._mailbox.frame(self._last)
            if frame is not None:
                return frame
            self._look(self._mailbox)
        return None

    def _tend(self) -> None:
        """Look; bury a dead or silent grabber; start one when it is time."""
        now = self._clock.monotonic()
        if self._mailbox is None:
            self._mailbox, self._last = Mailbox.make(), fresh(now, number=self._last.number)
        if self._child is None:
            if now >= self._retry_at:
                self._start(self._mailbox, now)
            return
        self._look(self._mailbox)
        if self._child.poll() is not None:
            self._bury(now, Status.ABSENT if self._last.status in (Status.OPENING, Status.ABSENT) else Status.LOST)
        elif self._silent(now):
            self._bury(now, Status.HUNG)
        elif self._last.number > self._started_number:
            self._deaths = 0

    def _bury(self, now: float, status: Status) -> None:
        self._stop()
        self._deaths += 1
        self._retry_at = now + pause_after(self._deaths)
        self._last = replace(self._last, status=status)

    def _silent(self, now: float) -> bool:
        begun = self._last.beat_at > self._started_at
        return now - max(self._last.beat_at, self._started_at) > (KILL_AFTER if begun else START_FOR)

    def _look(self, mailbox: Mailbox) -> None:
        readings = (mailbox.header() for _ in range(TRIES))
        newest: Header | None = next((header for header in readings if header is not None), None)
        if newest is not None and newest.beat_at >= self._started_at:
            self._last = newest

    def _start(self, mailbox: Mailbox, now: float) -> None:
        self._started_at, self._started_number = now, self._last.number
        self._lamp.shine(on=True)
        command = [sys.executable, "-m", "kiosk.hardware.camera.grabber", self.url]
        self._child = subprocess.Popen(
            [*command, str(mailbox.descriptor), str(self._last.number), str(int(self._last.status))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            pass_fds=(mailbox.descriptor,),
            cwd=ROOT,
            env={**os.environ, **ENVIRONMENT},
        )

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            # Stuck in the kernel: it dies when the driver lets go. subprocess reaps it at a later start.
            return  # and the device may still be open: the lamp burns on
        self._lamp.shine(on=False)
