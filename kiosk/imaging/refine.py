"""Sharpen four rough corners to parts of a pixel: see where the colour turns along each side, fit lines, meet them."""

import cv2
import numpy as np

from kiosk.imaging.lines import Numbers, meeting, through
from kiosk.imaging.shapes import Corners, Image

PROFILES = 96  # along each side
STEPS = 25  # along each profile
SEARCH = 6.0  # working pixels each way; the second pass looks at a quarter of it


def refine(image: Image, corners: Corners, *, reach: float) -> Corners:
    """Corners (4, 2), clockwise, of a BGR picture, moved onto its edges; ``reach`` = picture px per working px.

    A side without a clear edge, or one that would move a corner far, stays as it was.
    """
    for span in (SEARCH * reach, SEARCH * reach / 4):
        corners = _one_pass(image, corners, span)
    return corners


def _one_pass(image: Image, corners: Corners, span: float) -> Corners:
    lines = _lines(image, corners, span)
    met = meeting(np.roll(lines, 1, axis=0), lines)
    if met is None:
        return corners
    moved = np.asarray(met, np.float32)
    near = np.linalg.norm(moved - corners, axis=1, keepdims=True) < 2.5 * span
    return np.asarray(np.where(near, moved, corners), np.float32)


def _lines(image: Image, corners: Corners, span: float) -> Numbers:
    """The sides' lines, (4, 3), each fitted to the strongest turn of colour on the profiles across it."""
    start, end = corners.astype(np.float64), np.roll(corners, -1, axis=0).astype(np.float64)
    along = end - start
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    places = start[:, None] + along[:, None] * np.linspace(0.04, 0.96, PROFILES)[:, None]
    offsets = np.linspace(-span, span, STEPS)
    turn = _turn(image, places[:, :, None] + across[:, None, None] * offsets[:, None])
    peak, strength = _peaks(turn)
    points = places + across[:, None] * (peak * (offsets[1] - offsets[0]) - span)[..., None]
    strong = strength > np.maximum(2.0, 0.35 * np.median(strength, axis=1, keepdims=True))
    return np.array(
        [
            _fit(side[clear]) if clear.sum() >= PROFILES // 3 else through(*ends)
            for side, clear, ends in zip(points, strong, zip(start, end, strict=True), strict=True)
        ]
    )


def _turn(image: Image, points: Numbers) -> Numbers:
    """How fast the colour turns at (4, profiles, steps, 2) points, the way it turns at each side's clearest edge.

    The clearest, not the way from paper to desk: beside a shadow the desk's far light would win over the paper's edge.
    """
    grid = points.reshape(-1, STEPS, 2).astype(np.float32)
    seen = cv2.remap(image, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sides = seen.astype(np.float32).reshape(4, PROFILES, STEPS, 3)
    soft = np.stack([cv2.GaussianBlur(side, (5, 5), 0, borderType=cv2.BORDER_REPLICATE) for side in sides])
    slopes = np.zeros_like(soft)
    slopes[:, :, 1:-1] = (soft[:, :, 2:] - soft[:, :, :-2]) / 2
    common = slopes.mean(axis=1)
    clearest = np.linalg.norm(common, axis=2).argmax(axis=1)
    way = common[np.arange(4), clearest]
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    return np.asarray((slopes.reshape(4, -1, 3) @ way[:, :, None]).reshape(4, PROFILES, STEPS), np.float64)


def _peaks(turn: Numbers) -> tuple[Numbers, Numbers]:
    """Where each profile is largest, to a part of a step by the parabola through three, and how large; (4, profiles)."""
    top = turn[..., 1:-1].argmax(axis=-1)[..., None] + 1
    before, here, after = (np.take_along_axis(turn, top + step, axis=-1)[..., 0] for step in (-1, 0, 1))
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0)
    return top[..., 0] + np.clip(shift, -0.5, 0.5), here


def _fit(points: Numbers) -> Numbers:
    across, down, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return through(np.array((x, y)), np.array((x + across, y + down)))
