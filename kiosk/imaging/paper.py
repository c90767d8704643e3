"""How bright the paper is at every place of a flattened page: its shadow, seen without what is written on it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.shapes import Image

Levels = NDArray[np.float32]
Bits = NDArray[np.bool_]

STEP = 8  # picture px per px of the map: 1.016 mm on a page of 200 dpi
WRITING = 9  # map px: marks narrower than this are closed over
LIKE_PAPER = 0.10  # how far a colour may be from the paper's: a photo and a stamp are farther, a shadow is not
DEEPEST = 0.35  # of the paper's level; darker is no shadow
STEEP = 0.12  # of the level, per map px: the rim of a picture; shadows are softer
LEAST_AREA = 2500  # map px, about 50 x 50 mm: a smaller patch of its own is a picture, not paper in a shadow
LEAST_SHARE = 0.5  # of the page; with less paper in sight there is no telling what is shadow
DARKEST = 50  # levels; what is darker in its best light is a desk, or too dim to be made even
BRIGHTER, MOST_BRIGHTER = 1.15, 0.005  # nothing is so much brighter than paper: if more is, that is paper, on a desk
RIM = 7  # map px: a narrower bright band is the rim of a hard shadow


def shrunk(flat: Image) -> Image:
    """Averaged to 1/8 of the size, in three quick steps; up to 7 px at the right and below are left out."""
    height, width = (side // STEP * STEP for side in flat.shape[:2])
    small = flat[:height, :width]
    for times in (2, 4, 8):
        small = np.asarray(cv2.resize(small, (width // times, height // times), interpolation=cv2.INTER_AREA), np.uint8)
    return small


def paper_levels(small: Image) -> Levels | None:
    """The paper's own level at every place of a shrunk page, BGR; None where the picture is hardly a page, or shows one on
    a desk, where what is written would be bleached.

    Under pictures and seals the level of the paper around them is taken.
    """
    window = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (WRITING, WRITING))
    closed = np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, window), np.float32)
    bare = _bare(closed)
    if bare.mean() < LEAST_SHARE or tint(closed).mean() < DARKEST:
        return None
    levels = np.clip(cv2.GaussianBlur(_filled(closed, bare), (0, 0), 2), 1, 255)
    brighter = (closed.mean(axis=2) > BRIGHTER * levels.mean(axis=2)).astype(np.uint8)
    wide = cv2.morphologyEx(brighter, cv2.MORPH_OPEN, np.ones((RIM, RIM), np.uint8))
    return None if wide.mean() > MOST_BRIGHTER else np.asarray(levels, np.float32)


def tint(levels: Levels) -> NDArray[np.float32]:
    """The paper's colour in its best light, BGR (3,)."""
    grey = levels.mean(axis=2)
    return np.asarray(np.median(levels[grey >= np.percentile(grey, 60)], axis=0), np.float32)


def _bare(closed: Levels) -> Bits:
    """Where paper shows: of the paper's colour, in the light or in a shadow, and not a small patch by itself."""
    share = closed / np.maximum(tint(closed), 1)
    level = share.mean(axis=2)
    off = np.abs(share / np.maximum(level, 0.05)[..., None] - 1).max(axis=2)
    steep = cv2.morphologyEx(level, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) / np.maximum(level, 0.01)
    bare = ((off < LIKE_PAPER) & (level > DEEPEST) & (steep < STEEP)).astype(np.uint8)
    bare = cv2.erode(bare, np.ones((3, 3), np.uint8), borderValue=1)
    _, labels, facts, _ = cv2.connectedComponentsWithStats(bare)
    large = facts[:, cv2.CC_STAT_AREA] >= LEAST_AREA
    large[0] = False
    return np.asarray(large[labels])


def _filled(closed: Levels, bare: Bits) -> Levels:
    """Over what is not paper, the paper around it: averaged at ever coarser scales until there is some."""
    steps: list[tuple[Any, Any]] = [(closed * bare[..., None], bare.astype(np.float32))]
    while min(steps[-1][1].shape) > 4:
        steps.append((cv2.pyrDown(steps[-1][0]), cv2.pyrDown(steps[-1][1])))
    colour, weight = steps[-1]
    found = colour / np.maximum(weight, 1e-3)[..., None]
    for colour, weight in reversed(steps[:-1]):
        coarse = cv2.pyrUp(found, dstsize=weight.shape[::-1])
        found = colour + coarse * (1 - weight)[..., None]
    return np.asarray(found, np.float32)
