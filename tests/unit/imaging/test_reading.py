"""The NIK of a photographed card: read whole or not at all, from any side, and nothing else with it."""

import subprocess
import sys
from itertools import cycle
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError, encode, find_sheet, flatten, reading, whole_frame
from kiosk.imaging.codec import decode_upload
from kiosk.imaging.reading import number_lines, read_nik
from tests.cards import card, photographed
from tests.specimens import Image, id_card

TOP = Path(__file__).parents[3]


def as_kept(seed: int, **how: object) -> tuple[Image, str]:
    """A card as the visit keeps it: found, flattened, packed."""
    frame, number = photographed(seed, **how)
    sheet = find_sheet(frame) or whole_frame(frame)
    return decode_upload(encode(flatten(frame, sheet.corners, shape="card"))), number


def number_of(image: Image) -> str | None:
    found = read_nik(image)
    return None if found is None else found.number


def test_a_photographed_card_gives_its_number() -> None:
    kept, number = as_kept(2, size=(960, 600))

    assert number_of(kept) == number


def test_a_card_laid_on_its_side_and_upside_down_at_that_is_read_all_the_same() -> None:
    one = card(1)

    assert number_of(np.ascontiguousarray(np.rot90(one.image))) == one.number


def test_a_card_too_blurred_to_be_certain_gives_nothing() -> None:
    assert number_of(np.asarray(cv2.GaussianBlur(card(0).image, (0, 0), 9), np.uint8)) is None


def test_two_looks_that_differ_give_nothing() -> None:
    """A 3 that may be an 8, as on soft print."""
    said = cycle(["NIK : 3312120101909901", "NIK : 8312120101909901"])

    assert read_nik(card(0).image, recogniser=lambda _line: [(next(said), 0.97)]) is None


@pytest.mark.parametrize(
    ("words", "score"),
    [("331212010190990", 1.0), ("33121201019099012", 1.0), ("TIDAK ADA", 1.0), ("3312120101909901", 0.6)],
)
def test_only_sixteen_digits_in_a_row_read_for_sure_are_a_number(words: str, score: float) -> None:
    assert read_nik(card(0).image, recogniser=lambda _line: [(words, score)]) is None


def test_spaces_and_the_label_before_a_number_are_no_matter() -> None:
    found = read_nik(card(0).image, recogniser=lambda _line: [("NIK：3312 1201 0190 9901", 0.95)])

    assert found is not None
    assert (found.number, found.score) == ("3312120101909901", 0.95)


def test_what_an_earlier_call_switched_off_is_switched_on_again() -> None:
    reading._engine().update_params(use_rec=False, use_det=True, use_cls=True)

    assert number_of(id_card()) == "3312120101909901"


def test_the_numbers_line_is_among_the_few_that_are_read() -> None:
    lines = number_lines(card(3).image)

    assert 1 <= len(lines) <= reading.MOST_LINES
    assert all(close.shape[0] < loose.shape[0] < 120 for loose, close in lines)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_card_has_nothing_to_read(level: int) -> None:
    assert number_lines(np.full((638, 1011, 3), level, np.uint8)) == []


def test_what_no_camera_gives_is_refused() -> None:
    with pytest.raises(ImagingError):
        read_nik(np.zeros((5, 5, 3), np.uint8))


def test_the_number_stands_in_no_repr() -> None:
    assert "3312" not in repr(reading.NikReading("3312120101909901", 0.9))


def alone(page: bytes) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "kiosk.imaging.reading"]
    return subprocess.run(command, input=page, capture_output=True, check=False, cwd=TOP, timeout=180)


def test_the_process_says_the_number_and_nothing_else() -> None:
    one = card(2)
    run = alone(encode(one.image))

    assert run.stdout.decode().split()[0] == one.number
    assert len(run.stdout.split()) == 2
    assert run.returncode == 0


def test_a_page_that_is_no_picture_ends_the_process_quietly() -> None:
    run = alone(b"not a picture")

    assert (run.returncode, run.stdout, run.stderr) == (0, b"", b"")


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(50))
def test_fifty_cards_large_and_small_askew_dim_and_soft(seed: int) -> None:
    kept, number = as_kept(seed)

    assert number_of(kept) in (number, None)
