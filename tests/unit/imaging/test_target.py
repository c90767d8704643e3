"""The test sheet, read: a good print is found good however it lies, and each way of printing or seeing it badly shows."""

from collections.abc import Callable
from dataclasses import asdict
from functools import lru_cache

import cv2
import numpy as np
import pytest

from blanks.bench import target_sheet
from kiosk import documents
from kiosk.imaging import Image, find_sheet, whole_frame
from kiosk.imaging.target import LAYOUT, PX_PER_MM, Reading, mark_picture, read_target
from tests.specimens import on_desk

CODE = "KIOU1 0123456789ABCDEF"
SMALL = "Huruf tujuh poin ini harus terbaca. 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ. " * 3


@lru_cache(maxsize=1)
def printed() -> Image:
    """The sheet as a perfect printer makes it, 200 dpi."""
    words = {"title": "Lembar uji", "rule": "100 mm", "small": SMALL, "hint": "Simpan."}
    pdf = target_sheet(asdict(LAYOUT), code=CODE, words=words, facts=[("Kios", "kios-17")])
    picture = np.frombuffer(documents.preview(pdf, page=1, width=1654), np.uint8)
    image = np.asarray(cv2.imdecode(picture, cv2.IMREAD_COLOR), np.uint8)
    image.setflags(write=False)
    return image


def flat(page: Image) -> Reading:
    return read_target(page, whole_frame(page))


def shrunk(share: float) -> Image:
    """As "fit to page" prints it: smaller, about the middle."""
    height, width = printed().shape[:2]
    move = np.array([[share, 0, width * (1 - share) / 2], [0, share, height * (1 - share) / 2]])
    return np.asarray(
        cv2.warpAffine(printed(), move, (width, height), flags=cv2.INTER_AREA, borderValue=(255, 255, 255)), np.uint8
    )


def px(mm: float) -> int:
    return round(mm * PX_PER_MM)


def faded(at: float, width: float, *, across: bool, share: float = 0.5) -> Image:
    """A line where toner is missing: along the feed (a worn drum) or across it (a dirty roller)."""
    page = printed().astype(np.float32)
    part = page[:, px(at) : px(at + width)] if not across else page[px(at) : px(at + width)]
    part += (255 - part) * share
    return np.asarray(page, np.uint8)


def scratched() -> Image:
    """A scratch on the drum draws a thin dark line, over the white paper too."""
    page = printed().copy()
    page[:, px(60) : px(60.5)] = 130
    return page


def pale() -> Image:
    """The toner is at its end."""
    return np.asarray(255 - (255 - printed().astype(np.float32)) * 0.45, np.uint8)


def torn() -> Image:
    """A corner is missing."""
    page = printed().copy()
    page[: px(30), : px(30)] = 255
    return page


def test_a_perfect_print_is_read_perfect() -> None:
    reading = flat(printed())
    assert reading.code == CODE
    assert max(mm or 9 for mm in reading.moved_mm) < 0.2
    assert reading.scale == pytest.approx((1, 1), abs=0.001)
    assert reading.line < 0.01
    assert reading.steps == pytest.approx((1, 0.8, 0.6, 0.4, 0.2, 0), abs=0.01)
    assert min(zone.sharpness for zone in reading.zones) > 0.3


@pytest.mark.parametrize(
    "turns", [1, pytest.param(0, marks=pytest.mark.nightly), pytest.param(2, marks=pytest.mark.nightly)]
)
def test_it_is_read_however_it_lies_on_the_desk(turns: int) -> None:
    page = np.ascontiguousarray(np.rot90(printed(), turns))
    frame, _ = on_desk(page, seed=4, size=(1280, 960))
    sheet = find_sheet(frame)
    assert sheet is not None
    reading = read_target(frame, sheet)
    assert reading.code == CODE
    assert max(mm or 9 for mm in reading.moved_mm) < 0.5
    assert reading.line < 0.05
    assert min(zone.sharpness for zone in reading.zones) > 0.25
    assert max(zone.white for zone in reading.zones) < 0.001


@pytest.mark.parametrize("share", [0.98, pytest.param(0.95, marks=pytest.mark.nightly)])
def test_a_shrunk_print_is_measured(share: float) -> None:
    reading = flat(shrunk(share))
    assert reading.scale == pytest.approx((share, share), abs=0.002)
    assert min(mm or 0 for mm in reading.moved_mm) > 3
    assert reading.line < 0.05  # its bands are looked at where they are


@pytest.mark.parametrize(
    ("spoiled", "strongest"),
    [
        (lambda: faded(150, 1.5, across=True), 0.4),
        (lambda: faded(90, 0.5, across=False, share=0.35), 0.12),
        (scratched, 0.5),
    ],
    ids=["dirty roller", "worn drum, half a millimetre", "scratch"],
)
def test_a_line_through_the_grey_is_seen(spoiled: Callable[[], Image], strongest: float) -> None:
    assert flat(spoiled()).line > strongest


def test_pale_ink_is_seen_and_is_no_line() -> None:
    reading = flat(pale())
    assert reading.steps[-1] == pytest.approx(0.55, abs=0.03)
    assert reading.line < 0.05


def test_a_missing_corner_leaves_no_size() -> None:
    reading = flat(torn())
    assert (reading.moved_mm[0], reading.scale) == (None, None)
    assert reading.code == CODE


def test_a_lens_out_of_focus_and_a_lamp_show_in_their_zones() -> None:
    frame, _ = on_desk(printed(), seed=4, size=(1280, 960), blur=1.6, glare=True)
    sheet = find_sheet(frame)
    assert sheet is not None
    reading = read_target(frame, sheet)
    assert max(zone.sharpness for zone in reading.zones[:4]) < 0.2
    assert reading.zones[4].white > 0.3 > max(zone.white for zone in reading.zones[:4])


def test_the_template_draws_the_mark_that_is_looked_for() -> None:
    """Geometry stands in two languages: typst draws what OpenCV seeks."""
    pattern = mark_picture()
    for x, y in LAYOUT.marks:
        left, top = px(x) - len(pattern) // 2, px(y) - len(pattern) // 2
        drawn = printed()[top : top + len(pattern), left : left + len(pattern), 0].astype(np.float32)
        assert np.corrcoef(drawn.ravel(), pattern.ravel())[0, 1] > 0.9
