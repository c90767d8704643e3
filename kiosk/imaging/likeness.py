"""Is it the same page as before? The sheet alone, flat and small, is compared block by block.

The light, a shadow, a slide on the desk change nothing in how the ink of a block varies; another name in the same form
does. Measured on synthetic papers: the same page laid anew has 0.92 and more in every block, the same form of other
people 0.58 and less in at least one, a letter in which two numbers differ 0.95 (bench/imaging_finder.py prints them).
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.shapes import Corners, Image

SIDE = 224  # px: print of 12 points is two px high; square, so that a page may be turned
BLOCK = 16
INKED = 4.0  # levels of deviation; a block with less says nothing
LEAST_INKED = 6  # blocks; an emptier page cannot be told from another


def flat_and_small(picture: Image, corners: Corners) -> Image:
    """The sheet within ``corners`` (px of the picture), BGR (224, 224, 3), pressed into a square."""
    edges = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], np.float32) * 2 - np.float32(0.5)
    double = cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, edges), (SIDE * 2, SIDE * 2))
    return np.asarray(cv2.resize(double, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def likeness(one: Image, other: Image) -> float:
    """How alike two pages are in that block in which they are least, -1..1, at the best of four turns; grey (224, 224).

    1 when both are empty; -1 when only one is.
    """
    return max(_turned(one, other))


def alike(one: Image, other: Image, *, least: float) -> bool:
    """Whether `likeness` is at least so much; the turns after the first that is are not looked at."""
    return any(turn >= least for turn in _turned(one, other))


def _turned(one: Image, other: Image) -> Iterator[float]:
    first = _ink(one)
    return (_least_alike(first, _ink(np.rot90(other, turn))) for turn in range(4))


def _ink(page: Image) -> NDArray[np.float32]:
    """What varies within a block, (blocks, BLOCK²), each around its mean."""
    soft = cv2.GaussianBlur(page.astype(np.float32), (0, 0), 1.0)
    fine = soft - cv2.GaussianBlur(soft, (0, 0), 5.0)
    rows = SIDE // BLOCK
    blocks = fine.reshape(rows, BLOCK, rows, BLOCK).swapaxes(1, 2).reshape(-1, BLOCK * BLOCK)
    return np.asarray(blocks - blocks.mean(axis=1, keepdims=True), np.float32)


def _least_alike(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    here, there = one.std(axis=1), other.std(axis=1)
    inked = np.maximum(here, there) > INKED
    if inked.sum() < LEAST_INKED:
        return 1.0
    together = (one * other).mean(axis=1) / np.maximum(here * there, 1e-6)
    return float(together[inked].min())
