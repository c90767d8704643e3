"""Which of the candidates looks most like a sheet of paper."""

import cv2
import numpy as np

from kiosk.imaging.scene import Scene
from kiosk.imaging.scoring import best

BOX = np.array([(90, 60), (390, 60), (390, 272), (90, 272)], np.float32)  # as wide and high as A4 lying


def picture(outline=BOX):
    scene = np.full((360, 480, 3), 40, np.uint8)
    return cv2.fillPoly(scene, [np.rint(outline).astype(np.int32)], (210, 210, 210))


def scored(image, *candidates):
    return best(Scene.of(image), np.array(candidates, np.float32))


def test_the_sheet_is_better_than_any_box_beside_it():
    score, quad = scored(picture(), BOX + 14, BOX, BOX - (20, 0))

    assert quad.tolist() == BOX.tolist()
    assert score > 0.8


def test_a_frame_printed_on_the_sheet_is_not_the_sheet():
    inner = np.array([(130, 90), (350, 90), (350, 240), (130, 240)], np.float32)
    printed = cv2.polylines(picture(), [inner.astype(np.int32)], isClosed=True, color=(30, 30, 30), thickness=2)

    score, quad = scored(printed, inner, BOX)

    assert quad.tolist() == BOX.tolist()
    assert scored(printed, inner)[0] < 0.25 < score


def test_a_ribbon_is_less_likely_than_a_paper():
    ribbon = np.array([(20, 150), (460, 150), (460, 210), (20, 210)], np.float32)

    assert scored(picture(outline=ribbon), ribbon)[0] < 0.6 * scored(picture(), BOX)[0]


def test_where_three_sides_are_seen_the_picture_may_end_at_the_fourth():
    outside = BOX - (90, 0)

    assert 0.25 < scored(picture(outline=outside), outside)[0] < scored(picture(), BOX)[0]


def test_no_candidates_have_no_score():
    score, none = scored(picture())

    assert score == 0
    assert not len(none)
