"""Would an officer be able to read this page? And if not: what is wrong, so that it can be mended.

Measured on the flattened page at a fixed size (`view`), so that the numbers mean the same for every camera. The limits are
data (content/base/legibility.toml), calibrated by bench/imaging_legibility.py on papers of known text: recalibrate them on
the real device. Whether a machine can read the page is only the lower bound: it still reads what people complain of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from math import inf
from types import MappingProxyType

import cv2
import numpy as np

from kiosk.imaging.covered import hidden_by_fingers
from kiosk.imaging.flatten import Shape
from kiosk.imaging.focus import sharpness, unevenness
from kiosk.imaging.hidden import Written
from kiosk.imaging.lighting import hidden_by_shine, over_exposed
from kiosk.imaging.shapes import Image, ImagingError, Sheet
from kiosk.imaging.view import LONG_PX, Mask, View, blank, letters

__all__ = ["LONG_PX", "Judgement", "Problem", "Thresholds", "judge", "sharpness"]

LINE = 0.08  # a band so much darker than the paper around it is a line of writing, however blurred; less shines through
LINE_PX = 15


class Problem(StrEnum):
    """What is wrong with a page; content words each for the citizen."""

    NOT_FOUND = "not_found"
    CUT_CORNER = "cut_corner"
    WRONG_SIDE = "wrong_side"
    DARK = "dark"
    BRIGHT = "bright"
    GLARE = "glare"
    FINGER = "finger"
    MOTION = "motion"
    BLUR = "blur"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Limits; what they limit: see `judge`, the last two `upright`. Shares are of the page's area, 0..1; ``least_light`` is a
    level 0..255; areas are square millimetres. ``most_glare`` (share without detail) is asked of photos and of the
    technician's test sheet. A default never complains; a table has to name them all."""

    least_sharpness: float
    most_glare: float
    most_bright: float
    least_light: float
    most_uneven: float = inf
    most_shone_mm2: float = inf
    most_covered_mm2: float = inf
    least_written: float = 0.0
    least_lined: float = inf
    least_turned: float = inf

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


def judge(flat: Image, *, thresholds: Thresholds, sheet: Sheet | None = None, shape: Shape = "a4") -> Judgement:
    """Judge a flattened page, BGR, upright. With ``sheet`` also whether it was found and lies wholly in the picture.

    Measures: ``light``, the level of the paper; ``white``, the share without detail, ``bright``, the share where the paper
    itself has none; ``written``, the share that is lines of writing, sharp or not; ``sharpness``, see `focus` (0 when
    nothing is written); ``shone_mm2``, ``covered_mm2``: writing hidden by reflections, by fingers. Only when it is not
    sharp: ``uneven``, see `focus`. A ``photo`` shows people: no writing is expected, and no hand is told from theirs.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    view = View.of(flat, shape)
    measures = _portrait(view) if shape == "photo" else _page(view, thresholds.least_sharpness)
    lighting = _lighting(measures, thresholds)
    seen = not {Problem.DARK, Problem.BRIGHT} & set(lighting)
    if seen and measures.get("written", inf) < thresholds.least_written:
        problems = (*_placing(sheet), Problem.WRONG_SIDE)
    else:
        problems = (*_placing(sheet), *lighting, *_covering(measures, thresholds), *_focus(measures, thresholds))
    return Judgement(problems, MappingProxyType(measures))


def _portrait(view: View) -> dict[str, float]:
    return {**_light(view, blank(view)), "sharpness": sharpness(view.grey, view.light)}


def _page(view: View, sharp: float) -> dict[str, float]:
    white, print_ = blank(view), letters(view)
    written = Written.on(view, print_)
    measures = {
        **_light(view, white),
        "written": _lines(view),
        "sharpness": sharpness(view.grey, view.light, print_=print_),
        "shone_mm2": hidden_by_shine(view, white, written),
        "covered_mm2": hidden_by_fingers(view, written),
    }
    if measures["sharpness"] < sharp:
        measures["uneven"] = unevenness(view.grey, view.light, print_=print_)
    return measures


def _light(view: View, white: Mask) -> dict[str, float]:
    return {"light": view.light, "white": float(white.mean()), "bright": over_exposed(white)}


def _lines(view: View) -> float:
    """The share of the page on which lines of writing stand, too blurred to be read or not."""
    soft = cv2.GaussianBlur(view.small[..., 1], (0, 0), 1.0)
    bands = cv2.morphologyEx(soft, cv2.MORPH_BLACKHAT, np.ones((LINE_PX, LINE_PX), np.uint8))
    return float((bands > LINE * max(view.light, 1.0)).mean())


def _placing(sheet: Sheet | None) -> tuple[Problem, ...]:
    if sheet is None:
        return ()
    if not sheet.found:
        return (Problem.NOT_FOUND,)
    return (Problem.CUT_CORNER,) if sheet.cut else ()


def _lighting(measures: Mapping[str, float], limits: Thresholds) -> tuple[Problem, ...]:
    if measures["light"] < limits.least_light:
        return (Problem.DARK,)
    if measures["bright"] > limits.most_bright:
        return (Problem.BRIGHT,)
    if "shone_mm2" in measures:
        return (Problem.GLARE,) if measures["shone_mm2"] > limits.most_shone_mm2 else ()
    return (Problem.GLARE,) if measures["white"] > limits.most_glare else ()


def _covering(measures: Mapping[str, float], limits: Thresholds) -> tuple[Problem, ...]:
    return (Problem.FINGER,) if measures.get("covered_mm2", 0.0) > limits.most_covered_mm2 else ()


def _focus(measures: Mapping[str, float], limits: Thresholds) -> tuple[Problem, ...]:
    if measures["sharpness"] >= limits.least_sharpness:
        return ()
    return (Problem.MOTION,) if measures.get("uneven", 1.0) > limits.most_uneven else (Problem.BLUR,)
