"""QR codes as a camera sees them: small, turned, tilted, dim, soft, moved. One seed, one picture; the text tells the seed."""

import cv2
import numpy as np

from tests.specimens import Image

SIDE = 480  # px of the picture
PAPER, INK = 225.0, 30.0


def text(seed: int) -> str:
    """As long as a claim code, and as many modules."""
    return f"KIOS1 {seed:012d} ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def scene(
    seed: int,
    *,
    module: float = 4.0,
    turned: bool = False,
    tilted: bool = False,
    blur: float = 0.0,
    moved: int = 0,
    light: float = 1.0,
    noise: float = 3.0,
) -> Image:
    """A code on paper, BGR (480, 480, 3). ``module``: px; ``blur``: sigma, px; ``moved``: px; ``noise``: of the sensor."""
    dice = np.random.default_rng(seed)
    modules = cv2.QRCodeEncoder.create().encode(text(seed))
    fine = cv2.resize(modules, None, fx=16, fy=16, interpolation=cv2.INTER_NEAREST)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32) * modules.shape[0] * module / 2
    angle = dice.uniform(0, 2 * np.pi) if turned else np.deg2rad(dice.uniform(-4, 4))
    corners = corners @ np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))], np.float32)
    if tilted:
        corners *= 1 + (corners @ dice.uniform(-1, 1, 2) / np.ptp(corners) * 0.35)[:, None]
    place = (corners + SIDE / 2 + dice.uniform(-15, 15, 2)).astype(np.float32)
    width = fine.shape[0]
    square = np.array([(0, 0), (width, 0), (width, width), (0, width)], np.float32)
    matrix = cv2.getPerspectiveTransform(square, place * 4)  # four times as large, then averaged down
    large = cv2.warpPerspective(fine, matrix, (SIDE * 4, SIDE * 4), borderValue=255)
    grey = cv2.resize(large, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    grey = INK + (PAPER - INK) * grey
    if blur:
        grey = cv2.GaussianBlur(grey, (0, 0), blur)
    if moved:
        grey = cv2.blur(grey, (moved, 1))
    grey = grey * light + dice.normal(0, noise, grey.shape)
    return np.asarray(cv2.cvtColor(np.clip(grey, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


SETS: dict[str, dict[str, float | bool | int]] = {
    "4 px a module": {},
    "2 px a module": {"module": 2.0},
    "1.5 px a module": {"module": 1.5},
    "any turn": {"turned": True},
    "any turn, tilted": {"turned": True, "tilted": True},
    "blurred 1.5": {"blur": 1.5},
    "blurred 2.0": {"blur": 2.0},
    "blurred 2.5": {"blur": 2.5},
    "moved 7 px": {"moved": 7},
    "dark": {"light": 0.05, "noise": 1.5},
    "dark, any turn": {"light": 0.05, "noise": 1.5, "turned": True},
    "blurred 2.5, 6 px a module": {"blur": 2.5, "module": 6.0},
}
