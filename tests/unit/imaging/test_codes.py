"""Reading the codes on papers and receipts."""

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError, read_codes
from tests.qrcodes import SETS, scene, text

CLAIM = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def slip(text=CLAIM, *, module=5):
    modules = cv2.QRCodeEncoder.create().encode(text)
    square = cv2.resize(modules, None, fx=module, fy=module, interpolation=cv2.INTER_NEAREST)
    paper = cv2.copyMakeBorder(square, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=235)
    return cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR)


def test_the_code_of_a_receipt_is_read():
    assert read_codes(slip()) == (CLAIM,)


@pytest.mark.parametrize("angle", [7, 90, 133, 180, 270])
def test_a_receipt_laid_askew_is_read(angle):
    paper = slip()
    middle = (paper.shape[1] / 2, paper.shape[0] / 2)
    turned = cv2.warpAffine(
        paper, cv2.getRotationMatrix2D(middle, angle, 0.8), paper.shape[1::-1], borderValue=(235, 235, 235)
    )

    assert read_codes(turned) == (CLAIM,)


def test_a_receipt_in_the_dark_is_read():
    noise = np.random.default_rng(5).normal(0, 1.5, slip().shape)

    assert read_codes(np.clip(slip() * 0.05 + noise, 0, 255).astype(np.uint8)) == (CLAIM,)


def test_a_receipt_out_of_focus_is_read():
    assert read_codes(np.asarray(cv2.GaussianBlur(slip(), (0, 0), 2.4), np.uint8)) == (CLAIM,)


def test_two_codes_on_one_paper_are_both_read_once():
    both = np.hstack([slip("CONTOH-1"), slip("CONTOH-2"), slip("CONTOH-1")])

    assert set(read_codes(both)) == {"CONTOH-1", "CONTOH-2"}
    assert len(read_codes(both)) == 2


@pytest.mark.parametrize("level", [0, 235])
def test_a_paper_without_a_code_gives_none(level):
    assert read_codes(np.full((400, 400, 3), level, np.uint8)) == ()


def test_a_grey_picture_is_refused():
    with pytest.raises(ImagingError):
        read_codes(slip()[..., 0])


def read_of_three(kind, **how):
    """How many of three, and none wrongly."""
    found = [read_codes(scene(seed, **SETS[kind]), **how) for seed in range(3)]
    assert all(read in ((), (text(seed),)) for seed, read in enumerate(found))
    return sum(map(bool, found))


@pytest.mark.parametrize("kind", ["2 px a module", "any turn, tilted", "blurred 1.5", "blurred 2.5, 6 px a module"])
def test_a_small_askew_or_soft_code_is_read_at_the_first_look(kind):
    assert read_of_three(kind, turn=2) == 3


@pytest.mark.parametrize(("kind", "turn"), [("dark, any turn", 0), ("blurred 2.0", 1)])
def test_what_the_plain_look_misses_another_look_finds(kind, turn):
    assert read_of_three(kind) == 3
    assert read_of_three(kind, turn=turn) == 3
    assert read_of_three(kind, turn=2) == 0


def test_a_live_picture_comes_to_every_look_within_three_frames():
    for kind in ("dark", "blurred 2.0", "4 px a module"):
        assert any(read_codes(scene(1, **SETS[kind]), turn=7 + frame) for frame in range(3))


@pytest.mark.parametrize("kind", ["blurred 2.5", "moved 7 px"])
def test_a_code_that_nobody_can_read_is_not_guessed(kind):
    assert read_of_three(kind) == 0


def test_the_first_look_that_finds_something_is_the_last():
    clear, dark = (scene(seed, **SETS[kind]) for seed, kind in ((1, "4 px a module"), (2, "dark")))

    assert read_codes(dark) == (text(2),)
    assert read_codes(np.hstack([clear, dark])) == (text(1),)


def test_a_light_code_on_dark_ground_is_none_of_ours():
    assert read_codes(255 - slip()) == ()
