"""Four straight sides, however often each is interrupted."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.imaging.sides import crossed
from tests.specimens import overlap

SIZE = (480, 360)
BOX = np.array([(90, 70), (390, 82), (384, 300), (84, 290)], np.float32)
AREA = 0.05 * SIZE[0] * SIZE[1]


def paper(outline=BOX, *, desk=60, level=210):
    """One channel of a picture with a paper in it."""
    return cv2.fillPoly(np.full(SIZE[::-1], desk, np.uint8), [np.rint(outline).astype(np.int32)], level)


def edges_of(picture):
    return np.asarray(cv2.Canny(picture, 24, 60), np.uint8)


def found(edges, shades):
    return crossed(edges, shades[..., None], least_area=AREA)


def best(quads, truth=BOX):
    return max((overlap(quad, truth) for quad in quads), default=0.0)


def test_four_whole_sides_are_met():
    assert best(found(edges_of(paper()), paper())) > 0.98


def test_sides_with_gaps_are_met():
    edges = edges_of(paper())
    for left in range(100, 400, 60):
        edges[:, left : left + 14] = 0
    for top in range(80, 300, 60):
        edges[top : top + 14] = 0

    assert best(found(edges, paper())) > 0.98


def test_all_four_corners_may_be_covered():
    edges = edges_of(paper())
    for corner in BOX:
        cv2.circle(edges, tuple(np.rint(corner).astype(int).tolist()), 36, 0, -1)

    assert best(found(edges, paper())) > 0.98


def test_something_as_white_that_touches_the_paper_hides_no_side():
    scene = paper()
    cv2.rectangle(scene, (300, 20), (420, 120), 210, -1)

    assert best(found(edges_of(scene), scene)) > 0.97


def test_a_side_that_was_hardly_seen_is_no_side():
    edges = edges_of(paper())
    edges[:, 160:] = 0

    assert best(found(edges, paper())) < 0.5


def test_the_lines_of_a_table_are_worth_nothing_for_both_sides_are_paper():
    sheet = np.full(SIZE[::-1], 210, np.uint8)
    ruled = cv2.polylines(sheet.copy(), [np.rint(BOX).astype(np.int32)], isClosed=True, color=90)

    assert len(found(edges_of(ruled), sheet)) == 0


@pytest.mark.parametrize("kept", [2, 3])
def test_fewer_than_four_sides_make_nothing(kept):
    edges = np.zeros(SIZE[::-1], np.uint8)
    for start, end in list(zip(BOX, np.roll(BOX, -1, axis=0), strict=True))[:kept]:
        cv2.line(edges, np.rint(start).astype(int).tolist(), np.rint(end).astype(int).tolist(), 255)

    assert len(found(edges, paper())) == 0


def test_no_edges_make_nothing():
    assert found(np.zeros(SIZE[::-1], np.uint8), paper()).shape == (0, 4, 2)


def test_lines_that_all_run_one_way_make_nothing():
    stripes = np.full(SIZE[::-1], 60, np.uint8)
    for top in range(20, 340, 40):
        stripes[top : top + 20] = 210

    assert len(found(edges_of(stripes), stripes)) == 0


def test_a_paper_too_small_is_none():
    small = BOX / 5 + 200

    assert len(found(edges_of(paper(small)), paper(small))) == 0


def test_a_corner_far_outside_the_picture_is_none():
    beyond = BOX + np.array((260, 0), np.float32)

    assert best(found(edges_of(paper(beyond)), paper(beyond)), beyond) < 0.5


papers = st.lists(
    st.tuples(st.integers(0, 440), st.integers(0, 320), st.integers(20, 260), st.floats(0, 90), st.integers(0, 255)),
    max_size=9,
)


@settings(max_examples=40, deadline=None)
@given(papers)
def test_whatever_lies_about_candidates_are_sound(things):
    scene = np.full(SIZE[::-1], 60, np.uint8)
    for across, down, size, turn, level in things:
        box = cv2.boxPoints(((across, down), (size, size * 0.7), turn))
        cv2.fillPoly(scene, [np.rint(box).astype(np.int32)], level)

    quads = found(edges_of(scene), scene)

    assert len(quads) <= 60
    assert all(cv2.isContourConvex(quad) and cv2.contourArea(quad) >= 0.99 * AREA for quad in quads)
    assert all(cv2.contourArea(quad, oriented=True) > 0 for quad in quads)  # clockwise on a screen
    assert all((quad > -16).all() and (quad < np.array(SIZE) + 16).all() for quad in quads)
