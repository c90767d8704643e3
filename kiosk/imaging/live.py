"""What one frame of the live picture shows: where the sheet is, how sharp it is, whether a hand lies on it, what moved.

The frame is shrunk once, to the preview's size, and looked at there; only the sharpness, which shrinking takes away, is
asked of the frame itself, in two bands.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from kiosk.imaging.bands import band_sharpness
from kiosk.imaging.codec import PREVIEW_WIDTH, preview
from kiosk.imaging.covered import fingers
from kiosk.imaging.finder import find_sheet
from kiosk.imaging.flatten import Shape
from kiosk.imaging.likeness import SIDE, flat_and_small
from kiosk.imaging.motion import difference, thumbnail
from kiosk.imaging.refine import refine
from kiosk.imaging.scene import WORK_PX
from kiosk.imaging.shapes import Corners, Image, Sheet, usable
from kiosk.imaging.view import SIDES_MM, View

MOST_FOLLOWED = 9  # looks: once a second the sheet is searched for all the same
UNMOVED = 0.001  # share of the picture
SQUARE = 0.84  # of a sheet's long side: what the side of `face` stands for, between long and short


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet as a look saw it. ``corners``: (4, 2) in shares of the picture, tl tr br bl; ``face``: the sheet alone, grey;
    ``sharpness``: as `judge` measures it, 0 (nothing written) to 0.4; ``hand``: the share of the sheet beneath fingers."""

    corners: Corners
    face: Image = field(repr=False)
    sharpness: float
    hand: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of a look: too small to read. ``thumbnail``: of the whole picture; ``page``: of a sheet that lies whole
    in it."""

    thumbnail: Image = field(repr=False)
    page: Page | None


@dataclass(frozen=True, slots=True)
class Look:
    """One frame, looked at. ``small``: BGR, PREVIEW_WIDTH wide; ``sheet``: in its pixels; ``followed``: for how many looks
    it was only followed, not searched for."""

    small: Image = field(repr=False)
    sheet: Sheet | None
    seen: Seen
    followed: int = 0

    def picture(self) -> bytes:
        """The live picture as JPEG, with the sheet outlined."""
        return preview(self.small, self.sheet)


def look(frame: Image, *, shape: Shape = "a4", before: Look | None = None) -> Look:
    """Look at a frame of the camera, BGR of any size; ``shape``: of the paper that is expected.

    ``before``: the look at an earlier frame; where nothing moved since, its sheet is followed, not searched for.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    small = _shrunk(usable(frame))
    now = thumbnail(small)
    if before is not None and before.followed < MOST_FOLLOWED and _still(before, now):
        sheet, followed = _followed(small, before.sheet), before.followed + 1
    else:
        sheet, followed = find_sheet(small), 0
    page = None if sheet is None or sheet.cut else _page(frame, small, sheet.corners, shape)
    return Look(small, sheet, Seen(now, page), followed)


def _still(before: Look, now: Image) -> bool:
    return difference(before.seen.thumbnail, now) <= UNMOVED


def _followed(small: Image, sheet: Sheet | None) -> Sheet | None:
    """The sheet, its corners put right: what slides slowly is followed."""
    if sheet is None:
        return None
    return replace(sheet, corners=refine(small, sheet.corners, reach=PREVIEW_WIDTH / WORK_PX))


def _page(frame: Image, small: Image, corners: Corners, shape: Shape) -> Page:
    shares = np.asarray((corners + 0.5) / np.array(small.shape[1::-1]), np.float32)
    flat = flat_and_small(small, corners)
    face = np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), np.uint8)
    view = View(face, flat, float(np.percentile(flat[..., 1], 75)), SIDE / (SQUARE * SIDES_MM[shape]))
    places = np.asarray(shares * np.array(frame.shape[1::-1]) - 0.5, np.float32)
    return Page(shares, face, band_sharpness(frame, places, face, shape=shape), float(fingers(view).mean()))


def _shrunk(frame: Image) -> Image:
    """To PREVIEW_WIDTH: by whole numbers, then by neighbours. Averaging by 4/3 takes longer than finding the sheet."""
    height, width = frame.shape[:2]
    whole = max(1, width // PREVIEW_WIDTH)
    averaged = (
        cv2.resize(frame, (width // whole, height // whole), interpolation=cv2.INTER_AREA) if whole > 1 else frame
    )
    size = (PREVIEW_WIDTH, max(1, round(height * PREVIEW_WIDTH / width)))
    return np.asarray(cv2.resize(averaged, size, interpolation=cv2.INTER_LINEAR), np.uint8)
