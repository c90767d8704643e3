"""What else lies on a desk: other papers, cards, pens, coins, a telephone, an envelope as brown as the wood."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np

from kiosk.panel.specimens import Corners, Image, on_desk
from tests.specimens import desk

Dice = np.random.Generator
PAPERS = ((236, 240, 241), (214, 222, 226), (176, 206, 226), (206, 226, 196), (168, 172, 240))
ENVELOPES = ((96, 142, 186), (70, 112, 162), (150, 178, 204))
INKS = ((40, 36, 34), (140, 60, 30), (40, 30, 170), (225, 228, 230))
METAL = ((150, 160, 164), (92, 150, 178), (112, 122, 128))
CARDS = ((232, 208, 176), (120, 90, 60), (70, 150, 220))
SHADE = 0.4


def among_things(
    page: Image, *, background: str = "wood", seed: int = 0, pen: bool = False, things: int = 10
) -> tuple[Image, Corners]:
    """As `tests.specimens.on_desk`, with ``things`` around the paper and partly under it, and a pen over its edge."""
    frame, corners = on_desk(
        page, background=littered(desk(background, seed=seed), seed=seed, things=things), seed=seed
    )
    return (with_a_pen_across(frame, corners, seed=seed) if pen else frame), corners


def on_another_sheet(page: Image, *, background: str = "wood", seed: int = 0) -> tuple[Image, Corners]:
    """The paper on another one of its kind, pushed and turned a little against it."""
    under, below = on_desk(page, background=desk(background, seed=seed), seed=seed)
    dice = np.random.default_rng(seed + 5000)
    turn, middle = np.deg2rad(dice.uniform(-4, 4)), below.mean(axis=0)
    matrix = np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    above = (below - middle) @ matrix + middle + dice.uniform(-25, 25, 2)
    return on_desk(page, background=under, corners=np.asarray(above, np.float32), seed=seed)


def littered(table: Image, *, seed: int, things: int = 10) -> Image:
    """A desk with ``things`` on it, none larger than a ninth of the picture; the paper is laid on top later."""
    dice = np.random.default_rng(seed + 3000)
    scene = np.array(table)
    for make in dice.choice(np.array([_paper, _paper, _envelope, _card, _telephone, _pen, _coin, _coin]), things):
        lay: Callable[[Image, Dice], None] = make
        lay(scene, dice)
    return scene


def with_a_pen_across(frame: Image, corners: Corners, *, seed: int) -> Image:
    """A pen lies over one edge of the paper."""
    dice, scene = np.random.default_rng(seed + 4000), np.array(frame)
    side = int(dice.integers(4))
    place = corners[side] + (corners[(side + 1) % 4] - corners[side]) * dice.uniform(0.25, 0.75)
    _pen(scene, dice, middle=place)
    return scene


def _somewhere(scene: Image, dice: Dice) -> np.ndarray:
    return np.asarray(dice.uniform(0.04, 0.96, 2) * scene.shape[1::-1])


def _box(middle: np.ndarray, size: Sequence[float], turn: float) -> np.ndarray:
    return cv2.boxPoints(((float(middle[0]), float(middle[1])), (float(size[0]), float(size[1])), turn))


def _lay(scene: Image, outline: np.ndarray, colour: Sequence[int]) -> None:
    """A flat thing with its shadow: drawn to a sixteenth of a pixel, so that its edges are soft."""
    low = np.maximum(outline.min(axis=0).astype(int) - 30, 0)
    high = np.minimum(outline.max(axis=0).astype(int) + 30, scene.shape[1::-1])
    part = scene[low[1] : high[1], low[0] : high[0]]
    if not part.size:
        return
    fixed = np.rint((outline - low) * 16).astype(np.int32)
    cover = np.zeros(part.shape[:2], np.float32)
    shadow = cv2.GaussianBlur(cv2.fillPoly(cover.copy(), [fixed + 64], 1.0, cv2.LINE_AA, 4), (0, 0), 5)
    cover = cv2.fillPoly(np.zeros(part.shape[:2], np.uint8), [fixed], 255, cv2.LINE_AA, 4).astype(np.float32) / 255
    dark = part * (1 - SHADE * shadow)[..., None]
    part[:] = np.clip(dark + (np.array(colour, np.float32) - dark) * cover[..., None], 0, 255).astype(np.uint8)


def _paper(scene: Image, dice: Dice) -> None:
    """A smaller paper with lines of writing."""
    middle, turn = _somewhere(scene, dice), float(dice.uniform(0, 180))
    width = float(dice.uniform(150, 330))
    size = (width, width * float(dice.uniform(0.6, 1.35)))
    _lay(scene, _box(middle, size, turn), PAPERS[int(dice.integers(len(PAPERS)))])
    corners = _box(middle, (size[0] * 0.8, size[1] * 0.8), turn)
    for share in np.linspace(0.05, 0.95, 8):
        start = corners[0] + (corners[3] - corners[0]) * share
        end = corners[1] + (corners[2] - corners[1]) * share
        cv2.line(scene, np.rint(start).astype(int), np.rint(end).astype(int), (96, 92, 90), 1, cv2.LINE_AA)


def _envelope(scene: Image, dice: Dice) -> None:
    outline = _box(_somewhere(scene, dice), (330, 165), float(dice.uniform(0, 180)))
    _lay(scene, outline, ENVELOPES[int(dice.integers(len(ENVELOPES)))])


def _card(scene: Image, dice: Dice) -> None:
    outline = _box(_somewhere(scene, dice), (214, 135), float(dice.uniform(0, 180)))
    _lay(scene, outline, CARDS[int(dice.integers(len(CARDS)))])


def _telephone(scene: Image, dice: Dice) -> None:
    middle, turn = _somewhere(scene, dice), float(dice.uniform(0, 180))
    _lay(scene, _box(middle, (158, 320), turn), (30, 28, 28))
    _lay(scene, _box(middle, (146, 296), turn), (64, 58, 54))


def _pen(scene: Image, dice: Dice, middle: np.ndarray | None = None) -> None:
    place = _somewhere(scene, dice) if middle is None else middle
    outline = _box(place, (float(dice.uniform(190, 290)), 13), float(dice.uniform(0, 180)))
    _lay(scene, outline, INKS[int(dice.integers(len(INKS)))])


def _coin(scene: Image, dice: Dice) -> None:
    middle, radius = _somewhere(scene, dice), float(dice.uniform(16, 34))
    turns = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    _lay(scene, middle + radius * np.stack([np.cos(turns), np.sin(turns)], axis=1), METAL[int(dice.integers(3))])
