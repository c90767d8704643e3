"""Long slips, and slips that break off: no more than one piece waits in the printer, and nothing of it stands on the next paper."""

from pathlib import Path
from typing import Any

import pytest
from escpos.printer import Network

from kiosk.hardware.health import Condition, Outcome
from kiosk.hardware.receipt.asking import ask
from kiosk.hardware.receipt.escpos_driver import EscposReceiptPrinter
from kiosk.hardware.receipt.lines import TcpLine
from kiosk.hardware.receipt.models import find
from kiosk.hardware.receipt.protocol import Line, Slip
from kiosk.hardware.receipt.render import CLEAR, CLEARED, CUT, FENCE, RESET, SLICE, render, slices
from kiosk.hardware.receipt.status import Kind
from tests.devices.simulators import ReceiptEmulator, until

pytestmark = pytest.mark.devices

MODEL = find("TM-T20III")
LINES = tuple(Line(f"baris {number:03d} laporan kesiapan alat di desa") for number in range(240))
LONG = Slip(LINES)
SHORT = Slip((Line("warga berikutnya"),))


class Watched(Network):  # type: ignore[misc]  # python-escpos has no types
    """Keeps what was sent; ``mishap`` happens before the first byte of slip ``after`` its bytes."""

    def __init__(self, emulator: ReceiptEmulator, mishap: str = "", after: int = 0) -> None:
        super().__init__("127.0.0.1", emulator.tcp_port, timeout=3)
        self.emulator, self.mishap, self.after, self.sent = emulator, mishap, after, b""

    def _raw(self, data: bytes) -> None:
        if len(data) > len(CLEAR):
            if self.mishap and len(self.sent) >= self.after:
                self.emulator.fault(self.mishap, on=True)
                self.mishap = ""
            self.sent += data
        super()._raw(data)


def watched(emulator: ReceiptEmulator, **mishap: Any) -> tuple[EscposReceiptPrinter, Watched]:
    line = Watched(emulator, **mishap)
    return EscposReceiptPrinter(lambda: TcpLine(line), MODEL, fence_s=5.0), line


def test_a_slip_longer_than_the_printers_memory_comes_out_whole(emulator: ReceiptEmulator) -> None:
    printer, line = watched(emulator)
    before = len(emulator.receipts())
    assert printer.print(LONG).outcome is Outcome.OK
    assert line.sent == render(LONG, MODEL)
    assert len(slices(LONG, MODEL)) >= 3
    until(lambda: len(emulator.receipts()) == before + 1)
    printed = emulator.text(emulator.receipts()[-1])
    assert [line for line in LINES if line.text not in printed] == []
    printer.close()


@pytest.mark.parametrize("mishap", ["paper-out", "cover-open"])
def test_paper_out_in_the_middle_of_a_long_slip_stops_the_rest(emulator: ReceiptEmulator, mishap: str) -> None:
    printer, line = watched(emulator, mishap=mishap, after=SLICE - 100)
    before = len(emulator.receipts())
    result = printer.print(LONG)
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.held")
    assert len(line.sent) <= 2 * SLICE < len(render(LONG, MODEL))
    emulator.heal()
    until(lambda: len(emulator.receipts()) > before, what="what it held")
    until(lambda: printer.state().condition is Condition.READY)
    assert printer.print(SHORT).outcome is Outcome.OK
    until(lambda: "berikutnya" in emulator.text(emulator.receipts()[-1]))
    assert emulator.text(emulator.receipts()[-1]).strip() == "warga berikutnya"
    printer.close()


def test_a_printer_that_speaks_by_itself_is_understood(emulator: ReceiptEmulator) -> None:
    """Some leave the factory with automatic status on: its four bytes are no answer to anything that we asked."""
    line = TcpLine.to("127.0.0.1", emulator.tcp_port, MODEL.profile)
    line.open()
    line.write(b"\x1da\x0f")
    emulator.fault("paper-near-end", on=True)
    assert ask(line, b"\x10\x04\x01", Kind.STATUS, 2.0) == 0x12
    line.write(FENCE)
    emulator.fault("paper-near-end", on=False)
    assert ask(line, FENCE, Kind.PAPER, 2.0) == 0x00
    emulator.fault("cover-open", on=True)
    assert ask(line, FENCE, Kind.PAPER, 2.0) is None
    emulator.heal()
    line.close()


class Remembering:
    """A line to a printer that stops at ``stuck`` bytes, and forgets what it holds when it is told to (emupos does not)."""

    node: Path | None = None

    def __init__(self, stuck: int) -> None:
        self.taken, self.answers, self.stuck = b"", b"", stuck

    def open(self) -> None: ...

    def close(self) -> None: ...

    def write(self, data: bytes) -> None:
        held = len(self.taken) > self.stuck
        status = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E} if held else dict.fromkeys((1, 2, 3, 4), 0x12)
        if data[:2] == b"\x10\x04":
            self.answers += bytes([status[data[2]]])
        elif data == CLEAR:
            self.answers, self.taken, self.stuck = CLEARED, b"", 1 << 20
        elif data == FENCE:
            self.answers += b"" if held else b"\0"
        elif data[:2] != b"\x1dI":
            self.taken += data

    def read(self, wait_s: float) -> int | None:
        first, self.answers = self.answers[:1], self.answers[1:]
        return first[0] if first else None


def test_what_a_printer_holds_is_forgotten_where_it_can() -> None:
    """Then nothing comes out for the next villager after the refill; what stands on paper already is cut off."""
    line = Remembering(stuck=SLICE)
    printer = EscposReceiptPrinter(lambda: line, MODEL)
    result = printer.print(LONG)
    assert (result.outcome, result.code, result.evidence) == (
        Outcome.DOUBTFUL,
        "receipt.interrupted",
        "receipt.paper_out",
    )
    assert line.taken == b""
    assert printer.print(SHORT).outcome is Outcome.OK
    lost = len(LINES[0].text) + 1  # the longest command of a slip of plain lines is a line
    assert line.taken == b"\0" * lost + b"\x18" + RESET + CUT + render(SHORT, MODEL)
    assert printer.print(SHORT).outcome is Outcome.OK
    assert line.taken.endswith(render(SHORT, MODEL) * 2)
