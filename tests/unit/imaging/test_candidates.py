"""What is lighter or of another colour than the rest, and has four sides."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.candidates import outlined
from tests.specimens import overlap

BOX = np.array([(100, 80), (380, 80), (380, 280), (100, 280)], np.float32)


def shades(*channels):
    return cv2.merge([np.ascontiguousarray(channel) for channel in channels])


def drawn(outline, *, desk=40, paper=220):
    return cv2.fillPoly(np.full((360, 480), desk, np.uint8), [np.int32(outline)], paper)


def test_a_bright_rectangle_is_one_candidate():
    found = outlined(drawn(BOX))

    assert len(found) == 1
    assert np.abs(found[0] - BOX).max() <= 2


def test_a_dark_paper_on_a_light_desk_is_one_too():
    assert max(overlap(quad, BOX) for quad in outlined(drawn(BOX, desk=220, paper=40))) > 0.97


def test_what_two_channels_show_is_listed_once():
    assert len(outlined(shades(drawn(BOX), drawn(BOX)))) == 1


def test_a_paper_that_differs_only_in_colour_is_found_by_it():
    even = np.full((360, 480), 128, np.uint8)

    assert len(outlined(even)) == 0
    assert len(outlined(shades(even, drawn(BOX, desk=128, paper=140)))) == 1


def test_a_corner_that_is_torn_off_is_completed():
    torn = [(160, 80), (380, 80), (380, 280), (100, 280), (100, 130)]

    assert max(overlap(quad, BOX) for quad in outlined(drawn(torn))) > 0.97


@pytest.mark.parametrize("level", [0, 90])
def test_a_channel_that_says_nothing_gives_no_candidates(level):
    assert outlined(np.full((360, 480), level, np.uint8)).shape == (0, 4, 2)


def test_specks_are_no_candidates():
    image = np.full((360, 480), 40, np.uint8)
    for left in range(20, 460, 60):
        cv2.rectangle(image, (left, 100), (left + 30, 140), 220, -1)

    assert all(cv2.contourArea(quad) > 0.05 * image.size for quad in outlined(image))
