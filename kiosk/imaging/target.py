"""The printed test sheet: where what stands on it, and what a picture of it says of printer, paper, camera and lamp.

A sheet that was printed smaller ("fit to page") has its marks in the wrong places; a worn drum or a dry cartridge draws
lines through the even grey; a camera out of focus blurs the 7 pt text, and not in every corner alike; a lamp shines in one
of them. So: four marks, two even bands (one across, one along the feed), grey steps, five blocks of text, one code.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.codes import read_codes
from kiosk.imaging.flatten import A4_PX, flatten
from kiosk.imaging.focus import sharpness
from kiosk.imaging.shapes import Image, Sheet
from kiosk.imaging.view import CELL, Mask, View, blank

Point = tuple[float, float]
Box = tuple[float, float, float, float]  # left, top, width, height in mm from the sheet's top left
Grey = NDArray[np.float32]
Picture = TypeVar("Picture", Image, Grey)

SHEET_MM = (210.0, 297.0)
PX_PER_MM = A4_PX[0] / SHEET_MM[0]
WINDOW_MM = 12.0  # a mark is looked for this far around its place: a print of 93 % is still seen, and measured
LEAST_LIKENESS = 0.55  # of a mark, -1..1
SOFT_MM, EVEN_MM, STRIP_MM, EDGE_MM = 0.35, 15.0, 3.0, 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where what stands, in millimetres. ``steps`` go from paper to black; ``zones``: text, the four corners and the middle."""

    marks: tuple[Point, Point, Point, Point] = ((17, 17), (193, 17), (193, 280), (17, 280))
    mark: float = 10
    code: Box = (88, 28, 34, 34)
    across: Box = (14, 80, 182, 12)
    down: Box = (14, 97, 10, 144)
    even: float = 0.35  # darkness of the two bands, 0..1
    steps: tuple[Box, ...] = tuple((34.0 + 26 * number, 103.0, 24.0, 13.0) for number in range(6))
    darkness: tuple[float, ...] = (0, 0.2, 0.4, 0.6, 0.8, 1)
    zones: tuple[Box, ...] = (
        (14, 28, 60, 22),
        (136, 28, 60, 22),
        (136, 247, 60, 22),
        (14, 247, 60, 22),
        (75, 150, 60, 22),
    )


LAYOUT = Layout()


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One block of text: ``sharpness`` as in `judge`, ``white``: the share without detail, ``light``: the paper's level."""

    sharpness: float
    white: float
    light: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """``code``: the sheet's, empty when none was read; ``moved_mm``: how far each mark is from its place, None when it was
    not found; ``scale``: across and down, 1.0 is the true size, None without marks; ``line``: the strongest line through an
    even band, as a share of the step from paper to band; ``steps``: levels, 1.0 is the paper, in the layout's order.
    ``white``, ``light``: of the whole sheet, as in `judge`."""

    code: str
    moved_mm: tuple[float | None, ...]
    scale: tuple[float, float] | None
    line: float
    steps: tuple[float, ...]
    zones: tuple[Zone, ...]
    white: float
    light: float


def read_target(image: Image, sheet: Sheet) -> Reading:
    """What a picture says of the test sheet in it, however it lies.

    Raises:
        ImagingError: ``sudut_salah``, ``bukan_gambar``, ``terlalu_kecil``.
    """
    flat, code = _upright(flatten(image, sheet.corners, shape="a4"))
    seen = np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), np.float32)
    found = [_mark(seen, place) for place in LAYOUT.marks]
    grey, view = _placed(seen, found), View.of(flat)
    white = blank(view)
    return Reading(
        code=code,
        moved_mm=tuple(_distance(one, place) for one, place in zip(found, LAYOUT.marks, strict=True)),
        scale=_scale(found),
        white=float(white.mean()),
        light=view.light,
        line=max(_line(_cut(grey, LAYOUT.across, STRIP_MM)), _line(_cut(grey, LAYOUT.down, STRIP_MM).T)),
        steps=tuple(_level(grey, box) for box in LAYOUT.steps),
        zones=_zones(view, white),
    )


def _upright(flat: Image) -> tuple[Image, str]:
    """The sheet as it is read, by where its code stands; as it lies when no code is read."""
    lying = flat.shape[1] > flat.shape[0]
    turned = [np.rot90(flat, turns) for turns in ((1, 3) if lying else (0, 2))]
    for one in turned:
        if texts := read_codes(np.ascontiguousarray(_cut(one, LAYOUT.code, WINDOW_MM))):
            return np.ascontiguousarray(one), texts[0]
    return np.ascontiguousarray(turned[0]), ""


def _placed(grey: Grey, found: list[Point | None]) -> Grey:
    """A print of another size, laid over the layout by its marks: its bands are looked at where they are."""
    if None in found:
        return grey
    seen, wanted = (np.array(points, np.float32) * np.float32(PX_PER_MM) for points in (found, LAYOUT.marks))
    matrix = cv2.getPerspectiveTransform(seen, wanted)
    size = (grey.shape[1], grey.shape[0])
    return np.asarray(cv2.warpPerspective(grey, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _cut(picture: Picture, box: Box, around: float = 0.0) -> Picture:
    """A part of the sheet, and as much around it as there is."""
    left, top, width, height = box
    rows = slice(max(0, _px(top - around)), _px(top + height + around))
    columns = slice(max(0, _px(left - around)), _px(left + width + around))
    return picture[rows, columns]


def _px(mm: float) -> int:
    return round(mm * PX_PER_MM)


def _mark(grey: Grey, place: Point) -> Point | None:
    """The mark's middle in mm, near its place."""
    half = LAYOUT.mark / 2 + WINDOW_MM
    left, top = max(0, _px(place[0] - half)), max(0, _px(place[1] - half))
    window = grey[top : _px(place[1] + half), left : _px(place[0] + half)]
    pattern = mark_picture()
    likeness = cv2.matchTemplate(np.ascontiguousarray(window), pattern, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(likeness)
    if best < LEAST_LIKENESS:
        return None
    middle = (len(pattern) - 1) / 2
    return (left + x + middle + 0.5) / PX_PER_MM, (top + y + middle + 0.5) / PX_PER_MM


@lru_cache(maxsize=1)
def mark_picture() -> Grey:
    """A mark on white paper: a ring and a dot, 0..255, a millimetre of paper around it. Not to be written on."""
    fine = 8
    side = _px(LAYOUT.mark + 2)
    far = np.abs(np.arange(side * fine) - (side * fine - 1) / 2) / fine / PX_PER_MM
    radius = np.hypot(far[:, None], far[None, :]) / (LAYOUT.mark / 2)
    black = (radius <= 0.4) | ((radius >= 0.7) & (radius <= 1))
    picture = np.where(black, 0, 255).astype(np.float32)
    return np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def _distance(found: Point | None, place: Point) -> float | None:
    return None if found is None else float(np.hypot(found[0] - place[0], found[1] - place[1]))


def _scale(found: list[Point | None]) -> tuple[float, float] | None:
    """Across and down, by all four marks."""
    marks = [one for one in found if one is not None]
    if len(marks) < len(LAYOUT.marks):
        return None
    seen, wanted = np.array(marks), np.array(LAYOUT.marks)
    sides = [(points[1] + points[2] - points[0] - points[3])[0] for points in (seen, wanted)]
    falls = [(points[2] + points[3] - points[0] - points[1])[1] for points in (seen, wanted)]
    return float(sides[0] / sides[1]), float(falls[0] / falls[1])


def _line(cut: Grey) -> float:
    """The strongest line through a band (columns of the cut), or through the paper beside it; 0: perfectly even."""
    strip = _px(STRIP_MM)
    rows = cut[1 : strip - 3], cut[strip + 3 : -strip - 3], cut[3 - strip :]
    above, band, below = (_soft(part) for part in rows)
    share = np.asarray(band / ((above + below) / 2), np.float32)
    edge = _px(STRIP_MM + EDGE_MM)
    uneven = (share - _even(share), *(one / _even(one) - 1 for one in (above, below)))
    strongest = max(float(np.abs(one[edge:-edge]).max()) for one in uneven)
    return strongest / max(1.0 - float(np.median(share)), 0.05)


def _soft(rows: Grey) -> Grey:
    """The mean of the rows, never black."""
    profile = np.asarray(rows.mean(axis=0, keepdims=True), np.float32)
    return np.maximum(cv2.GaussianBlur(profile, (0, 0), SOFT_MM * PX_PER_MM), 1.0).astype(np.float32).reshape(-1)


def _even(profile: Grey) -> Grey:
    """The profile without its lines: a running median, which slow light follows and a line does not."""
    half = _px(EVEN_MM) // 2
    padded = np.pad(profile, half, mode="reflect")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1), np.float32)


def _level(grey: Grey, box: Box) -> float:
    """A step's level; the paper above and below it is 1."""
    left, top, width, height = box
    inner = _cut(grey, (left + 2, top + 2, width - 4, height - 4)).mean()
    paper = [_cut(grey, (left + 2, y, width - 4, 2)).mean() for y in (top - 4, top + height + 2)]
    return float(inner / max(sum(paper) / len(paper), 1.0))


def _zones(view: View, white: Mask) -> tuple[Zone, ...]:
    """Each block of text by itself, at the size at which `judge` looks at a page, so that its limits hold here too."""
    rim = (view.mm * SHEET_MM[1] - view.small.shape[0]) / 2
    found = []
    for box in LAYOUT.zones:
        x, y, width, height = (round(mm * view.mm) for mm in box)
        top, left = round(y - rim), round(x - rim)
        text = view.grey[top * CELL : (top + height) * CELL, left * CELL : (left + width) * CELL]
        light, shone = float(np.percentile(text, 75)), white[top : top + height, left : left + width]
        found.append(Zone(sharpness=sharpness(text, light), white=float(shone.mean()), light=light))
    return tuple(found)
