"""A hand under the camera is somebody; a lamp that flickers is nobody."""

import numpy as np
import pytest

from kiosk.imaging import difference, thumbnail
from tests.specimens import birth_letter, on_desk

DESK = on_desk(birth_letter(), seed=1, size=(1280, 960))[0]
MOTION, STILL = 0.02, 0.005


def grey(level: int) -> np.ndarray:
    return np.full((960, 1280, 3), level, np.uint8)


def test_a_thumbnail_is_too_small_to_read() -> None:
    assert thumbnail(DESK).shape == (48, 64)
    assert thumbnail(DESK).dtype == np.uint8
    assert thumbnail(DESK[:, :, 0]).shape == (48, 64)


def test_nothing_moved_is_nothing() -> None:
    assert difference(thumbnail(DESK), thumbnail(DESK)) == 0.0


def test_a_paper_taken_away_is_motion() -> None:
    empty = np.full_like(DESK, int(np.median(DESK[:40])))
    assert difference(thumbnail(DESK), thumbnail(empty)) > MOTION


def test_a_hand_over_a_tenth_of_the_mat_is_motion() -> None:
    hand = DESK.copy()
    hand[300:700, 400:700] = (140, 170, 210)
    assert difference(thumbnail(DESK), thumbnail(hand)) > MOTION


@pytest.mark.parametrize("flicker", [-25, -8, 8, 25])
def test_a_lamp_that_flickers_is_no_motion(flicker: int) -> None:
    lit = np.clip(DESK.astype(np.int16) + flicker, 0, 255).astype(np.uint8)
    assert difference(thumbnail(DESK), thumbnail(lit)) < STILL


def test_the_noise_of_a_cheap_camera_is_no_motion() -> None:
    noise = np.random.default_rng(7).normal(0, 12, DESK.shape)
    noisy = np.clip(DESK + noise, 0, 255).astype(np.uint8)
    assert difference(thumbnail(DESK), thumbnail(noisy)) < STILL
