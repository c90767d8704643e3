"""What befalls the simulated devices, by the words of the language: for the device panel, for training and for tests."""

from collections.abc import Callable, Mapping
from typing import Any

import cv2

from kiosk.hardware.camera.protocol import Image
from kiosk.hardware.simulation import SimulatedDevices
from kiosk.scenarios.script import ScenarioError, Value

Papers = Mapping[str, Callable[[], Image]]

# the language's word → the twin's own hand, where they differ
NAMES: Mapping[tuple[str, str], str] = {
    ("receipt", "paper_out"): "run_out_of_paper", ("receipt", "paper_low"): "run_low",
    ("receipt", "cover_open"): "open_cover", ("receipt", "cover_close"): "close_cover",
    ("receipt", "silent"): "go_silent", ("receipt", "speak"): "speak_again",
    ("paper", "paper_out"): "run_out_of_paper", ("paper", "jam_in_the_job"): "jam_during_the_next_job",
    ("paper", "clear"): "clear_jam", ("paper", "cover_open"): "open_cover", ("paper", "cover_close"): "close_cover",
    ("scanner", "cover_open"): "open_cover", ("power", "restore"): "restore_mains", ("power", "battery_low"): "run_low",
}  # fmt: skip


class TwinHands:
    """``papers``: name → what lies under the camera when it is laid there, BGR."""

    def __init__(self, devices: SimulatedDevices, papers: Papers) -> None:
        self._devices, self._papers = devices, papers

    @property
    def devices(self) -> frozenset[str]:
        return frozenset(("receipt", "paper", "camera", "scanner", "codes", "power"))

    def push(self, device: str, hand: str, options: Mapping[str, Value]) -> None:
        """Raises ScenarioError ``tidak_bisa_di_sini`` for a hand that twins do not have."""
        twin: Any = getattr(self._devices, device, None)
        match device, hand:
            case "receipt", "paper_out" if "line" in options:
                twin.run_out_at_line(int(options["line"]))
            case "receipt", "break_off":
                twin.break_off_at_line(int(options.get("line", 0)))
            case (("camera" | "scanner"), "lay"):
                self._lay(device, self._papers[str(options["paper"])]())
            case "codes", "held":
                twin.be_held_by(str(options["by"]))
            case "codes", "scan_slip":
                twin.scan(self._devices.receipt.codes[-1])
            case "scanner", "jam":
                twin.jam(after=int(options.get("after", 0)))
            case _:
                act = getattr(twin, NAMES.get((device, hand), hand), None)
                if act is None:
                    raise ScenarioError("tidak_bisa_di_sini", f"{device}.{hand}", "play this where such a device is")
                act()

    def _lay(self, device: str, picture: Image) -> None:
        if device == "camera":
            self._devices.camera.lay_paper(picture)
        else:
            self._devices.scanner.lay(cv2.imencode(".jpg", picture)[1].tobytes())
