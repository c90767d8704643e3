"""Papers for tests: those of the device panel, and one more desk, photographed (tests/samples/README.md)."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.panel import specimens as panel
from kiosk.panel.specimens import Corners, Image, birth_letter, id_card, kk_page

__all__ = [
    "Corners",
    "Image",
    "birth_letter",
    "desk",
    "id_card",
    "kk_page",
    "on_desk",
    "overlap",
    "real_mask",
    "real_photo",
]

SAMPLES = Path(__file__).parent / "samples"
DESK_ROWS = 180  # above the sheet in the photograph


def real_photo() -> Image:
    """The photographed page, BGR (1600, 900, 3)."""
    return np.asarray(cv2.imread(str(SAMPLES / "a4-on-dark-background.jpg")), np.uint8)


def real_mask() -> np.ndarray:
    """Where the sheet is in `real_photo`, bool (1600, 900)."""
    return np.asarray(cv2.imread(str(SAMPLES / "a4-on-dark-background-mask.png"), cv2.IMREAD_GRAYSCALE)) > 127


@lru_cache(maxsize=64)
def desk(kind: str, *, size: tuple[int, int] = (1280, 960), seed: int = 0) -> Image:
    """``dark``, ``wood``, ``light``, ``white``, or ``photo``: the desk of the photograph, mirrored until it fills."""
    if kind != "photo":
        return _kept(panel.desk(kind, size=size, seed=seed))
    strip = real_photo()[:DESK_ROWS]
    mirrored = np.vstack([strip if row % 2 == 0 else strip[::-1] for row in range(6)])
    return _kept(np.asarray(cv2.resize(mirrored, size, interpolation=cv2.INTER_LINEAR), np.uint8))


def _kept(image: Image) -> Image:
    """Shared by tests: nobody writes on it."""
    image.setflags(write=False)
    return image


def on_desk(
    page: Image, *, background: str = "dark", size: tuple[int, int] = (1280, 960), **how: Any
) -> tuple[Image, Corners]:
    """As `kiosk.panel.specimens.on_desk`, and with the photographed desk."""
    table = desk(background, size=size, seed=how.get("seed", 0))
    return panel.on_desk(page, background=table, size=size, **how)


def overlap(one: Corners, other: Corners) -> float:
    """Intersection over union (Jaccard) of two convex outlines, 0..1."""
    first, second = np.asarray(one, np.float32), np.asarray(other, np.float32)
    shared = cv2.intersectConvexConvex(first, second)[0]
    return float(shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared))
