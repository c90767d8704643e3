"""Quadrilaterals that might be the sheet: what is lighter, or of another colour, than the rest, with a four-sided outline."""

from collections.abc import Iterator

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from kiosk.imaging.lines import meeting, through
from kiosk.imaging.shapes import Corners, Image, in_order

LEAST_AREA = 0.05  # of the picture
LEAST_SPREAD = 1.2  # levels; a channel without any says nothing
PER_MASK = 4  # largest contours looked at
_CLOSE = np.ones((5, 5), np.uint8)


def outlined(shades: Image) -> Corners:
    """Outlines of Otsu's two halves of each channel of (height, width, k): (n, 4, 2) float32, clockwise from the top left."""
    found = [quad for channel in cv2.split(shades) for quad in _from_channel(np.asarray(channel, np.uint8))]
    return _distinct(np.array(found, np.float32).reshape(-1, 4, 2))


def _from_channel(channel: Image) -> Iterator[Corners]:
    if cv2.meanStdDev(channel)[1][0, 0] >= LEAST_SPREAD:
        halves = cv2.threshold(channel, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
        closed = np.asarray(cv2.morphologyEx(halves, cv2.MORPH_CLOSE, _CLOSE), np.uint8)
        yield from _from_mask(closed, channel.size * LEAST_AREA)


def _from_mask(mask: Image, area: float) -> Iterator[Corners]:
    contours = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
    hulls = [cv2.convexHull(contour) for contour in contours if _reaches(contour, area)]
    for hull in sorted(hulls, key=cv2.contourArea, reverse=True)[:PER_MASK]:
        if cv2.contourArea(hull) >= area:
            yield from _from_hull(np.asarray(hull, np.float32))


def _reaches(contour: MatLike, area: float) -> bool:
    _, _, width, height = cv2.boundingRect(contour)
    return width * height >= area


def _from_hull(hull: NDArray[np.float32]) -> Iterator[Corners]:
    """Four corners by simplifying, or by meeting the four longest sides when a corner is folded, covered or cut off."""
    around = cv2.arcLength(hull, closed=True)
    for share in (0.015, 0.03, 0.05):
        outline = cv2.approxPolyDP(hull, share * around, closed=True).reshape(-1, 2).astype(np.float32)
        if len(outline) == 4:
            yield in_order(outline)
            return
        if 5 <= len(outline) <= 8 and (met := _longest_four(outline)) is not None:
            yield in_order(met)


def _longest_four(outline: NDArray[np.float32]) -> Corners | None:
    after = np.roll(outline, -1, axis=0)
    sides = np.sort(np.argsort(np.linalg.norm(after - outline, axis=1))[-4:])
    lines = through(outline[sides], after[sides])
    met = meeting(lines, np.roll(lines, -1, axis=0))
    if met is None:
        return None
    corners = np.asarray(met, np.float32)
    reach = np.ptp(outline, axis=0) * 0.25
    near = (corners > outline.min(axis=0) - reach).all() and (corners < outline.max(axis=0) + reach).all()
    return corners if near and cv2.isContourConvex(corners) else None


def _distinct(found: Corners) -> Corners:
    """Drop candidates that equal an earlier one to within two pixels."""
    if not len(found):
        return found
    _, first = np.unique(np.rint(found / 2).reshape(len(found), -1), axis=0, return_index=True)
    return found[np.sort(first)]
