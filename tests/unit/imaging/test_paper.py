"""How bright the paper is: seen past its writing, in the light and in a shadow, and not where there is none."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.flatten import A4_PX
from kiosk.imaging.paper import STEP, paper_levels, shrunk, tint
from kiosk.imaging.shapes import Image
from tests.specimens import birth_letter, desk

PAGE = birth_letter()
SMALL = shrunk(PAGE)
PAPER = np.median(SMALL.reshape(-1, 3), axis=0)


def arm(shape: tuple[int, ...], depth: float) -> np.ndarray:
    """The light under an arm across the middle, float32 (h, w, 1)."""
    height, width = shape[:2]
    shade = np.zeros((height, width), np.float32)
    cv2.line(shade, (0, height // 2), (width, height // 3), 1.0, height // 5)
    return (1 - depth * cv2.GaussianBlur(shade, (0, 0), height / 60))[..., None]


def under(light: np.ndarray, page: Image) -> Image:
    return np.clip(page * light, 0, 255).astype(np.uint8)


def test_eight_pixels_become_one_and_the_rest_of_an_odd_picture_is_left_out() -> None:
    page = np.arange(100 * 90 * 3, dtype=np.uint32).reshape(100, 90, 3).astype(np.uint8)

    small = shrunk(page)

    assert small.shape == (12, 11, 3)
    assert np.abs(small[3, 4] - page[24:32, 32:40].mean(axis=(0, 1))).max() <= 2
    assert shrunk(page[..., 0]).shape == (12, 11)


def test_writing_is_not_taken_for_shade() -> None:
    levels = paper_levels(SMALL)

    assert levels is not None
    assert (SMALL.min(axis=2) < 0.8 * PAPER.min()).any()
    assert np.abs(levels / PAPER - 1).max() < 0.06


def test_a_shadow_is_followed_where_it_lies() -> None:
    light = arm(SMALL.shape, 0.5)
    levels = paper_levels(under(light, SMALL))

    assert levels is not None
    assert np.abs(levels / PAPER - light).mean() < 0.02
    assert levels[..., 1].min() < 0.6 * PAPER[1]


def test_under_a_picture_and_a_seal_the_paper_beside_them_is_taken() -> None:
    page = SMALL.copy()
    page[140:180, 20:50] = np.random.default_rng(1).integers(20, 120, (40, 30, 3))  # 40 x 30 mm
    cv2.circle(page, (150, 60), 18, (150, 50, 110), -1)

    levels = paper_levels(page)

    assert levels is not None
    assert np.abs(levels[145:175, 25:45] / PAPER - 1).max() < 0.06
    assert np.abs(levels[50:70, 140:160] / PAPER - 1).max() < 0.08


@pytest.mark.parametrize("level", [0, 30])
def test_a_covered_lens_shows_no_paper(level: int) -> None:
    assert paper_levels(np.full((292, 206, 3), level, np.uint8)) is None


@pytest.mark.parametrize(("kind", "scale"), [("wood", 0.3), ("wood", 0.15), ("photo", 0.15), ("dark", 0.15)])
def test_a_desk_with_a_small_paper_on_it_is_not_taken_for_the_paper(kind: str, scale: float) -> None:
    picture = shrunk(desk(kind, size=A4_PX, seed=1)).copy()
    paper = cv2.resize(SMALL, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture[12 : 12 + paper.shape[0], 12 : 12 + paper.shape[1]] = paper

    assert paper_levels(picture) is None


def test_a_shadow_as_sharp_as_a_book_s_edge_is_no_desk() -> None:
    light = np.ones((*SMALL.shape[:2], 1), np.float32)
    light[:, 120:] = 0.6

    levels = paper_levels(under(light, SMALL))

    assert levels is not None
    assert np.abs(levels[:, 140:] / PAPER - 0.6).mean() < 0.03


def test_paper_that_fills_less_than_half_of_the_picture_is_not_trusted() -> None:
    desk = np.full_like(SMALL, (30, 45, 60))
    for share, known in ((0.7, True), (0.4, False)):
        page = desk.copy()
        rows = round(page.shape[0] * share)
        page[:rows] = SMALL[:rows]
        assert (paper_levels(page) is not None) == known


def test_yellow_paper_is_known_as_yellow_in_a_shadow_too() -> None:
    yellow = (SMALL * np.array((0.55, 0.93, 1.0))).astype(np.uint8)
    levels = paper_levels(under(arm(SMALL.shape, 0.5), yellow))

    assert levels is not None
    assert tint(levels) == pytest.approx(PAPER * (0.55, 0.93, 1.0), rel=0.04)


def test_the_map_s_step_is_what_shrinking_does() -> None:
    assert SMALL.shape[:2] == (PAGE.shape[0] // STEP, PAGE.shape[1] // STEP)
