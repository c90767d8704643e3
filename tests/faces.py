"""Drawn faces for tests: nobody's. Shaded as a lamp above shades a head, because the cascades look for light and dark.

A drawn face is not a face: these prove that each advice fires and that none fires alone, not how often people are
misjudged (bench/imaging_faces.py says what is known of that).
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tests.specimens import Image

Field = NDArray[np.float32]
SKINS = ((120, 160, 205), (95, 135, 185), (70, 105, 150), (140, 180, 220), (55, 85, 125))  # BGR
CLOTHS = ((150, 60, 40), (60, 110, 60), (200, 200, 205), (45, 40, 40), (120, 60, 130))
HAIR = (28, 26, 30)
WALL = (150, 160, 158)
DRAWN = 480  # px, the longer side of the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who stands before the camera. ``width``: of the head, in shares of the frame's shorter side; ``turn``: degrees the
    head is leant over."""

    seed: int = 0
    width: float = 0.31
    at: tuple[float, float] = (0.5, 0.45)  # the middle of the face, in shares of the frame
    turn: float = 0.0
    mask: bool = False
    sunglasses: bool = False
    glasses: bool = False
    hijab: bool = False


class _Head:
    """One head being drawn on a field of its own: x and y are 0 in the middle of the face, 1 is the head's width."""

    def __init__(self, person: Person, shape: tuple[int, int]) -> None:
        height, width = shape
        turn, wide = np.float32(np.deg2rad(person.turn)), person.width * min(shape)
        x, y = person.at[0] * width, person.at[1] * height
        self.rows = slice(max(0, round(y - 1.2 * wide)), min(height, round(y + 2.9 * wide)))
        self.columns = slice(max(0, round(x - 1.4 * wide)), min(width, round(x + 1.4 * wide)))
        down, across = np.mgrid[self.rows, self.columns].astype(np.float32)
        across, down = (across - np.float32(x)) / np.float32(wide), (down - np.float32(y)) / np.float32(wide)
        self.x = across * np.cos(turn) + down * np.sin(turn)
        self.y = down * np.cos(turn) - across * np.sin(turn)
        self.soft = 2.0 / wide

    def oval(self, x: float, y: float, wide: float, tall: float, *, soft: float = 1.0) -> Field:
        """1 inside, 0 outside, with a soft edge."""
        far = np.sqrt(((self.x - x) / wide) ** 2 + ((self.y - y) / tall) ** 2)
        edge = soft * self.soft / min(wide, tall)
        return np.asarray(np.clip((1 - far) / edge + 0.5, 0, 1), np.float32)

    def glow(self, x: float, y: float, wide: float, tall: float) -> Field:
        """1 in the middle, fading."""
        return np.asarray(np.exp(-(((self.x - x) / wide) ** 2) - ((self.y - y) / tall) ** 2), np.float32)


def portrait(*people: Person, size: tuple[int, int] = (480, 360), light: float = 1.0, noise: float = 3.0) -> Image:
    """A frame of the selfie camera, BGR, shape (height, width, 3): drawn small, for speed, and enlarged."""
    shrunk = DRAWN / max(size)
    height, width = round(size[1] * shrunk), round(size[0] * shrunk)
    scene = np.full((height, width, 3), WALL, np.float32)
    scene *= np.linspace(1.08, 0.9, height, dtype=np.float32)[:, None, None]
    for person in people:
        _draw(scene, person)
    scene = cv2.GaussianBlur(scene * light, (0, 0), 0.6)
    dice = np.random.default_rng(people[0].seed + 77 if people else 77)
    scene += dice.standard_normal(scene.shape, dtype=np.float32) * np.float32(noise)
    return np.asarray(cv2.resize(np.clip(scene, 0, 255), size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _draw(scene: NDArray[np.float32], person: Person) -> None:
    dice, head = np.random.default_rng(person.seed), _Head(person, (scene.shape[0], scene.shape[1]))
    scene = scene[head.rows, head.columns]
    skin = np.array(SKINS[person.seed % len(SKINS)], np.float32) * dice.uniform(0.95, 1.05)
    cloth = np.array(CLOTHS[person.seed % len(CLOTHS)], np.float32)
    _body(scene, head, cloth, skin)
    if person.hijab:
        _paint(scene, head.oval(0, 0.02, 0.66, 0.86), cloth * 0.9)
    else:
        _paint(scene, head.oval(0, -0.16, 0.56, 0.66), np.array(HAIR, np.float32))
    face = head.oval(0, 0.02, 0.5 - 0.06 * person.hijab, 0.64)
    _paint(scene, face, skin * _shading(head)[..., None])
    _features(scene, head, skin, face)
    if person.glasses:
        for side in (-1, 1):
            ring = head.oval(0.21 * side, -0.1, 0.15, 0.11) - head.oval(0.21 * side, -0.1, 0.135, 0.095)
            _paint(scene, ring, np.array((30, 30, 30), np.float32))
    if person.sunglasses:
        for side in (-1, 1):
            _paint(scene, head.oval(0.21 * side, -0.1, 0.19, 0.14), np.array((22, 22, 24), np.float32))
        _paint(scene, head.oval(0, -0.13, 0.1, 0.03), np.array((22, 22, 24), np.float32))
    if person.mask:
        cover = head.oval(0, 0.36, 0.47, 0.36) * np.asarray(head.y > 0.06, np.float32) * face
        shade = (0.75 + 0.25 * head.glow(0, 0.25, 0.35, 0.3))[..., None]
        _paint(scene, cover, np.array((205, 195, 175), np.float32) * shade)


def _body(scene: NDArray[np.float32], head: _Head, cloth: NDArray[np.float32], skin: NDArray[np.float32]) -> None:
    _paint(scene, head.oval(0, 1.75, 1.15, 1.0), cloth)
    _paint(scene, head.oval(0, 0.75, 0.24, 0.4), skin * 0.6)


def _shading(head: _Head) -> Field:
    """How a lamp above lights the skin: full in front, less at the sides, in the sockets, beside and under the nose."""
    round_ = np.sqrt(np.clip(1 - (head.x / 0.56) ** 2 - ((head.y + 0.05) / 0.78) ** 2, 0.08, 1))
    light = 0.62 + 0.45 * round_
    for side in (-1, 1):
        light -= 0.30 * head.glow(0.21 * side, -0.13, 0.14, 0.085)
        light += 0.10 * head.glow(0.24 * side, 0.12, 0.12, 0.10)
        light -= 0.16 * head.glow(0.09 * side, 0.10, 0.035, 0.08)
    light += 0.16 * head.glow(0, -0.02, 0.045, 0.16) + 0.08 * head.glow(0, -0.35, 0.25, 0.12)
    light -= 0.22 * head.glow(0, 0.215, 0.09, 0.03) + 0.14 * head.glow(0, 0.47, 0.13, 0.035)
    return np.asarray(light + 0.08 * head.glow(0, 0.56, 0.12, 0.06), np.float32)


def _features(scene: NDArray[np.float32], head: _Head, skin: NDArray[np.float32], face: Field) -> None:
    for side in (-1, 1):
        _paint(scene, head.oval(0.21 * side, -0.255, 0.125, 0.024, soft=4) * 0.85, np.array((35, 38, 45), np.float32))
        _paint(scene, head.oval(0.21 * side, -0.1, 0.088, 0.036), np.array((205, 208, 212), np.float32))
        _paint(scene, head.oval(0.21 * side, -0.105, 0.04, 0.04), np.array((25, 28, 36), np.float32))
        _paint(scene, head.oval(0.21 * side, -0.138, 0.095, 0.014, soft=3) * 0.9, skin * 0.25)
        _paint(scene, head.oval(0.052 * side, 0.185, 0.026, 0.016, soft=3) * 0.8, skin * 0.3)
    _paint(scene, head.oval(0, 0.345, 0.155, 0.052, soft=3) * face, skin * np.array((0.55, 0.5, 0.78), np.float32))
    _paint(scene, head.oval(0, 0.34, 0.15, 0.010, soft=2) * 0.9, skin * 0.28)


def _paint(scene: NDArray[np.float32], cover: Field, colour: NDArray[np.float32]) -> None:
    """Only where the cover is: most of a face is small. ``colour``: one, or one for each pixel."""
    rows, columns = np.flatnonzero(cover.any(axis=1)), np.flatnonzero(cover.any(axis=0))
    if not rows.size:
        return
    where = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    part = scene[where]
    part += ((colour if colour.ndim == 1 else colour[where]) - part) * cover[where][..., None]
