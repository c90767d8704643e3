"""The same page, however it was laid down again; the next one, however like the first."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.likeness import SIDE, alike, flat_and_small, likeness
from kiosk.panel.specimens import scatter
from tests.specimens import birth_letter, id_card, kk_of_others, kk_page, on_desk, small_print

SAME = 0.75  # content/base/legibility.toml
PAPERS = {"kk": kk_page(), "birth": birth_letter(), "card": id_card(), "print": small_print()}
SIZE = (960, 720)


def face(page, *, seed=1):
    """Laid somewhere, under a lamp that stands to one side."""
    place = scatter(page, size=SIZE, seed=seed)
    half = cv2.resize(page, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    edges = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32) * np.array(
        half.shape[1::-1], np.float32
    ) - np.float32(0.5)
    frame = cv2.warpPerspective(half, cv2.getPerspectiveTransform(edges, place), SIZE)
    lamp = np.linspace(0.7 + seed / 20, 0.95 - seed / 20, SIZE[0], dtype=np.float32)
    return seen(np.asarray(frame * lamp[None, :, None], np.uint8), place)


def seen(frame, corners):
    return np.asarray(cv2.cvtColor(flat_and_small(frame, corners), cv2.COLOR_BGR2GRAY), np.uint8)


FACES = {name: face(page) for name, page in PAPERS.items()}


def test_a_face_is_too_small_to_read():
    flat = flat_and_small(*on_desk(PAPERS["birth"], size=SIZE))

    assert flat.shape == (SIDE, SIDE, 3)
    assert SIDE / 297 < 0.8  # px in a millimetre: a letter of 12 points is two px high


@pytest.mark.parametrize("name", PAPERS)
def test_a_page_pushed_aside_under_another_light_is_the_same(name):
    assert likeness(FACES[name], face(PAPERS[name], seed=2)) > SAME


@pytest.mark.parametrize("how", [{"noise": 6.0}, {"light": 0.75}, {"blur": 0.9}])
def test_a_page_that_is_seen_worse_is_the_same(how):
    frame, corners = on_desk(PAPERS["kk"], seed=3, size=SIZE, background="wood", **how)

    assert likeness(FACES["kk"], seen(frame, corners)) > SAME


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_that_was_turned_is_the_same(turns):
    turned = np.ascontiguousarray(np.rot90(PAPERS["birth"], turns))

    assert likeness(FACES["birth"], face(turned)) > SAME


@pytest.mark.parametrize("one", PAPERS)
def test_no_two_papers_are_the_same(one):
    assert all(likeness(FACES[one], other) < 0.3 for name, other in FACES.items() if name != one)


def test_the_same_form_of_other_people_is_another_page():
    assert likeness(FACES["kk"], face(kk_of_others())) < SAME - 0.2


def test_its_empty_back_is_another_page():
    assert likeness(FACES["birth"], np.full((SIDE, SIDE), 210, np.uint8)) < 0.3


def test_two_empty_pages_cannot_be_told_apart():
    noise = np.random.default_rng(1).normal(210, 2, (2, SIDE, SIDE)).astype(np.uint8)

    assert likeness(*noise) == 1.0


def test_corners_half_a_pixel_off_make_no_other_page():
    frame, corners = on_desk(PAPERS["print"], seed=1, size=SIZE)

    assert likeness(FACES["print"], seen(frame, corners + np.float32(0.5))) > SAME


@pytest.mark.parametrize("name", PAPERS)
def test_alike_is_likeness_against_a_limit(name):
    measured = likeness(FACES["kk"], FACES[name])

    assert alike(FACES["kk"], FACES[name], least=measured - 0.01)
    assert not alike(FACES["kk"], FACES[name], least=measured + 0.01)
