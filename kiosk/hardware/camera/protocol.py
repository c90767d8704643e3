"""A camera as the rest of the kiosk sees it: the one over the papers, and the one before the face."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.hardware.health import Health

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture: BGR, shape (height, width, 3), uint8. ``at`` is monotonic seconds, ``number`` rises by one."""

    image: Image
    at: float
    number: int


STANDBY_S = 10.0  # seconds after the last look until a camera lets go of its device by itself


class Camera(Protocol):
    """Four verbs. ``latest`` wakes a resting camera; ``rest`` lets go of the device between visits; a camera at which nobody
    looks for STANDBY_S does so by itself. ``live``: whether the device is open, for the light that says so."""

    @property
    def live(self) -> bool: ...

    def state(self) -> Health: ...

    def latest(self) -> Frame | None: ...

    def rest(self) -> None: ...

    def close(self) -> None: ...
