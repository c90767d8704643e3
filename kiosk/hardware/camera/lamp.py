"""A light that burns while a camera is open, for cameras that have none of their own: an LED of the kernel's.

``?light=/sys/class/leds/kamera`` behind the camera's address. The kiosk's user must be allowed to write its ``brightness``.
It goes on before the device is opened and off after the device was let go of, so it may burn too long, never too short.
"""

import logging
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

LEDS = Path("/sys/class/leds")


class Lamp(Protocol):
    """``shine(on=…)`` may be told the same again and again."""

    def shine(self, *, on: bool) -> None: ...


class NoLamp:
    """The camera has a light of its own, or none."""

    def shine(self, *, on: bool) -> None:
        """Nothing burns."""


class LedLamp:
    """An LED by its folder in sysfs. One that cannot be written is told once, and the screen's own sign still stands."""

    def __init__(self, folder: Path) -> None:
        self._file, self._shining, self._failed = folder / "brightness", False, False
        self._write("0")  # a kiosk that was killed left it burning

    def __repr__(self) -> str:
        return f"<LedLamp {self._file.parent.name}>"

    def shine(self, *, on: bool) -> None:
        if on is not self._shining:
            self._shining = on
            self._write("1" if on else "0")

    def _write(self, level: str) -> None:
        try:
            self._file.write_text(level, encoding="ascii")
            self._failed = False
        except OSError as error:
            if not self._failed:
                log.warning("camera_light_failed led=%s errno=%s", self._file.parent.name, error.errno)
            self._failed = True


def lamp(folder: str, *, root: Path = LEDS) -> Lamp:
    """The lamp of a camera's address; empty for none.

    Raises:
        ValueError: a folder that is no LED's.
    """
    if not folder:
        return NoLamp()
    path = Path(folder)
    if path.parent != root or not path.name:
        raise ValueError(f"a camera's light is one of {root}/, not {folder}")
    return LedLamp(path)
