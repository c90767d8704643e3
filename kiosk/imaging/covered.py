"""Fingers on the page: skin that comes in over the border, as wide as a finger at least, with writing beneath.

Not a finger: a face in a photo and a stamp (inside the page), paper of the colour of skin (all of it is), a strip of a
wooden table (long and shallow), a printed frame (neither smooth nor deep).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.hidden import Written, hidden
from kiosk.imaging.shapes import Image
from kiosk.imaging.view import Mask, View

WIDE_MM = 7.0  # of the narrowest finger
SHADOW_MM = 4.0  # beside a finger, where nothing is asked
OTHER = 30.0  # levels of L + a + b by which skin differs from the paper that it lies on
DEEP = 0.3  # it reaches in at least so far, against its width at the border
BORDER_PX = 2


def hidden_by_fingers(view: View, written: Written) -> float:
    """Square millimetres of writing beneath fingers."""
    return hidden(fingers(view), written, gap=view.cells(SHADOW_MM), shows=False) / view.mm**2


def fingers(view: View) -> Mask:
    """Where fingers are, as large as ``view.small``; looked for at half that size."""
    height, width = view.small.shape[:2]
    half = np.asarray(cv2.resize(view.small, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
    found = _coming_in(_skin(half, view.light), wide=view.cells(WIDE_MM / 2) | 1)
    return np.asarray(cv2.resize(found, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)


def _coming_in(skin: Mask, *, wide: int) -> Mask:
    """Those parts at least ``wide`` that come in over the border."""
    smooth = cv2.morphologyEx(skin, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    padded = cv2.copyMakeBorder(smooth, wide, wide, wide, wide, cv2.BORDER_REPLICATE)  # it goes on outside the page
    opened = cv2.morphologyEx(padded, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (wide, wide)))
    count, labels, _, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(opened[wide:-wide, wide:-wide]))
    found = np.zeros(labels.shape, np.uint8)
    for region in range(1, count):
        if _is_finger(labels == region):
            found |= np.asarray(labels == region, np.uint8)
    return found


def _skin(picture: Image, light: float) -> Mask:
    """Skin of any tone: red above green above blue, in ratios that hold in dim and in bright light; and not the paper."""
    blue, green, red = (channel.astype(np.float32) for channel in cv2.split(picture))
    warm, middle = red - blue, red - green
    skin = (red > 0.12 * light) & (warm > 0.16 * red) & (warm < 0.8 * red)
    skin &= (middle > 0.3 * warm) & (middle < 0.9 * warm) & (middle > 0.06 * red)
    return np.asarray(skin & (_unlike_paper(picture) > OTHER), np.uint8)


def _unlike_paper(picture: Image) -> NDArray[np.float32]:
    """Levels of L + a + b between each pixel and the middle of the brighter half of the page."""
    green = picture[..., 1]
    paper = np.median(picture[green >= np.median(green)], axis=0).astype(np.uint8)
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    return np.asarray(np.abs(lab - cv2.cvtColor(paper.reshape(1, 1, 3), cv2.COLOR_BGR2LAB)).sum(axis=2), np.float32)


def _is_finger(region: NDArray[np.bool_]) -> bool:
    """Whether a region lies at a border and reaches in, as a finger does and a strip of the table does not."""
    height, width = region.shape
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    edges = (region[:BORDER_PX], region[-BORDER_PX:], region[:, :BORDER_PX].T, region[:, -BORDER_PX:].T)
    along = [int(edge.any(axis=0).sum()) for edge in edges]
    depths = (rows[-1] + 1, height - rows[0], columns[-1] + 1, width - columns[0])
    widest = int(np.argmax(along))
    return sum(along) > 0 and bool(depths[widest] >= DEEP * sum(along))
