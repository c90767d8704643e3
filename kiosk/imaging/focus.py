"""Is the writing sharp, and if not: did the paper move, or was the lens out of focus?

A lens blurs every edge alike. A movement smears the edges that it crosses and leaves those that it runs along: so edges
are asked in four directions.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.shapes import Image
from kiosk.imaging.view import INK, NEAR_PX, Mask

LEAST_WRITTEN = 0.002  # share of the page; with less, this direction cannot be asked
LEAST_PRINTED = 0.0005  # the same where it is known to be letters
SOFT = 1.0  # sigma, px: takes the noise, and is part of every edge's width
FAINTLY = 0.1  # contrast asked when the kind of blur is asked: what is smeared is pale
TEXT = (
    1.16  # letters have more upright strokes than lying ones: they are so much steeper across (measured: 1.1 to 1.27)
)
EVERY = 3
ONE_WAY = 0.19  # a movement leaves edges at least so steep; a lens that far out of focus leaves none
MIDDLE = 0.5  # the share of the page, in the middle, on which slanting edges are asked


def sharpness(grey: NDArray[Any], light: float, *, print_: Mask | None = None) -> float:
    """How steep the edges of the writing are against their contrast, per px, 0 (nothing written) to 0.4.

    An edge blurred by sigma has 1 / sqrt(2 pi (1 + sigma^2)), whatever the ink, the light and the size of the letters.
    Asked across and down, and the softer way counts: a moved page is sharp one way. ``print_``: where letters are, of any
    size, see `view.letters`; without it rules are asked too, and a table seems sharper than its letters are.
    """
    soft, least = _soft(grey), INK * max(light, 1.0)
    if print_ is not None:  # letters that have no contrast one way were smeared that way
        asked = _grown(print_, soft)
        return min(_steepness(way(soft), way(asked), least, LEAST_PRINTED) or 0.0 for way in (_across, _down))
    ways = [_steepness(way(soft), _everywhere(way(soft)), least) for way in (_across, _down)]
    return min((way for way in ways if way is not None), default=0.0)


def unevenness(grey: NDArray[Any], light: float, *, print_: Mask | None = None) -> float:
    """How much steeper the edges are one way than the other, as a ratio: 1 out of focus, 1.3 and more when it moved.

    1 too when there is too little to ask, and when no way is sharp: a movement leaves one.
    """
    soft, least = _soft(grey), FAINTLY * max(light, 1.0)
    found = print_ is not None and float((print_ > 0).mean()) > LEAST_WRITTEN
    asked = _grown(print_, soft) if print_ is not None and found else _everywhere(soft)
    slanted, there = _slanted(soft, light), _slanted(asked, 0)
    across, down = (_steepness(way(soft), way(asked), least) for way in (_across, _down))
    rising, falling = (_steepness(way(slanted), way(there), least) for way in (_across, _down))
    if across is None or down is None or rising is None or falling is None or max(across, down) < ONE_WAY:
        return 1.0
    return float(np.exp(np.hypot(np.log(TEXT * down / across), np.log(rising / falling))))


def _soft(grey: NDArray[Any]) -> Image:
    whole = grey if grey.dtype == np.uint8 else np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(whole, (0, 0), SOFT), np.uint8)


def _everywhere(soft: Image) -> Mask:
    return np.ones(soft.shape, np.uint8)


def _grown(print_: Mask, soft: Image) -> Mask:
    return np.asarray(cv2.resize(print_, soft.shape[::-1], interpolation=cv2.INTER_NEAREST), np.uint8)


def _across(soft: Image) -> Image:
    """Every third row: each is asked by itself."""
    return np.ascontiguousarray(soft[::EVERY])


def _down(soft: Image) -> Image:
    return np.ascontiguousarray(soft[:, ::EVERY].T)


def _slanted(soft: Image, outside: float) -> Image:
    """The middle of the page, turned by 45 degrees."""
    height, width = soft.shape
    side = round(max(height, width) * MIDDLE)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 45, 1.0)
    turn[:, 2] += side / 2 - np.array([width / 2, height / 2])
    return np.asarray(cv2.warpAffine(soft, turn, (side, side), borderValue=outside), np.uint8)


def _steepness(rows: Image, asked: Mask, least: float, share: float = LEAST_WRITTEN) -> float | None:
    """The middle, over places that are asked and have a contrast of ``least`` along the row, of steepest slope / contrast."""
    near = np.ones((1, NEAR_PX), np.uint8)
    contrast = cv2.subtract(cv2.dilate(rows, near), cv2.erode(rows, near))
    written = (contrast > least) & (asked > 0)
    if written.mean() < share:
        return None
    twice = cv2.convertScaleAbs(cv2.Sobel(rows, cv2.CV_16S, 1, 0, ksize=1))
    steepest = cv2.dilate(twice, near)
    return float(np.median(steepest[written] / contrast[written].astype(np.float32))) / 2
