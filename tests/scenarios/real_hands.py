"""Real drivers before third-party simulators, pushed by the words of the scenario language."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import cv2
import pypdf

from adminduk.clock import ManualClock, SystemClock
from kiosk.hardware import receipt
from kiosk.hardware.paper.cups_driver import CupsPaperPrinter
from kiosk.hardware.paper.ipp import IppAddress
from kiosk.hardware.paper.polled import PolledPaperPrinter
from kiosk.hardware.receipt.polled import PolledReceiptPrinter
from kiosk.hardware.scanner.protocol import Source
from kiosk.panel.papers import PAPERS
from kiosk.scenarios.script import Value
from tests.devices.camera_bench import DriverBench, _noisy
from tests.devices.codes_bench import PtyBench
from tests.devices.power_bench import SysfsBench
from tests.devices.simulators import PaperStack, ReceiptEmulator, until
from tests.devices.test_scanner_contract import PNM_WORDS, sane_bench
from tests.scenarios.cable import Cable


class RealDevice(Protocol):
    """A real driver, and hands on the simulator before it."""

    driver: Any

    def push(self, hand: str, options: Mapping[str, Value]) -> None: ...

    def papers(self) -> list[str]:
        """What came out of it, as text, oldest first."""

    def pass_time(self, seconds: float) -> None:
        """For a driver whose clock is moved by hand."""


@dataclass
class _Hands:
    """A table of hands: each is called without options unless it wants them."""

    driver: Any
    hands: Mapping[str, Callable[..., object]]
    out: Callable[[], list[str]] = list
    clock: ManualClock | None = None

    def push(self, hand: str, options: Mapping[str, Value]) -> None:
        self.hands[hand](**options)

    def papers(self) -> list[str]:
        return self.out()

    def pass_time(self, seconds: float) -> None:
        if self.clock is not None:
            self.clock.advance(seconds)


@contextmanager
def real_receipt(brain: ReceiptEmulator) -> Iterator[RealDevice]:
    """emupos behind a cable that can be pulled; its heads and sensors are pushed through its own interface."""
    brain.heal()
    with Cable(brain.tcp_port) as cable:
        printer = PolledReceiptPrinter(receipt.connect(f"tcp://127.0.0.1:{cable.port}"), clock=SystemClock())

        def paper_out(line: int = 0) -> None:
            if line:
                cable.at_line(line, lambda: brain.fault("paper-out", on=True))
            else:
                brain.fault("paper-out", on=True)

        def refill() -> None:
            brain.fault("paper-out", on=False)
            brain.fault("paper-near-end", on=False)

        def deaf(now: bool) -> Callable[[], None]:
            return lambda: setattr(cable, "deaf", now)

        hands: dict[str, Callable[..., object]] = {
            "paper_out": paper_out, "refill": refill, "unplug": cable.pull, "plug_in": cable.plug_in,
            "paper_low": lambda: brain.fault("paper-near-end", on=True),
            "cover_open": lambda: brain.fault("cover-open", on=True), "silent": deaf(True), "speak": deaf(False),
            "cover_close": lambda: brain.fault("cover-open", on=False),
            "break_off": lambda line=0: cable.at_line(line, cable.pull),
        }  # fmt: skip
        yield _Hands(printer, hands, lambda: [brain.text(one) for one in brain.receipts()])
        brain.heal()
        printer.close()


def quick(stack: PaperStack) -> CupsPaperPrinter:
    """It waits four seconds for the engine, not two minutes."""
    queue = IppAddress("127.0.0.1", stack.cups_port, "/printers/A4")
    device = IppAddress("127.0.0.1", stack.device_port, "/ipp/print")
    return CupsPaperPrinter(queue, device, clock=SystemClock(), deadline_s=4.0)


@contextmanager
def real_paper(stack: PaperStack) -> Iterator[RealDevice]:
    """CUPS and ippeveprinter."""
    stack.heal()
    stack.tray(200)
    printer = PolledPaperPrinter(quick(stack), clock=SystemClock())

    def texts() -> list[str]:
        return [pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text() for pdf in stack.printed()]

    hands: dict[str, Callable[..., object]] = {
        "paper_out": lambda: stack.tray(0), "refill": lambda: stack.tray(200),
        "jam": lambda: stack.fault("media-jam"), "jam_in_the_job": lambda: stack.fault("media-jam"), "clear": stack.heal,
        "cover_open": lambda: stack.fault("cover-open"), "cover_close": stack.heal,
    }  # fmt: skip
    yield _Hands(printer, hands, texts)
    stack.heal()
    stack.tray(200)
    printer.close()


@contextmanager
def real_camera(folder: Path) -> Iterator[RealDevice]:
    """GStreamer plays what the camera sees."""
    bench = DriverBench(folder)

    def lay(paper: str) -> None:
        if not (folder / paper).exists():
            bench._pictures(paper, [_noisy(PAPERS[paper](), seed) for seed in range(6)])
        bench._play(paper)

    hands: dict[str, Callable[..., object]] = {
        "lay": lay, "freeze": bench.freeze, "thaw": bench.plug_in, "hang": bench.hang, "recover": bench.recover,
        "cover_lens": bench.cover, "uncover_lens": bench.plug_in, "unplug": bench.unplug, "plug_in": bench.plug_in,
    }  # fmt: skip
    bench.camera.latest()
    until(lambda: bench.camera.latest() is not None, what="the camera's first picture")
    yield _Hands(bench.camera, hands)
    bench.close()


@contextmanager
def real_scanner(folder: Path) -> Iterator[RealDevice]:
    """scanimage with SANE's pnm backend."""
    page = folder / "glass.ppm"
    cv2.imwrite(str(page), cv2.resize(PAPERS["birth"](), (2480, 3508)))
    bench = sane_bench(folder, "pnm", Source.FLATBED, PNM_WORDS, usual=f"--filename={page}")
    hands: dict[str, Callable[..., object]] = {
        "jam": lambda after=0: bench.breaks("scanner.jam"), "cover_open": lambda: bench.breaks("scanner.cover_open"),
        "hang": lambda: bench.breaks("scanner.hung"), "mend": bench.mend, "unplug": bench.unplug, "plug_in": bench.plug_in,
        "lay": lambda paper: None,
    }  # fmt: skip
    yield _Hands(bench.scanner, hands)


@contextmanager
def real_codes(folder: Path) -> Iterator[RealDevice]:
    """The serial driver at the end of a pty."""
    bench = PtyBench(folder)
    yield _Hands(bench.reader, {"unplug": bench.unplug, "plug_in": bench.plug_in}, clock=bench.clock)
    bench.close()


@contextmanager
def real_power(folder: Path) -> Iterator[RealDevice]:
    """Files as sysfs lays them."""
    bench = SysfsBench(folder)

    def low() -> None:
        bench.cut_mains()
        bench.drain_to(4, minutes=2)

    hands: dict[str, Callable[..., object]] = {
        "cut_mains": bench.cut_mains, "restore": bench.restore_mains, "battery_low": low,
    }  # fmt: skip
    yield _Hands(bench.power, hands, clock=bench.clock)
