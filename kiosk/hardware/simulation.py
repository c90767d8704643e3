"""The three twins together, for the demo's device panel and for tests."""

from dataclasses import dataclass

from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter


@dataclass(frozen=True, slots=True)
class SimulatedDevices:
    receipt: SimulatedReceiptPrinter
    paper: SimulatedPaperPrinter
    camera: SimulatedCamera
