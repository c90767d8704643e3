"""The heartbeat: how the kiosk is, every five minutes, so that a village that fell silent is seen. No personal data."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adminduk.clock import Clock, read_stamp, trusted
from adminduk.messages import Heartbeat
from adminduk.tickets import Dice
from kiosk.store import Store, Waiting

EVERY_S = 300.0
_MB = 1024 * 1024


@dataclass(slots=True)
class Pulse:
    """When the next beat is due and what it says. ``folder`` lies on the disk whose free space counts."""

    store: Store
    folder: Path
    versions: Mapping[str, str]
    clock: Clock
    dice: Dice
    _due: float = 0.0

    @property
    def due(self) -> bool:
        return self.clock.monotonic() >= self._due

    def rest(self) -> None:
        """Until the next: up to a tenth more than five minutes, so that kiosks do not beat together."""
        self._due = self.clock.monotonic() + EVERY_S * (1 + self.dice.randbelow(100) / 1000)

    def beat(self) -> Heartbeat:
        waiting, now = self.store.waiting(), self.clock.now()
        return Heartbeat(
            sequence=self.store.next_number("heartbeat"),
            versions=dict(self.versions),
            devices=self.store.devices(),
            queue=len(waiting),
            oldest_s=max((self._age_s(row) for row in waiting), default=0),
            free_mb=shutil.disk_usage(self.folder).free // _MB,
            clock_trusted=trusted(now),
        )

    def _age_s(self, row: Waiting) -> int:
        """0 when the clock stood wrong at one of the two ends."""
        return max(0, int((self.clock.now() - read_stamp(row.sealed_at)).total_seconds()))
