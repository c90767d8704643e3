"""Find the sheet of paper: quadrilaterals that might be it, in two ways, and of these the one that looks most like a sheet.

First the outlines of what is lighter or of another colour than the rest, which is quick, and enough for a paper alone on
a desk. When none of them is sure, because other things touch the paper, straight lines are met. The search runs at 480 px;
`refine` then fits the sides to the full picture.
"""

import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.candidates import LEAST_AREA, outlined
from kiosk.imaging.refine import refine
from kiosk.imaging.scene import Scene
from kiosk.imaging.scoring import best
from kiosk.imaging.shapes import Corners, Image, Sheet, in_order, usable
from kiosk.imaging.sides import crossed

LEAST_SCORE = 0.25
SURE = 0.66  # an outline of this score needs no second way of looking
CLEARLY = 1.1  # so many times better must lines be than an outline, which follows curled edges


def find_sheet(image: Image) -> Sheet | None:
    """The sheet in a BGR picture (height, width, 3), or None. Corners are sub-pixel, in the picture's own pixels.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    scene = Scene.of(usable(image))
    score, quad = best(scene, outlined(scene.shades))
    if score < SURE:
        other, straight = best(scene, crossed(scene.edges(), scene.shades, least_area=LEAST_AREA * scene.pixels))
        if other > CLEARLY * score:
            score, quad = other, straight
    return None if score < LEAST_SCORE else _in_full(image, quad, score, scene.size)


def _in_full(image: Image, quad: Corners, score: float, small: tuple[int, int]) -> Sheet:
    full = np.array(image.shape[1::-1], np.float32)
    grown = in_order(np.asarray((quad + 0.5) * (full / np.array(small)) - 0.5, np.float32))
    reach = float(full.max()) / max(small)
    corners = refine(image, grown, reach=reach)
    # asked before and after: where the paper goes on outside, its writing may be all that a side can be fitted to
    cut = any(_at_border(found, full, 1.5 * reach) for found in (grown, corners))
    return Sheet(corners, min(score, 1.0), cut)


def _at_border(corners: Corners, full: NDArray[np.float32], margin: float) -> bool:
    return bool((corners < margin).any() or (corners > full - 1 - margin).any())
