"""Which USB device plays which role: enrol it, so that it keeps its name whatever the kernel calls it today.

    devices.py list                    what is plugged, and where
    devices.py enrol ROLE PORT         PORT as `list` shows it, for example: devices.py enrol struk 1-4.3
    devices.py forget ROLE
    devices.py check                   what is not where it was enrolled; exit status 1 if anything

Writes /etc/kios/devices.toml and the udev rules made from it; `--root DIR` works in an image. Run as root.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kiosk.hardware.enrolled import ENROLLED, PREFIX, Enrolled, differences, dump, enrol, parse, rules
from kiosk.hardware.plugged import SYSFS, Plugged, plugged

RULES = Path("/etc/udev/rules.d/70-kios-devices.rules")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files lie. ``root``: ``/``, or an image's folder."""

    root: Path
    sysfs: Path

    def enrolled(self) -> tuple[Enrolled, ...]:
        file = self.root / ENROLLED.relative_to("/")
        return parse(file.read_text(encoding="utf-8")) if file.exists() else ()

    def keep(self, enrolled: Sequence[Enrolled]) -> None:
        """The list first: rules can be made from it again."""
        for path, text in ((ENROLLED, dump(enrolled)), (RULES, rules(enrolled))):
            file = self.root / path.relative_to("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            new = file.with_name(file.name + ".new")
            new.write_text(text, encoding="utf-8")
            new.chmod(0o644)
            new.replace(file)

    def reload(self) -> None:
        """Let udev give the names now, on a running system."""
        if self.root == Path("/"):
            subprocess.run(["udevadm", "control", "--reload"], check=True)
            subprocess.run(["udevadm", "trigger", "--subsystem-match=usb", "--subsystem-match=tty"], check=True)


def shown(device: Plugged) -> str:
    return f"{device.port:10} {device.vendor}:{device.product}  serial {device.serial or '-':20} {device.place}"


def add(place: Place, role: str, port: str) -> str:
    """Raises SystemExit where nothing is plugged."""
    there = plugged(place.sysfs)
    device = next((device for device in there if device.port == port), None)
    if device is None:
        raise SystemExit(f"nothing is plugged at {port}; `list` shows what is")
    one = enrol(role, device, there)
    place.keep((*(other for other in place.enrolled() if other.role != role), one))
    place.reload()
    by, told = ("serial", one.wanted.serial) if one.wanted.serial else ("path", one.wanted.path)
    return (
        f"{role} is known by its {by} {told}\n"
        f"settings: serial:///dev/{PREFIX}{role}?baud=…&model=…  or  usb:{device.vendor}:{device.product}?{by}={told}&model=…"
    )


def forget(place: Place, role: str) -> None:
    place.keep([other for other in place.enrolled() if other.role != role])
    place.reload()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("/"))
    parser.add_argument("--sysfs", type=Path, default=SYSFS)
    parser.add_argument("verb", choices=("list", "enrol", "forget", "check"))
    parser.add_argument("role", nargs="?", default="")
    parser.add_argument("port", nargs="?", default="")
    asked = parser.parse_args(arguments)
    place = Place(asked.root, asked.sysfs)
    if asked.verb == "enrol":
        print(add(place, asked.role, asked.port))
    elif asked.verb == "forget":
        forget(place, asked.role)
    elif asked.verb == "list":
        print(*map(shown, plugged(place.sysfs)), sep="\n")
    else:
        missed = differences(place.enrolled(), plugged(place.sysfs))
        print(*(f"{role}: {one.miss} {one.evidence}".rstrip() for role, one in missed.items()), sep="\n")
        return 1 if missed else 0
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
