"""Battery and mains. ``connect`` turns a URL into who can tell of them."""

from pathlib import Path
from urllib.parse import urlsplit

from adminduk.clock import Clock, SystemClock
from kiosk.hardware.power.protocol import Mains, Power, PowerState

__all__ = ["Mains", "Power", "PowerState", "connect"]


def connect(url: str, *, clock: Clock | None = None) -> Power:
    """``simulated://``, ``nut://host:port/upsname``, ``sysfs:///sys/class/power_supply``, ``none:``.

    Raises:
        ValueError: another scheme, or a name that no UPS can have.
    """
    parts, clock = urlsplit(url), clock or SystemClock()
    if parts.scheme == "none":
        from kiosk.hardware.power.not_fitted import NoPower

        return NoPower()
    if parts.scheme == "simulated":
        from kiosk.hardware.power.simulated import SimulatedPower

        return SimulatedPower(clock=clock)
    from kiosk.hardware.power.source import SourcedPower

    if parts.scheme == "nut":
        from kiosk.hardware.power.nut_driver import PORT, NutSource

        source = NutSource(parts.hostname or "127.0.0.1", parts.port or PORT, parts.path.strip("/"), clock=clock)
        return SourcedPower(source, clock=clock, name=url)
    if parts.scheme == "sysfs":
        from kiosk.hardware.power.sysfs_driver import ROOT, SysfsSource

        return SourcedPower(SysfsSource(Path(parts.path or ROOT)), clock=clock, name=url)
    raise ValueError(f"power is simulated://, nut://, sysfs:// or none:, not {parts.scheme}://")
