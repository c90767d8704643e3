"""Pictures of papers, spoiled on purpose and in steps: what an officer complains of, one mishap at a time.

A `Shot` is one paper on one desk, photographed without noise; each mishap takes the shot's frame (BGR, uint8) and gives
another. Places on the paper are shares of its width and height; lengths are millimetres on the paper. All dice have seeds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging import flatten
from kiosk.panel.specimens import scatter
from tests.specimens import Corners, Image, birth_letter, id_card, kk_page, on_desk, small_print

PAPERS = {"kk": kk_page, "birth": birth_letter, "print": small_print, "card": id_card}
LONG_MM = {"kk": 297.0, "birth": 297.0, "print": 297.0, "card": 85.6}
STRIP_PX = 70  # of the desk
SKIN = {  # BGR in full light, from the lightest to the darkest
    "light": (150, 176, 216),
    "olive": (112, 148, 196),
    "tan": (80, 118, 172),
    "brown": (54, 84, 134),
    "dark": (38, 58, 96),
}


@dataclass(frozen=True, slots=True)
class Shot:
    """``page``: the clean paper, as large as `flatten` makes it; ``frame``, ``corners``: how it was seen."""

    name: str
    page: Image
    frame: Image
    corners: Corners

    @property
    def shape(self) -> str:
        return "card" if self.name == "card" else "a4"

    @property
    def scale(self) -> float:
        """Pixels of the frame in a millimetre of the paper."""
        sides = np.linalg.norm(np.roll(self.corners, -1, axis=0) - self.corners, axis=1)
        return float(max(sides[::2].mean(), sides[1::2].mean())) / LONG_MM[self.name]

    def at(self, across: float, down: float) -> NDArray[np.float64]:
        """Where a place on the paper is in the frame, (2,); places outside the paper are allowed."""
        square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
        matrix = cv2.getPerspectiveTransform(square, self.corners)
        return cv2.perspectiveTransform(np.array([[(across, down)]], np.float32), matrix)[0, 0].astype(np.float64)

    def outside(self, boxes: Sequence[tuple[int, int, int, int]]) -> float:
        """The largest share of any of these boxes (left, top, width, height on the clean page) that the frame does not show."""
        height, width = self.frame.shape[:2]
        shares = np.linspace(0, 1, 41)
        worst = 0.0
        for left, top, wide, high in boxes:
            across, down = (left + wide * shares) / self.page.shape[1], (top + high * shares) / self.page.shape[0]
            seen = [self.at(x, y) for x in across for y in down[:: 40 if high < wide / 4 else 4]]
            worst = max(worst, float(np.mean([not (0 <= x < width and 0 <= y < height) for x, y in seen])))
        return worst

    def flat(self, frame: Image) -> Image:
        return flatten(frame, self.corners, shape=self.shape)


def photograph(
    name: str, page: Image, *, seed: int, background: str = "dark", width: int = 2048, out: tuple[float, float] = (0, 0)
) -> Shot:
    """The paper with a strip of the desk around it. ``width``: of the whole picture; ``out``: moved by so much of it, so that
    the paper hangs out of the picture."""
    size = (width, width * 3 // 4)
    place = np.asarray(scatter(page, size=size, seed=seed) + np.array(out) * size, np.float32)
    frame, corners = on_desk(page, seed=seed, background=background, size=size, corners=place, noise=0)
    left, top = np.maximum(corners.min(axis=0) - STRIP_PX, 0).astype(int)
    right, bottom = (corners.max(axis=0) + STRIP_PX).astype(int)
    cut = np.ascontiguousarray(frame[top:bottom, left:right])
    cut.setflags(write=False)
    return Shot(name, page, cut, np.asarray(corners - (left, top), np.float32))


@lru_cache(maxsize=24)
def shot(name: str, *, seed: int, background: str = "dark", width: int = 2048) -> Shot:
    """One of `PAPERS`, shared by tests: nobody writes on its frame."""
    return photograph(name, PAPERS[name](), seed=seed, background=background, width=width)


def grain(frame: Image, *, level: float = 2.5, seed: int = 0) -> Image:
    """The sensor's noise."""
    noise = np.empty(frame.shape, np.int16)
    cv2.setRNGSeed(seed + 1)
    cv2.randn(noise, (0, 0, 0), (level, level, level))
    return _pixels(frame + noise)


def defocus(frame: Image, radius: float) -> Image:
    """A lens out of focus: each point a disk of ``radius`` px; half a px is nothing."""
    reach = int(np.ceil(radius)) + 1
    across, down = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disk = np.clip(radius + 0.5 - np.hypot(across, down), 0, 1).astype(np.float32)
    return np.asarray(cv2.filter2D(frame, -1, disk / disk.sum()), np.uint8)


def smear(frame: Image, length: float, degrees: float) -> Image:
    """Moved in a straight line by ``length`` px while the picture was taken; 0 degrees: to the right, 90: down."""
    side = int(np.ceil(length)) // 2 * 2 + 3
    drawn = np.zeros((side * 8, side * 8), np.uint8)
    way = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))]) * (length - 1) * 4
    middle = np.array([side * 4, side * 4])
    ends = [tuple(np.rint(middle + sign * way).astype(int).tolist()) for sign in (-1, 1)]
    cv2.line(drawn, ends[0], ends[1], 255, 8)
    kernel = cv2.resize(drawn, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.filter2D(frame, -1, kernel / kernel.sum()), np.uint8)


def relight(frame: Image, light: float) -> Image:
    """Under- or over-exposed: 1 is as it was."""
    return np.asarray(cv2.convertScaleAbs(frame, alpha=light), np.uint8)


def shine(shot: Shot, frame: Image, at: tuple[float, float], *, reach: float, level: float = 520) -> Image:
    """A lamp's reflection at a place on the paper; ``reach``: its sigma in mm; ``level``: what it adds, 255 is all."""
    height, width = frame.shape[:2]
    middle, sigma = shot.at(*at), reach * shot.scale
    across = np.exp(-((np.arange(width) - middle[0]) ** 2) / (2 * sigma**2)).astype(np.float32)
    down = np.exp(-((np.arange(height) - middle[1]) ** 2) / (2 * (sigma * 0.7) ** 2)).astype(np.float32)
    added = np.minimum(level * down[:, None] * across[None], 255).astype(np.uint8)
    return np.asarray(cv2.add(frame, cv2.merge([added] * 3)), np.uint8)


def finger(
    shot: Shot,
    frame: Image,
    tip: tuple[float, float],
    *,
    start: tuple[float, float],
    tone: str = "tan",
    width: float = 15,
) -> Image:
    """A finger from ``start`` (outside the paper) to ``tip``, rounded, shaded, with a nail and its shadow."""
    begin, end, radius = shot.at(*start), shot.at(*tip), width / 2 * shot.scale
    left, top = np.maximum(np.minimum(begin, end) - 2 * radius, 0).astype(int)
    right, bottom = (np.maximum(begin, end) + 2 * radius).astype(int)
    spoiled = frame.copy()
    part = spoiled[top:bottom, left:right]
    part[:] = _finger(part, begin - (left, top), end - (left, top), radius, np.asarray(SKIN[tone], np.float32))
    return spoiled


def _finger(
    part: Image, begin: NDArray[np.float64], end: NDArray[np.float64], radius: float, tone: NDArray[np.float32]
) -> Image:
    away = _distance(part.shape, begin, end)
    cover = np.clip((radius - away) / 2 + 0.5, 0, 1)
    shadow = cv2.GaussianBlur(np.roll(cover, (round(radius / 4), round(radius / 5)), (0, 1)), (0, 0), radius / 4)
    round_shade = 0.72 + 0.28 * np.sqrt(np.clip(1 - (away / radius) ** 2, 0, 1))
    skin = tone * 0.9 * (round_shade * _creases(part.shape, begin))[..., None]
    along = (end - begin) / np.linalg.norm(end - begin)
    nail = _distance(part.shape, end - along * radius * 0.2, end + along * radius * 0.35) < radius * 0.38
    skin = skin + (np.minimum(skin * 1.22 + 14, 250) - skin) * nail[..., None]
    under = part * (1 - 0.4 * shadow)[..., None]
    return _pixels(under + (skin - under) * cover[..., None])


def _distance(shape: Sequence[int], begin: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float32]:
    """From each pixel to the line between two points."""
    down, across = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    way = end - begin
    share = np.clip(((across - begin[0]) * way[0] + (down - begin[1]) * way[1]) / max(way @ way, 1e-6), 0, 1)
    return np.hypot(across - begin[0] - share * way[0], down - begin[1] - share * way[1]).astype(np.float32)


def _creases(shape: Sequence[int], begin: NDArray[np.float64]) -> NDArray[np.float32]:
    coarse = np.random.default_rng(int(abs(begin).sum())).normal(1, 0.05, (shape[0] // 6, shape[1] // 6))
    return np.asarray(cv2.resize(coarse.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def back_of(page: Image, *, through: float = 0.0) -> Image:
    """The paper's other side: empty, or its front shining through, mirrored; ``through``: 0 to about .15 of its contrast."""
    level = np.percentile(page, 90, axis=(0, 1))
    soft = cv2.GaussianBlur(page[:, ::-1], (0, 0), 2.2).astype(np.float32)
    return _pixels(level + (soft - level) * through)


def tinted(page: Image, colour: Sequence[int]) -> Image:
    """Printed on coloured paper, BGR."""
    return _pixels(page.astype(np.float32) * (np.asarray(colour, np.float32) / 255))


def with_face(page: Image, at: tuple[float, float], *, tone: str = "tan", high: float = 0.14) -> Image:
    """A portrait photo, red behind, printed on the paper; ``high``: share of the paper's long side."""
    image = page.copy()
    tall = round(max(page.shape) * high)
    wide, left, top = tall * 3 // 4, round(page.shape[1] * at[0]), round(page.shape[0] * at[1])
    skin = tuple(int(part) for part in SKIN[tone])
    cv2.rectangle(image, (left, top), (left + wide, top + tall), (40, 30, 170), -1)
    cv2.ellipse(
        image, (left + wide // 2, top + tall), (wide * 45 // 100, tall // 3), 0, 180, 360, (90, 60, 50), -1, cv2.LINE_AA
    )
    cv2.ellipse(
        image, (left + wide // 2, top + tall * 45 // 100), (wide // 4, tall // 4), 0, 0, 360, skin, -1, cv2.LINE_AA
    )
    return image


def _pixels(values: NDArray[np.floating] | NDArray[np.integer]) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)
