"""Edges: how steep, and whether alike in every direction."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.focus import sharpness, unevenness
from kiosk.imaging.view import View, letters
from tests.specimens import birth_letter, kk_page, small_print
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


def letters_of(grey):
    return letters(View(grey, np.zeros((grey.shape[0] // 4, grey.shape[1] // 4, 3), np.uint8), 240.0, 1.18))


@pytest.mark.parametrize("length", [11, 15, 23])
def test_letters_pulled_so_far_that_no_stroke_is_left_across_are_not_judged_by_what_is_left_down(length):
    fine = cv2.resize(cv2.cvtColor(small_print(), cv2.COLOR_BGR2GRAY), None, fx=0.6, fy=0.6)
    pulled = smear(np.asarray(fine, np.uint8), length, 0)

    assert sharpness(pulled, 240, print_=letters_of(pulled)) < 0.2


def test_the_rules_of_a_table_do_not_make_its_letters_seem_sharp():
    table = cv2.resize(cv2.cvtColor(kk_page(), cv2.COLOR_BGR2GRAY), None, fx=0.6, fy=0.6)
    moved = smear(np.asarray(table, np.uint8), 9, 45)

    assert sharpness(moved, 240, print_=letters_of(moved)) < sharpness(moved, 240) - 0.02


def test_a_page_with_a_single_line_is_sharp_when_the_line_is():
    page = np.full((1400, 990), 220, np.uint8)
    cv2.putText(page, "Wonogiri, 03-03-2026", (300, 600), cv2.FONT_HERSHEY_DUPLEX, 0.7, 40, 1, cv2.LINE_AA)

    assert sharpness(page, 220, print_=letters_of(page)) > 0.29
