"""The twins together, for the demo's device panel and for tests."""

from dataclasses import dataclass

from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.hardware.codes.simulated import SimulatedCodeReader
from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
from kiosk.hardware.power.simulated import SimulatedPower
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
from kiosk.hardware.scanner.simulated import SimulatedScanner


@dataclass(frozen=True, slots=True)
class SimulatedDevices:
    receipt: SimulatedReceiptPrinter
    paper: SimulatedPaperPrinter
    camera: SimulatedCamera
    scanner: SimulatedScanner
    codes: SimulatedCodeReader
    power: SimulatedPower
