"""The technician's test of a real driver in front of emupos: what its paper looks like is laid under the camera."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from kiosk.hardware.receipt import connect
from kiosk.session.technician.trials import Stage
from kiosk.store import PrintState
from tests.devices.simulators import ReceiptEmulator, receipt_printer_emulator, until
from tests.unit.session.workshop import Workshop

pytestmark = pytest.mark.devices


def paper(emulator: ReceiptEmulator, number: int) -> np.ndarray:
    """A cut slip as it lies there, BGR."""
    until(lambda: len(emulator.receipts()) >= number)
    picture = Image.open(BytesIO(emulator.picture(emulator.receipts()[number - 1]))).convert("RGB")
    return np.ascontiguousarray(np.asarray(picture)[..., ::-1])


def test_a_printed_slip_is_read_back_and_the_one_before_it_is_not_taken_for_it(tmp_path: Path) -> None:
    with receipt_printer_emulator(tmp_path) as emulator:
        printer = connect(f"tcp://127.0.0.1:{emulator.tcp_port}?model=auto")
        shop = Workshop(tmp_path / "kiosk")
        object.__setattr__(shop.parts, "receipt", printer)
        shop.begin("receipt")
        shop.begin("receipt")
        assert shop.bench.trial is not None
        shop.lay(paper(emulator, 1))
        shop.bench.look()
        assert (shop.bench.trial.stage, shop.bench.trial.note) == (Stage.SHOW, "struk_lain")
        shop.lay(paper(emulator, 2))
        shop.bench.look()
        assert shop.bench.trial.stage is Stage.TIDY
        assert (shop.job().state, shop.job().code) == (PrintState.CONFIRMED, "terbaca_kamera")
        shop.say("baik")
        assert shop.last().passed
        emulator.fault("paper-out", on=True)
        shop.begin("receipt")
        assert (shop.last().passed, shop.last().code) == (False, "receipt.paper_out")
        printer.close()
        shop.parts.store.close()
