"""Sharpen four rough corners to parts of a pixel: see where the colour turns along each side, fit lines, meet them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging.lines import meeting, through
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
    after = np.roll(corners, -1, axis=0)
    lines = np.array([_side(image, start, end, span) for start, end in zip(corners, after, strict=True)])
    met = meeting(np.roll(lines, 1, axis=0), lines)
    if met is None:
        return corners
    moved = np.asarray(met, np.float32)
    near = np.linalg.norm(moved - corners, axis=1, keepdims=True) < 2.5 * span
    return np.asarray(np.where(near, moved, corners), np.float32)


def _side(image: Image, start: NDArray[np.float32], end: NDArray[np.float32], span: float) -> NDArray[np.float64]:
    """The line (a, b, c) of one side, fitted to the strongest turn of colour on each profile across it."""
    along = (end - start).astype(np.float64)
    across = np.array((along[1], -along[0])) / max(float(np.hypot(*along)), 1e-6)
    places = start + along * np.linspace(0.04, 0.96, PROFILES)[:, None]
    offsets = np.linspace(-span, span, STEPS)
    turn = _turn(image, places[:, None] + across * offsets[:, None])
    peak, strength = _peaks(turn)
    points = places + across * (peak * (offsets[1] - offsets[0]) - span)[:, None]
    strong = strength > max(2.0, 0.35 * float(np.median(strength)))
    if strong.sum() < PROFILES // 3:
        return through(start, end)
    return _fit(points[strong])


def _turn(image: Image, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """How fast the colour turns at (profiles, steps, 2) points, the way it turns at the side's clearest edge.

    The clearest, not the way from paper to desk: beside a shadow the desk's far light would win over the paper's edge.
    """
    grid = points.astype(np.float32)
    colours = cv2.remap(image, grid[..., 0], grid[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(colours.astype(np.float32), (5, 5), 0, borderType=cv2.BORDER_REPLICATE)
    slopes = np.gradient(soft, axis=1)
    common = slopes.mean(axis=0)
    way = common[int(np.linalg.norm(common, axis=1).argmax())]
    return np.asarray(slopes @ (way / max(float(np.linalg.norm(way)), 1e-6)), np.float64)


def _peaks(turn: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where each row is largest, to a part of a step by the parabola through three, and how large."""
    rows = np.arange(len(turn))
    top = turn[:, 1:-1].argmax(axis=1) + 1
    before, here, after = turn[rows, top - 1], turn[rows, top], turn[rows, top + 1]
    bend = before - 2 * here + after
    shift = np.where(np.abs(bend) > 1e-9, 0.5 * (before - after) / np.where(bend == 0, 1, bend), 0)
    return top + np.clip(shift, -0.5, 0.5), here


def _fit(points: NDArray[np.float64]) -> NDArray[np.float64]:
    across, down, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return through(np.array((x, y)), np.array((x + across, y + down)))
