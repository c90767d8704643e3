"""A slip as bytes: reset first, cut last, ASCII only, folded; and the twin keeps the same rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hardware.health import Condition, Outcome
from kiosk.hardware.receipt import connect
from kiosk.hardware.receipt.encoding import fold, to_ascii
from kiosk.hardware.receipt.models import MODELS, find, named
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.hardware.receipt.render import CUT, RESET, after_an_abort, commands, native_qr, raster_qr, render, slices
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter

CODE = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize("name", MODELS)
def test_reset_comes_first_and_the_end_last(name: str) -> None:
    data = render(Slip((Line("Halo"),)), find(name))
    assert data.startswith(RESET)
    assert data.endswith(CUT if find(name).cutter else b"\n\n\n\n")


def test_a_style_is_sent_only_when_it_changes() -> None:
    one = render(Slip((Line("a", bold=True), Line("b", bold=True))), find("TM-T20II"))
    assert one.count(b"\x1bE") == 1


def test_large_text_folds_at_half_the_columns() -> None:
    data = render(Slip((Line("1234567890 " * 4, size=Size.LARGE),)), find("TM-T20II"))
    lines = data.removeprefix(RESET).removesuffix(CUT).split(b"\n")
    assert max(len(line.removeprefix(b"\x1d!\x11")) for line in lines) <= 24


def test_a_native_code_is_small_and_a_raster_one_large() -> None:
    slip = Slip((Code(CODE),))
    native, raster = (len(render(slip, find(name))) for name in ("TM-T20II", "POS-5890"))
    assert native < 120
    assert raster > 5 * native
    assert CODE.encode() in b"".join(native_qr(CODE))


@given(st.text())
def test_whatever_the_text_only_ascii_reaches_the_paper(text: str) -> None:
    assert to_ascii(text).isascii()


@given(st.text(max_size=300), st.integers(8, 48))
def test_no_line_is_wider_than_the_paper(text: str, columns: int) -> None:
    assert all(len(line) <= columns for line in fold(text, columns))


@pytest.mark.parametrize(
    ("text", "plain"), [("Kadé’s – “a”…", 'Kade\'s - "a"...'), ("Ny. Sar\u00a0i", "Ny. Sar i"), ("ꦗꦮ", "??")]
)
def test_typographic_signs_become_plain(text: str, plain: str) -> None:
    assert to_ascii(text) == plain


def test_an_unknown_model_or_scheme_is_refused() -> None:
    with pytest.raises(KeyError):
        connect("tcp://127.0.0.1:9100?model=Entah")
    with pytest.raises(ValueError, match="lpt"):
        connect("lpt://1")


def test_power_that_goes_in_the_middle_is_doubtful_and_the_printer_is_gone() -> None:
    twin = SimulatedReceiptPrinter()
    twin.lose_power_after(10)
    result = twin.print(Slip((Line("panjang sekali " * 5),)))
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.interrupted")
    assert twin.state().condition is Condition.ABSENT
    twin.plug_in()
    assert twin.print(Slip((Line("lagi"),))).outcome is Outcome.OK


def test_a_silent_twin_prints_but_nobody_knows() -> None:
    twin = SimulatedReceiptPrinter()
    twin.go_silent()
    result = twin.print(Slip((Line("x"),)))
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.silent")
    twin.speak_again()
    assert twin.state().condition is Condition.READY


def test_the_twin_shows_its_paper() -> None:
    twin = SimulatedReceiptPrinter()
    twin.print(Slip((Line("Kios", centred=True), Code(CODE))))
    assert twin.printed[0].splitlines()[0].strip() == "Kios"
    assert "[QR]" in twin.printed[0]
    assert twin.codes == [CODE]
    twin.close()
    assert "ready" in repr(twin)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (b"_TM-T20II", "TM-T20II"), (b"_TM-T20II\0", "TM-T20II"), (b"TM-T88V", "TM-T88V"), (b"", "plainest"),
        (b"_ENTAH", "plainest"), (b"\xff\xfe", "plainest"),
    ],
)  # fmt: skip
def test_a_printer_that_says_what_nobody_knows_prints_what_every_printer_can(answer: bytes, name: str) -> None:
    assert named(answer).name == name


def test_the_plainest_slip_is_narrow_and_has_its_code_drawn() -> None:
    data = render(Slip((Line("satu dua tiga empat lima enam tujuh delapan"), Code(CODE))), named(b""))
    assert b"\x1d(k" not in data
    assert b"\x1dv0" in data
    assert not data.endswith(CUT)


GOLDEN = Slip(
    (Line("Kios", centred=True, bold=True), Line("0017", size=Size.LARGE), Line("Kade\u2019 di desa"), Code("A1"))
)


def test_the_bytes_of_a_wide_slip_are_these() -> None:
    assert render(GOLDEN, find("TM-T20II")).hex(" ") == (
        "1b 40 1b 61 01 1b 45 01 4b 69 6f 73 0a 1b 61 00 1d 21 11 1b 45 00 30 30 31 37 0a 1d 21 00 4b 61 64 65 27 20 64 69 20 64 65 "
        "73 61 0a 1b 61 01 1d 28 6b 03 00 31 43 06 1d 28 6b 03 00 31 45 31 1d 28 6b 05 00 31 50 30 41 31 1d 28 6b 03 00 31 51 30 "
        "1d 56 42 00"
    )


def test_the_bytes_of_a_narrow_slip_are_these_and_its_code_is_a_picture() -> None:
    data = render(GOLDEN, find("POS-5890"))
    at = data.index(b"\x1dv0")
    head, picture, end = data[:at], data[at:-4], data[-4:]
    assert head.hex(" ").endswith("73 61 0a 1b 61 01")
    assert picture[:8].hex(" ") == "1d 76 30 03 0a 00 4b 00"  # 10 bytes, 75 lines, doubled both ways by the printer
    assert len(picture) == 8 + 10 * 75
    assert picture == raster_qr("A1", find("POS-5890"))
    assert end == b"\n\n\n\n"


@pytest.mark.parametrize("name", MODELS)
def test_pieces_together_are_the_slip_and_none_ends_inside_a_command(name: str) -> None:
    slip = Slip((*(Line(f"baris {number}") for number in range(40)), Code(CODE)))
    pieces = slices(slip, find(name), most=200)
    assert b"".join(piece.data for piece in pieces) == render(slip, find(name))
    ends, at = set(), 0
    for command in commands(slip, find(name)):
        at += len(command)
        ends.add(at)
    at = 0
    for piece in pieces:
        at += len(piece.data)
        assert at in ends
        assert len(piece.data) <= 200 or len(piece.data) == piece.longest  # only a picture is longer


def test_a_receipt_goes_in_one_piece() -> None:
    (piece,) = slices(GOLDEN, find("TM-T20II"))
    assert piece.longest == len(b"Kade' di desa\n")


def test_after_a_broken_picture_the_next_slip_is_not_swallowed_by_it() -> None:
    """What a printer may still wait for comes first, as bytes that print nothing; then cancel, reset, and the cut."""
    (piece,) = slices(GOLDEN, find("POS-5890"))
    first = after_an_abort(piece.longest, find("POS-5890"))
    assert first.data == b"\0" * (8 + 10 * 75) + b"\x18\x1b@\n\n\n\n"
    assert after_an_abort(3, find("TM-T20II")).data == b"\0\0\0\x18\x1b@\x1dVB\0"


@pytest.mark.parametrize(
    ("mine", "other", "alike"),
    [
        ("TM-T20II", "TM-T20III", True),
        ("TM-T20II", "POS-5890", False),
        ("POS-5890", "ZJ-5870", True),
        ("TM-T88V", "TM-T20II", False),
    ],
)
def test_models_that_print_alike_may_stand_in_for_each_other(mine: str, other: str, alike: bool) -> None:
    assert find(mine).prints_like(find(other)) is alike


@pytest.mark.parametrize("url", ["usb:04b8", "usb:04B8:0e15", "usb:04b8:0e155", "usb:wxyz:0e15", "usb://04b8:0e15"])
def test_a_usb_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="usb: needs"):
        connect(url)
