"""Serial cables that are pulled, renumbered, crossed or held by somebody else: the driver notices, says so, and comes back."""

import fcntl
import os
from pathlib import Path

import pytest

from kiosk.hardware.health import Condition, Outcome
from kiosk.hardware.plugged import Miss, Missed
from kiosk.hardware.receipt import connect
from kiosk.hardware.receipt.escpos_driver import EscposReceiptPrinter
from kiosk.hardware.receipt.lines import SerialLine
from kiosk.hardware.receipt.models import find
from kiosk.hardware.receipt.protocol import Line, Slip
from tests.devices.simulators import ReceiptEmulator, running, serial_cable, until

pytestmark = pytest.mark.devices

SLIP = Slip((Line("Tanda terima"),))


def point(name: Path, device: Path) -> None:
    """As udev does: the name leads to another device from one moment to the next."""
    new = name.with_suffix(".new")
    new.symlink_to(device)
    new.replace(name)


def test_the_cables_of_two_printers_are_crossed(emulator: ReceiptEmulator, tmp_path: Path) -> None:
    """The narrow one would print half of each line: it says what it is, and nothing is sent to it."""
    name = tmp_path / "kios-struk"
    point(name, emulator.pty_path)
    printer = connect(f"serial://{name}?model=TM-T20III")
    assert printer.print(SLIP).outcome is Outcome.OK
    printer.close()
    point(name, emulator.narrow_path)
    before = emulator.receipts("n")
    health = printer.state()
    assert (health.condition, health.code) == (Condition.FAULT, "receipt.swapped")
    assert health.evidence == "enrolled TM-T20III, this is POS-5890"
    assert printer.print(SLIP).outcome is Outcome.REFUSED
    printer.close()
    assert emulator.receipts("n") == before


def test_crossed_back_it_prints_without_a_human_step(emulator: ReceiptEmulator, tmp_path: Path) -> None:
    name = tmp_path / "kios-struk"
    point(name, emulator.narrow_path)
    printer = connect(f"serial://{name}?model=TM-T20III")
    assert printer.state().code == "receipt.swapped"
    point(name, emulator.pty_path)  # while the wrong one is still open
    until(lambda: printer.state().condition is Condition.READY)
    assert printer.print(SLIP).outcome is Outcome.OK
    printer.close()


def test_a_printer_that_is_renumbered_is_found_again_by_its_name(emulator: ReceiptEmulator, tmp_path: Path) -> None:
    name, before = tmp_path / "kios-struk", len(emulator.receipts())
    printer = connect(f"serial://{name}?model=TM-T20III")
    assert printer.state().code == "receipt.absent"  # not plugged yet
    with serial_cable(name, emulator.tcp_port):
        until(lambda: printer.print(SLIP).outcome is Outcome.OK)
        number = name.resolve()
        with serial_cable(tmp_path / "other", emulator.tcp_port) as other:
            assert (tmp_path / "other").resolve() != number
            point(name, (tmp_path / "other").resolve())
            until(lambda: printer.print(SLIP).outcome is Outcome.OK)
            other.kill()
            until(lambda: printer.state().condition is Condition.ABSENT)
            assert printer.print(SLIP).outcome is Outcome.REFUSED
    with serial_cable(name, emulator.tcp_port):
        until(lambda: printer.print(SLIP).outcome is Outcome.OK)
        printer.close()
    until(lambda: len(emulator.receipts()) == before + 3)


def test_who_holds_the_port_is_named_and_later_it_prints(emulator: ReceiptEmulator, tmp_path: Path) -> None:
    hold = "import fcntl, signal, sys; p = open(sys.argv[1]); fcntl.flock(p, fcntl.LOCK_EX); print('held', flush=True); signal.pause()"
    printer, log = connect(f"serial://{emulator.pty_path}?model=TM-T20III"), tmp_path / "holder.log"
    with running("python3", "-c", hold, str(emulator.pty_path), log=log) as holder:
        until(lambda: "held" in log.read_text())
        health = printer.state()
        assert (health.condition, health.code) == (Condition.FAULT, "receipt.busy")
        assert health.evidence.startswith("held by ")
        assert f"python3 {holder.pid}" in health.evidence  # beside emupos, which has both ends of its line open
        assert printer.print(SLIP).outcome is Outcome.REFUSED
    until(lambda: printer.print(SLIP).outcome is Outcome.OK)
    printer.close()


def test_our_own_port_is_locked_against_others(emulator: ReceiptEmulator) -> None:
    printer = connect(f"serial://{emulator.pty_path}?model=TM-T20III")
    until(lambda: printer.state().condition is Condition.READY)
    rival = os.open(emulator.pty_path, os.O_RDWR | os.O_NOCTTY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(rival, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(rival)
    printer.close()


@pytest.mark.parametrize(
    ("missed", "condition", "code"),
    [
        (Missed(Miss.MOVED, "enrolled at 1-2, found at 1-3"), Condition.FAULT, "receipt.moved"),
        (Missed(Miss.OTHER, "enrolled serial A, found B at 1-2"), Condition.FAULT, "receipt.swapped"),
        (Missed(Miss.ABSENT), Condition.ABSENT, "receipt.absent"),
        (None, Condition.ABSENT, "receipt.absent"),
    ],
)
def test_a_name_that_is_not_there_is_explained(
    tmp_path: Path, missed: Missed | None, condition: Condition, code: str
) -> None:
    name = tmp_path / "kios-struk"
    printer = EscposReceiptPrinter(
        lambda: SerialLine.to(str(name), 9600, "TM-T20II"), find("TM-T20II"),
        whereabouts=lambda asked: missed if asked == name else None,
    )  # fmt: skip
    health = printer.state()
    assert (health.condition, health.code) == (condition, code)
    assert missed is None or not missed.evidence or health.evidence == missed.evidence
