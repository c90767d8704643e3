"""What happens under the camera before a photograph takes itself, and what must not make it take another."""

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.imaging import ImagingError
from kiosk.imaging.live import look
from kiosk.imaging.stillness import Cue, Patience, Watch, photographed, watch
from tests.specimens import birth_letter, desk, kk_of_others, kk_page, on_desk
from tests.spoiled import Shot, finger, grain, relight

CONTENT = Path(__file__).parents[3] / "content/base/legibility.toml"
TABLE = tomllib.loads(CONTENT.read_text(encoding="utf-8"))["automatic"]
LIMITS = Patience.of(TABLE)
PLACE = np.array([(260, 120), (1050, 135), (1042, 690), (252, 676)], np.float32)


@cache
def laid(paper="kk"):
    page = {
        "kk": kk_page,
        "others": kk_of_others,
        "birth": birth_letter,
        "upside down": lambda: np.rot90(kk_page(), 2),
    }[paper]()
    place = PLACE if paper != "birth" else np.roll(PLACE, 1, axis=0)
    return on_desk(np.ascontiguousarray(page), corners=place)[0]


def pushed(across, down):
    matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
    return cv2.warpAffine(laid(), matrix, laid().shape[1::-1], borderMode=cv2.BORDER_REFLECT_101)


def cut_off():
    """A part of the paper is outside the picture."""
    frame = np.array(desk("dark"))
    frame[:, :800] = laid()[:, 480:]
    return frame


def held(tip=(0.93, 0.5)):
    shot = Shot("kk", kk_page(), laid(), PLACE)
    return finger(shot, laid(), tip, start=(1.2, 0.55), width=20)


def forearm(frame, at=480):
    arm = np.array(frame)
    cv2.line(arm, (0, at + 160), (1279, at - 120), (80, 118, 172), 170, cv2.LINE_AA)
    return cv2.GaussianBlur(arm, (0, 0), 1.5)


SCENES = {
    "empty": lambda: desk("dark"),
    "laid": laid,
    "grainy": lambda: grain(laid(), level=4, seed=1),
    "grainy too": lambda: grain(laid(), level=4, seed=2),
    "lamp down": lambda: relight(laid(), 0.9),
    "lamp up": lambda: relight(laid(), 1.08),
    "pushed": lambda: pushed(-60, 40),
    "upside down": lambda: laid("upside down"),
    "out of focus": lambda: cv2.GaussianBlur(laid(), (0, 0), 3),
    "held": held,
    "hand comes": lambda: held((0.6, 0.4)),
    "arm": lambda: forearm(laid()),
    "arm on": lambda: forearm(laid(), 560),
    "next": lambda: laid("birth"),
    "others": lambda: laid("others"),
    "half outside": lambda: cut_off(),
    "slid 3": lambda: pushed(3, 2),
    "slid 6": lambda: pushed(6, 4),
    "slid 9": lambda: pushed(9, 6),
}


@cache
def seen(name):
    return look(SCENES[name]()).seen


class Vigil:
    """A kiosk that looks ten times a second."""

    def __init__(self, limits=LIMITS):
        self.state, self.number, self.at, self.limits = Watch(), 0, 100.0, limits

    def sees(self, *names, every=0.1):
        """One look at each; the cues."""
        return [self._look(name, every) for name in names]

    def waits(self, name, seconds):
        return self.sees(*[name] * round(seconds * 10))

    def stares(self, name, seconds):
        """A camera that hands out one and the same frame."""
        self.at += 0.1
        self.number += 1
        for _ in range(round(seconds * 10)):
            self.state = watch(self.state, seen(name), number=self.number, at=self.at, limits=self.limits)
        return self.state.cue

    def takes(self):
        self.state = photographed(self.state)

    def _look(self, name, every):
        self.number += 1
        self.at += every
        self.state = watch(self.state, seen(name), number=self.number, at=self.at, limits=self.limits)
        return self.state.cue


@pytest.fixture
def vigil():
    return Vigil()


@pytest.fixture
def after(vigil):
    """The page was taken."""
    assert vigil.waits("laid", 1.2)[-1] is Cue.TAKE
    vigil.takes()
    return vigil


def test_a_sheet_that_is_laid_down_and_left_is_taken(vigil):
    assert vigil.sees("empty", "empty") == [Cue.NO_SHEET] * 2
    assert vigil.sees("hand comes", "held", "laid")[-1] is Cue.MOVING
    assert set(vigil.waits("laid", 0.7)) == {Cue.STEADY}
    assert vigil.waits("laid", 0.2)[-1] is Cue.TAKE


def test_how_long_it_still_takes_is_told(vigil):
    told = []
    for _ in range(10):
        vigil.sees("laid")
        told.append(round(vigil.state.progress, 3))

    assert told == [0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1]


def test_an_empty_desk_is_never_taken(vigil):
    assert set(vigil.waits("empty", 4)) == {Cue.NO_SHEET}


def test_a_sheet_half_outside_the_picture_is_never_taken(vigil):
    assert set(vigil.waits("half outside", 4)) == {Cue.NO_SHEET}


def test_a_hand_that_passes_makes_it_wait_anew(vigil):
    vigil.waits("laid", 0.7)

    assert vigil.sees("hand comes", "held") == [Cue.MOVING] * 2
    assert vigil.sees("laid") == [Cue.MOVING]
    assert set(vigil.waits("laid", 0.7)) == {Cue.STEADY}


def test_a_hand_that_rests_on_the_sheet_holds_it_for_as_long_as_it_rests(vigil):
    assert vigil.waits("held", 4)[1:] == [Cue.HAND] * 39
    assert vigil.waits("laid", 1)[-1] is Cue.TAKE


def test_a_sheet_that_slides_is_not_taken_before_it_rests(vigil):
    sliding = ["laid", "slid 3", "slid 6", "slid 9", "slid 6", "slid 3"]

    assert Cue.TAKE not in vigil.sees(*sliding * 3)
    assert vigil.waits("slid 9", 1)[-1] is Cue.TAKE


def test_a_sheet_that_slides_too_slowly_to_be_motion_is_not_taken(vigil):
    steps = [name for name in ("laid", "slid 3", "slid 6", "slid 9") for _ in range(5)]

    assert Cue.TAKE not in vigil.sees(*steps)


def test_the_noise_of_a_cheap_camera_does_not_keep_it_waiting(vigil):
    assert vigil.sees(*["laid", "grainy", "grainy too"] * 4)[-1] is Cue.TAKE


def test_a_lamp_that_flickers_does_not_keep_it_waiting(vigil):
    assert vigil.sees(*["laid", "lamp down", "lamp up"] * 4)[-1] is Cue.TAKE


def test_a_lens_that_looks_for_its_focus_is_waited_for(vigil):
    assert vigil.waits("out of focus", 3)[1:] == [Cue.BLURRED] * 29
    assert set(vigil.waits("laid", 0.8)) <= {Cue.MOVING, Cue.STEADY}
    assert vigil.waits("laid", 0.3)[-1] is Cue.TAKE


def test_a_camera_that_hands_out_one_frame_again_and_again_tells_nothing(vigil):
    vigil.waits("laid", 0.3)

    assert vigil.stares("laid", 9) is Cue.STEADY
    assert vigil.state.progress < 0.5


def test_after_a_frozen_camera_the_waiting_begins_anew(vigil):
    vigil.waits("laid", 0.7)
    vigil.at += 5

    assert vigil.sees("laid") == [Cue.MOVING]
    assert vigil.sees("laid") == [Cue.STEADY]


def test_looks_that_are_far_apart_prove_no_stillness(vigil):
    assert Cue.TAKE not in vigil.sees(*["laid"] * 20, every=0.7)


def test_a_press_that_was_lost_is_asked_for_again_until_the_picture_is_taken(vigil):
    assert vigil.waits("laid", 2)[-5:] == [Cue.TAKE] * 5


def test_a_hand_that_comes_before_the_press_takes_the_advice_back(vigil):
    vigil.waits("laid", 1.2)

    assert vigil.sees("hand comes") == [Cue.MOVING]


# --- never twice --------------------------------------------------------------------------------------------------------


def test_a_sheet_is_taken_once(after):
    assert set(after.waits("laid", 5)) == {Cue.TAKEN_ALREADY}


@pytest.mark.parametrize("how", ["pushed", "upside down", "slid 9"])
def test_a_sheet_that_was_pushed_or_turned_is_the_same_sheet(after, how):
    after.sees("hand comes", "held")

    assert after.waits(how, 3)[-1] is Cue.TAKEN_ALREADY
    assert Cue.TAKE not in after.waits(how, 1)


@pytest.mark.parametrize("cover", ["held", "arm", "hand comes"])
def test_a_sheet_that_was_covered_for_a_while_is_the_same_sheet(after, cover):
    assert Cue.TAKE not in after.waits(cover, 3)
    assert after.waits("laid", 3)[-1] is Cue.TAKEN_ALREADY


def test_two_arms_that_hide_every_edge_do_not_take_the_sheet_away(after):
    assert Cue.TAKE not in after.sees(*["arm"] * 9, *["arm on"] * 9, "laid", *["laid"] * 20)


def test_the_light_alone_makes_no_other_sheet(after):
    assert set(after.sees(*["lamp down", "lamp up", "grainy"] * 6)) == {Cue.TAKEN_ALREADY}


def test_a_picture_taken_by_hand_counts_too(vigil):
    vigil.waits("laid", 0.4)
    vigil.takes()

    assert set(vigil.waits("laid", 3)) == {Cue.TAKEN_ALREADY}


def test_a_picture_of_no_sheet_remembers_none(vigil):
    vigil.waits("empty", 1)
    vigil.takes()

    assert vigil.state.taken is None
    assert vigil.waits("laid", 1.2)[-1] is Cue.TAKE


def test_after_a_pause_the_same_sheet_is_still_the_same(after):
    after.at += 60  # the visitor looked at the photograph

    assert Cue.TAKE not in after.waits("laid", 3)


# --- the next one -------------------------------------------------------------------------------------------------------


def test_a_sheet_that_was_taken_away_and_laid_again_is_taken_again(after):
    after.sees("hand comes")
    after.waits("empty", 0.8)

    assert after.waits("laid", 1.2)[-1] is Cue.TAKE


def test_a_sheet_lifted_for_a_moment_is_not_taken_away(after):
    after.sees("hand comes", "empty", "empty", "hand comes")

    assert Cue.TAKE not in after.waits("laid", 3)


@pytest.mark.parametrize("page", ["next", "others"])
def test_the_next_sheet_laid_on_the_first_is_taken(after, page):
    after.sees("hand comes", "arm")

    assert after.waits(page, 1.2)[-1] is Cue.TAKE


def test_the_next_sheet_laid_during_a_pause_is_taken(after):
    after.at += 60

    assert after.waits("next", 1.2)[-1] is Cue.TAKE


def test_the_next_sheet_is_waited_for_while_a_hand_is_on_it(after):
    after.sees("arm", "hand comes")

    assert Cue.TAKE not in after.waits("held", 2)


SAME = [name for name in SCENES if name not in ("empty", "next", "others")]
happenings = st.lists(st.tuples(st.sampled_from(SAME), st.integers(1, 10)), max_size=4)


@settings(max_examples=15, deadline=None)
@given(happenings)
def test_whatever_happens_to_it_a_sheet_is_not_taken_twice(things):
    vigil = Vigil()
    vigil.waits("laid", 1.2)
    vigil.takes()
    cues = [cue for name, times in things for cue in vigil.sees(*[name] * times)]

    assert Cue.TAKE not in cues


# --- limits -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table",
    [
        {key: value for key, value in TABLE.items() if key != "still_s"},
        {**TABLE, "more": 1},
        {**TABLE, "still_s": "0.8"},
        {**TABLE, "still_s": True},
        {},
    ],
)
def test_limits_that_are_not_what_they_should_be_are_refused(table):
    with pytest.raises(ImagingError) as caught:
        Patience.of(table)
    assert caught.value.code == "ambang_salah"


def said(limits, *names, taken=False):
    """Every cue of two seconds."""
    vigil = Vigil(limits)
    if taken:
        vigil.waits("laid", 1.2)
        vigil.takes()
    return vigil.sees(*(names * 20)[:20])


@pytest.mark.parametrize(
    ("limit", "names", "cue"),
    [
        ({"still_s": 9.0}, ["laid"], Cue.TAKE),
        ({"gap_s": 0.05}, ["laid"], Cue.TAKE),
        ({"most_shift": 0.00001}, ["laid", "grainy"], Cue.TAKE),
        ({"most_motion": -1.0}, ["laid"], Cue.TAKE),
        ({"most_hand": 1.0}, ["held"], Cue.HAND),
        ({"least_sharpness": 0.0}, ["out of focus"], Cue.BLURRED),
    ],
)
def test_each_limit_decides(limit, names, cue):
    assert cue in said(LIMITS, *names)
    assert cue not in said(replace(LIMITS, **limit), *names)


@pytest.mark.parametrize(("limit", "again"), [({"gone_s": 9.0}, False), ({"least_replaced": 1.01}, False), ({}, True)])
def test_limits_decide_what_counts_as_taken_away(limit, again):
    names = ["empty"] * 8 + ["laid"] * 12

    assert (Cue.TAKE in said(replace(LIMITS, **limit), *names, taken=True)) == again


def test_a_limit_decides_what_counts_as_the_same_page():
    names = ["arm"] + ["pushed"] * 19

    assert Cue.TAKE not in said(LIMITS, *names, taken=True)
    assert Cue.TAKE in said(replace(LIMITS, least_alike=1.01), *names, taken=True)
