"""The picture as the search sees it."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.scene import Scene

BOX = np.array([(90, 60), (390, 60), (390, 272), (90, 272)], np.float32)  # as wide and high as A4 lying


def picture(desk=(40, 40, 40), paper=(210, 210, 210), *, size=(480, 360), outline=BOX):
    scene = np.full((size[1], size[0], 3), desk, np.uint8)
    return cv2.fillPoly(scene, [np.rint(outline).astype(np.int32)], paper)


@pytest.mark.parametrize("size", [(4000, 3000), (1280, 960), (961, 721), (640, 480), (480, 360)])
def test_every_camera_is_searched_at_one_size(size):
    assert Scene.of(picture(size=size)).size == (480, 360)


def test_a_small_picture_is_not_blown_up():
    assert Scene.of(picture(size=(320, 200))).size == (320, 200)


def test_a_standing_picture_stays_standing():
    assert Scene.of(picture(size=(960, 1280))).size == (360, 480)


def test_a_border_between_two_colours_of_one_brightness_is_an_edge():
    grey = cv2.cvtColor(np.full((1, 1, 3), (60, 120, 200), np.uint8), cv2.COLOR_BGR2GRAY).item()
    scene = Scene.of(picture(desk=(60, 120, 200), paper=(grey, grey, grey)))

    assert scene.edges()[100:240, 85:95].any(axis=1).all()


def test_an_even_picture_has_no_edges():
    assert not Scene.of(picture(paper=(40, 40, 40))).edges().any()
