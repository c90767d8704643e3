"""Receipt printers on USB: the real libusb, pyusb and driver before emupos, with only the kernel replaced (usb_bus.py)."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from kiosk.hardware.enrolled import Enrolled, rules
from kiosk.hardware.health import Condition, Outcome
from kiosk.hardware.plugged import Wanted
from kiosk.hardware.receipt.protocol import Code, Line, Slip
from tests.devices.simulators import ReceiptEmulator, until
from tests.devices.usb_bench import RemotePrinter, UsbBus, usb_bus

pytestmark = pytest.mark.devices

SLIP = Slip((Line("Tanda terima"), Code("KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
Driver = Callable[..., RemotePrinter]


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UsbBus]:
    with usb_bus(tmp_path_factory.mktemp("usb")) as running:
        yield running


@pytest.fixture
def bus(machine: UsbBus) -> Iterator[UsbBus]:
    """Nothing is plugged."""
    yield machine
    machine.clear()


@pytest.fixture
def driver(bus: UsbBus, tmp_path: Path) -> Iterator[Driver]:
    with ExitStack() as started:

        def start(url: str, *, powers: bool = True) -> RemotePrinter:
            printer = RemotePrinter(bus, url, tmp_path / "driver.log", powers=powers)
            started.callback(printer.end)
            return printer

        yield start


def ready(printer: RemotePrinter) -> None:
    until(lambda: printer.state().condition is Condition.READY, what="the printer")


def test_the_plug_is_pulled_and_put_into_another_port(bus: UsbBus, driver: Driver, emulator: ReceiptEmulator) -> None:
    """Its number changes with each plugging and its port too: the serial number does not."""
    bus.plug("1-2", emulator.tcp_port, serial="A1")
    printer = driver("usb:04b8:0e15?serial=A1")
    ready(printer)
    bus.unplug("1-2")
    assert (printer.state().condition, printer.state().code) == (Condition.ABSENT, "receipt.absent")
    assert printer.print(SLIP).outcome is Outcome.REFUSED
    bus.plug("1-4.3", emulator.tcp_port, serial="A1")
    ready(printer)
    assert printer.print(SLIP).outcome is Outcome.OK


def test_the_plug_falls_out_in_the_middle_of_a_slip(bus: UsbBus, driver: Driver, emulator: ReceiptEmulator) -> None:
    bus.plug("1-2", emulator.tcp_port, serial="A1")
    printer = driver("usb:04b8:0e15?serial=A1")
    ready(printer)
    bus.set("1-2", "fragile", on=True)
    result = printer.print(SLIP)
    assert (result.outcome, result.code) == (Outcome.DOUBTFUL, "receipt.interrupted")
    assert printer.state().code == "receipt.absent"


def test_two_printers_alike_are_swapped(bus: UsbBus, driver: Driver, emulator: ReceiptEmulator) -> None:
    """By serial number each is found wherever it hangs; the one of another kiosk is not printed on."""
    bus.plug("1-2", emulator.tcp_port, serial="B2")
    printer = driver("usb:04b8:0e15?serial=A1")
    health = printer.state()
    assert (health.condition, health.code) == (Condition.FAULT, "receipt.swapped")
    assert health.evidence == "enrolled serial A1, found B2 at 1-2"
    assert printer.print(SLIP).outcome is Outcome.REFUSED
    bus.plug("1-3", emulator.tcp_port, serial="A1")
    ready(printer)


def test_twins_with_the_same_serial_number_are_told_by_their_port(
    bus: UsbBus, driver: Driver, emulator: ReceiptEmulator
) -> None:
    bus.plug("1-4.3", emulator.tcp_port, serial="0001")
    printer = driver("usb:04b8:0e15?path=pci-0000:00:14.0-usb-0:2")
    health = printer.state()
    assert (health.condition, health.code) == (Condition.FAULT, "receipt.moved")
    assert health.evidence == "enrolled at pci-0000:00:14.0-usb-0:2, found at 1-4.3"
    bus.plug("1-2", emulator.tcp_port, serial="0001")
    ready(printer)
    neither = driver("usb:04b8:0e15?serial=0001").state()
    assert (neither.code, neither.evidence) == ("receipt.swapped", "2 alike at 1-2, 1-4.3")


def test_another_program_has_claimed_it_and_lets_go(bus: UsbBus, driver: Driver, emulator: ReceiptEmulator) -> None:
    bus.plug("1-2", emulator.tcp_port, serial="A1")
    bus.set("1-2", "taken", on=True)
    printer = driver("usb:04b8:0e15?serial=A1")
    health = printer.state()
    assert (health.condition, health.code) == (Condition.FAULT, "receipt.busy")
    assert health.evidence.startswith("held by")
    assert printer.print(SLIP).outcome is Outcome.REFUSED
    bus.set("1-2", "taken", on=False)
    ready(printer)


def test_nobody_gave_us_the_right_to_open_it(bus: UsbBus, driver: Driver, emulator: ReceiptEmulator) -> None:
    node = bus.plug("1-2", emulator.tcp_port, serial="A1")
    file = bus.root / node[1:]
    shutil.chown(file, "lp")
    file.chmod(0o600)
    health = driver("usb:04b8:0e15?serial=A1", powers=False).state()
    assert (health.condition, health.code, health.evidence) == (Condition.FAULT, "receipt.denied", node)


def test_a_printer_that_takes_nothing_is_unknown_and_nothing_is_sent(
    bus: UsbBus, driver: Driver, emulator: ReceiptEmulator
) -> None:
    bus.plug("1-2", emulator.tcp_port, serial="A1")
    printer = driver("usb:04b8:0e15?serial=A1")
    ready(printer)
    bus.set("1-2", "stalled", on=True)
    result = printer.print(SLIP)
    assert (result.outcome, result.code) == (Outcome.REFUSED, "receipt.silent")
    bus.set("1-2", "stalled", on=False)
    ready(printer)
    assert printer.print(SLIP).outcome is Outcome.OK


def test_something_that_cannot_answer_is_no_receipt_printer(
    bus: UsbBus, driver: Driver, emulator: ReceiptEmulator
) -> None:
    bus.plug("1-2", emulator.tcp_port, serial="A1", deaf=True)
    health = driver("usb:04b8:0e15?serial=A1").state()
    assert (health.code, health.evidence) == ("receipt.swapped", "this device cannot print and answer")


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(vendor="04b8", product="0e15", serial="A1"),
        Wanted(vendor="04b8", product="0e15", path="pci-0000:00:14.0-usb-0:4.3"),
    ],
    ids=["by serial", "by port"],
)
def test_udev_itself_gives_the_names_to_the_enrolled_one_alone(
    bus: UsbBus, emulator: ReceiptEmulator, tmp_path: Path, wanted: Wanted
) -> None:
    bus.plug("1-4.3", emulator.tcp_port, serial="A1")
    bus.plug("1-2", emulator.tcp_port, serial="B2")
    mine, other = bus.adapter("1-4.3", "ttyUSB1"), bus.adapter("1-2", "ttyUSB0")
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "70-kios-devices.rules").write_text(rules([Enrolled("struk", wanted)]))
    controller = "/devices/pci0000:00/0000:00:14.0"
    assert "DEVLINKS=/dev/kios-struk-usb\n" in judged_by_udev(bus, folder, f"{controller}/usb1/1-4/1-4.3")
    port = judged_by_udev(bus, folder, mine)
    assert "/dev/kios-struk\n" in port.replace(" ", "\n")
    assert "ID_MM_PORT_IGNORE=1\n" in port
    assert "kios-struk" not in judged_by_udev(bus, folder, f"{controller}/usb1/1-2") + judged_by_udev(
        bus, folder, other
    )


def judged_by_udev(bus: UsbBus, folder: Path, place: str) -> str:
    """What systemd's udev makes of a device on our bus, in a mount space of its own."""
    see = (
        f"mount --bind {folder} /etc/udev/rules.d && mount --bind {bus.root}/sys /sys && exec udevadm test --action=add"
    )
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", f"{see} /sys{place}"],
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SYSTEMD_DEVICE_VERIFY_SYSFS": "0"},
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    return run.stdout
