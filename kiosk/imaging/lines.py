"""Straight lines as (a, b, c) with ax + by + c = 0, many at once. numpy's own cross product takes longer than the search."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def through(start: NDArray[np.floating], end: NDArray[np.floating]) -> Numbers:
    """The lines through pairs of points, (..., 2) each; (..., 3)."""
    x1, y1, x2, y2 = (np.asarray(part, np.float64) for part in (start[..., 0], start[..., 1], end[..., 0], end[..., 1]))
    return np.stack([y1 - y2, x2 - x1, x1 * y2 - x2 * y1], axis=-1)


def meeting(one: Numbers, other: Numbers) -> Numbers | None:
    """Where pairs of lines meet, (..., 2); None when a pair runs side by side."""
    depth = one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0]
    lengths = np.hypot(one[..., 0], one[..., 1]) * np.hypot(other[..., 0], other[..., 1])
    if (np.abs(depth) <= 1e-6 * lengths).any():
        return None
    x = one[..., 1] * other[..., 2] - one[..., 2] * other[..., 1]
    y = one[..., 2] * other[..., 0] - one[..., 0] * other[..., 2]
    return np.stack([x, y], axis=-1) / depth[..., None]
