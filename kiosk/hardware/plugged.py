"""What hangs at which USB port, and which of it is the device that we mean. Linux's own word: nothing is opened for it.

Kernel names (ttyUSB0, lp0, device numbers) change with each plugging; serial numbers and ports do not. Cheap printers all
carry the same serial number, or none: those are told apart by their port.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

SYSFS = Path("/sys/bus/usb/devices")
_NUMBERED = re.compile(r"/dev/(tty(USB|ACM)|usb/lp|usblp|lp|video|hidraw)\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugged:
    """One USB device. ``vendor`` and ``product``: four hex digits; ``port``: the kernel's name (``1-4.3``); ``place``: udev's
    ID_PATH of it (``pci-0000:00:14.0-usb-0:4.3``), which also holds when controllers change their numbers."""

    vendor: str
    product: str
    serial: str
    port: str
    place: str
    bus: int
    number: int

    @property
    def node(self) -> Path:
        return Path(f"/dev/bus/usb/{self.bus:03d}/{self.number:03d}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which device is meant. Serial and path may be empty: then there must be only one of its kind."""

    vendor: str
    product: str
    serial: str = ""
    path: str = ""

    def is_kind_of(self, device: Plugged) -> bool:
        return (self.vendor, self.product) == (device.vendor, device.product)

    def at_its_port(self, device: Plugged) -> bool:
        return self.path in ("", device.port, device.place)


class Miss(StrEnum):
    """Why the device that is meant is not there."""

    ABSENT = "absent"
    OTHER = "other"  # one of its kind, with another serial number
    MOVED = "moved"  # one of its kind, at another port
    ALIKE = "alike"  # several that nothing tells apart


@dataclass(frozen=True, slots=True)
class Missed:
    miss: Miss
    evidence: str = ""


def is_numbered(path: str) -> bool:
    """Whether a device file has a name that the kernel may give to another device tomorrow. On-board ports (ttyS0) stay."""
    return _NUMBERED.fullmatch(path) is not None


def plugged(sysfs: Path = SYSFS) -> tuple[Plugged, ...]:
    """Every device at a port, by port; hubs' roots have none. Empty where there is no USB."""
    folders = sorted(sysfs.glob("*-*")) if sysfs.is_dir() else []
    return tuple(_read(folder) for folder in folders if ":" not in folder.name and (folder / "idVendor").exists())


def find(wanted: Wanted, devices: Sequence[Plugged]) -> Plugged | Missed:
    """The one device that is meant, or why not."""
    alike = [device for device in devices if wanted.is_kind_of(device)]
    named = [device for device in alike if wanted.serial in ("", device.serial)]
    mine = [device for device in named if wanted.at_its_port(device)]
    if len(mine) == 1:
        return mine[0]
    if mine:
        return Missed(Miss.ALIKE, f"{len(mine)} alike at {_ports(mine)}")
    if named:
        return Missed(Miss.MOVED, f"enrolled at {wanted.path}, found at {_ports(named)}")
    if alike:
        return Missed(Miss.OTHER, f"enrolled serial {wanted.serial}, found {_serials(alike)}")
    return Missed(Miss.ABSENT)


def _ports(devices: Sequence[Plugged]) -> str:
    return ", ".join(device.port for device in devices)


def _serials(devices: Sequence[Plugged]) -> str:
    return ", ".join(f"{device.serial or 'none'} at {device.port}" for device in devices)


def _read(folder: Path) -> Plugged:
    return Plugged(
        vendor=fact(folder, "idVendor"), product=fact(folder, "idProduct"), serial=fact(folder, "serial"),
        port=folder.name, place=_place(folder), bus=int(fact(folder, "busnum") or 0),
        number=int(fact(folder, "devnum") or 0),
    )  # fmt: skip


def _place(folder: Path) -> str:
    """As udev's path_id names it: the controller, then the ports below it without the bus's number."""
    real = folder.resolve()
    root = next((parent for parent in real.parents if parent.name.startswith("usb")), real)
    controller, ports = root.parent, folder.name.partition("-")[2]
    kind = (controller / "subsystem").resolve().name if (controller / "subsystem").exists() else "pci"
    return f"{kind}-{controller.name}-usb-0:{ports}"


def fact(folder: Path, name: str) -> str:
    try:
        return (folder / name).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
