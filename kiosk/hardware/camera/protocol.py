"""The document camera as the rest of the kiosk sees it."""

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


class Camera(Protocol):
    """At most four members. ``latest`` wakes a resting camera; ``rest`` lets go of the device between visits."""

    def state(self) -> Health: ...

    def latest(self) -> Frame | None: ...

    def rest(self) -> None: ...

    def close(self) -> None: ...
