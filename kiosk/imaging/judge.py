"""Would an officer be able to read this page? Blur, glare, darkness, over-exposure, a cut corner.

Measured on the flattened page at a fixed size, so that the numbers mean the same for every camera. The limits are data
(content/base/legibility.toml): recalibrate them on the real device. Whether a machine can read the page is no measure:
text recognition still reads what people complain of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.shapes import Image, ImagingError, Sheet, usable

LONG_PX = 1400
NEAR_PX = 15
WRITTEN = 0.2  # where the contrast nearby is this share of the paper's level, something is written
SLOPE = np.array([[-0.5, 0, 0.5]], np.float32)
LEAST_WRITTEN = 0.002  # share of the page; less is an empty page
WHITE = 250  # value at and above which a pixel holds no detail
GREY = 40  # saturation below which it is white and not coloured


class Problem(StrEnum):
    """What is wrong with a page; content words each for the citizen."""

    BLUR = "blur"
    GLARE = "glare"
    DARK = "dark"
    BRIGHT = "bright"
    CUT_CORNER = "cut_corner"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits. ``least_sharpness``: see `judge`; shares are of the page's area, 0..1; ``least_light``: level 0..255."""

    least_sharpness: float
    most_glare: float
    most_bright: float
    least_light: float

    @classmethod
    def of(cls, table: Mapping[str, object]) -> "Thresholds":
        """From one table of legibility.toml.

        Raises:
            ImagingError: ``ambang_salah`` for a missing, unknown or non-number key.
        """
        names = {item.name for item in fields(cls)}
        numbers = {key: float(value) for key, value in table.items() if type(value) in (int, float)}  # type: ignore[arg-type]  # the type is asked on this line
        if set(table) != names or set(numbers) != names:
            raise ImagingError("ambang_salah")
        return cls(**numbers)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``problems`` in the order in which to tell them; ``measures``: the numbers, for the technician."""

    problems: tuple[Problem, ...]
    measures: Mapping[str, float]

    @property
    def ok(self) -> bool:
        return not self.problems


def judge(flat: Image, *, thresholds: Thresholds, sheet: Sheet | None = None) -> Judgement:
    """Judge a flattened page, BGR. With ``sheet`` also whether it was found and lies wholly in the picture.

    Measures: ``sharpness``, see there (0 when nothing is written); ``white``, the share without detail; ``light``, the
    level of the paper.
    """
    grey, white = _prepared(usable(flat))
    light = float(np.percentile(grey, 75))
    measures = {"sharpness": sharpness(grey, light), "white": float(white.mean()), "light": light}
    problems = _placing(sheet) + _lighting(measures, thresholds) + _focus(measures, thresholds)
    return Judgement(problems, MappingProxyType(measures))


def _placing(sheet: Sheet | None) -> tuple[Problem, ...]:
    if sheet is None:
        return ()
    if not sheet.found:
        return (Problem.NOT_FOUND,)
    return (Problem.CUT_CORNER,) if sheet.cut else ()


def _lighting(measures: Mapping[str, float], limits: Thresholds) -> tuple[Problem, ...]:
    if measures["light"] < limits.least_light:
        return (Problem.DARK,)
    if measures["white"] > limits.most_bright:
        return (Problem.BRIGHT,)
    return (Problem.GLARE,) if measures["white"] > limits.most_glare else ()


def _focus(measures: Mapping[str, float], limits: Thresholds) -> tuple[Problem, ...]:
    return (Problem.BLUR,) if measures["sharpness"] < limits.least_sharpness else ()


def _prepared(flat: Image) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Lightness 0..255 and where there is no detail left, at the fixed size, without the outermost rim."""
    scale = min(1.0, LONG_PX / max(flat.shape[:2]))
    small = cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    rim = max(2, max(small.shape[:2]) // 100)
    inner = np.ascontiguousarray(small[rim:-rim, rim:-rim], np.uint8)
    hsv = cv2.cvtColor(inner, cv2.COLOR_BGR2HSV)
    blank = ((hsv[..., 2] >= WHITE) & (hsv[..., 1] < GREY)).astype(np.uint8)
    blank = np.asarray(cv2.morphologyEx(blank, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)), np.uint8)
    return cv2.cvtColor(inner, cv2.COLOR_BGR2GRAY).astype(np.float32), np.asarray(blank > 0)


def sharpness(grey: NDArray[np.float32], light: float) -> float:
    """How steep the edges of the writing are against their contrast, per px, 0 (nothing written) to 0.4.

    An edge blurred by sigma has 1 / sqrt(2 pi (1 + sigma^2)), whatever the ink, the light and the size of the letters.
    Asked across and down, and the softer way counts: a moved page is sharp one way.
    """
    soft = np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32)
    ways = [_steepness(layer, WRITTEN * max(light, 1.0)) for layer in (soft, np.ascontiguousarray(soft.T))]
    return min((way for way in ways if way is not None), default=0.0)


def _steepness(soft: NDArray[np.float32], least: float) -> float | None:
    """The middle, over places with a contrast of ``least`` along the row, of steepest slope / contrast."""
    near = np.ones((1, NEAR_PX), np.uint8)
    contrast = np.asarray(cv2.dilate(soft, near) - cv2.erode(soft, near))
    written = contrast > least
    if written.mean() < LEAST_WRITTEN:
        return None
    slope = cv2.dilate(np.abs(cv2.filter2D(soft, cv2.CV_32F, SLOPE)), near)
    return float(np.median(slope[written] / contrast[written]))
