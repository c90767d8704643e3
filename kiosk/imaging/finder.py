"""Find the sheet of paper: gather quadrilaterals from several channels, keep the one whose sides separate two surfaces.

A printed table has strong edges too, but the same paper on both sides of them; a sheet's border does not. So each side
of a candidate is asked whether there is an edge (support) and whether inside differs from outside, the same way all
along it (step). The search runs at 480 px; `refine` then fits the sides to the full picture.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.candidates import Layer, quads
from kiosk.imaging.refine import refine
from kiosk.imaging.shapes import Corners, Image, Sheet, in_order, usable

WORK_PX = 480
LEAST_SCORE = 0.25
RATIOS = (297 / 210, 330 / 215, 85.6 / 53.98)  # A4, F4 (folio), identity card
SAMPLES = 48  # points asked along each side
BORDER_PX = 3.0
# Lower thresholds for L, a, b, S; the upper is 2.5 times. Colour is faint, and saturation is noisy where it is dark.
CANNY = ((14, 35, 80), (14, 35), (14, 35), (35, 80))
STEP_LEVELS = 7.0  # a step of this many levels counts half


@dataclass(frozen=True, slots=True)
class _Scene:
    """The picture at working size: channels L, a, b, S as (height, width, 4) and the strongest gradient."""

    layers: Image
    slope: NDArray[np.float32]

    @property
    def size(self) -> tuple[int, int]:
        return self.slope.shape[1], self.slope.shape[0]


def find_sheet(image: Image) -> Sheet | None:
    """The sheet in a BGR picture (height, width, 3), or None. Corners are sub-pixel, in the picture's own pixels.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    scale = min(1.0, WORK_PX / max(usable(image).shape[:2]))
    small = _shrink(image, scale)
    layers = _layers(small)
    candidates = quads(layers)
    if not len(candidates):
        return None
    scene = _scene(layers)
    scores = _scores(scene, candidates)
    best = int(scores.argmax())
    if scores[best] < LEAST_SCORE:
        return None
    return _in_full(image, candidates[best], float(scores[best]), (small.shape[1], small.shape[0]))


def _in_full(image: Image, quad: Corners, score: float, small: tuple[int, int]) -> Sheet:
    full = np.array(image.shape[1::-1], np.float32)
    grown = np.asarray((quad + 0.5) * (full / np.array(small, np.float32)) - 0.5, np.float32)
    reach = float(full.max()) / max(small)
    corners = refine(image, in_order(grown), reach=reach)
    return Sheet(corners, min(score, 1.0), _cut(corners, full, 1.5 * reach))


def _cut(corners: Corners, full: NDArray[np.float32], margin: float) -> bool:
    return bool((corners < margin).any() or (corners > full - 1 - margin).any())


def _shrink(image: Image, scale: float) -> Image:
    """Whole-number averaging first (fast, no aliasing), then the rest of the way."""
    whole = max(1, int(1 / scale))
    height, width = image.shape[:2]
    averaged = cv2.resize(image, (width // whole, height // whole), interpolation=cv2.INTER_AREA)
    target = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(averaged, target, interpolation=cv2.INTER_LINEAR), np.uint8)


def _layers(small: Image) -> list[Layer]:
    soft = cv2.medianBlur(small, 5)
    lab = cv2.cvtColor(soft, cv2.COLOR_BGR2LAB)
    saturation = cv2.cvtColor(soft, cv2.COLOR_BGR2HSV)[..., 1]
    channels = (np.ascontiguousarray(channel, np.uint8) for channel in (*cv2.split(lab), saturation))
    return [Layer.of(channel, levels) for channel, levels in zip(channels, CANNY, strict=True)]


def _scene(layers: list[Layer]) -> _Scene:
    slopes = [cv2.magnitude(layer.across.astype(np.float32), layer.down.astype(np.float32)) for layer in layers]
    steepest = cv2.max(cv2.max(slopes[0], slopes[1]), cv2.max(slopes[2], slopes[3]))
    merged = cv2.GaussianBlur(cv2.merge([layer.channel for layer in layers]), (3, 3), 0)
    slope = cv2.dilate(steepest, np.ones((3, 3), np.uint8))
    return _Scene(np.asarray(merged, np.uint8), np.asarray(slope, np.float32))


def _scores(scene: _Scene, candidates: Corners) -> NDArray[np.float32]:
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


def _sides(scene: _Scene, candidates: Corners) -> NDArray[np.floating]:
    """Quality 0..1 of each side, (n, 4); a side along the picture's border cannot be asked and gets 0.35."""
    after = np.roll(candidates, -1, axis=1)
    along = after - candidates
    length = np.maximum(np.linalg.norm(along, axis=2, keepdims=True), 1e-3)
    normal = np.stack([along[..., 1], -along[..., 0]], axis=-1) / length  # outward, for clockwise corners
    places = np.linspace(0.05, 0.95, SAMPLES, dtype=np.float32)[:, None]
    points = candidates[:, :, None] + along[:, :, None] * places
    support = (_look(scene.slope, points) > 24).mean(axis=2)
    inside = _look(scene.layers, points - normal[:, :, None] * 5)
    outside = _look(scene.layers, points + normal[:, :, None] * 5)
    quality = support * _step(inside - outside)
    return np.asarray(np.where(_at_border(candidates, after, scene.size), 0.35, quality))


def _step(difference: NDArray[np.float32]) -> NDArray[np.floating]:
    """How surely the two sides differ: median step against noise, times how constant its sign is. In (n, 4, k, c)."""
    middle = np.median(difference, axis=2, keepdims=True)
    agree = (np.sign(difference) == np.sign(middle)).mean(axis=2)
    size = np.abs(middle[:, :, 0])
    strength = size / (size + STEP_LEVELS)
    return np.asarray((strength * np.clip(2 * agree - 1, 0, 1)).max(axis=2))


def _look(layer: NDArray[Any], points: NDArray[np.floating]) -> NDArray[np.float32]:
    height, width = layer.shape[:2]
    across = np.clip(np.rint(points[..., 0]), 0, width - 1).astype(np.intp)
    down = np.clip(np.rint(points[..., 1]), 0, height - 1).astype(np.intp)
    return np.asarray(layer[down, across], np.float32)


def _at_border(start: Corners, end: Corners, size: tuple[int, int]) -> NDArray[np.bool_]:
    limit = np.array(size, np.float32) - 1 - BORDER_PX
    low = (start < BORDER_PX) & (end < BORDER_PX)
    high = (start > limit) & (end > limit)
    return np.asarray((low | high).any(axis=2))
