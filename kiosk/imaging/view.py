"""A flattened page at the one size at which it is judged: the same for every camera, and the same for a card as for a sheet,
so that a limit in pixels is a limit in millimetres of paper."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.flatten import Shape
from kiosk.imaging.shapes import Image, usable

Mask = NDArray[np.uint8]  # mostly 0 or 1

LONG_PX = 1400  # of a sheet: 4.7 px/mm
SIDES_PX = {"a4": LONG_PX, "card": 560, "photo": 1200}  # a card: 6.5 px/mm, its print is smaller
SIDES_MM = {"a4": 297.0, "card": 85.6, "photo": 254.0}
CELL = 4  # pixels of `grey` in a pixel of `small`
LEAST_CELLS = 8
NEAR_PX = 15
RULE_PX = 71  # a straight line so long is a rule and no letter
INK = 0.2  # darker than its surroundings by this share of the paper's level: written
WHITE = 250  # value at and above which a pixel holds no detail
COLOURED = 40  # levels between the channels from which on it is coloured and not white


@dataclass(frozen=True, slots=True)
class View:
    """``grey``: (4h, 4w) uint8; ``small``: (h, w, 3) uint8, BGR; both without the outermost rim. ``light``: the paper's
    level, 0..255; ``mm``: pixels of ``small`` in a millimetre."""

    grey: Image
    small: Image
    light: float
    mm: float

    @classmethod
    def of(cls, flat: Image, shape: Shape = "a4") -> "View":
        """Of a flattened page, BGR, at least 32 px a side.

        Raises:
            ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
        """
        scale = min(1.0, SIDES_PX[shape] / max(usable(flat).shape[:2]))
        width, height = (max(LEAST_CELLS, round(side * scale / CELL)) for side in flat.shape[1::-1])
        grey = _resized(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), (width * CELL, height * CELL))
        half = _resized(flat, (width * 2, height * 2))  # averaging all the way down takes ten times as long
        small = np.asarray(cv2.resize(half, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        rim = max(1, min(max(width, height) // 100, min(width, height) // LEAST_CELLS))
        inner = np.ascontiguousarray(small[rim:-rim, rim:-rim])
        light = float(np.percentile(cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY), 75))
        return cls(
            np.ascontiguousarray(grey[rim * CELL : -rim * CELL, rim * CELL : -rim * CELL]),
            inner,
            light,
            max(width, height) / SIDES_MM[shape],
        )

    def cells(self, millimetres: float) -> int:
        return max(1, round(millimetres * self.mm))


def letters(view: View) -> Mask:
    """How much of each pixel of ``small`` is covered by print, 0 to 255: what is thin and dark. Not the edge of a hand or of a
    shadow, and not the rules of a table."""
    soft = cv2.GaussianBlur(view.grey, (3, 3), 0)
    thin = cv2.morphologyEx(soft, cv2.MORPH_BLACKHAT, np.ones((NEAR_PX, NEAR_PX), np.uint8))
    ink = cv2.threshold(thin, INK * max(view.light, 1.0), 255, cv2.THRESH_BINARY)[1]
    lying, standing = (
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size, np.uint8)) for size in ((1, RULE_PX), (RULE_PX, 1))
    )
    printed = cv2.subtract(ink, cv2.dilate(cv2.max(lying, standing), np.ones((5, 5), np.uint8)))
    return _mask(cv2.resize(printed, view.small.shape[1::-1], interpolation=cv2.INTER_AREA))


def blank(view: View) -> Mask:
    """Where the light left no detail: white and not coloured, without single specks. As large as ``small``."""
    blue, green, red = cv2.split(view.small)
    most, least = cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red)
    white = (most >= WHITE) & (cv2.subtract(most, least) < COLOURED)
    return _mask(cv2.morphologyEx(_mask(white), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))


def brightness(view: View) -> Mask:
    """The brightest channel, 0..255, as large as ``small``."""
    blue, green, red = cv2.split(view.small)
    return _mask(cv2.max(cv2.max(blue, green), red))


def _mask(places: NDArray[Any]) -> Mask:
    return np.asarray(places, np.uint8)


def _resized(image: NDArray[Any], size: tuple[int, int]) -> Image:
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
