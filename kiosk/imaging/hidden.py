"""How much writing does a region hide? What cannot be seen is guessed from both ends of each of its rows: where a line of
text runs into the region, it runs on beneath it."""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.view import Mask, View, letters

FLANK_MM = 10.0  # so far on each side is looked for writing
WORD_MM = 25.0  # a row so wide may hide whole words that show at neither end:
AMONG = 0.05  # this share of it, where there is writing
NEAR_MM = 8.0  # so near to the region
CORNERS = np.ones((5, 5), np.uint8)

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Written:
    """``mask``: where something is written; ``before``, ``after``: its share of the flank that ends, or begins, at a pixel;
    ``word``, ``near``: WORD_MM and NEAR_MM in pixels."""

    mask: Mask
    before: NDArray[np.float32]
    after: NDArray[np.float32]
    word: int
    near: int

    @classmethod
    def on(cls, view: View, print_: Mask | None = None) -> "Written":
        """``print_``: the view's letters, where they are known already."""
        mask = np.asarray((letters(view) if print_ is None else print_) > 0, np.uint8)
        reach = view.cells(FLANK_MM)
        row, numbers = np.ones((1, reach), np.float32) / reach, mask.astype(np.float32)
        before, after = (
            cast(
                "NDArray[np.float32]",
                cv2.filter2D(numbers, -1, row, anchor=(anchor, 0), borderType=cv2.BORDER_CONSTANT),
            )
            for anchor in (reach - 1, 0)
        )
        return cls(mask, before, after, view.cells(WORD_MM), view.cells(NEAR_MM))


def hidden(region: Mask, written: Written, *, gap: int, shows: bool) -> float:
    """Pixels of writing that lie beneath a region; ``gap``: so many pixels beside it are not asked (its shadow, its halo);
    ``shows``: writing may be seen through it, and what is seen is not hidden."""
    rows = np.flatnonzero(region.any(axis=1))
    if not len(rows):
        return 0.0
    guessed = region[rows].sum(axis=1) * _share(region, rows, written, gap)
    seen = written.mask * cv2.morphologyEx(region, cv2.MORPH_CLOSE, CORNERS) if shows else np.zeros(1)
    return max(0.0, float(guessed.sum() - seen.sum()))


def _share(region: Mask, rows: NDArray[np.intp], written: Written, gap: int) -> Numbers:
    """The share of writing in each row beneath the region: that of its two flanks, or of the one inside the page."""
    width = region.shape[1]
    left = region[rows].argmax(axis=1) - gap - 1
    right = width - region[rows][:, ::-1].argmax(axis=1) + gap
    before = np.where(left >= 0, written.before[rows, np.maximum(left, 0)], 0.0)
    after = np.where(right < width, written.after[rows, np.minimum(right, width - 1)], 0.0)
    asked = np.maximum((left >= 0).astype(float) + (right < width), 1)
    around = written.mask[
        max(0, rows[0] - written.near) : rows[-1] + written.near,
        max(0, left.min() - written.near) : right.max() + written.near,
    ]
    words = (right - left > written.word) & bool(around.any())
    return np.asarray(np.maximum((before + after) / asked, np.where(words, AMONG, 0.0)))
