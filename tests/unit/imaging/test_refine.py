"""From rough corners to sharp ones, and from scenes to candidates."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.imaging import find_sheet
from kiosk.imaging.candidates import Layer, quads
from kiosk.imaging.refine import refine
from tests.specimens import birth_letter, on_desk, overlap

FRAME, TRUTH = on_desk(birth_letter(), seed=8, background="wood")
REACH = 1280 / 480


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=4, max_size=4))
def test_corners_that_are_some_pixels_off_are_put_right(errors):
    rough = TRUTH + np.array(errors, np.float32)

    assert np.abs(refine(FRAME, rough, reach=REACH) - TRUTH).max() < 1.0


def test_right_corners_stay_where_they_are():
    assert np.abs(refine(FRAME, TRUTH, reach=REACH) - TRUTH).max() < 0.3


def test_corners_on_an_even_surface_stay_where_they_are():
    even = np.full((480, 640, 3), 128, np.uint8)
    corners = np.array([(100, 100), (500, 100), (500, 400), (100, 400)], np.float32)

    assert np.abs(refine(even, corners, reach=1.0) - corners).max() < 0.01


def test_a_shadow_beside_the_sheet_is_not_its_edge():
    desk = np.full((480, 640, 3), 190, np.uint8)
    shadow = cv2.GaussianBlur(cv2.rectangle(desk.copy(), (150, 110), (512, 392), (90, 90, 90), -1), (0, 0), 4)
    scene = cv2.rectangle(shadow, (140, 100), (499, 379), (170, 160, 150), -1)
    rough = np.array([(141, 99), (505, 101), (504, 386), (139, 385)], np.float32)

    found = refine(scene, rough, reach=2.0)

    assert np.abs(found - [(139.5, 99.5), (499.5, 99.5), (499.5, 379.5), (139.5, 379.5)]).max() < 0.6


def layer(image):
    return Layer.of(image, (14, 35, 80))


def test_a_bright_rectangle_is_a_candidate_from_every_threshold_but_listed_once():
    image = cv2.rectangle(np.full((360, 480), 40, np.uint8), (100, 80), (380, 280), 220, -1)

    found = quads([layer(image)])

    assert any(np.abs(quad - [(100, 80), (380, 80), (380, 280), (100, 280)]).max() <= 3 for quad in found)
    assert len(found) == len({quad.tobytes() for quad in found})


def test_a_corner_that_is_torn_off_is_completed():
    whole = np.array([(100, 60), (400, 60), (400, 300), (100, 300)], np.int32)
    torn = np.array([(160, 60), (400, 60), (400, 300), (100, 300), (100, 110)], np.int32)
    image = cv2.fillPoly(np.full((360, 480), 40, np.uint8), [torn], 220)

    found = quads([layer(image)])

    assert max(overlap(quad, whole.astype(np.float32)) for quad in found) > 0.97


@pytest.mark.parametrize("image", [np.full((360, 480), 90, np.uint8), np.zeros((360, 480), np.uint8)])
def test_a_channel_that_says_nothing_gives_no_candidates(image):
    assert quads([layer(image)]).shape == (0, 4, 2)


def test_specks_are_no_candidates():
    image = np.full((360, 480), 40, np.uint8)
    for left in range(20, 460, 60):
        cv2.rectangle(image, (left, 100), (left + 30, 140), 220, -1)

    assert all(cv2.contourArea(quad) > 0.05 * image.size for quad in quads([layer(image)]))


spots = st.lists(
    st.tuples(st.integers(0, 239), st.integers(0, 319), st.integers(1, 200), st.integers(0, 255)), max_size=12
)


@settings(max_examples=40, deadline=None)
@given(spots)
def test_any_clutter_gives_a_sheet_inside_reason_or_none(clutter):
    image = np.full((240, 320, 3), 100, np.uint8)
    for down, across, size, level in clutter:
        cv2.rectangle(image, (across, down), (across + size, down + size // 2), (level, 255 - level, level), -1)

    sheet = find_sheet(image)

    assert sheet is None or (np.isfinite(sheet.corners).all() and 0 < sheet.score <= 1)
    assert sheet is None or cv2.isContourConvex(sheet.corners)
