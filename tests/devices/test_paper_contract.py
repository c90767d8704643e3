"""One contract for the A4 printer's twin and for the real driver in front of CUPS and ippeveprinter; then the mishaps."""

import io
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pypdf
import pypdfium2 as pdfium
import pytest

from adminduk.clock import SystemClock
from kiosk.hardware.health import Condition, Outcome, PrintResult
from kiosk.hardware.paper import connect
from kiosk.hardware.paper.cups_driver import CupsPaperPrinter
from kiosk.hardware.paper.ipp import IppAddress
from kiosk.hardware.paper.protocol import PaperPrinter
from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
from kiosk.hardware.paper.spooler import Spooler
from tests.devices.simulators import PaperStack, a4_printer_stack, until

pytestmark = pytest.mark.devices


def a4(words: str) -> bytes:
    """A one-page A4 PDF that says something."""
    import typst

    content: bytes = typst.compile(f'#set page("a4")\n= {words}\n'.encode())
    return content


@dataclass(frozen=True, slots=True)
class Bench:
    """A printer, and what a hand and an eye do to it."""

    printer: PaperPrinter
    empty: Callable[[], None]
    refill: Callable[[], None]
    printed: Callable[[], list[bytes]]


@pytest.fixture(scope="module")
def stack() -> Iterator[PaperStack]:
    with a4_printer_stack() as running:
        yield running


def driver(stack: PaperStack, *, deadline_s: float = 20.0) -> CupsPaperPrinter:
    queue = IppAddress("127.0.0.1", stack.cups_port, "/printers/A4")
    device = IppAddress("127.0.0.1", stack.device_port, "/ipp/print")
    return CupsPaperPrinter(queue, device, clock=SystemClock(), deadline_s=deadline_s)


@pytest.fixture(params=["twin", "cups"])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "twin":
        twin = SimulatedPaperPrinter()
        return Bench(twin, twin.run_out_of_paper, twin.refill, lambda: twin.printed)
    stack: PaperStack = request.getfixturevalue("stack")
    stack.heal()
    stack.tray(200)
    before = len(stack.printed())
    return Bench(driver(stack), lambda: stack.tray(0), lambda: stack.tray(200), lambda: stack.printed()[before:])


def test_a_document_comes_out_with_its_own_words(bench: Bench) -> None:
    assert bench.printer.print(a4("Kutipan Contoh"), job="d-1a2b") == PrintResult(Outcome.OK)
    assert len(bench.printed()) == 1
    assert "Kutipan Contoh" in pypdf.PdfReader(io.BytesIO(bench.printed()[0])).pages[0].extract_text()


def test_an_empty_tray_is_said_before_anything_is_sent(bench: Bench) -> None:
    bench.empty()
    until(lambda: bench.printer.state().code == "paper.paper_out")
    assert bench.printer.print(a4("Jangan keluar"), job="d-2") == PrintResult(
        Outcome.REFUSED, "paper.paper_out", bench.printer.state().evidence
    )
    bench.refill()
    until(lambda: bench.printer.state().condition is Condition.READY)
    assert bench.printed() == []  # the refused one does not come out after the refill


def test_nothing_is_left_after_a_visit(bench: Bench) -> None:
    until(lambda: bench.printer.cancel_leftovers() == 0)  # CUPS lets go of a finished job a moment later
    bench.printer.close()
    bench.printer.close()
    assert repr(bench.printer)


def test_the_job_is_a4_black_and_white_once_and_under_an_opaque_name(stack: PaperStack) -> None:
    stack.heal()
    driver(stack).print(a4("Pilihan"), job="d-opaque")
    options = stack.job_options()[-1]
    for expected in ("IPP_PRINT_COLOR_MODE=monochrome", "IPP_JOB_NAME=d-opaque", "21000", "29700"):
        assert expected in options
    assert "IPP_COPIES=2" not in options


def test_a_sheet_that_comes_out_is_a4(stack: PaperStack) -> None:
    stack.heal()
    driver(stack).print(a4("Ukuran"), job="d-size")
    page = pypdf.PdfReader(io.BytesIO(stack.printed()[-1])).pages[0]
    assert [round(float(side)) for side in (page.mediabox.width, page.mediabox.height)] == [595, 842]


def seen(pdf: bytes) -> list[np.ndarray]:
    """Each page as grey dots, (height, width), 72 to the inch."""
    return [np.asarray(page.render().to_pil().convert("L")) for page in pdfium.PdfDocument(pdf)]


def test_every_page_that_comes_out_is_the_documents_own_and_nothing_stands_on_it_besides(stack: PaperStack) -> None:
    """No banner, no header, no page of the spooler's: dot by dot what was given, at 100 %. A printer that lays its sheets face
    up begins with the last."""
    stack.heal()
    before, document = len(stack.printed()), a4("Halaman satu\n#pagebreak()\n= Halaman dua")
    assert driver(stack).print(document, job="d-pages").outcome is Outcome.OK
    (printed,) = stack.printed()[before:]
    given, came = seen(document), seen(printed)
    assert len(came) == len(given) == 2
    for mine, theirs in zip(given, reversed(came), strict=True):
        assert mine.shape == theirs.shape
        assert int(np.abs(mine.astype(int) - theirs.astype(int)).max()) <= 8


def jam_while_printing(stack: PaperStack, reason: str) -> PrintResult:
    stack.fault(reason)
    try:
        return driver(stack, deadline_s=4.0).print(a4("Macet"), job=f"d-{reason}-{time.monotonic_ns()}")
    finally:
        stack.heal()


@pytest.mark.parametrize(("reason", "code"), [("media-jam", "paper.jam"), ("cover-open", "paper.cover_open")])
def test_a_jam_in_the_middle_is_doubtful_and_nothing_waits_for_the_next_villager(
    stack: PaperStack, reason: str, code: str
) -> None:
    before = len(stack.printed())
    result = jam_while_printing(stack, reason)
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, code)
    until(lambda: stack.unfinished() == 0, what="the cancelled job's end")
    until(lambda: driver(stack).state().condition is Condition.READY, what="the printer's recovery")
    assert len(stack.printed()) <= before + 1  # the sheet in the engine may fall out; never a second one


def test_the_engine_aborts_before_the_first_sheet(stack: PaperStack) -> None:
    stack.heal()
    before = len(stack.printed())
    stack.fault("ABORT")
    result = driver(stack, deadline_s=12.0).print(a4("Gagal"), job="d-abort")
    stack.heal()
    assert result.outcome in (Outcome.REFUSED, Outcome.DOUBTFUL)
    assert result.outcome is not Outcome.OK
    until(lambda: stack.unfinished() == 0)
    assert len(stack.printed()) == before


def test_a_printer_that_is_off_is_absent_and_refuses(stack: PaperStack) -> None:
    off = CupsPaperPrinter(
        IppAddress("127.0.0.1", stack.cups_port, "/printers/A4"), IppAddress("127.0.0.1", 9, "/ipp/print"),
        clock=SystemClock(), deadline_s=3.0,
    )  # fmt: skip
    assert off.state().code == "paper.absent"
    assert off.print(a4("Mati"), job="d-off") == PrintResult(Outcome.REFUSED, "paper.absent")


def test_a_device_that_answers_with_an_error_is_neither_ready_nor_broken(stack: PaperStack) -> None:
    queue = IppAddress("127.0.0.1", stack.cups_port, "/printers/A4")
    other = IppAddress("127.0.0.1", stack.device_port, "/ipp/lain")
    health = CupsPaperPrinter(queue, other, clock=SystemClock()).state()
    assert (health.condition, health.code) == (Condition.UNKNOWN, "paper.busy")


def test_a_queue_that_takes_no_such_job_refuses_and_nothing_comes_out(stack: PaperStack) -> None:
    stack.heal()
    before = len(stack.printed())
    queue = IppAddress("127.0.0.1", stack.cups_port, "/printers/Lain")
    device = IppAddress("127.0.0.1", stack.device_port, "/ipp/print")
    result = CupsPaperPrinter(queue, device, clock=SystemClock()).print(a4("Jangan"), job="d-lain")
    assert (result.outcome, result.code) == (Outcome.REFUSED, "paper.refused_format")
    assert len(stack.printed()) == before


def test_a_spooler_that_is_down_refuses_and_cancels_nothing(stack: PaperStack) -> None:
    down = CupsPaperPrinter(
        IppAddress("127.0.0.1", 9, "/printers/A4"), IppAddress("127.0.0.1", stack.device_port, "/ipp/print"),
        clock=SystemClock(), deadline_s=3.0, restart_s=0.0,
    )  # fmt: skip
    assert down.print(a4("CUPS mati"), job="d-down") == PrintResult(Outcome.REFUSED, "paper.spooler_down")
    assert down.cancel_leftovers() == 0


def test_what_is_no_pdf_is_refused_and_nothing_comes_out(stack: PaperStack) -> None:
    stack.heal()
    before = len(stack.printed())
    result = driver(stack, deadline_s=15.0).print(b"ini bukan PDF", job="d-junk")
    assert result.outcome is not Outcome.OK
    driver(stack).cancel_leftovers()
    until(lambda: stack.unfinished() == 0)
    assert len(stack.printed()) == before


def test_a_held_device_keeps_a_leftover_that_the_end_of_the_visit_cancels(stack: PaperStack) -> None:
    """The device hangs after the job was spooled: at the visit's end the leftover is cancelled, not printed later."""
    stack.heal()
    before = len(stack.printed())
    assert stack.device is not None
    printer = driver(stack)
    # the spooling half alone, as after a kill in the middle of print()
    spooled = Spooler(IppAddress("127.0.0.1", stack.cups_port, "/printers/A4")).submit
    stack.device.send_signal(signal.SIGSTOP)
    try:
        spooled(a4("Tertinggal"), "d-left")
        until(lambda: stack.unfinished() == 1)
        assert printer.cancel_leftovers() == 1
        until(lambda: stack.unfinished() == 0)
    finally:
        stack.device.send_signal(signal.SIGCONT)
    until(lambda: printer.state().condition is Condition.READY)
    assert len(stack.printed()) == before


def test_a_url_without_the_device_behind_the_queue_is_refused() -> None:
    with pytest.raises(ValueError, match="device"):
        connect("ipp://127.0.0.1:631/printers/A4")
    with pytest.raises(ValueError, match="lpt://"):
        connect("lpt://1")
