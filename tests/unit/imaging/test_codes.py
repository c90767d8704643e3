"""Reading the codes on papers and receipts."""

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError, read_codes

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
