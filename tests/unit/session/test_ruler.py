"""How much roll a receipt takes, from its bytes: what emupos draws is what we count."""

import pytest
from escpos.printer import Dummy
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kiosk.hardware.receipt.models import MODELS, find
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.hardware.receipt.render import CUT, FENCE, render
from kiosk.session.ruler import CUT_MM, LINE, _Ruler, millimetres, modules

CLAIM = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # version 3: 29 squares
LARGE = Line("a", size=Size.LARGE)


def dots(data: bytes) -> int:
    return _Ruler(data).dots


# The heights of emupos 0.4.0's pictures of a TM-T20III, 21 November 2026: it leaves out the gap under the last line
# (a pitch of 30 under a letter of 24).
DRAWN = [
    ((Line("a"),), 24, 6),
    ((Line("a"), Line("b")), 54, 6),
    ((Line("a"),) * 10, 294, 6),
    ((LARGE,), 48, 0),
    ((LARGE,) * 5, 240, 0),
    ((Code(CLAIM),), 174, 0),
    ((Code(CLAIM), Line("a")), 198, 6),
]


@pytest.mark.parametrize(("parts", "drawn", "gap"), DRAWN)
def test_a_receipt_is_as_long_as_the_emulator_draws_it(parts: tuple[Line | Code, ...], drawn: int, gap: int) -> None:
    assert dots(render(Slip(parts), find("TM-T20II"))) == drawn + gap


def test_a_raster_code_is_as_long_as_its_picture_doubled() -> None:
    squares = modules(CLAIM.encode()) + 2 * 2  # segno's border of two
    assert dots(render(Slip((Code(CLAIM),)), find("POS-5890"))) == squares * 3 * 2 + 4 * LINE


@pytest.mark.parametrize("name", MODELS)
def test_the_strip_before_the_blade_is_counted_where_there_is_a_blade(name: str) -> None:
    model = find(name)
    tearing = 0 if model.cutter else 4 * LINE
    expected = -(-(LINE + tearing) // 8) + (CUT_MM if model.cutter else 0)
    assert millimetres(render(Slip((Line("a"),)), model)) == expected


@pytest.mark.parametrize("name", MODELS)
def test_a_whole_receipt_measures_like_one_in_the_hand(name: str) -> None:
    rows = (*[Line("Dinas Dukcapil", centred=True, bold=True)] * 12, LARGE, LARGE, Code(CLAIM))
    assert 60 < millimetres(render(Slip(rows), find(name))) < 140


def test_a_narrow_roll_takes_more_paper_for_the_same_words() -> None:
    slip = Slip((Line("kata " * 20),))
    assert dots(render(slip, find("ZJ-5870"))) - 4 * LINE > dots(render(slip, find("TM-T20II")))


@pytest.mark.parametrize("how", ["bitImageRaster", "bitImageColumn", "graphics"])
def test_each_way_in_which_the_library_draws_is_measured(how: str) -> None:
    """48 dots, whatever the command; columns go in bands of 24, each with its own line feed."""
    printer = Dummy(profile="TM-T88V")
    printer.image(Image.new("1", (64, 48)), impl=how)
    assert 48 <= dots(printer.output) <= 48 + LINE


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x1bJ\x40", 64),
        (b"\x1bd\x03", 90),
        (b"\x1b3\x28\n", 40),
        (b"\x1b3\x28\x1b2\n", 30),
        (b"\x1b3\x04\n", 24),
        (b"\x1b!\x10\n", 48),
        (b"\x1d!\x77\n", 192),
        (b"\x1d!\x77\x1b@\n", 30),
        (b"\x1bt\n\n", 30),
        (b"\x1dr\x0a", 0),
        (b"\x10\x04\x0a", 0),
        (b"\x1d(k\x02\x001C\n", 30),
        (b"\x1d(k\x03\x001P0\x1d(k\x03\x001Q0", 0),
        (b"\x1d(L\x01\x000\n", 30),
        (b"\x1dv0", 0),
        (b"", 0),
    ],
)
def test_each_command_that_moves_paper_is_followed(data: bytes, expected: int) -> None:
    assert dots(data) == expected


def test_the_fence_behind_a_receipt_takes_nothing() -> None:
    whole = render(Slip((Line("a"),)), find("TM-T20II"))
    assert millimetres(whole + FENCE) == millimetres(whole)
    assert whole.endswith(CUT)


@given(data=st.binary(max_size=200))
@settings(max_examples=60, deadline=None)
def test_rubbish_is_measured_without_a_complaint(data: bytes) -> None:
    assert millimetres(data) >= 0
