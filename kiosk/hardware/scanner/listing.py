"""Which of the listed devices is ours. Being listed is no proof of being there: a dead network scanner stays listed."""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.hardware.scanner.usb import Machine

FORMAT = "%d\t%v\t%m%n"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The scanner of the settings. Without a model or serial number, the backend's first will do."""

    backend: str
    model: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of ``scanimage -f``. ``name`` is good for this moment only."""

    name: str
    vendor: str
    model: str

    @property
    def backend(self) -> str:
        return self.name.partition(":")[0]


def parse(text: str) -> tuple[Listed, ...]:
    """The devices of a listing in FORMAT, in its order."""
    rows = (line.split("\t") for line in text.splitlines())
    return tuple(Listed(*(cell.strip() for cell in row)) for row in rows if len(row) == 3)


def find(listed: Iterable[Listed], wanted: Wanted, machine: Machine) -> Listed | None:
    """Ours, or None. A serial number is looked for in the system's facts, then within the name (network scanners)."""
    return next((device for device in listed if _fits(device, wanted, machine)), None)


def _fits(device: Listed, wanted: Wanted, machine: Machine) -> bool:
    if device.backend != wanted.backend:
        return False
    if wanted.model and wanted.model.casefold() not in device.model.casefold():
        return False
    return not wanted.serial or wanted.serial in (machine.serial(device.name), *device.name.split(":"))
