"""The demo's device panel: hands and eyes for the twins, and nothing else."""

import pytest
from flask.testing import FlaskClient

from adminduk.clock import ManualClock
from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.hardware.codes.simulated import SimulatedCodeReader
from kiosk.hardware.health import Condition
from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
from kiosk.hardware.power.simulated import SimulatedPower
from kiosk.hardware.receipt.protocol import Code, Line, Slip
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.hardware.simulation import SimulatedDevices
from kiosk.panel.app import HANDS, create_panel
from kiosk.panel.papers import PAPERS


@pytest.fixture
def devices() -> SimulatedDevices:
    clock = ManualClock()
    return SimulatedDevices(
        SimulatedReceiptPrinter(), SimulatedPaperPrinter(), SimulatedCamera(clock=clock), SimulatedScanner(),
        SimulatedCodeReader(clock=clock), SimulatedPower(clock=clock),
    )  # fmt: skip


@pytest.fixture
def panel(devices: SimulatedDevices) -> FlaskClient:
    return create_panel(devices, {"kk": PAPERS["kk"]}).test_client()


@pytest.mark.parametrize(("device", "hand"), [(device, hand) for device, hands in HANDS.items() for hand in hands])
def test_every_hand_is_a_hand_of_the_twin_and_has_a_word(panel: FlaskClient, device: str, hand: str) -> None:
    assert panel.post(f"/hands/{device}/{hand}").status_code == 302
    page = panel.get("/").get_data(as_text=True)
    assert "<button></button>" not in page


def test_unplugging_shows_at_once(panel: FlaskClient, devices: SimulatedDevices) -> None:
    panel.post("/hands/receipt/unplug")
    assert devices.receipt.state().condition is Condition.ABSENT
    assert "receipt.absent" in panel.get("/").get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/hands/receipt/print", "/hands/receipt/__init__", "/hands/oven/unplug", "/papers/none"]
)
def test_only_the_hands_of_the_table_can_be_used(panel: FlaskClient, path: str) -> None:
    assert panel.post(path).status_code == 404


def test_a_paper_is_laid_and_seen(panel: FlaskClient, devices: SimulatedDevices) -> None:
    before = panel.get("/camera.jpg").data
    assert panel.post("/papers/kk").status_code == 302
    assert panel.get("/camera.jpg").data != before


def test_a_camera_that_shows_nothing_has_no_picture(panel: FlaskClient) -> None:
    panel.post("/hands/camera/unplug")
    assert panel.get("/camera.jpg").status_code == 404


def test_what_came_out_is_shown(panel: FlaskClient, devices: SimulatedDevices) -> None:
    devices.receipt.print(Slip((Line("Tanda terima contoh"),)))
    devices.paper.print(b"%PDF-contoh", job="d-1")
    assert "Tanda terima contoh" in panel.get("/").get_data(as_text=True)
    assert panel.get("/printed/1.pdf").data == b"%PDF-contoh"
    for number in (0, 2):
        assert panel.get(f"/printed/{number}.pdf").status_code == 404


def test_a_paper_lies_on_the_scanner_s_glass_too(panel: FlaskClient, devices: SimulatedDevices) -> None:
    blank = devices.scanner.scan().pages
    panel.post("/papers/kk")
    assert devices.scanner.scan().pages != blank


def test_the_last_slip_is_shown_to_the_code_reader(panel: FlaskClient, devices: SimulatedDevices) -> None:
    assert panel.post("/codes/slip").status_code == 404
    devices.receipt.print(Slip((Code("KIOS1 CONTOH"),)))
    assert panel.post("/codes/slip").status_code == 302
    assert devices.codes.next() == "KIOS1 CONTOH"


@pytest.mark.parametrize("name", PAPERS)
def test_every_demo_paper_is_a_picture(name: str) -> None:
    assert PAPERS[name]().shape == (1200, 1600, 3)
