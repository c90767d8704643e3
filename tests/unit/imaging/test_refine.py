"""From rough corners to sharp ones."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.imaging import find_sheet
from kiosk.imaging.refine import refine
from tests.clutter import among_things
from tests.specimens import birth_letter, kk_page, on_desk

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


def test_what_touches_the_sheet_does_not_pull_its_corners():
    frame, truth = among_things(kk_page(), background="wood", seed=5)

    assert np.abs(refine(frame, truth + 4, reach=REACH) - truth).max() < 2.0


def test_three_corners_that_lie_in_a_line_are_left_as_they_are():
    flat = np.array([(100, 100), (300, 100), (500, 100), (300, 400)], np.float32)

    assert np.isfinite(refine(FRAME, flat, reach=REACH)).all()


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
