"""What lies beneath: guessed from both ends of each row."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.hidden import Written, hidden
from kiosk.imaging.lighting import hidden_by_shine, over_exposed
from kiosk.imaging.view import View, blank, letters

LINE = slice(300, 330)


def page(*, spot=None, lines=(LINE,), columns=slice(200, 900), paper=215):
    """Grey paper (1400, 990) with lines of upright strokes, and a white disk (across, down, radius)."""
    picture = np.full((1400, 990, 3), paper, np.uint8)
    for line in lines:
        for across in range(columns.start, columns.stop, 8):
            picture[line, across : across + 3] = 30
    if spot:
        cv2.circle(picture, spot[:2], spot[2], (255, 255, 255), -1)
    return View.of(picture)


def region(view, rows, columns):
    mask = np.zeros(view.small.shape[:2], np.uint8)
    mask[rows, columns] = 1
    return mask


def beneath(view, rows, columns, **how):
    return hidden(region(view, rows, columns), Written.on(view), **{"gap": 2, "shows": False, **how})


def test_a_line_that_runs_into_both_sides_runs_on_beneath():
    view = page()
    found = beneath(view, slice(60, 100), slice(100, 130))

    assert found == pytest.approx(30 * (330 - 300) / 4, rel=0.35)


def test_a_line_that_ends_at_one_side_may_run_on_by_half():
    view = page(columns=slice(200, 400))

    assert 0.2 < beneath(view, slice(60, 100), slice(100, 130)) / beneath(page(), slice(60, 100), slice(100, 130)) < 0.8


def test_nothing_is_guessed_beneath_an_empty_margin():
    assert beneath(page(), slice(200, 240), slice(100, 110)) == 0


def test_nothing_is_hidden_where_there_is_no_region():
    assert beneath(page(), slice(0, 0), slice(0, 0)) == 0


def test_at_the_border_only_the_side_inside_the_page_is_asked():
    view = page(columns=slice(56, 900))

    assert beneath(view, slice(60, 100), slice(0, 30)) > 0.5 * beneath(view, slice(60, 100), slice(100, 130))


def test_what_shows_through_is_not_hidden():
    view = page()

    assert beneath(view, slice(60, 100), slice(100, 130), shows=True) < 0.3 * beneath(
        view, slice(60, 100), slice(100, 130)
    )


def test_a_word_may_lie_wholly_beneath_something_wide_among_the_writing():
    view = page(lines=(slice(100, 130), slice(300, 330)))

    assert beneath(view, slice(38, 66), slice(80, 150)) > 0
    assert beneath(view, slice(38, 66), slice(80, 100)) == 0
    assert beneath(view, slice(130, 160), slice(80, 150)) == 0


def test_rules_of_a_table_are_no_writing():
    picture = np.full((1400, 990, 3), 215, np.uint8)
    picture[300:303, 100:900] = 30
    picture[200:900, 500:503] = 30

    assert not letters(View.of(picture)).any()


def test_the_edge_of_a_shadow_is_no_writing():
    picture = np.full((1400, 990, 3), 215, np.uint8)
    picture[:, :400] = 110

    assert not letters(View.of(picture)).any()


def test_a_reflection_on_a_line_hides_it_and_beside_it_hides_nothing():
    on, beside = page(spot=(500, 315, 40)), page(spot=(500, 700, 40))

    assert hidden_by_shine(on, blank(on), Written.on(on)) > 15
    assert hidden_by_shine(beside, blank(beside), Written.on(beside)) == 0


def test_a_speck_too_small_for_a_letter_is_not_asked():
    view = page(spot=(500, 315, 5))

    assert hidden_by_shine(view, blank(view), Written.on(view)) == 0


def test_paper_that_is_white_all_over_is_no_reflection_but_over_exposed():
    view = page(paper=255)

    assert hidden_by_shine(view, blank(view), Written.on(view)) == 0
    assert over_exposed(blank(view)) == 1


def test_half_a_page_in_the_sun_is_half_over_exposed_letters_and_all():
    picture = np.full((1400, 990, 3), 200, np.uint8)
    picture[:700] = 255
    for across in range(200, 800, 8):
        picture[300:330, across : across + 3] = 30

    assert over_exposed(blank(View.of(picture))) == pytest.approx(0.5, abs=0.02)


def test_bright_colours_have_their_detail():
    assert not blank(View.of(np.full((1400, 990, 3), (200, 230, 255), np.uint8))).any()
