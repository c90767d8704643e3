"""The page that is sent: as AVIF, since the village's line is thin and both the kiosk's and the officers' browsers show it.

Measured by bench/imaging_encoding.py on photographed A4 pages with 7 pt print, a seal across it, a portrait and a shadow:
at equal errors of text recognition an evened page needs 0.16 of the bytes of JPEG (quality 85); docs/decisions/0013 has the
others. Speed 9 takes 0.3 s less of processor and loses 1.4 times as many letters at the same size. The encoder's "ssim"
tuning is what keeps pale letters; with full colour resolution the letters under a seal survive.
"""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import AvifImagePlugin  # noqa: F401 - loaded before WebKit, whose older libaom its encoder else takes: no page then
from PIL import Image as Pillow

from kiosk.imaging.flatten import A4_PX
from kiosk.imaging.shapes import Image, ImagingError, usable
from kiosk.imaging.tidying import tidy

TARGET_BYTES = 200_000
MOST_BYTES = 800_000  # of a page that is sent


@dataclass(frozen=True, slots=True)
class Step:
    """``quality`` 0..100 and ``speed`` 0..10 of the encoder; ``scale`` of the picture."""

    quality: int
    speed: int
    scale: float = 1.0


PAGE_STEPS = (Step(40, 8), Step(30, 8), Step(20, 9), Step(20, 9, 0.75))  # the first that fits the target is taken
PICTURE_STEPS = (Step(55, 8), Step(40, 8), Step(28, 9), Step(20, 9))  # of a card or a portrait: a third of the pixels
COARSER = 0.62  # what a step leaves of the bytes of the one before


def encode(flat: Image, *, target: int = TARGET_BYTES, most: int = MOST_BYTES) -> bytes:
    """A flattened page as colour AVIF; an A4 page evenly lit first. Coarser, and at last smaller, only when it would exceed
    ``target`` bytes. The same picture gives the same bytes; nothing but the picture is in them.

    Raises:
        ImagingError: ``terlalu_besar`` when even the last step is above ``most``; ``bukan_gambar``, ``terlalu_kecil``.
    """
    sheet = sorted(usable(flat).shape[:2]) == sorted(A4_PX)
    even = tidy(flat) if sheet else None
    colours = np.asarray(cv2.cvtColor(flat if even is None else even, cv2.COLOR_BGR2RGB), np.uint8)
    steps = PAGE_STEPS if sheet else PICTURE_STEPS
    size = 0.0  # of the step before, or what it would have been
    for step in steps:
        size *= COARSER
        if size > target and step is not steps[-1]:
            continue
        content = avif(colours, step)
        size = len(content)
        if size <= target:
            break
    if size > most:
        raise ImagingError("terlalu_besar")
    return content


def avif(colours: Image, step: Step) -> bytes:
    """An RGB picture as AVIF, 4:4:4."""
    if step.scale != 1:
        small = cv2.resize(colours, None, fx=step.scale, fy=step.scale, interpolation=cv2.INTER_AREA)
        colours = np.asarray(small, np.uint8)
    content = io.BytesIO()
    # one thread: the other core draws the screen; tiles are for more threads, and cost two bytes of a hundred
    how = {"codec": "aom", "subsampling": "4:4:4", "max_threads": 1, "autotiling": False, "advanced": {"tune": "ssim"}}
    Pillow.fromarray(colours).save(content, "AVIF", quality=step.quality, speed=step.speed, **how)
    return content.getvalue()
