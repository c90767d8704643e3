"""A page made even: what the lamp did goes, what is on the paper stays, in its colours."""

import cv2
import numpy as np
import pytest

from kiosk.imaging.flatten import A4_PX
from kiosk.imaging.shapes import Image
from kiosk.imaging.tidying import tidy
from tests.hardpage import HardPage, hard_page, off_colour
from tests.specimens import birth_letter, desk, kk_page
from tests.unit.imaging.test_paper import arm, under

PAGE = birth_letter()


@pytest.fixture(scope="module")
def hard() -> HardPage:
    return hard_page(20)


@pytest.fixture(scope="module")
def tidied(hard: HardPage) -> Image:
    page = tidy(hard.flat)
    assert page is not None
    return page


def even(page: Image) -> Image:
    made = tidy(page)
    assert made is not None
    return made


@pytest.mark.parametrize("page", [birth_letter(), kk_page()], ids=["standing", "lying"])
def test_a_page_keeps_its_size_and_the_one_handed_in_is_left_alone(page: Image) -> None:
    before = page.copy()

    made = even(page)

    assert (made.shape, made.dtype) == (page.shape, np.uint8)
    assert (page == before).all()


def test_a_hand_s_shadow_goes() -> None:
    shadowed, bare = under(arm(PAGE.shape, 0.5), PAGE), PAGE.min(axis=2) > 225
    made = even(shadowed)

    assert shadowed[bare].min() < 128
    assert np.percentile(made[bare], 2) > 235
    assert np.abs(made.astype(int) - even(PAGE)).mean() < 3


def test_a_warm_lamp_goes_and_paper_is_white() -> None:
    warm = (PAGE * np.array((0.80, 0.86, 0.9))).astype(np.uint8)

    assert np.median(even(warm), axis=(0, 1)).min() >= 253


def test_yellow_paper_stays_yellow_and_its_shadow_goes() -> None:
    colour = np.array((0.5, 0.92, 1.0))
    yellow = under(arm(PAGE.shape, 0.4), (PAGE * colour).astype(np.uint8))

    assert np.median(even(yellow).reshape(-1, 3), axis=0) == pytest.approx(255 * colour, abs=9)


@pytest.mark.parametrize("ink", ["seal", "thumb", "pen", "portrait"])
def test_inks_and_a_portrait_keep_their_colours(hard: HardPage, tidied: Image, ink: str) -> None:
    assert hard.inks[ink].sum() > 500
    assert off_colour(tidied, hard)[ink] < min(14, off_colour(hard.flat, hard)[ink])


def test_a_portrait_is_not_bleached(hard: HardPage, tidied: Image) -> None:
    where = hard.inks["portrait"]
    seen, before = (cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)[where] for page in (tidied, hard.flat))

    assert (seen > 250).mean() < 0.15
    assert np.corrcoef(seen, before)[0, 1] > 0.9


def test_noise_of_a_bare_paper_goes(hard: HardPage, tidied: Image) -> None:
    bare = np.s_[40:200, 60:600]  # above the first line

    assert hard.flat[bare].std(axis=(0, 1)).min() > 2
    assert tidied[bare].std(axis=(0, 1)).max() < 1.5


def test_a_pencil_s_pale_line_stays() -> None:
    page = PAGE.copy()
    cv2.line(page, (300, 2100), (900, 2130), (205, 205, 205), 3)

    strip = cv2.cvtColor(even(page), cv2.COLOR_BGR2GRAY)[2085:2150, 400:800]

    assert strip.min(axis=0).max() < 235


def test_ink_at_the_very_edge_and_a_page_without_any_are_no_trouble() -> None:
    plain = np.full((A4_PX[1], A4_PX[0], 3), 240, np.uint8)
    edged = plain.copy()
    edged[:60, :60], edged[-60:, -60:] = (40, 40, 200), (150, 50, 40)

    assert even(plain).min() == 255
    assert even(edged)[20, 20].argmax() == 2
    assert even(edged)[-20, -20].argmax() == 0


def test_a_page_made_even_twice_hardly_changes() -> None:
    once = even(PAGE)

    assert np.abs(even(once).astype(int) - once).mean() < 2


@pytest.mark.parametrize("level", [0, 20])
def test_a_picture_that_shows_no_paper_is_left_to_others(level: int) -> None:
    noise = np.random.default_rng(4).integers(0, 2 * level + 1, (A4_PX[1], A4_PX[0], 3)).astype(np.uint8)

    assert tidy(noise) is None


@pytest.mark.parametrize(("kind", "width"), [("dark", 300), ("dark", 800), ("wood", 500), ("white", 500)])
def test_print_on_a_paper_that_lies_on_a_desk_is_not_bleached(kind: str, width: int) -> None:
    """Nobody found the sheet, so the whole frame was kept, mostly desk."""
    frame, place = desk(kind, size=A4_PX, seed=1).copy(), np.s_[100 : 100 + width * 7 // 5, 100 : 100 + width]
    frame[place] = cv2.resize(PAGE, (width, width * 7 // 5), interpolation=cv2.INTER_AREA)

    shown = tidy(frame)

    assert shown is None or shown[place].std() > 0.8 * frame[place].std()
