"""The twin of battery and mains: the same rules (grace, priority), and hands to pull the plug. Thread-safe."""

from dataclasses import replace

from adminduk.clock import Clock
from kiosk.hardware.power.protocol import Mains, PowerState
from kiosk.hardware.power.reading import Reading, silence
from kiosk.hardware.power.source import SourcedPower

FULL = Reading(mains=Mains.YES, battery_percent=100, minutes_left=40, evidence="simulated")


class SimulatedPower:
    def __init__(self, *, clock: Clock) -> None:
        self._reading, self._silent = FULL, False
        self._power = SourcedPower(self._read, clock=clock, name="simulated")

    def __repr__(self) -> str:
        return "<SimulatedPower>"

    # --- what the kiosk sees ------------------------------------------------------------------------------------------

    def state(self) -> PowerState:
        return self._power.state()

    def close(self) -> None:
        """Nothing is held."""

    # --- hands --------------------------------------------------------------------------------------------------------

    def cut_mains(self) -> None:
        self._reading = replace(self._reading, mains=Mains.NO)

    def restore_mains(self) -> None:
        self._reading = replace(self._reading, mains=Mains.YES, low=False)

    def drain_to(self, percent: int, *, minutes: int) -> None:
        self._reading = replace(self._reading, battery_percent=percent, minutes_left=minutes)

    def run_low(self) -> None:
        """The UPS itself says that its battery is at its end."""
        self._reading = replace(self._reading, mains=Mains.NO, low=True)

    def wear_out(self) -> None:
        self._reading = replace(self._reading, replace=True)

    def change_battery(self) -> None:
        self._reading = replace(self._reading, replace=False)

    def lose_track(self) -> None:
        """It answers, and does not know whether there is mains."""
        self._reading = replace(self._reading, mains=Mains.UNKNOWN)

    def fall_silent(self) -> None:
        self._silent = True

    def speak_again(self) -> None:
        self._silent = False

    def _read(self) -> Reading:
        return silence("simulated") if self._silent else self._reading
