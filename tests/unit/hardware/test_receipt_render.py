"""A slip as bytes: reset first, cut last, ASCII only, folded; and the twin keeps the same rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hardware.health import Condition, Outcome
from kiosk.hardware.receipt import connect
from kiosk.hardware.receipt.encoding import fold, to_ascii
from kiosk.hardware.receipt.models import MODELS, find, named
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.hardware.receipt.render import CUT, RESET, native_qr, render
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
    assert CODE.encode() in native_qr(CODE)


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
