"""Which USB device plays which role in this kiosk, as the technician enrolled it; and what is plugged otherwise now.

``/etc/kios/devices.toml`` and the udev rules made from it are written by provisioning/devices.py. A rule gives the role's
device a name that stays (``/dev/kios-struk``): by its serial number, or by its port when twins carry the same one.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.hardware.plugged import SYSFS, Missed, Plugged, Wanted, find, plugged

ENROLLED = Path("/etc/kios/devices.toml")
PREFIX = "kios-"  # of the names under /dev


@dataclass(frozen=True, slots=True)
class Enrolled:
    role: str
    wanted: Wanted


def enrol(role: str, device: Plugged, devices: Sequence[Plugged]) -> Enrolled:
    """By the serial number where nothing else that is plugged has it too, else by the port."""
    kind = Wanted(vendor=device.vendor, product=device.product, serial=device.serial)
    if device.serial and find(kind, devices) == device:
        return Enrolled(role, kind)
    return Enrolled(role, Wanted(vendor=device.vendor, product=device.product, path=device.place))


def parse(text: str) -> tuple[Enrolled, ...]:
    """One table a role: ``[struk]``, vendor, product, and serial or path. Raises ValueError or TypeError."""
    tables: Mapping[str, Any] = tomllib.loads(text)
    return tuple(Enrolled(role, Wanted(**facts)) for role, facts in tables.items())


def dump(enrolled: Sequence[Enrolled]) -> str:
    """What ``parse`` reads."""
    return "\n".join(f"[{one.role}]\n{_facts(one.wanted)}" for one in enrolled)


def _facts(wanted: Wanted) -> str:
    facts = {"vendor": wanted.vendor, "product": wanted.product, "serial": wanted.serial, "path": wanted.path}
    return "".join(f'{name} = "{value}"\n' for name, value in facts.items() if value)


def rules(enrolled: Sequence[Enrolled]) -> str:
    """udev rules: for each role a name for its serial port and one for its USB device, which the group lp may open."""
    return "".join(
        f"{_match(one.wanted, kind)}, {_give(one.role, kind)}\n" for one in enrolled for kind in ("tty", "usb")
    )


def differences(enrolled: Sequence[Enrolled], devices: Sequence[Plugged]) -> Mapping[str, Missed]:
    """The roles whose device is not where it was enrolled, and why: unplugged, at another port, or another one."""
    found = ((one.role, find(one.wanted, devices)) for one in enrolled)
    return {role: missed for role, missed in found if isinstance(missed, Missed)}


def whereabouts(name: Path, *, file: Path = ENROLLED, sysfs: Path = SYSFS) -> Missed | None:
    """Why a name such as ``/dev/kios-struk`` is not there. None: nobody enrolled it, the list cannot be read, or its device
    hangs where it should."""
    if not name.name.startswith(PREFIX):
        return None
    try:
        enrolled = parse(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return None
    return differences(enrolled, plugged(sysfs)).get(name.name.removeprefix(PREFIX))


def _match(wanted: Wanted, kind: str) -> str:
    facts = ['SUBSYSTEM=="tty", SUBSYSTEMS=="usb"' if kind == "tty" else 'SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device"']
    attribute = "ATTRS" if kind == "tty" else "ATTR"
    facts += [f'{attribute}{{idVendor}}=="{wanted.vendor}"', f'{attribute}{{idProduct}}=="{wanted.product}"']
    if wanted.serial:
        facts.append(f'{attribute}{{serial}}=="{wanted.serial}"')
    else:
        facts.append(f'ENV{{ID_PATH}}=="{wanted.path}{":*" if kind == "tty" else ""}"')
    return ", ".join(facts)


def _give(role: str, kind: str) -> str:
    if kind == "tty":
        return f'SYMLINK+="{PREFIX}{role}", ENV{{ID_MM_PORT_IGNORE}}="1"'
    return f'SYMLINK+="{PREFIX}{role}-usb", GROUP="lp", MODE="0660", ENV{{ID_MM_DEVICE_IGNORE}}="1"'
