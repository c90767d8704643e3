"""Pages laid on their side and on their head are turned; an upright page never is."""

import tomllib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.imaging import Thresholds, find_sheet, flatten
from kiosk.imaging.letters import reader
from kiosk.imaging.turned import lined, upright
from kiosk.imaging.view import View, letters
from tests.specimens import kk_page, real_photo
from tests.spoiled import PAPERS, defocus, finger, grain, relight, shine, shot

LIMITS = Thresholds.of(
    tomllib.loads((Path(__file__).parents[3] / "content/base/legibility.toml").read_text(encoding="utf-8"))["camera"]
)


def laid(page, quarters):
    """The page as the camera sees it when it lies so many quarters anticlockwise."""
    return np.ascontiguousarray(np.rot90(page, quarters))


def shape_of(name):
    return "card" if name == "card" else "a4"


def turned(page, name, **more):
    return upright(page, thresholds=LIMITS, shape=shape_of(name), **more)


@lru_cache(maxsize=4)
def photographed(name):
    taken = shot(name, seed=4, background="dark", width=1280)
    return taken.flat(grain(taken.frame))


@pytest.mark.parametrize("quarters", range(4))
@pytest.mark.parametrize("name", PAPERS)
def test_however_a_page_lies_it_is_shown_upright(name, quarters):
    page = PAPERS[name]()
    found = turned(laid(page, quarters), name, reader=reader())

    assert (found.quarter_turns + quarters) % 4 == 0
    assert found.sure
    assert (found.flat == page).all()


@pytest.mark.parametrize("name", PAPERS)
def test_without_a_reader_no_page_is_turned_wrongly(name):
    for quarters in range(4):
        found = turned(laid(PAPERS[name](), quarters), name)

        assert found.quarter_turns in (0, -quarters % 4)
        assert not found.sure or (found.quarter_turns + quarters) % 4 == 0


@pytest.mark.parametrize(("name", "quarters"), [("birth", 2), ("kk", 1), ("print", 3), ("card", 2)])
def test_a_photographed_page_is_turned_as_well(name, quarters):
    assert turned(laid(photographed(name), quarters), name, reader=reader()).quarter_turns == -quarters % 4


def test_a_real_photograph_laid_all_four_ways():
    photo = real_photo()
    flat = flatten(photo, find_sheet(photo).corners)

    assert [turned(laid(flat, quarters), "print", reader=reader()).quarter_turns for quarters in range(4)] == [
        0,
        3,
        2,
        1,
    ]


def test_an_upright_page_stays_as_it_is_in_bad_light_out_of_focus_and_half_covered():
    taken = shot("kk", seed=4, background="dark", width=1280)
    frames = (
        relight(taken.frame, 0.35),
        defocus(taken.frame, 1.0 * taken.scale),
        finger(taken, taken.frame, (0.5, 0.4), start=(-0.3, 0.4), width=40),
        shine(taken, taken.frame, (0.3, 0.3), reach=20),
    )

    assert [turned(taken.flat(grain(frame)), "kk", reader=reader()).quarter_turns for frame in frames] == [0] * 4


def test_the_same_picture_is_given_back_when_nothing_is_turned():
    page = photographed("card")

    assert turned(page, "card", reader=reader()).flat is page


def test_an_empty_page_and_a_portrait_lie_as_they_lie():
    empty = np.full((1400, 990, 3), 220, np.uint8)

    assert turned(empty, "birth", reader=reader())[1:] == (0, False)
    assert upright(laid(kk_page(), 2), thresholds=LIMITS, shape="photo", reader=reader())[1:] == (0, False)


def test_a_reader_that_is_of_two_minds_turns_nothing():
    page = np.full((1400, 990, 3), 220, np.uint8)
    cv2.putText(page, "SURAT KETERANGAN", (200, 600), cv2.FONT_HERSHEY_DUPLEX, 1.5, (30, 30, 30), 3)

    assert turned(page, "birth", reader=lambda lines: [0.0] * len(lines))[1:] == (0, False)


def test_one_wild_vote_does_not_turn_a_page():
    page = np.full((1400, 990, 3), 220, np.uint8)
    cv2.putText(page, "SURAT KETERANGAN", (200, 600), cv2.FONT_HERSHEY_DUPLEX, 1.5, (30, 30, 30), 3)

    assert turned(page, "birth", reader=lambda lines: [-1000.0])[1:] == (0, False)


def test_limits_that_were_not_given_turn_nothing():
    lax = Thresholds(least_sharpness=0, most_glare=1, most_bright=1, least_light=0)

    assert upright(laid(kk_page(), 2), thresholds=lax, reader=reader())[1:] == (0, False)


def test_lines_that_lie_count_above_zero_and_lines_that_stand_below():
    lying = letters(View.of(kk_page()))

    assert lined(lying) > 1
    assert lined(np.ascontiguousarray(np.rot90(lying))) < -1
    assert lined(np.zeros((100, 100), np.uint8)) == 0
