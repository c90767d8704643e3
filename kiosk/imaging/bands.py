"""How sharp the sheet in a live frame is, asked of two bands of it, there where most is written.

The bands are flattened as the whole page is after a photograph, to the size at which `judge` looks at it, so that the
measure means the same; the whole page would take longer than finding the sheet.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.flatten import Shape
from kiosk.imaging.focus import sharpness
from kiosk.imaging.shapes import Corners, Image
from kiosk.imaging.view import SIDES_PX

BANDS = 2
WIDE, HIGH = 480, 64  # px of the flat page, a band at most
RIM = 0.06  # of the sheet, where nothing is asked: its edge, a thumb


def band_sharpness(frame: Image, corners: Corners, face: Image, *, shape: Shape) -> float:
    """As `judge` measures it, 0 (nothing written) to 0.4, of the sharper band.

    ``frame``: BGR; ``corners``: (4, 2) px of it; ``face``: the sheet alone, grey, small, which tells where is written.
    """
    size = _size(corners, shape)
    light = float(np.percentile(face, 75))
    return max(sharpness(_flat(frame, corners, size, place), light) for place in _written(face, size))


def _size(corners: Corners, shape: Shape) -> tuple[int, int]:
    """(width, height) of the flat page, as measured."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    across, down = float(sides[::2].max()), float(sides[1::2].max())
    scale = SIDES_PX[shape] / max(across, down)
    return max(1, round(across * scale)), max(1, round(down * scale))


def _written(face: Image, size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Left and top, px of the flat page, of the bands with most writing."""
    across, down = size[0] / face.shape[1], size[1] / face.shape[0]
    wide, high, rim = round(WIDE / across), round(HIGH / down), round(RIM * len(face))
    inner = face[rim:-rim, rim:-rim]
    marks = cv2.absdiff(inner[:, 1:], inner[:, :-1]).astype(np.float32)
    rows = marks.mean(axis=1)
    for _ in range(BANDS):
        top = _fullest(rows, high)
        left = _fullest(marks[top : top + high].mean(axis=0), wide)
        yield round((rim + left) * across), round((rim + top) * down)
        rows[max(0, top - high) : top + high] = 0


def _fullest(amounts: NDArray[np.float32], length: int) -> int:
    """Where the run of ``length`` with the largest sum begins."""
    sums = np.cumsum(np.concatenate([[0.0], amounts]))
    return int((sums[length:] - sums[:-length]).argmax()) if len(amounts) > length else 0


def _flat(frame: Image, corners: Corners, size: tuple[int, int], place: tuple[int, int]) -> Image:
    """A band of the flat page, grey."""
    width, height = size
    edges = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(corners, edges - np.array(place, np.float32))
    band = (min(WIDE, width - place[0]), min(HIGH, height - place[1]))
    flat = cv2.warpPerspective(frame, matrix, band, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), np.uint8)
