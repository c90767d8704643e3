"""One emupos for all tests of receipt printers."""

from collections.abc import Iterator

import pytest

from kiosk.hardware.health import Condition
from kiosk.hardware.receipt import connect
from tests.devices.simulators import ReceiptEmulator, receipt_printer_emulator, until


@pytest.fixture(scope="session")
def emupos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiptEmulator]:
    """A wide TM-T20III and a narrow POS-5890; its ports answer before it does."""
    with receipt_printer_emulator(tmp_path_factory.mktemp("emupos")) as running:
        wide = connect(f"tcp://127.0.0.1:{running.tcp_port}")
        until(lambda: wide.state().condition is Condition.READY)
        wide.close()
        yield running


@pytest.fixture
def emulator(emupos: ReceiptEmulator) -> Iterator[ReceiptEmulator]:
    """With paper and a closed cover, before and after."""
    emupos.heal()
    yield emupos
    emupos.heal()
