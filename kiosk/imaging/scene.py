"""The picture as the search for a sheet sees it: small, smoothed, its shades and its slopes computed once."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.shapes import Image

WORK_PX = 480
EDGE = (24, 60)  # Canny's thresholds
ASIDE_PX = 5.0  # how far to each side of an edge its two surfaces are asked
STEP_LEVELS = 7.0  # surfaces that differ by so many levels count half

Slopes = tuple[NDArray[np.int16], NDArray[np.int16]]


@dataclass(frozen=True, slots=True)
class Scene:
    """``shades``: lightness, two of colour, saturation, (height, width, 4) uint8; ``slopes``: of blue, green and red, across
    and down, (height, width, 3); ``steepest``: the largest of them within a pixel, (height, width)."""

    shades: Image
    slopes: Slopes
    steepest: NDArray[np.int16]

    @classmethod
    def of(cls, image: Image) -> "Scene":
        """From a BGR picture of any size."""
        soft = cv2.medianBlur(_shrunk(image), 5)
        saturation = cv2.cvtColor(soft, cv2.COLOR_BGR2HSV)[..., 1]
        shades = cv2.merge([*cv2.split(cv2.cvtColor(soft, cv2.COLOR_BGR2YCrCb)), saturation])
        across, down = (np.asarray(cv2.Sobel(soft, cv2.CV_16S, *way), np.int16) for way in ((1, 0), (0, 1)))
        blue, green, red = cv2.split(np.maximum(np.abs(across), np.abs(down)))
        near = cv2.dilate(cv2.max(cv2.max(blue, green), red), np.ones((3, 3), np.uint8))
        smooth = np.asarray(cv2.GaussianBlur(shades, (3, 3), 0), np.uint8)
        return cls(smooth, (across, down), np.asarray(near, np.int16))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in working pixels."""
        return self.shades.shape[1], self.shades.shape[0]

    @property
    def pixels(self) -> int:
        width, height = self.size
        return width * height

    def edges(self) -> Image:
        """Canny's edges, by the colour that is steepest at each place: on one channel it takes a quarter of the time."""
        across, down = ([*cv2.split(slope)] for slope in self.slopes)
        steep = [np.maximum(np.abs(here), np.abs(there)) for here, there in zip(across, down, strict=True)]
        for other in (1, 2):
            steeper = cv2.compare(steep[other], steep[0], cv2.CMP_GT)
            for layers in (across, down, steep):
                cv2.copyTo(layers[other], steeper, layers[0])
        return np.asarray(cv2.Canny(across[0], down[0], *EDGE), np.uint8)


def _shrunk(image: Image) -> Image:
    """Long side WORK_PX at most. Whole-number averaging first (fast, no aliasing), then the rest of the way."""
    height, width = image.shape[:2]
    scale = min(1.0, WORK_PX / max(height, width))
    whole = max(1, int(1 / scale))
    averaged = cv2.resize(image, (width // whole, height // whole), interpolation=cv2.INTER_AREA)
    target = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(averaged, target, interpolation=cv2.INTER_LINEAR), np.uint8)


def values(layer: NDArray[Any], points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Of a layer (height, width, …) at points (…, 2), the nearest pixels; outside it those of its border."""
    height, width = layer.shape[:2]
    across, down = (np.rint(points[..., axis]).astype(np.intp) for axis in (0, 1))
    return np.asarray(layer[down.clip(0, height - 1), across.clip(0, width - 1)], np.float32)
