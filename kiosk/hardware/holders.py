"""Who has a device open: two openers are a common cause of a busy device, and the technician asks for a name.

Read from /proc, as fuser does. Processes of other users are hidden from an unprivileged kiosk: nobody seen is not nobody.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Holder:
    pid: int
    name: str


def holders(device: Path, *, proc: Path = PROC) -> tuple[Holder, ...]:
    """The processes that have ``device`` (links are followed) open, lowest pid first, as far as we may see."""
    wanted = str(device.resolve())
    folders = sorted(
        (folder for folder in proc.iterdir() if folder.name.isdigit()), key=lambda folder: int(folder.name)
    )
    return tuple(Holder(int(folder.name), _name(folder)) for folder in folders if wanted in _opened(folder))


def named(device: Path, *, proc: Path = PROC) -> str:
    """For a technician: ``held by ModemManager 712``."""
    found = holders(device, proc=proc)
    if not found:
        return "held by a process that we may not see"
    return "held by " + ", ".join(f"{holder.name} {holder.pid}" for holder in found)


def _opened(folder: Path) -> set[str]:
    """What a process has open. Only names are read: a stat could hang on a file system that is away."""
    targets = set()
    with suppress(OSError):  # another user's, or it has just ended
        for descriptor in (folder / "fd").iterdir():
            with suppress(OSError):
                targets.add(str(descriptor.readlink()))
    return targets


def _name(folder: Path) -> str:
    try:
        return (folder / "comm").read_text(errors="replace").strip()
    except OSError:
        return "?"
