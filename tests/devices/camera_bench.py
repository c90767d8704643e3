"""A camera on the bench and the hands that harm it: the twin, and the driver before GStreamer as a third party's camera."""

import os
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from adminduk.clock import ManualClock, SystemClock
from kiosk.hardware.camera import protocol as camera
from kiosk.hardware.camera.driver import GrabbedCamera
from kiosk.hardware.camera.simulated import SimulatedCamera

PAPER = np.full((480, 640, 3), (90, 120, 60), np.uint8)
DEADLINE = 25.0
GSTREAMER = shutil.which("gst-launch-1.0")


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def eventually(holds: Callable[[], bool], *, seconds: float = DEADLINE) -> bool:
    """Whether ``holds`` comes true before the deadline."""
    clock, pause = SystemClock(), threading.Event()
    until = clock.monotonic() + seconds
    while not holds():
        if clock.monotonic() > until:
            return False
        pause.wait(0.03)
    return True


class TwinBench:
    """The twin with a clock that is moved by hand."""

    def __init__(self, _: Path) -> None:
        self.clock, self.standby_s = ManualClock(), camera.STANDBY_S
        self.camera = SimulatedCamera(clock=self.clock)
        self.camera.lay_paper(PAPER)
        self.unplug, self.plug_in = self.camera.unplug, self.camera.plug_in
        self.hang, self.recover = self.camera.hang, self.camera.recover
        self.freeze, self.cover = self.camera.freeze, self.camera.cover_lens

    def sees(self, holds: Callable[[], bool]) -> bool:
        for _ in range(300):
            self.camera.latest()
            if holds():
                return True
            self.clock.advance(0.1)
        return False

    def nobody_looks(self, until: Callable[[], bool]) -> bool:
        """Time passes and only the menu asks how the camera is."""
        for _ in range(300):
            self.camera.state()
            if until():
                return True
            self.clock.advance(0.1)
        return False

    def close(self) -> None:
        self.camera.close()


class DriverBench:
    """The driver, looking through TCP at pictures that GStreamer plays."""

    def __init__(self, folder: Path, *, standby_s: float = camera.STANDBY_S) -> None:
        self.port, self.folder = free_port(), folder
        self.clock, self.standby_s = SystemClock(), standby_s
        for name, draw in ALBUM.items():
            if not (folder / name).exists():  # drawn once for all the tests that share the folder
                self._pictures(name, draw())
        self._player: subprocess.Popen[bytes] | None = None
        self.plug_in()
        self.camera = GrabbedCamera(f"mjpeg://127.0.0.1:{self.port}", clock=self.clock, standby_s=standby_s)

    def _pictures(self, name: str, images: list[np.ndarray]) -> None:
        (self.folder / name).mkdir()
        for number, image in enumerate(images):
            cv2.imwrite(str(self.folder / name / f"f{number:03}.jpg"), image)

    def _play(self, name: str) -> None:
        self.unplug()
        last = len(list((self.folder / name).iterdir())) - 1
        source = f"multifilesrc location={self.folder / name}/f%03d.jpg start-index=0 stop-index={last} loop=true"
        chain = f"{source} caps=image/jpeg,framerate=15/1 ! jpegdec ! identity sync=true ! jpegenc quality=85"
        sink = f"multipartmux boundary=ffmpeg ! tcpserversink host=127.0.0.1 port={self.port} sync=false"
        command = [str(GSTREAMER), "-q", *f"{chain} ! {sink}".split()]
        self._player = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        assert eventually(self._listening)

    def _listening(self) -> bool:
        with socket.socket() as asked:
            return asked.connect_ex(("127.0.0.1", self.port)) == 0

    def plug_in(self) -> None:
        self._play("live")

    def freeze(self) -> None:
        self._play("still")

    def cover(self) -> None:
        self._play("black")

    def unplug(self) -> None:
        if self._player is not None:
            self._player.kill()
            self._player.wait()
            self._player = None

    def hang(self) -> None:
        os.kill(self._player.pid, signal.SIGSTOP)

    def recover(self) -> None:
        os.kill(self._player.pid, signal.SIGCONT)

    def sees(self, holds: Callable[[], bool]) -> bool:
        def looked() -> bool:
            self.camera.latest()
            return holds()

        return eventually(looked)

    def nobody_looks(self, until: Callable[[], bool]) -> bool:
        """Time passes and only the menu asks how the camera is."""

        def asked() -> bool:
            self.camera.state()
            return until()

        return eventually(asked)

    def close(self) -> None:
        self.camera.close()
        self.unplug()


def _noisy(image: np.ndarray, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, 6, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


ALBUM: dict[str, Callable[[], list[np.ndarray]]] = {
    "live": lambda: [_noisy(PAPER, seed) for seed in range(30)],
    "still": lambda: [PAPER],
    "black": lambda: [np.zeros_like(PAPER)],
}
