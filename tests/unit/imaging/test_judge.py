"""What spoils a page, one mishap at a time, by the limits that are shipped. Pictures and mishaps: tests/spoiled.py."""

import tomllib
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError, Problem, Sheet, Thresholds, find_sheet, flatten, judge, whole_frame
from tests.specimens import birth_letter, real_photo
from tests.spoiled import (
    PAPERS,
    back_of,
    defocus,
    finger,
    grain,
    relight,
    shine,
    shot,
    smear,
    tinted,
    with_face,
)

TABLES = tomllib.loads((Path(__file__).parents[3] / "content/base/legibility.toml").read_text(encoding="utf-8"))
CAMERA = Thresholds.of(TABLES["camera"])
UPLOAD = Thresholds.of(TABLES["upload"])
CORNERS = np.array([(0, 0), (9, 0), (9, 9), (0, 9)], np.float32)
WITH_TEXT = {"print": (0.4, 0.35), "birth": (0.4, 0.34), "kk": (0.35, 0.34), "card": (0.3, 0.55)}  # a line of writing
WITHOUT = {"print": (0.3, 0.93), "birth": (0.25, 0.9), "kk": (0.15, 0.08), "card": (0.85, 0.1)}  # an empty margin


def seen(name, background="dark"):
    return shot(name, seed=4, background=background, width=1280)


def problems(taken, frame, *, level=2.5, **more):
    return judge(taken.flat(grain(frame, level=level)), thresholds=CAMERA, shape=taken.shape, **more).problems


@lru_cache(maxsize=1)
def good():
    taken = seen("birth")
    return taken.flat(grain(taken.frame))


def test_a_real_photograph_is_good_enough():
    photo = real_photo()
    sheet = find_sheet(photo)

    judgement = judge(flatten(photo, sheet.corners), thresholds=CAMERA, sheet=sheet)

    assert judgement.problems == ()
    assert judgement.ok


@pytest.mark.parametrize(
    ("name", "background"),
    [*((name, "dark") for name in PAPERS), ("birth", "wood"), ("card", "wood"), ("card", "light")],
)
def test_a_well_lit_page_in_focus_is_good(name, background):
    taken = seen(name, background)

    assert problems(taken, taken.frame) == ()


@pytest.mark.parametrize(
    ("name", "radius"), [*((name, 0.8) for name in PAPERS), ("card", 1.4), ("kk", 2.0), ("print", 2.5)]
)
def test_a_page_out_of_focus_is_blurred_and_not_called_moved(name, radius):
    taken = seen(name)

    assert problems(taken, defocus(taken.frame, radius * taken.scale)) == (Problem.BLUR,)


@pytest.mark.parametrize(("name", "degrees"), [("kk", 0), ("print", 90), ("print", 0), ("card", 45), ("birth", 135)])
def test_a_page_pulled_while_it_was_taken_has_moved_and_is_not_called_out_of_focus(name, degrees):
    taken = seen(name)

    assert problems(taken, smear(taken.frame, 2.4 * taken.scale, degrees)) == (Problem.MOTION,)


@pytest.mark.parametrize("name", ["birth", "kk", "card"])
def test_a_lamp_mirrored_over_the_writing_is_glare(name):
    taken = seen(name)

    assert problems(taken, shine(taken, taken.frame, WITH_TEXT[name], reach=4)) == (Problem.GLARE,)


@pytest.mark.parametrize("name", ["print", "kk", "card"])
def test_a_lamp_mirrored_in_an_empty_margin_is_no_fault(name):
    taken = seen(name)
    frame = shine(taken, taken.frame, WITHOUT[name], reach=1 if name == "card" else 4)

    judgement = judge(taken.flat(grain(frame)), thresholds=CAMERA, shape=taken.shape)

    assert judgement.measures["white"] > 0.001
    assert judgement.ok


@pytest.mark.parametrize("name", ["birth", "kk", "card"])
def test_a_finger_over_the_writing_is_told_of(name):
    taken = seen(name)
    across, down = WITH_TEXT[name]

    assert problems(taken, finger(taken, taken.frame, (across, down), start=(-0.4, down))) == (Problem.FINGER,)


def test_a_finger_that_holds_the_empty_margin_is_no_fault():
    taken = seen("print")

    assert problems(taken, finger(taken, taken.frame, (0.5, 0.96), start=(0.55, 1.3))) == ()


def test_a_face_on_the_paper_and_coloured_paper_are_no_fingers():
    faced, brown = with_face(birth_letter(), (0.1, 0.68)), tinted(birth_letter(), (140, 175, 205))

    assert judge(grain(faced), thresholds=CAMERA).problems == ()
    assert judge(grain(brown), thresholds=CAMERA).problems == ()


@pytest.mark.parametrize("name", ["kk", "card"])
def test_a_page_in_the_dark_is_dark_and_not_called_blurred(name):
    taken = seen(name)

    assert problems(taken, relight(taken.frame, 0.25), level=6) == (Problem.DARK,)


@pytest.mark.parametrize("name", ["kk", "card"])
def test_a_page_in_full_sun_is_over_exposed_and_not_called_glare(name):
    taken = seen(name)

    assert problems(taken, relight(taken.frame, 1.9)) == (Problem.BRIGHT,)


@pytest.mark.parametrize(("name", "through"), [("birth", 0.0), ("kk", 0.06), ("print", 0.12), ("card", 0.1)])
def test_a_page_laid_face_down_is_the_wrong_side_and_not_called_blurred(name, through):
    back = relight(grain(back_of(PAPERS[name](), through=through)), 0.8)

    assert judge(back, thresholds=CAMERA, shape="card" if name == "card" else "a4").problems == (Problem.WRONG_SIDE,)


def test_an_empty_page_under_a_lamp_is_the_wrong_side_but_in_the_dark_light_comes_first():
    empty = relight(back_of(birth_letter()), 0.8)
    lamp = np.asarray(cv2.circle(empty.copy(), (800, 900), 200, (255, 255, 255), -1), np.uint8)

    assert judge(lamp, thresholds=CAMERA).problems == (Problem.WRONG_SIDE,)
    assert Problem.WRONG_SIDE not in judge(relight(empty, 0.2), thresholds=CAMERA).problems


def test_a_page_hanging_out_of_the_picture_has_a_cut_corner():
    assert judge(good(), thresholds=CAMERA, sheet=Sheet(CORNERS, 0.9, cut=True)).problems == (Problem.CUT_CORNER,)


def test_a_picture_without_a_sheet_says_so_first():
    blurred = np.asarray(cv2.GaussianBlur(good(), (0, 0), 6), np.uint8)

    assert judge(blurred, thresholds=CAMERA, sheet=whole_frame(blurred)).problems == (Problem.NOT_FOUND, Problem.BLUR)


def test_the_pure_white_of_a_scanner_is_no_fault_in_a_file_someone_brought():
    scan = np.full((2339, 1654, 3), 255, np.uint8)
    scan[birth_letter() < 120] = 30

    assert judge(scan, thresholds=UPLOAD).ok
    assert judge(scan, thresholds=CAMERA).problems == (Problem.BRIGHT,)


def test_a_sheet_fed_face_down_into_the_scanner_is_the_wrong_side():
    assert judge(np.full((2339, 1654, 3), 255, np.uint8), thresholds=UPLOAD).problems == (Problem.WRONG_SIDE,)


def test_a_portrait_has_nothing_written_and_its_skin_is_no_finger():
    face = np.full((1200, 900, 3), (150, 60, 40), np.uint8)
    cv2.ellipse(face, (450, 900), (300, 700), 0, 0, 360, (80, 118, 172), -1)  # face, neck and arm, down to the border

    judgement = judge(grain(face), thresholds=CAMERA, shape="photo")

    assert not {Problem.WRONG_SIDE, Problem.FINGER} & set(judgement.problems)


def test_a_lamp_mirrored_in_a_portrait_is_glare_whatever_it_hides():
    face = np.full((1200, 900, 3), (150, 140, 120), np.uint8)
    cv2.circle(face, (450, 500), 120, (255, 255, 255), -1)

    assert Problem.GLARE in judge(face, thresholds=CAMERA, shape="photo").problems


def test_every_problem_has_a_mishap_above():
    named = {"not_found", "cut_corner", "wrong_side", "dark", "bright", "glare", "finger", "motion", "blur"}

    assert named == {str(problem) for problem in Problem}


@pytest.mark.parametrize("size", [(32, 32), (40, 1000), (104, 283), (32, 5000)])
def test_whatever_size_a_page_comes_in_it_is_judged(size):
    speckled = np.random.default_rng(1).integers(0, 255, (*size, 3)).astype(np.uint8)

    assert set(judge(speckled, thresholds=CAMERA).measures) >= {"sharpness", "light", "white", "written"}


@pytest.mark.parametrize(
    "change",
    [{"least_light": "bright"}, {"least_light": True}, {"contrast": 1.0}, {"least_light": None}],
    ids=["a word", "yes", "an unknown key", "nothing"],
)
def test_limits_that_are_no_limits_are_refused(change):
    with pytest.raises(ImagingError) as caught:
        Thresholds.of({**TABLES["camera"], **change})
    assert caught.value.code == "ambang_salah"


@pytest.mark.parametrize("key", sorted(TABLES["camera"]))
def test_a_missing_limit_is_refused(key):
    with pytest.raises(ImagingError):
        Thresholds.of({name: value for name, value in TABLES["camera"].items() if name != key})


def test_limits_that_were_not_given_are_never_passed():
    lax = Thresholds(least_sharpness=0, most_glare=1, most_bright=1, least_light=0)
    taken = seen("birth")

    assert judge(taken.flat(finger(taken, taken.frame, (0.4, 0.35), start=(-0.4, 0.4))), thresholds=lax).ok
