"""Fingers of every tone, and what only looks like one."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.covered import fingers, hidden_by_fingers
from kiosk.imaging.flatten import flatten
from kiosk.imaging.hidden import Written
from kiosk.imaging.view import View
from tests.specimens import birth_letter, id_card
from tests.spoiled import SKIN, finger, relight, shot, tinted, with_face

STAMP = (50, 60, 150)  # brown as old ink
WOOD = (66, 104, 152)


def seen(name="card", background="dark"):
    return shot(name, seed=6, background=background, width=1000)


def view_of(taken, frame):
    return View.of(taken.flat(frame), taken.shape)


def drawn(picture, shape="a4"):
    return fingers(View.of(np.asarray(picture, np.uint8), shape))


@pytest.mark.parametrize("tone", SKIN)
def test_a_finger_of_every_tone_is_seen(tone):
    taken = seen(background="wood")
    view = view_of(taken, finger(taken, taken.frame, (0.35, 0.6), start=(-0.4, 0.7), tone=tone))

    assert fingers(view).mean() == pytest.approx(0.11, abs=0.05)
    assert hidden_by_fingers(view, Written.on(view)) > 50


@pytest.mark.parametrize("light", [0.45, 1.15])
@pytest.mark.parametrize("tone", ["light", "dark"])
def test_a_finger_is_seen_in_dim_and_in_bright_light(tone, light):
    taken = seen()
    view = view_of(taken, relight(finger(taken, taken.frame, (0.35, 0.6), start=(-0.4, 0.7), tone=tone), light))

    assert fingers(view).any()


@pytest.mark.parametrize(
    "start", [(-0.4, 0.6), (1.4, 0.5), (0.4, -0.6), (0.5, 1.6)], ids=["left", "right", "top", "bottom"]
)
def test_a_finger_is_seen_from_whichever_side_it_comes(start):
    taken = seen()

    assert fingers(view_of(taken, finger(taken, taken.frame, (0.45, 0.5), start=start))).any()


def test_where_the_finger_holds_the_empty_margin_nothing_is_hidden():
    page = cv2.resize(birth_letter(), (990, 1400))
    cv2.ellipse(page, (500, 1400), (35, 60), 0, 0, 360, SKIN["tan"], -1)
    view = View.of(page)

    assert fingers(view).any()
    assert hidden_by_fingers(view, Written.on(view)) < 1


@pytest.mark.parametrize("tone", SKIN)
def test_a_face_inside_the_page_is_no_finger(tone):
    assert not drawn(with_face(birth_letter(), (0.1, 0.7), tone=tone)).any()
    assert not drawn(with_face(id_card(), (0.7, 0.3), tone=tone, high=0.35), "card").any()


def test_a_brown_stamp_is_no_finger_not_even_across_the_border():
    page = birth_letter().copy()
    for place in ((400, 1900), (30, 1200)):
        cv2.circle(page, place, 100, STAMP, 9)
        cv2.putText(page, "CAP CONTOH", (place[0] - 80, place[1]), cv2.FONT_HERSHEY_DUPLEX, 1.2, STAMP, 4)

    assert not drawn(page).any()


@pytest.mark.parametrize("colour", [(170, 190, 255), (130, 200, 235), (140, 175, 205), (120, 160, 240)])
def test_paper_of_the_colour_of_skin_is_no_finger(colour):
    assert not drawn(tinted(birth_letter(), colour)).any()


def test_a_strip_of_a_wooden_table_along_the_paper_is_no_finger():
    page = birth_letter().copy()
    page[:, :60] = WOOD

    assert not drawn(page).any()


@pytest.mark.parametrize("name", ["card", "birth"])
def test_corners_placed_too_far_out_on_a_wooden_table_make_no_finger(name):
    taken = seen(name, "wood")
    wide = taken.corners + (taken.corners - taken.corners.mean(axis=0)) * np.float32(0.03)

    assert not drawn(flatten(taken.frame, wide, shape=taken.shape), taken.shape).any()


def test_a_printed_frame_of_brown_ornament_is_no_finger():
    page = birth_letter().copy()
    cv2.rectangle(page, (20, 20), (1633, 2318), WOOD, 70)

    assert not drawn(page).any()
