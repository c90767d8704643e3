"""How much a quadrilateral looks like a sheet of paper that lies on something else.

A printed table has strong edges too, but the same paper on both sides of them; a sheet's border does not. So each side
of a candidate is asked whether there is an edge (support) and whether inside differs from outside, the same way all
along it (step).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.scene import ASIDE_PX, STEP_LEVELS, Scene, values
from kiosk.imaging.shapes import Corners

RATIOS = (297 / 210, 330 / 215, 85.6 / 53.98)  # A4, F4 (folio), identity card
SAMPLES = 48  # points asked along each side
BORDER_PX = 3.0
STEEP = 24  # a slope that may be a sheet's border


def best(scene: Scene, candidates: Corners) -> tuple[float, Corners]:
    """The highest score, 0..1, and the candidate (4, 2) that has it; 0 and nothing without candidates (n, 4, 2)."""
    if not len(candidates):
        return 0.0, candidates
    scores = _scores(scene, candidates)
    first = int(scores.argmax())
    return float(scores[first]), candidates[first]


def _scores(scene: Scene, candidates: Corners) -> NDArray[np.float32]:
    """One number 0..1 for each candidate; candidates (n, 4, 2)."""
    sides = _sides(scene, candidates)
    weakest, mean = sides.min(axis=1), sides.mean(axis=1)
    width, height = scene.size
    areas = np.array([cv2.contourArea(quad) for quad in candidates]) / (width * height)
    size = np.minimum(areas / 0.3, 1.0) ** 0.5 * np.where(areas > 0.97, 0.2, 1.0)
    return np.asarray((0.5 * weakest + 0.5 * mean) * size * _plausible(candidates), np.float32)


def _plausible(candidates: Corners) -> NDArray[np.floating]:
    """How near to a known paper: 0.4 for anything, 1 for a ratio that a paper seen at a tilt may have."""
    lengths = np.linalg.norm(np.roll(candidates, -1, axis=1) - candidates, axis=2)
    across, down = lengths[:, ::2].mean(axis=1), lengths[:, 1::2].mean(axis=1)
    ratio = np.maximum(across, down) / np.maximum(np.minimum(across, down), 1)
    distance = np.abs(np.log(ratio[:, None] / np.array(RATIOS))).min(axis=1)
    even = lengths.min(axis=1) / lengths.max(axis=1)
    near = 0.4 + 0.6 * np.exp(-5 * np.maximum(distance - 0.06, 0))
    return np.asarray(near * np.where(even < 0.3, 0.5, 1.0), np.float32)


def _sides(scene: Scene, candidates: Corners) -> NDArray[np.floating]:
    """Quality 0..1 of each side, (n, 4); a side along the picture's border cannot be asked and gets 0.35."""
    after = np.roll(candidates, -1, axis=1)
    along = after - candidates
    length = np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-3)
    normal = np.stack([along[..., 1], -along[..., 0]], axis=-1) / length  # outward, for clockwise corners
    places = np.linspace(0.05, 0.95, SAMPLES, dtype=np.float32)[:, None]
    points = candidates[:, :, None] + along[:, :, None] * places
    support = (values(scene.steepest, points) > STEEP).mean(axis=2)
    inside = values(scene.shades, points - normal[:, :, None] * ASIDE_PX)
    outside = values(scene.shades, points + normal[:, :, None] * ASIDE_PX)
    quality = support * _step(inside - outside)
    return np.asarray(np.where(_at_border(candidates, after, scene.size), 0.35, quality))


def _step(difference: NDArray[np.float32]) -> NDArray[np.floating]:
    """How surely the two sides differ: median step against noise, times how constant its sign is. In (n, 4, k, c)."""
    middle = np.median(difference, axis=2, keepdims=True)
    agree = (np.sign(difference) == np.sign(middle)).mean(axis=2)
    size = np.abs(middle[:, :, 0])
    strength = size / (size + STEP_LEVELS)
    return np.asarray((strength * np.clip(2 * agree - 1, 0, 1)).max(axis=2))


def _at_border(start: Corners, end: Corners, size: tuple[int, int]) -> NDArray[np.bool_]:
    limit = np.array(size, np.float32) - 1 - BORDER_PX
    low = (start < BORDER_PX) & (end < BORDER_PX)
    high = (start > limit) & (end > limit)
    return np.asarray((low | high).any(axis=2))
