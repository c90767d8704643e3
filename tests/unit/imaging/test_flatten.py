"""Taking the tilt out."""

import numpy as np
import pytest

from kiosk.imaging import ImagingError, find_sheet, flatten, read_codes
from tests.specimens import birth_letter, id_card, kk_page, on_desk

SQUARE = np.array([(100, 100), (500, 100), (500, 660), (100, 660)], np.float32)
FRAME = np.zeros((800, 800, 3), np.uint8)


def code_of(corners, *, shape="a4", image=FRAME):
    with pytest.raises(ImagingError) as caught:
        flatten(image, corners, shape=shape)
    return caught.value.code


def test_a_standing_page_comes_out_as_a4_at_200_dpi():
    assert flatten(FRAME, SQUARE).shape == (2339, 1654, 3)


def test_a_lying_page_stays_lying():
    assert flatten(FRAME, SQUARE[:, ::-1][[0, 3, 2, 1]]).shape == (1654, 2339, 3)


def test_a_card_comes_out_at_300_dpi():
    assert flatten(FRAME, SQUARE[:, ::-1][[0, 3, 2, 1]], shape="card").shape == (638, 1011, 3)


def test_a_photograph_keeps_its_own_proportions():
    assert flatten(FRAME, SQUARE, shape="photo").shape == (1200, 857, 3)


def test_a_tilted_page_looks_like_the_page_that_was_laid_down():
    page = birth_letter()
    frame, _ = on_desk(page, seed=3, size=(2592, 1944))

    flat = flatten(frame, find_sheet(frame).corners)

    together = np.corrcoef(flat[::4, ::4].ravel(), page[::4, ::4].ravel())[0, 1]
    assert together > 0.9


def test_the_signature_code_of_a_family_card_is_read_after_flattening():
    frame, _ = on_desk(kk_page(), seed=2, background="wood", size=(1920, 1440))

    assert read_codes(flatten(frame, find_sheet(frame).corners)) == ("CONTOH-KK-9901",)


def test_a_card_is_flattened_like_a_card():
    page = id_card()
    frame, truth = on_desk(page, seed=1)

    flat = flatten(frame, truth, shape="card")

    assert flat.shape == page.shape
    assert np.corrcoef(flat.ravel(), page.ravel())[0, 1] > 0.9


@pytest.mark.parametrize(
    "corners",
    [
        SQUARE[:3],
        SQUARE[[0, 2, 1, 3]],
        np.zeros((4, 2), np.float32),
        SQUARE * np.float32("nan"),
        np.array([(0, 0), (600, 0), (600, 10), (0, 10)], np.float32),
    ],
    ids=["three", "crossed", "a point", "not a number", "a sliver"],
)
def test_corners_that_make_no_sheet_are_refused(corners):
    assert code_of(corners) == "sudut_salah"


def test_a_shape_no_paper_has_is_refused():
    assert code_of(SQUARE, shape="poster") == "bentuk_tidak_dikenal"


def test_a_grey_picture_is_refused():
    assert code_of(SQUARE, image=FRAME[..., 0]) == "bukan_gambar"
