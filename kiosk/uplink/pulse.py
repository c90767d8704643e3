"""The heartbeat: how the kiosk is, every five minutes, so that a village that fell silent is seen. No personal data."""

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adminduk.clock import Clock, read_stamp, trusted
from adminduk.messages import Heartbeat
from kiosk.store import Store

EVERY_S, LEAST_S, MOST_S = 300.0, 60.0, 3600.0
_MB = 1024 * 1024


@dataclass(slots=True)
class Pulse:
    """When the next beat is due and what it says. ``folder`` lies on the disk whose free space counts;
    ``key_storage``: where the private keys lie (kiosk/keys.py); ``content``: the number of the content that is shown, 0 for
    what was installed; ``every_s``: the interval, which the centre may set."""

    store: Store
    folder: Path
    versions: Mapping[str, str]
    clock: Clock
    kiosk_id: str
    key_storage: str = ""
    content: Callable[[], int] = lambda: 0
    every_s: float = EVERY_S
    _due: float = 0.0
    _begun: bool = False

    @property
    def due(self) -> bool:
        return self.clock.monotonic() >= self._due

    def rest(self) -> None:
        """Until the next. After the first the kiosk's id decides how long: kiosks that start together, as a kecamatan does
        after a power cut, beat evenly spread over the interval from then on."""
        wait = self.every_s if self._begun else self.every_s * (0.5 + phase(self.kiosk_id))
        self._due, self._begun = self.clock.monotonic() + wait, True

    def slow_down(self, every_s: float | None) -> None:
        """The centre says how often it wants to hear; None: it did not say, and what it said before holds."""
        if every_s is not None:
            self.every_s = min(max(every_s, LEAST_S), MOST_S)

    def beat(self, *, skew_s: int | None = None) -> Heartbeat:
        """``skew_s``: how far the centre's clock is ahead of ours."""
        backlog, now = self.store.backlog(), self.clock.now()
        return Heartbeat(
            sequence=self.store.next_number("heartbeat"),
            versions=self._versions(),
            devices=self.store.devices(),
            queue=backlog.queue,
            oldest_s=self._age_s(backlog.oldest) if backlog.oldest else 0,
            free_mb=shutil.disk_usage(self.folder).free // _MB,
            clock_trusted=trusted(now),
            skew_s=skew_s,
            key_storage=self.key_storage,
        )

    def _versions(self) -> dict[str, str]:
        number = self.content()
        return {**self.versions, **({"content": str(number)} if number else {})}

    def _age_s(self, oldest: str) -> int:
        """0 when the clock stood wrong at one of the two ends."""
        return max(0, int((self.clock.now() - read_stamp(oldest)).total_seconds()))


def phase(kiosk_id: str) -> float:
    """Where in the interval a kiosk beats, 0 to below 1, even over a fleet and the same for ever."""
    return int.from_bytes(hashlib.sha256(kiosk_id.encode()).digest()[:4]) / 2**32
