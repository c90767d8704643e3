"""Has something moved? Two small grey pictures, compared."""

import cv2
import numpy as np

from kiosk.imaging.shapes import Image

SIZE = (64, 48)
LEVELS = 12


def thumbnail(image: Image) -> Image:
    """Grey, 48 × 64, uint8: nothing on it can be read."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    return np.asarray(cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def difference(before: Image, after: Image) -> float:
    """The share (0..1) of the picture that changed by more than LEVELS; the change of the light as a whole does not count."""
    change = after.astype(np.float32) - before.astype(np.float32)
    return float((np.abs(change - np.median(change)) > LEVELS).mean())
