"""The specimen papers themselves: marked, of nobody, and photographed where they say."""

import re

import cv2
import numpy as np
import pytest

from kiosk.imaging import read_codes
from kiosk.panel import specimens
from kiosk.panel.specimens import NAMES, NIKS
from tests.specimens import birth_letter, desk, id_card, kk_page, on_desk, overlap, real_mask, real_photo


def test_the_people_on_the_papers_do_not_exist():
    assert all(re.fullmatch(r"3312\d{8}99\d\d", nik) for nik in NIKS)
    assert all("CONTOH" in name for name in NAMES)


@pytest.mark.parametrize(
    ("paper", "shape"),
    [(kk_page, (1654, 2339, 3)), (birth_letter, (2339, 1654, 3)), (id_card, (638, 1011, 3))],
    ids=["kk", "birth", "card"],
)
def test_papers_have_the_size_of_their_paper(paper, shape):
    assert paper().shape == shape
    assert paper().dtype == np.uint8


def test_the_same_paper_is_drawn_each_time():
    assert (specimens.kk_page() == specimens.kk_page()).all()


def test_the_code_on_the_family_card_says_that_it_is_a_specimen():
    assert read_codes(kk_page()) == ("CONTOH-KK-9901",)


def test_the_watermark_crosses_the_page():
    middle = birth_letter()[1000:1340, 500:1150]

    assert ((middle > 175) & (middle < 215)).mean() > 0.1


def test_a_photograph_shows_the_paper_exactly_where_it_says():
    white = np.full((210, 297, 3), 255, np.uint8)
    frame, corners = on_desk(white, seed=5, noise=0.0)
    bright = (cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY) > 140).astype(np.uint8)
    outline = max(cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0], key=cv2.contourArea)

    assert cv2.contourArea(outline) == pytest.approx(cv2.contourArea(corners), rel=0.01)


def test_given_corners_are_kept():
    place = np.array([(300, 100), (900, 120), (880, 800), (310, 790)], np.float32)

    assert (on_desk(birth_letter(), corners=place)[1] == place).all()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("size", [(1280, 960), (1080, 1440)])
def test_a_scattered_paper_lies_within_the_picture(seed, size):
    for page in (np.zeros((297, 210, 3), np.uint8), np.zeros((54, 86, 3), np.uint8)):
        corners = specimens.scatter(page, size=size, seed=seed)

        assert (corners > 0).all()
        assert (corners < np.array(size)).all()


def test_the_same_seed_gives_the_same_photograph_and_another_seed_another():
    page = id_card()

    one, again = (specimens.on_desk(page, seed=1)[0] for _ in range(2))
    assert (one == again).all()
    assert not np.array_equal(on_desk(page, seed=1)[1], on_desk(page, seed=2)[1])


def test_light_blur_noise_and_glare_do_what_they_say():
    page = kk_page()
    good = on_desk(page, seed=3)[0].astype(float)

    assert on_desk(page, seed=3, light=0.5)[0].mean() == pytest.approx(good.mean() / 2, rel=0.05)
    assert detail(on_desk(page, seed=3, blur=2.0)[0]) < detail(good) / 2
    assert detail(on_desk(page, seed=3, noise=12.0)[0]) > detail(good)
    assert (on_desk(page, seed=3, glare=True)[0] == 255).all(axis=2).mean() > 0.03


def detail(image):
    return float(cv2.Laplacian(np.asarray(image, np.float32), cv2.CV_32F).std())


@pytest.mark.parametrize("kind", ["dark", "wood", "light", "white", "photo"])
def test_every_desk_fills_the_picture(kind):
    assert desk(kind, size=(640, 480)).shape == (480, 640, 3)


def test_the_sample_photograph_and_its_mask_belong_together():
    assert real_photo().shape[:2] == real_mask().shape
    assert 0.5 < real_mask().mean() < 0.7


def test_overlap_is_one_for_the_same_and_none_for_strangers():
    square = np.array([(0, 0), (10, 0), (10, 10), (0, 10)], np.float32)

    assert overlap(square, square) == pytest.approx(1)
    assert overlap(square, square + 20) == 0
    assert overlap(square, square + np.array((5, 0))) == pytest.approx(1 / 3, rel=1e-3)
