"""Has something moved? Two small grey pictures, compared."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.shapes import Corners, Image

SIZE = (64, 48)
LEVELS = 12
GAINS = (0.75, 1.33)  # of a lamp that flickers, a camera that sets its exposure; more is no light but another picture


def thumbnail(image: Image) -> Image:
    """Grey, 48 × 64, uint8: nothing on it can be read."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    return np.asarray(cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def difference(before: Image, after: Image) -> float:
    """The share (0..1) of the picture that changed by more than LEVELS; the change of the light as a whole does not count."""
    old, new = (picture.astype(np.float32).ravel() for picture in (before, after))
    change = new - old - np.median(new - old)
    for _ in range(2):
        change = new - _relit(old, new, np.abs(change) <= 2 * LEVELS)
    return float((np.abs(change) > LEVELS).mean())


def _relit(old: NDArray[np.float32], new: NDArray[np.float32], like: NDArray[np.bool_]) -> NDArray[np.float32]:
    """``old`` in the light of ``new``, by those places that are ``like``: brighter or darker, and lifted as by haze."""
    known, seen = (old[like], new[like]) if like.any() else (old, new)
    apart = known - known.mean()
    spread = float(apart @ apart)
    gain = float(np.clip(apart @ (seen - seen.mean()) / spread, *GAINS)) if spread > known.size else 1.0
    return np.asarray(old * np.float32(gain) + np.median(seen - gain * known), np.float32)


def replaced(before: Image, after: Image, corners: Corners) -> float:
    """The share (0..1) of the place within ``corners``, (4, 2) in shares of the picture, that shows something else.

    The light counts here: where a sheet was that fills the picture, its desk is but a darker picture.
    """
    place = np.zeros(before.shape, np.uint8)
    cv2.fillConvexPoly(place, np.rint(corners * np.array(SIZE) - 0.5).astype(np.int32), 1)
    change = cv2.absdiff(before, after)[place > 0]
    return float((change > LEVELS).mean()) if change.size else 0.0
