"""Lines and where they meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.imaging.lines import meeting, through


def line(x1, y1, x2, y2):
    return through(np.array([(x1, y1)], float), np.array([(x2, y2)], float))


def test_two_crossing_lines_meet_where_they_cross():
    assert meeting(line(0, 0, 10, 10), line(0, 10, 10, 0)).tolist() == [[5, 5]]


def test_many_pairs_are_met_at_once():
    ones = through(np.zeros((3, 2)), np.array([(1, 0), (1, 0), (1, 0)], float))
    others = through(np.array([(2, -1), (3, -1), (4, -1)], float), np.array([(2, 5), (3, 5), (4, 5)], float))

    assert meeting(ones, others).tolist() == [[2, 0], [3, 0], [4, 0]]


@pytest.mark.parametrize("other", [line(0, 5, 10, 5), line(0, 0, 10, 0), line(10, 3, 0, 3)])
def test_lines_side_by_side_meet_nowhere(other):
    assert meeting(line(0, 0, 10, 0), other) is None


def test_a_line_through_one_point_twice_meets_nothing():
    assert meeting(line(3, 3, 3, 3), line(0, 0, 10, 5)) is None


where = st.floats(-1000, 1000)


@given(where, where, st.floats(0.2, 2.9), st.floats(5, 900))
def test_lines_meet_in_the_point_that_they_were_drawn_through(x, y, turn, length):
    reach = length * np.array([np.cos(turn), np.sin(turn)])
    askew = through(np.array([(x, y)]), np.array([(x, y)]) + reach)

    assert meeting(askew, line(x - 7, y, x + 7, y))[0] == pytest.approx((x, y), abs=1e-3)
