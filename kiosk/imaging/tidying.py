"""A page as a copier shows it: evenly lit, white paper, firm letters, seals in their colours.

It is smaller, since what the lamp, a hand's shadow and the sensor added needs no bytes; and it reads better. Where
coloured ink lies over print, a coarse code loses the letters first: there the edges are raised, in light and in colour.
The numbers were found by text recognition on the hard pages of bench/imaging_encoding.py.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.paper import Levels, paper_levels, shrunk, tint
from kiosk.imaging.shapes import Image

WHITE = 258  # the level of paper: a little above 255, so that half of its noise is cut off
FIRM = 0.6  # how much of the difference to a soft copy is added, on paper
FIRM_INKS = 2.0  # and where there is coloured ink
FIRM_COLOUR = 1.5
COLOURED = 6  # colour difference (Cr or Cb) at 25 dpi from which something is coloured ink
COLOURED_PAPER = 0.12  # share by which one channel stands out: more is not the lamp, so the colour is kept

Plane = NDArray[np.uint8]  # one channel


def tidy(flat: Image) -> Image | None:
    """A page of 200 dpi, BGR, of the same size, made even; None when the picture shows hardly any paper."""
    small = shrunk(flat)
    levels = paper_levels(small)
    if levels is None:
        return None
    light = cv2.resize(levels.astype(np.uint8), flat.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    lit = cv2.divide(flat, light, scale=WHITE)
    inks = _inks(small, levels)
    grey, *colours = (np.asarray(plane, np.uint8) for plane in cv2.split(cv2.cvtColor(lit, cv2.COLOR_BGR2YCrCb)))
    planes = (_firm(grey, inks), *(_calm(colour, inks) for colour in colours))
    return _tinted(np.asarray(cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2BGR), np.uint8), tint(levels))


def _inks(small: Image, levels: Levels) -> Plane:
    """Where coloured ink is, 0..255, at 1/8 the size: seals, thumb prints, signatures, photos, with the print beneath."""
    lit = np.asarray(np.clip(small / levels * 255, 0, 255), np.uint8)
    colours = cv2.cvtColor(lit, cv2.COLOR_BGR2YCrCb)[..., 1:].astype(np.int16) - 128
    inks = (np.abs(colours).max(axis=2) > COLOURED).astype(np.uint8) * np.uint8(255)
    closed = cv2.morphologyEx(inks, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.blur(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), (3, 3)), np.uint8)


def _firm(grey: Plane, inks: Plane) -> Plane:
    """The noise smoothed, the edges raised; under coloured ink raised more, and nothing smoothed."""
    soft = cv2.GaussianBlur(grey, (3, 3), 0.6)
    firm = np.asarray(cv2.addWeighted(soft, 1 + FIRM, cv2.GaussianBlur(soft, (0, 0), 1), -FIRM, 0), np.uint8)
    _raise(firm, grey, inks, by=FIRM_INKS, sigma=1.0)
    return firm


def _calm(colour: Plane, inks: Plane) -> Plane:
    """One colour difference: raised where there is ink, elsewhere the average of its surroundings."""
    calm = np.asarray(cv2.resize(shrunk(colour), colour.shape[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    _raise(calm, colour, inks, by=FIRM_COLOUR, sigma=1.5)
    return calm


def _raise(onto: Plane, plane: Plane, inks: Plane, *, by: float, sigma: float) -> None:
    """Blend ``plane`` with its edges raised ``onto`` what was made of it, as far as there is ink."""
    left, top, width, height = cv2.boundingRect(inks)
    if not width:
        return
    share = cv2.resize(inks, plane.shape[::-1], interpolation=cv2.INTER_LINEAR)
    down, across = plane.shape[0] / inks.shape[0], plane.shape[1] / inks.shape[1]
    part = (
        slice(int(max(0, top - 1) * down), int((top + height + 1) * down) + 1),
        slice(int(max(0, left - 1) * across), int((left + width + 1) * across) + 1),
    )
    source, inked = plane[part], share[part]
    raised = cv2.addWeighted(source, 1 + by, cv2.GaussianBlur(source, (0, 0), sigma), -by, 0)
    cv2.add(
        cv2.multiply(onto[part], 255 - inked, scale=1 / 255), cv2.multiply(raised, inked, scale=1 / 255), onto[part]
    )


def _tinted(page: Image, colour: NDArray[np.float32]) -> Image:
    """White paper stays white; paper of a strong colour gets its colour back."""
    if float(np.abs(colour / max(float(colour.mean()), 1.0) - 1).max()) < COLOURED_PAPER:
        return page
    share = colour / float(colour.max())
    table = np.clip(np.arange(256)[:, None] * share[None], 0, 255).round().astype(np.uint8)
    return np.asarray(cv2.LUT(page, table[None]), np.uint8)
