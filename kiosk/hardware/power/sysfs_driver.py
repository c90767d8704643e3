"""Battery and mains as the kernel says them: laptops, mini PCs with a battery of their own.

Source: Linux, Documentation/ABI/testing/sysfs-class-power (µWh, µW, µAh, µA, seconds).
"""

from pathlib import Path
from typing import NamedTuple

from kiosk.hardware.power.protocol import Mains
from kiosk.hardware.power.reading import Reading, minutes, number, percent, silence

ROOT = Path("/sys/class/power_supply")
WORN = 0.4  # of the capacity it was built with


class Supply(NamedTuple):
    """One entry: file name → content, as far as it could be read."""

    name: str
    says: dict[str, str]

    def get(self, *names: str) -> float | None:
        """The first of these that is a number. Some drivers count discharging current as negative."""
        found = (number(self.says.get(name, "").lstrip("-")) for name in names)
        return next((value for value in found if value is not None), None)


ASKED = (
    "type", "scope", "present", "online", "status", "health", "capacity", "time_to_empty_now", "energy_now", "energy_full",
    "energy_full_design", "power_now", "charge_now", "charge_full", "charge_full_design", "current_now",
)  # fmt: skip


class SysfsSource:
    """Called, it gives one Reading. ``root`` holds one folder per supply."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = root

    def __call__(self) -> Reading:
        try:
            folders = sorted(self._root.iterdir())
        except OSError as error:
            return silence(type(error).__name__)
        supplies = [Supply(folder.name, _contents(folder)) for folder in folders]
        ours = [supply for supply in supplies if supply.says.get("scope") != "Device"]  # a mouse has a battery too
        return understood(ours) if ours else silence("no power supply")


def _contents(folder: Path) -> dict[str, str]:
    """A file that cannot be read (a battery that is just being pulled says ENODEV) is one that is not there."""
    found = {}
    for name in ASKED:
        try:
            found[name] = (folder / name).read_text(errors="replace").strip()
        except OSError:
            continue
    return found


def understood(supplies: list[Supply]) -> Reading:
    batteries = [one for one in supplies if one.says.get("type") == "Battery" and one.says.get("present", "1") != "0"]
    return Reading(
        mains=_mains(supplies, batteries),
        battery_percent=_charge(batteries),
        minutes_left=minutes(_seconds_left(batteries)),
        replace=any(_is_worn(battery) for battery in batteries),
        evidence=" ".join(f"{one.name}={one.says.get('online') or one.says.get('status', '-')}" for one in supplies),
    )


def _mains(supplies: list[Supply], batteries: list[Supply]) -> Mains:
    """The adapters' word; without an adapter, what the batteries do."""
    adapters = [one.says["online"] for one in supplies if one not in batteries and one.says.get("online")]
    if adapters:
        return Mains.NO if all(online == "0" for online in adapters) else Mains.YES
    doing = {battery.says.get("status", "") for battery in batteries}
    if "Discharging" in doing:
        return Mains.NO
    return Mains.YES if doing & {"Charging", "Full", "Not charging"} else Mains.UNKNOWN


def _charge(batteries: list[Supply]) -> int | None:
    levels = [level for battery in batteries if (level := battery.get("capacity")) is not None]
    return percent(sum(levels) / len(levels)) if levels else None


def _seconds_left(batteries: list[Supply]) -> float | None:
    """What is stored, by what is drawn; None while nothing is drawn, or when one battery does not say."""
    said = [seconds for battery in batteries if (seconds := battery.get("time_to_empty_now"))]
    if said:
        return sum(said)
    stored = [battery.get("energy_now", "charge_now") for battery in batteries]
    drawn = sum(battery.get("power_now", "current_now") or 0.0 for battery in batteries)
    if not drawn or None in stored or any(battery.says.get("status") == "Charging" for battery in batteries):
        return None
    return 3600 * sum(value or 0.0 for value in stored) / drawn


def _is_worn(battery: Supply) -> bool:
    full, built = battery.get("energy_full", "charge_full"), battery.get("energy_full_design", "charge_full_design")
    shrunk = bool(full and built and full < WORN * built)
    return shrunk or battery.says.get("health") in ("Dead", "Unspecified failure", "Cell imbalance")
