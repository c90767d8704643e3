"""A hand under the camera is somebody; a lamp that flickers is nobody."""

import cv2
import numpy as np
import pytest

from kiosk.imaging import difference, thumbnail
from kiosk.imaging.motion import replaced
from tests.specimens import birth_letter, desk, on_desk

DESK, TRUTH = on_desk(birth_letter(), seed=1, size=(1280, 960))
PLACE = TRUTH / np.array((1280, 960), np.float32)
MOTION, STILL = 0.02, 0.005


def grey(level: int) -> np.ndarray:
    return np.full((960, 1280, 3), level, np.uint8)


def handed() -> np.ndarray:
    hand = DESK.copy()
    hand[300:700, 400:700] = (140, 170, 210)
    return hand


def lit(image: np.ndarray, gain: float, lift: float = 0) -> np.ndarray:
    return np.asarray(cv2.convertScaleAbs(image, alpha=gain, beta=lift), np.uint8)


def test_a_thumbnail_is_too_small_to_read() -> None:
    assert thumbnail(DESK).shape == (48, 64)
    assert thumbnail(DESK).dtype == np.uint8
    assert thumbnail(DESK[:, :, 0]).shape == (48, 64)


def test_nothing_moved_is_nothing() -> None:
    assert difference(thumbnail(DESK), thumbnail(DESK)) == 0.0


def test_a_paper_taken_away_is_motion() -> None:
    empty = np.full_like(DESK, int(np.median(DESK[:40])))
    assert difference(thumbnail(DESK), thumbnail(empty)) > MOTION


def test_a_paper_that_filled_the_picture_taken_away_is_no_change_of_the_light() -> None:
    beyond = np.array([(-20, -20), (1300, -20), (1300, 980), (-20, 980)], np.float32)
    filled = on_desk(birth_letter(), corners=beyond)[0]
    assert difference(thumbnail(filled), thumbnail(desk("dark"))) > MOTION


def test_a_hand_over_a_tenth_of_the_mat_is_motion() -> None:
    assert difference(thumbnail(DESK), thumbnail(handed())) > MOTION


@pytest.mark.parametrize("gain", [0.85, 0.95, 1.05, 1.15])
def test_a_hand_that_comes_while_the_lamp_flickers_is_still_motion(gain: float) -> None:
    assert difference(thumbnail(DESK), thumbnail(lit(handed(), gain))) > MOTION


@pytest.mark.parametrize("flicker", [-25, -8, 8, 25])
def test_a_lamp_that_flickers_is_no_motion(flicker: int) -> None:
    lifted = np.clip(DESK.astype(np.int16) + flicker, 0, 255).astype(np.uint8)
    assert difference(thumbnail(DESK), thumbnail(lifted)) < STILL


@pytest.mark.parametrize("gain", [0.8, 0.9, 0.95, 1.05, 1.1, 1.15])
def test_light_that_changes_white_more_than_black_is_no_motion(gain: float) -> None:
    assert difference(thumbnail(DESK), thumbnail(lit(DESK, gain))) < STILL


def test_a_camera_that_sets_its_exposure_and_its_black_is_no_motion() -> None:
    assert difference(thumbnail(DESK), thumbnail(lit(DESK, 0.9, 14))) < STILL


def test_a_lens_that_is_covered_is_motion_and_no_dim_lamp() -> None:
    assert difference(thumbnail(DESK), thumbnail(grey(0))) > MOTION


def test_the_noise_of_a_cheap_camera_is_no_motion() -> None:
    noise = np.random.default_rng(7).normal(0, 12, DESK.shape)
    noisy = np.clip(DESK + noise, 0, 255).astype(np.uint8)
    assert difference(thumbnail(DESK), thumbnail(noisy)) < STILL


def test_an_even_picture_has_no_light_of_its_own_to_go_by() -> None:
    assert difference(thumbnail(grey(90)), thumbnail(grey(140))) == 0.0


def test_where_a_paper_lay_everything_is_replaced_when_it_is_gone() -> None:
    assert replaced(thumbnail(DESK), thumbnail(desk("dark")), PLACE) > 0.9


def test_a_forearm_across_the_paper_replaces_a_part_of_it() -> None:
    arm = DESK.copy()
    cv2.line(arm, (0, 700), (640, 480), (80, 118, 172), 110)
    assert 0 < replaced(thumbnail(DESK), thumbnail(arm), PLACE) < 0.4


def test_what_happens_beside_the_paper_replaces_nothing_of_it() -> None:
    other = DESK.copy()
    other[:, :80] = 255
    assert replaced(thumbnail(DESK), thumbnail(other), PLACE) < 0.01


def test_a_place_outside_the_picture_is_not_replaced() -> None:
    assert replaced(thumbnail(DESK), thumbnail(grey(255)), PLACE + 3) == 0.0
