"""Quadrilaterals from straight lines: where other things touch the sheet its outline runs into theirs, its sides do not.

Straight pieces of edges are gathered; those of one line are joined; four lines are met, two that face each other across
two that face each other. A piece is worth its length times how surely it separates two surfaces.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from kiosk.imaging.lines import Numbers, meeting, through
from kiosk.imaging.scene import ASIDE_PX, STEP_LEVELS, values
from kiosk.imaging.shapes import Corners, Image

SHORTEST_CHAIN = 60.0  # px, there and back
SHORTEST = 22.0  # px, of a piece
BEND_PX = 1.6
MOST_PIECES = 160
MOST_TRIED = 40  # lines joined, of which the worthiest are met
MOST_LINES = 16
LEAST_WORTH = 4.0
BESIDE_PX = 2.5  # pieces of one line lie this near to it, farther along it less near
FACING = float(np.sin(np.deg2rad(32.0)))  # the most that two facing sides may be turned against each other: perspective
CROSSING = float(np.sin(np.deg2rad(50.0)))  # the least that two neighbours must be
COVERED = 0.45  # the share of a side on which its line was seen
ROOM = 0.03  # of the picture: how far outside it a corner may lie
MOST_QUADS = 60
ENOUGH = 300.0  # worth beyond this makes a line no better
PLACES = np.linspace(0.08, 0.92, 12)  # asked along each piece


@dataclass(frozen=True, slots=True)
class _Line:
    """``along``: unit vector (2,); ``equation``: (a, b, c), normed; ``span``: the first and last place along it where it was
    seen, px."""

    along: Numbers
    equation: Numbers
    span: tuple[float, float]
    worth: float

    @classmethod
    def of(cls, first: Numbers, last: Numbers, worth: float) -> "_Line":
        along = (last - first) / max(float(np.hypot(*(last - first))), 1e-6)
        equation = np.array((-along[1], along[0], along[1] * first[0] - along[0] * first[1]))
        return cls(along, equation, (float(first @ along), float(last @ along)), worth)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The same of many: (n, 2), (n, 3), (n, 2), (n,)."""

    along: Numbers
    equations: Numbers
    spans: Numbers
    worth: Numbers

    @classmethod
    def of(cls, lines: Sequence[_Line]) -> "_Lines":
        return cls(
            np.array([line.along for line in lines]),
            np.array([line.equation for line in lines]),
            np.array([line.span for line in lines]),
            np.array([line.worth for line in lines]),
        )


def crossed(edges: Image, shades: Image, *, least_area: float) -> Corners:
    """Candidates (n, 4, 2) float32, clockwise, MOST_QUADS at most.

    ``edges``: Canny's, (height, width); ``shades``: the channels that tell surfaces apart, (height, width, k).
    """
    pieces = _pieces(edges)
    lines = _joined(pieces, _worth(shades, pieces)) if len(pieces) >= 4 else []
    if len(lines) < 4:
        return np.empty((0, 4, 2), np.float32)
    return _met(_Lines.of(lines), (edges.shape[1], edges.shape[0]), least_area)


def _pieces(edges: Image) -> Numbers:
    """Straight pieces of edges, from where to where, the longest first: (n, 2, 2)."""
    chains = cv2.findContours(edges, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[0]
    bent = [cv2.approxPolyDP(chain, BEND_PX, closed=True)[:, 0] for chain in chains if _long(chain)]
    if not bent:
        return np.empty((0, 2, 2))
    start, ends = np.concatenate(bent), np.cumsum([len(chain) for chain in bent])
    after = np.arange(1, len(start) + 1)
    after[ends - 1] = np.concatenate([[0], ends[:-1]])  # the last of each chain leads to its first
    pieces = np.stack([start, start[after]], axis=1).astype(np.float64)
    lengths = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1)
    order = np.argsort(-lengths)[:MOST_PIECES]
    return np.asarray(pieces[order[lengths[order] >= SHORTEST]])


def _long(chain: MatLike) -> bool:
    return cv2.arcLength(chain, closed=True) >= SHORTEST_CHAIN


def _worth(shades: Image, pieces: Numbers) -> Numbers:
    """(n,); a line of a table has the same paper on both sides, and is worth little however long it is."""
    along = pieces[:, 1] - pieces[:, 0]
    length = np.maximum(np.hypot(*along.T), 1e-6)
    aside = np.stack([along[:, 1], -along[:, 0]], axis=1)[:, None] * (ASIDE_PX / length[:, None, None])
    points = pieces[:, :1] + along[:, None] * PLACES[:, None]
    beside = values(shades, points + aside) - values(shades, points - aside)
    step = np.abs(np.median(beside, axis=1)).max(axis=1, initial=0.0)
    return np.asarray(length * step / (step + STEP_LEVELS), np.float64)


def _joined(pieces: Numbers, worth: Numbers) -> list[_Line]:
    """The pieces of one line as one; the worthiest lines first, MOST_LINES at most."""
    left, beside = worth.copy(), _beside(pieces)
    found: list[_Line] = []
    while len(found) < MOST_TRIED and left.max(initial=0.0) >= LEAST_WORTH:
        one = int(left.argmax())
        near = beside[one] & (left > 0)
        ends = pieces[near].reshape(-1, 2)
        places = ends @ (pieces[one, 1] - pieces[one, 0])
        found.append(_Line.of(ends[places.argmin()], ends[places.argmax()], float(left[near].sum())))
        left[near] = 0
    return sorted(found, key=lambda line: -line.worth)[:MOST_LINES]


def _beside(pieces: Numbers) -> NDArray[np.bool_]:
    """Which pieces lie along which, (n, n): the direction of each is only so sure, so that far ones may lie farther aside."""
    lines = through(pieces[:, 0], pieces[:, 1])
    lengths = np.maximum(np.hypot(lines[:, 0], lines[:, 1]), 1e-6)[:, None, None]
    apart = np.abs(lines[:, :2] @ pieces.reshape(-1, 2).T + lines[:, 2:]).reshape(len(pieces), -1, 2) / lengths
    far = np.linalg.norm(pieces[None] - pieces.mean(axis=1)[:, None, None], axis=3) / lengths
    near = (apart < BESIDE_PX * np.maximum(far, 1.0)).all(axis=2)
    return np.asarray(near | np.eye(len(pieces), dtype=bool))


def _met(lines: _Lines, size: tuple[int, int], least_area: float) -> Corners:
    """Quadrilaterals of two pairs of facing lines, the best covered first."""
    chosen = _pairs_of_pairs(np.abs(_cross(lines.along[:, None], lines.along[None])))
    here = lines.equations[chosen]
    corners = meeting(np.roll(here, 1, axis=1), here)  # corner k: where side k - 1 meets side k
    if corners is None:
        return np.empty((0, 4, 2), np.float32)
    shares = _covered(lines, chosen, corners)
    good = _sound(corners, size, least_area) & (shares.min(axis=1) > COVERED)
    worth = (shares * np.minimum(lines.worth[chosen], ENOUGH)).sum(axis=1)
    first = np.argsort(np.where(good, -worth, np.inf))[: min(MOST_QUADS, int(good.sum()))]
    return np.array([_clockwise(quad) for quad in corners[first]], np.float32).reshape(-1, 4, 2)


def _pairs_of_pairs(turn: Numbers) -> NDArray[np.intp]:
    """Which lines may be four sides, in their order around, (m, 4); ``turn``: sines between all lines, (n, n)."""
    one, other = np.nonzero(np.triu(turn < FACING, 1))
    left, right = np.nonzero(np.triu(turn[one][:, one] > CROSSING, 1))
    sides = np.stack([one[left], one[right], other[left], other[right]], axis=1)
    return np.asarray(sides[(turn[sides, np.roll(sides, -1, axis=1)] > CROSSING).all(axis=1)])


def _covered(lines: _Lines, chosen: NDArray[np.intp], corners: Numbers) -> Numbers:
    """The share of each side on which its line was seen, (m, 4)."""
    places = np.stack([corners, np.roll(corners, -1, axis=1)], axis=2) @ lines.along[chosen][..., None]
    low, high = places.min(axis=(2, 3)), places.max(axis=(2, 3))
    seen = np.minimum(high, lines.spans[chosen][..., 1]) - np.maximum(low, lines.spans[chosen][..., 0])
    return np.asarray(np.maximum(seen, 0) / np.maximum(high - low, 1))


def _sound(corners: Numbers, size: tuple[int, int], least_area: float) -> NDArray[np.bool_]:
    """Inside the picture, large enough, convex."""
    room = ROOM * max(size)
    inside = ((corners > -room) & (corners < np.array(size) + room)).all(axis=(1, 2))
    along = np.roll(corners, -1, axis=1) - corners
    turns = np.sign(_cross(along, np.roll(along, -1, axis=1))).sum(axis=1)
    return np.asarray(inside & (np.abs(_area(corners)) >= least_area) & (np.abs(turns) == 4))


def _cross(one: Numbers, other: Numbers) -> Numbers:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def _area(corners: Numbers) -> Numbers:
    return np.asarray(0.5 * _cross(corners, np.roll(corners, -1, axis=-2)).sum(axis=-1))


def _clockwise(quad: Numbers) -> Numbers:
    """From the top left; the y axis points down, so that clockwise is a positive area."""
    turned = quad if _area(quad) > 0 else quad[::-1]
    return np.asarray(np.roll(turned, -int(turned.sum(axis=1).argmin()), axis=0))
