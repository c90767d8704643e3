"""A kiosk to try and to practise on: simulated devices, their panel, and a state of its own."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import keys
from kiosk.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from kiosk.hardware.simulation import SimulatedDevices
    from kiosk.session import Kiosk


def demo_panel(kiosk: "Kiosk") -> "Flask":
    """Hands and eyes for the twins; settings allow it only when every device is one."""
    from content.loader import ROOT
    from kiosk.panel.app import create_panel
    from kiosk.panel.lessons import Lessons
    from kiosk.panel.papers import PAPERS
    from kiosk.scenarios import load
    from kiosk.session.facts import facts

    devices = twins(kiosk)
    return create_panel(devices, PAPERS, Lessons(load(ROOT / "scenarios"), devices, PAPERS, lambda: facts(kiosk)))


def twins(kiosk: "Kiosk") -> "SimulatedDevices":
    """The simulated devices; what this kiosk does not have gets a twin that nobody looks at.

    Raises TypeError when a device that must be there is real.
    """
    from kiosk.hardware.camera.simulated import SimulatedCamera
    from kiosk.hardware.codes.simulated import SimulatedCodeReader
    from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
    from kiosk.hardware.power.simulated import SimulatedPower
    from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
    from kiosk.hardware.scanner.simulated import SimulatedScanner
    from kiosk.hardware.simulation import SimulatedDevices

    parts, clock = kiosk.parts, kiosk.parts.clock
    match parts.receipt, parts.paper, parts.camera:
        case SimulatedReceiptPrinter() as receipt, SimulatedPaperPrinter() as paper, SimulatedCamera() as camera:
            scanner = parts.scanner if isinstance(parts.scanner, SimulatedScanner) else SimulatedScanner()
            codes = parts.codes if isinstance(parts.codes, SimulatedCodeReader) else SimulatedCodeReader(clock=clock)
            power = parts.power if isinstance(parts.power, SimulatedPower) else SimulatedPower(clock=clock)
            return SimulatedDevices(receipt, paper, camera, scanner, codes, power)
    raise TypeError("the device panel needs simulated devices")


def training(settings: Settings, *, folder: Path, panel_port: int) -> Settings:
    """The same kiosk to practise on: twins, a state of its own in ``folder`` that begins empty, no courier. Its desa's
    name, which stands on each screen and on each paper, is the word for training."""
    from content.loader import ROOT, read_toml
    from kiosk.settings import Devices, Panel

    state = folder / "training"
    shutil.rmtree(state, ignore_errors=True)
    keys.make(state)
    twin = "simulated://"
    name = str(read_toml(ROOT / "training.toml")["name"])
    return replace(
        settings, state_dir=str(state), panel=Panel(port=panel_port), identity=replace(settings.identity, desa_name=name),
        devices=Devices(scanner=twin, codes=twin, power=twin),
    )  # fmt: skip
