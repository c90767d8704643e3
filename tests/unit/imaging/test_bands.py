"""The sharpness of a live frame, against that of the photograph that it becomes."""

from functools import cache

import cv2
import numpy as np
import pytest

from kiosk.imaging.bands import BANDS, HIGH, WIDE, band_sharpness
from kiosk.imaging.flatten import flatten
from kiosk.imaging.focus import sharpness
from kiosk.imaging.likeness import flat_and_small
from kiosk.imaging.view import View
from tests.specimens import birth_letter, id_card, kk_page, on_desk
from tests.spoiled import smear

PAPERS = {"kk": (kk_page(), "a4"), "birth": (birth_letter(), "a4"), "card": (id_card(), "card")}
LIMIT = 0.26  # content/base/legibility.toml


def live(frame, corners, shape):
    face = cv2.cvtColor(flat_and_small(frame, corners), cv2.COLOR_BGR2GRAY)
    return band_sharpness(frame, corners, face, shape=shape)


def judged(frame, corners, shape):
    view = View.of(flatten(frame, corners, shape=shape), shape)
    return sharpness(view.grey, view.light)


@cache
def shot(name):
    return on_desk(PAPERS[name][0], seed=4)


def blurred(frame, sigma):
    return cv2.GaussianBlur(frame, (0, 0), sigma) if sigma else frame


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("blur", [0, 2.0])
def test_two_bands_say_what_the_whole_page_will(name, blur):
    (frame, corners), shape = shot(name), PAPERS[name][1]

    assert live(blurred(frame, blur), corners, shape) == pytest.approx(
        judged(blurred(frame, blur), corners, shape), abs=0.03
    )


def test_a_camera_with_more_pixels_says_the_same():
    frame, corners = shot("birth")
    large = cv2.resize(frame, (2560, 1920), interpolation=cv2.INTER_CUBIC)
    grown = np.asarray(corners * 2 + 0.5, np.float32)

    assert live(blurred(large, 4), grown, "a4") == pytest.approx(live(blurred(frame, 2), corners, "a4"), abs=0.02)


@pytest.mark.parametrize("degrees", [0, 90])
def test_a_page_that_moves_is_not_sharp_whichever_way(degrees):
    frame, corners = shot("kk")

    assert live(smear(frame, 9, degrees), corners, "a4") < LIMIT < live(frame, corners, "a4")


def test_a_page_that_is_written_on_in_one_corner_only_is_asked_there():
    page = np.full_like(PAPERS["birth"][0], 245)
    page[1900:2200, 900:1500] = PAPERS["birth"][0][700:1000, 200:800]
    frame, corners = on_desk(page, seed=4)

    assert live(frame, corners, "a4") > LIMIT


def test_an_empty_page_has_no_sharpness():
    assert live(*on_desk(np.full_like(PAPERS["birth"][0], 245), seed=4), "a4") == 0.0


def test_a_sheet_smaller_than_a_band_is_asked_whole():
    place = np.array([(600, 400), (690, 402), (688, 530), (598, 528)], np.float32)

    assert np.isfinite(live(*on_desk(PAPERS["birth"][0], corners=place), "a4"))


def test_no_more_than_the_bands_is_flattened():
    assert BANDS * HIGH * WIDE < 0.05 * 1400 * 990
