"""One contract for the receipt printer's twin and for the real driver in front of emupos, over TCP, a serial line and USB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from escpos.printer import Network
from PIL import Image

from kiosk.hardware.health import Condition, Outcome
from kiosk.hardware.receipt import connect
from kiosk.hardware.receipt.escpos_driver import EscposReceiptPrinter
from kiosk.hardware.receipt.lines import TcpLine
from kiosk.hardware.receipt.models import find
from kiosk.hardware.receipt.protocol import Code, Line, ReceiptPrinter, Size, Slip
from kiosk.hardware.receipt.render import FENCE
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
from tests.devices.simulators import ReceiptEmulator, receipt_printer_emulator, until
from tests.devices.usb_bench import RemotePrinter, usb_bus

pytestmark = pytest.mark.devices

CODE = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SLIP = Slip((Line("Tanda terima", centred=True, bold=True), Line("0017-4821-9365", size=Size.LARGE), Code(CODE)))


@dataclass(frozen=True, slots=True)
class Bench:
    """A printer, and what a hand and an eye do to it."""

    printer: ReceiptPrinter
    fault: Callable[[str, bool], None]
    papers: Callable[[], list[str]]


@pytest.fixture(scope="module")
def plugged(emupos: ReceiptEmulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemotePrinter]:
    """The driver before a printer on USB that the kernel's own driver holds at first."""
    folder = tmp_path_factory.mktemp("usb")
    with usb_bus(folder) as bus:
        bus.plug("1-2", emupos.tcp_port, serial="A1", driver="usblp")
        printer = RemotePrinter(bus, "usb:04b8:0e15?serial=A1", folder / "driver.log")
        until(lambda: printer.state().condition is Condition.READY)
        yield printer
        printer.end()


def twin_bench() -> Bench:
    twin = SimulatedReceiptPrinter()
    hands: dict[tuple[str, bool], Callable[[], None]] = {
        ("paper-out", True): twin.run_out_of_paper, ("paper-out", False): twin.refill,
        ("paper-near-end", True): twin.run_low, ("paper-near-end", False): twin.refill,
        ("cover-open", True): twin.open_cover, ("cover-open", False): twin.close_cover,
    }  # fmt: skip
    return Bench(twin, lambda name, on: hands[name, on](), lambda: twin.printed)


@pytest.fixture(params=["twin", "tcp", "serial", "usb"])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    if request.param == "twin":
        yield twin_bench()
        return
    emulator: ReceiptEmulator = request.getfixturevalue("emulator")
    printer: ReceiptPrinter
    if request.param == "usb":
        printer = request.getfixturevalue("plugged")
    else:
        tcp, serial = f"tcp://127.0.0.1:{emulator.tcp_port}", f"serial://{emulator.pty_path}?baud=38400"
        printer = connect(tcp if request.param == "tcp" else serial)
    before = len(emulator.receipts())
    yield Bench(
        printer,
        lambda name, on: emulator.fault(name, on=on),
        lambda: [emulator.text(receipt) for receipt in emulator.receipts()[before:]],
    )
    printer.close()


def test_a_slip_comes_out_whole(bench: Bench) -> None:
    assert bench.printer.print(SLIP).outcome is Outcome.OK
    until(lambda: len(bench.papers()) == 1)
    assert "Tanda terima" in bench.papers()[0]
    assert "0017-4821-9365" in bench.papers()[0]


def test_two_slips_are_two_papers(bench: Bench) -> None:
    for _ in range(2):
        assert bench.printer.print(SLIP).outcome is Outcome.OK
    until(lambda: len(bench.papers()) == 2)


@pytest.mark.parametrize(
    ("fault", "condition", "code"),
    [
        ("paper-out", Condition.FAULT, "receipt.paper_out"),
        ("cover-open", Condition.FAULT, "receipt.cover_open"),
        ("paper-near-end", Condition.ATTENTION, "receipt.paper_low"),
    ],
)
def test_a_fault_is_said_and_unsaid(bench: Bench, fault: str, condition: Condition, code: str) -> None:
    bench.fault(fault, True)
    health = bench.printer.state()
    assert (health.condition, health.code) == (condition, code)
    bench.fault(fault, False)
    assert bench.printer.state().condition is Condition.READY


@pytest.mark.parametrize("fault", ["paper-out", "cover-open"])
def test_nothing_is_sent_to_a_printer_that_cannot_print(bench: Bench, fault: str) -> None:
    bench.fault(fault, True)
    assert bench.printer.print(SLIP).outcome is Outcome.REFUSED
    bench.fault(fault, False)
    assert bench.printer.print(SLIP).outcome is Outcome.OK
    until(lambda: len(bench.papers()) == 1)  # the refused one did not come out after the refill


def test_paper_near_its_end_still_prints(bench: Bench) -> None:
    bench.fault("paper-near-end", True)
    assert bench.printer.print(SLIP).outcome is Outcome.OK


def test_closing_twice_is_harmless_and_printing_reopens(bench: Bench) -> None:
    bench.printer.close()
    bench.printer.close()
    assert bench.printer.print(SLIP).outcome is Outcome.OK
    assert repr(bench.printer)


def test_a_printer_says_offline_for_a_reason_of_its_own(emulator: ReceiptEmulator) -> None:
    printer = connect(f"tcp://127.0.0.1:{emulator.tcp_port}")
    emulator.fault("offline", on=True)
    assert printer.state().code == "receipt.offline"
    emulator.heal()
    printer.close()


def test_the_qr_code_on_paper_can_be_read_back(emulator: ReceiptEmulator) -> None:
    printer = connect(f"tcp://127.0.0.1:{emulator.tcp_port}")
    before = len(emulator.receipts())
    printer.print(SLIP)
    until(lambda: len(emulator.receipts()) == before + 1)
    paper = np.asarray(Image.open(BytesIO(emulator.picture(emulator.receipts()[-1]))).convert("L"))
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [CODE]
    printer.close()


def test_a_model_without_native_codes_gets_a_picture_that_reads_too(emulator: ReceiptEmulator) -> None:
    printer = connect(f"tcp://127.0.0.1:{emulator.narrow_port}?model=POS-5890")
    before = len(emulator.receipts("n"))
    printer.print(Slip((Code(CODE),)))
    printer.close()  # the model never cuts: the line's end does
    until(lambda: len(emulator.receipts("n")) == before + 1)
    paper = np.asarray(Image.open(BytesIO(emulator.picture(emulator.receipts("n")[-1], "n"))).convert("L"))
    assert [code.text for code in zxingcpp.read_barcodes(paper)] == [CODE]


def test_a_hung_printer_is_unknown_never_plenty_of_paper(emulator: ReceiptEmulator) -> None:
    printer = connect(f"tcp://127.0.0.1:{emulator.tcp_port}")
    assert printer.state().condition is Condition.READY
    emulator.pause()
    try:
        health = printer.state()
        assert (health.condition, health.code) == (Condition.UNKNOWN, "receipt.silent")
    finally:
        emulator.resume()
    until(lambda: printer.state().condition is Condition.READY)
    printer.close()


class Unlucky(Network):  # type: ignore[misc]  # python-escpos has no types
    """The roll ends under the first bytes of a slip."""

    def __init__(self, emulator: ReceiptEmulator) -> None:
        super().__init__("127.0.0.1", emulator.tcp_port, timeout=3)
        self.emulator = emulator

    def _raw(self, data: bytes) -> None:
        if len(data) > len(FENCE):
            self.emulator.fault("paper-out", on=True)
        super()._raw(data)


def test_the_roll_ends_in_the_middle_and_the_printer_holds_the_rest(emulator: ReceiptEmulator) -> None:
    """It comes out after the refill, for whoever stands there then: so it is doubtful, and never sent again by itself."""
    printer = EscposReceiptPrinter(lambda: TcpLine(Unlucky(emulator)), find("TM-T20II"), fence_s=1.0)
    before = len(emulator.receipts())
    result = printer.print(SLIP)
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.held")
    emulator.heal()
    until(lambda: len(emulator.receipts()) == before + 1)
    until(lambda: printer.state().condition is Condition.READY)
    printer.close()


def test_the_power_goes_in_the_middle_of_a_slip(tmp_path: Path) -> None:
    with receipt_printer_emulator(tmp_path) as own:

        class Dying(Network):  # type: ignore[misc]  # python-escpos has no types
            def _raw(self, data: bytes) -> None:
                super()._raw(data)
                if len(data) > len(FENCE):
                    own.process.kill()
                    own.process.wait()

        printer = EscposReceiptPrinter(lambda: TcpLine(Dying("127.0.0.1", own.tcp_port, timeout=3)), find("TM-T20II"))
        until(lambda: printer.state().condition is Condition.READY)
        result = printer.print(SLIP)
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.interrupted")
    assert printer.state().code == "receipt.absent"


@pytest.mark.parametrize("line", ["tcp", "serial"])
def test_a_printer_says_what_it_is(emulator: ReceiptEmulator, line: str, caplog: pytest.LogCaptureFixture) -> None:
    at = f"tcp://127.0.0.1:{emulator.tcp_port}?" if line == "tcp" else f"serial://{emulator.pty_path}?baud=38400&"
    printer = connect(f"{at}model=auto")
    with caplog.at_level("INFO"):
        until(lambda: printer.state().condition is Condition.READY)
    assert "receipt_model name=TM-T20III" in caplog.text
    before = len(emulator.receipts())
    assert printer.print(SLIP).outcome is Outcome.OK
    until(lambda: len(emulator.receipts()) == before + 1)
    printer.close()
