"""Which USB stick is meant: the only one that is mounted below ``storage.stick`` (``/media``), by the kernel's own list.

A folder on which nothing is mounted is no stick: what is laid there would stay on the kiosk's disk.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from kiosk.export import StickError
from kiosk.settings import Settings

MOUNTS = Path("/proc/self/mountinfo")
BLOCKS = Path("/sys/class/block")
BELOW = "/media"
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Stick:
    """``device``: as the kernel calls it (``sdb1``), empty for a demo's folder."""

    path: Path
    device: str = ""

    def pulled_out(self, blocks: Path = BLOCKS) -> bool:
        """Whether its device is gone: what then failed was no fault of the stick."""
        return not (blocks / self.device).exists() if self.device else not self.path.is_dir()


def mounted(text: str, below: Path) -> tuple[Stick, ...]:
    """``text``: as /proc/self/mountinfo has it (man proc_pid_mountinfo). At or below a folder, each device once."""
    found: dict[str, Stick] = {}
    for line in text.splitlines():
        fields, _, source = line.partition(" - ")
        path = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields.split(" ")[4]))
        device = source.split(" ")[1]
        if device.startswith("/dev/") and (path == below or below in path.parents):
            found[device] = Stick(path, device.removeprefix("/dev/"))
    return tuple(found.values())


def the_stick(settings: Settings, mounts: str) -> Stick:
    """The one stick that is there; the one with the second copies is not for carrying.

    Raises:
        StickError: ``stik_tidak_ada``, ``stik_ganda``.
    """
    home, copies = Path(settings.storage.stick or BELOW), settings.storage.second_copy
    kept = Path(copies) if copies else None
    found = [
        one for one in mounted(mounts, home) if kept is None or (one.path != kept and one.path not in kept.parents)
    ]
    if not found and settings.storage.stick and settings.devices.simulated and home.is_dir():
        return Stick(home)  # a demo's stick is a folder
    if not found:
        raise StickError("stik_tidak_ada")
    if len(found) > 1:
        raise StickError("stik_ganda")
    return found[0]
