"""Edges: how steep, and whether alike in every direction."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.focus import sharpness, unevenness
from tests.specimens import birth_letter, kk_page
from tests.spoiled import smear

HALF = np.asarray(cv2.resize(cv2.cvtColor(birth_letter(), cv2.COLOR_BGR2GRAY), None, fx=0.6, fy=0.6), np.uint8)


def test_sharpness_falls_as_the_lens_turns():
    steps = [sharpness(cv2.GaussianBlur(HALF, (0, 0), blur), 240) for blur in (0.3, 1, 2, 3, 5)]

    assert steps == sorted(steps, reverse=True)


@pytest.mark.parametrize("dim", [0.3, 0.6])
def test_sharpness_does_not_depend_on_the_light(dim):
    grey = cv2.cvtColor(kk_page(), cv2.COLOR_BGR2GRAY).astype(np.float32)

    assert sharpness(grey * dim, 240 * dim) == pytest.approx(sharpness(grey, 240), rel=0.02)


def test_an_edge_of_known_blur_has_the_sharpness_that_the_docstring_says():
    grey = np.repeat(np.where(np.arange(400) // 40 % 2, 30, 230)[None], 300, axis=0).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)

    assert sharpness(soft, 230) == pytest.approx(1 / np.sqrt(2 * np.pi * (1 + 2.0**2)), rel=0.1)


def test_a_page_with_nothing_on_it_has_no_sharpness_and_no_direction():
    empty = np.full((400, 300), 220, np.uint8)

    assert sharpness(empty, 220) == 0
    assert unevenness(empty, 220) == 1


@pytest.mark.parametrize("sigma", [1.5, 2.5])
def test_a_lens_blurs_alike_in_every_direction(sigma):
    assert unevenness(np.asarray(cv2.GaussianBlur(HALF, (0, 0), sigma), np.uint8), 240) < 1.15


@pytest.mark.parametrize("degrees", [0, 45, 90, 135])
def test_a_movement_leaves_the_edges_along_its_way(degrees):
    assert unevenness(smear(HALF, 11, degrees), 240) > 1.25


def test_a_lens_so_far_out_that_nothing_is_steep_is_no_movement():
    assert unevenness(np.asarray(cv2.GaussianBlur(smear(HALF, 15, 0), (0, 0), 5), np.uint8), 240) == 1


def test_paper_that_moved_before_a_soft_lens_is_still_told_to_have_moved():
    assert unevenness(np.asarray(cv2.GaussianBlur(smear(HALF, 13, 90), (0, 0), 1), np.uint8), 240) > 1.25
