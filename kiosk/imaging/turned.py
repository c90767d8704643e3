"""Which way up does a page lie? And turned upright, when that is certain.

Lines of print show whether the page lies on its side: the ink of rows differs more than that of columns. Which end is up is
told by where lines begin (they begin below each other and end anywhere), and by a reader that looks at the letters
(`kiosk.imaging.letters`), where there is one.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.flatten import Shape
from kiosk.imaging.judge import Thresholds
from kiosk.imaging.shapes import Image
from kiosk.imaging.view import CELL, Mask, View, letters

Reader = Callable[[Sequence[Image]], Sequence[float]]
Box = tuple[int, int, int, int]  # left, top, width, height

NEAR = 25  # pixels of `View.small`, about an inch: in which rows are told from columns
SPACE = 7  # between words
TALL = (2, 12)  # pixels of `View.small`: a line of print
LONG = 3  # at least so many times longer than tall
FULL = 0.5  # of its box is print
PRINT = 25  # of 255: a pixel of `View.small` with that much ink is print
READ = 6  # lines shown to the reader
CUT = 6  # times as long as tall: longer lines are cut
ALIGNED = 6.0  # what lines that begin, or end, below each other weigh beside the reader's votes
MOST_VOTE = 4.0  # of one line


class Upright(NamedTuple):
    """``quarter_turns``: anticlockwise, 0 to 3, that made ``flat`` of what was given; ``sure``: it is known to be upright."""

    flat: Image
    quarter_turns: int
    sure: bool


def upright(flat: Image, *, thresholds: Thresholds, shape: Shape = "a4", reader: Reader | None = None) -> Upright:
    """A flattened page, BGR, the right way up; as it was when nothing is certain, and when it is a photo of people.

    ``least_lined``: by how much lines must show, as a logarithm; ``least_turned``: votes for one end. ``reader``: for each
    picture of a line, how surely it stands upright, as a logarithm of odds, below 0 when it stands on its head.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    view = View.of(flat, shape)
    covered = letters(view)
    shown = lined(covered)
    if shape == "photo" or abs(shown) < thresholds.least_lined:
        return Upright(flat, 0, sure=False)
    sideways = int(shown < 0)
    votes = _votes(_quarters(covered, sideways), _quarters(view.grey, sideways), reader)
    if abs(votes) < thresholds.least_turned:
        return Upright(flat, 0, sure=False)
    turns = sideways + (2 if votes < 0 else 0)
    return Upright(_quarters(flat, turns), turns, sure=True)


def lined(covered: Mask) -> float:
    """By how much ink differs more from row to row than from column to column: below 0 when lines stand on their ends."""
    share = covered.astype(np.float32) / np.float32(255)
    around = cv2.boxFilter(share, -1, (NEAR, NEAR))
    rows, columns = (float(((cv2.boxFilter(share, -1, size) - around) ** 2).sum()) for size in ((NEAR, 1), (1, NEAR)))
    return float(np.log(rows + 1e-6) - np.log(columns + 1e-6))


def _votes(covered: Mask, grey: Image, reader: Reader | None) -> float:
    lines = _lines(covered)
    read = reader(_pictures(grey, lines)) if reader is not None and lines else ()
    return ALIGNED * _aligned(lines) + sum(min(max(vote, -MOST_VOTE), MOST_VOTE) for vote in read)


def _lines(covered: Mask) -> list[Box]:
    """Runs of print, the best to read first."""
    joined = cv2.morphologyEx(np.asarray(covered > PRINT, np.uint8), cv2.MORPH_CLOSE, np.ones((1, SPACE), np.uint8))
    facts = cv2.connectedComponentsWithStats(joined)[2][1:].tolist()
    runs = [
        (left, top, width, height)
        for left, top, width, height, area in facts
        if TALL[0] <= height <= TALL[1] and width >= max(LONG * height, NEAR // 3) and area > FULL * width * height
    ]
    return sorted(runs, key=lambda run: -min(run[2], CUT * run[3]) * run[3])


def _aligned(lines: Sequence[Box]) -> float:
    """Above 0 when more lines begin below each other than end below each other, as a logarithm."""
    if len(lines) < 3:
        return 0.0
    boxes = np.array(lines)
    begin, end = (_pairs(edges) for edges in (boxes[:, 0], boxes[:, 0] + boxes[:, 2]))
    return float(np.log(begin + 2) - np.log(end + 2))


def _pairs(edges: NDArray[np.integer]) -> int:
    return int((np.abs(edges[:, None] - edges[None]) < 2).sum()) - len(edges)


def _pictures(grey: Image, lines: Sequence[Box]) -> list[Image]:
    """The first lines, with a little paper around them."""
    pictures = []
    for left, top, width, height in lines[:READ]:
        wide = min(width, CUT * (height + 1))
        edges = (left - 0.5, top - 0.7, left + wide + 0.5, top + height + 0.7)
        x1, y1, x2, y2 = (max(0, round(edge * CELL)) for edge in edges)
        pictures.append(np.ascontiguousarray(grey[y1:y2, x1:x2]))
    return pictures


def _quarters(image: Image, turns: int) -> Image:
    """Turned anticlockwise; numpy's own turn takes five times as long."""
    ways = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
    return np.asarray(cv2.rotate(image, ways[turns]), np.uint8) if turns else image
