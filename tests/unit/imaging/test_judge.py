"""What spoils a page, one mishap at a time, by the limits that are shipped."""

import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError, Problem, Sheet, Thresholds, find_sheet, flatten, judge, whole_frame
from kiosk.imaging.judge import sharpness
from tests.specimens import birth_letter, id_card, kk_page, on_desk, real_photo

TABLES = tomllib.loads((Path(__file__).parents[3] / "content/base/legibility.toml").read_text(encoding="utf-8"))
CAMERA = Thresholds.of(TABLES["camera"])
UPLOAD = Thresholds.of(TABLES["upload"])
PAPERS = {"kk": (kk_page(), "a4"), "birth": (birth_letter(), "a4"), "card": (id_card(), "card")}
CORNERS = np.array([(0, 0), (9, 0), (9, 9), (0, 9)], np.float32)


def taken(name, **trouble):
    page, shape = PAPERS[name]
    frame, truth = on_desk(page, seed=4, **trouble)
    return flatten(frame, truth, shape=shape)


def problems(flat, **more):
    return judge(flat, thresholds=CAMERA, **more).problems


def test_a_real_photograph_is_good_enough():
    photo = real_photo()
    sheet = find_sheet(photo)

    judgement = judge(flatten(photo, sheet.corners), thresholds=CAMERA, sheet=sheet)

    assert judgement.problems == ()
    assert judgement.ok


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("background", ["dark", "wood", "light"])
def test_a_well_lit_page_in_focus_is_good(name, background):
    assert problems(taken(name, background=background)) == ()


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("blur", [2.2, 3.0, 5.0, 9.0])
def test_a_page_out_of_focus_is_blurred(name, blur):
    assert problems(taken(name, blur=blur)) == (Problem.BLUR,)


@pytest.mark.parametrize("name", PAPERS)
@pytest.mark.parametrize("way", ["across", "down", "askew"])
def test_a_page_moved_while_it_was_taken_is_blurred(name, way):
    smear = {"across": np.ones((1, 13)), "down": np.ones((13, 1)), "askew": np.eye(13)}[way] / 13
    page, shape = PAPERS[name]
    frame, truth = on_desk(page, seed=4, size=(1600, 1200))
    moved = np.asarray(cv2.filter2D(frame, -1, smear), np.uint8)

    assert problems(flatten(moved, truth, shape=shape)) == (Problem.BLUR,)


@pytest.mark.parametrize("name", PAPERS)
def test_a_lamp_mirrored_in_the_page_is_glare(name):
    assert Problem.GLARE in problems(taken(name, glare=True))


@pytest.mark.parametrize("name", PAPERS)
def test_a_page_in_the_dark_is_dark_and_not_called_blurred(name):
    assert problems(taken(name, light=0.25)) == (Problem.DARK,)


@pytest.mark.parametrize("name", PAPERS)
def test_a_page_in_full_sun_is_over_exposed_and_not_called_glare(name):
    assert problems(taken(name, light=1.8)) == (Problem.BRIGHT,)


def test_a_page_hanging_out_of_the_picture_has_a_cut_corner():
    assert problems(taken("birth"), sheet=Sheet(CORNERS, 0.9, cut=True)) == (Problem.CUT_CORNER,)


def test_a_picture_without_a_sheet_says_so_first():
    flat = taken("birth", blur=5.0)

    assert problems(flat, sheet=whole_frame(flat)) == (Problem.NOT_FOUND, Problem.BLUR)


def test_a_page_laid_face_down_is_no_readable_page():
    empty = np.full((2339, 1654, 3), 225, np.uint8)

    judgement = judge(empty, thresholds=CAMERA)

    assert judgement.problems == (Problem.BLUR,)
    assert judgement.measures["sharpness"] == 0


def test_the_pure_white_of_a_scanner_is_no_fault_in_a_file_someone_brought():
    scan = np.full((2339, 1654, 3), 255, np.uint8)
    ink = birth_letter() < 120
    scan[ink] = 30

    assert judge(scan, thresholds=UPLOAD).ok
    assert judge(scan, thresholds=CAMERA).problems == (Problem.BRIGHT,)


def test_sharpness_falls_as_the_lens_turns():
    grey = cv2.cvtColor(birth_letter(), cv2.COLOR_BGR2GRAY).astype(np.float32)

    steps = [sharpness(cv2.GaussianBlur(grey, (0, 0), blur), 240) for blur in (0.3, 1, 2, 3, 5)]

    assert steps == sorted(steps, reverse=True)


@pytest.mark.parametrize("dim", [0.3, 0.6])
def test_sharpness_does_not_depend_on_the_light(dim):
    grey = cv2.cvtColor(kk_page(), cv2.COLOR_BGR2GRAY).astype(np.float32)

    assert sharpness(grey * dim, 240 * dim) == pytest.approx(sharpness(grey, 240), rel=0.01)


def test_an_edge_of_known_blur_has_the_sharpness_that_the_docstring_says():
    grey = np.repeat(np.where(np.arange(400) // 40 % 2, 30, 230)[None], 300, axis=0).astype(np.float32)
    soft = cv2.GaussianBlur(grey, (0, 0), 2.0)

    assert sharpness(soft, 230) == pytest.approx(1 / np.sqrt(2 * np.pi * (1 + 2.0**2)), rel=0.1)


def test_every_problem_can_fire():
    fired = {
        *problems(taken("kk", blur=4)),
        *problems(taken("kk", glare=True)),
        *problems(taken("kk", light=0.2)),
        *problems(taken("kk", light=1.8)),
        *problems(taken("kk"), sheet=Sheet(CORNERS, 0.9, cut=True)),
        *problems(taken("kk"), sheet=Sheet(CORNERS, 0.0)),
    }

    assert fired == set(Problem)


@pytest.mark.parametrize(
    "change",
    [{"least_light": "bright"}, {"least_light": True}, {"contrast": 1.0}, {"least_light": None}],
    ids=["a word", "yes", "an unknown key", "nothing"],
)
def test_limits_that_are_no_limits_are_refused(change):
    with pytest.raises(ImagingError) as caught:
        Thresholds.of({**TABLES["camera"], **change})
    assert caught.value.code == "ambang_salah"


def test_a_missing_limit_is_refused():
    with pytest.raises(ImagingError):
        Thresholds.of({key: value for key, value in TABLES["camera"].items() if key != "least_light"})
