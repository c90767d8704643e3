"""This computer's own word on USB devices: SANE's names for them change with each power cycle, serial numbers do not."""

import re
from dataclasses import dataclass
from pathlib import Path

from kiosk.hardware.holders import holders

_NAME = re.compile(r"libusb:(\d{3}):(\d{3})")


@dataclass(frozen=True, slots=True)
class Machine:
    """Where Linux tells of its devices and processes."""

    devices: Path = Path("/dev/bus/usb")
    facts: Path = Path("/sys/bus/usb/devices")
    processes: Path = Path("/proc")

    def node(self, name: str) -> Path | None:
        """The device file behind a SANE name such as ``genesys:libusb:001:004``; None for one without USB."""
        found = _NAME.search(name)
        return self.devices / found[1] / found[2] if found else None

    def serial(self, name: str) -> str:
        """The device's serial number, or empty."""
        found = _NAME.search(name)
        if found is None:
            return ""
        place = (str(int(found[1])), str(int(found[2])))
        folders = (path.parent for path in self.facts.glob("*/devnum"))
        mine = (folder for folder in folders if (_fact(folder, "busnum"), _fact(folder, "devnum")) == place)
        return next((_fact(folder, "serial") for folder in mine), "")

    def holders(self, node: Path) -> tuple[str, ...]:
        """Programs that have the device open, as ``name[pid]``: as many as we may see."""
        return tuple(sorted(f"{found.name}[{found.pid}]" for found in holders(node, proc=self.processes)))


def _fact(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


THIS_MACHINE = Machine()
