"""What the technician's bench works with, handed in by the appliance: words, limits, addresses, and what devices said when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from threading import Lock
from typing import Any

from kiosk.hardware.health import Health

TABLES = (
    "devices",
    "states",
    "tests",
    "results",
    "reasons",
    "notes",
    "numbers",
    "bounds",
    "slip",
    "sheet",
    "report",
    "since",
    "errands",
    "identity",
    "move",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a test passes; [limits] of content/technician.toml says what each is."""

    moved_mm: float
    scanned_mm: float
    scale: float
    line: float
    black: float
    step: float
    turned_share: float
    unplug_s: float
    canary_s: float


@dataclass(frozen=True, slots=True)
class Words:
    """content/technician.toml: table → key → words."""

    tables: Mapping[str, Mapping[str, str]]

    def __call__(self, table: str, key: str, **values: object) -> str:
        """Raises KeyError for a word that is not there."""
        return self.tables[table][key].format_map(values) if values else self.tables[table][key]

    def named(self, table: str, key: str) -> str:
        """The word, or the code itself where a newer part says what has no word yet."""
        return self.tables[table].get(key, key)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a device said last, since when (monotonic seconds), and how often it changed its mind since the kiosk started."""

    health: Health
    since: float
    changes: int


class Sightings:
    """Since when each device is as it is. Monotonic, because clocks jump; in memory, because a new start asks anew."""

    def __init__(self) -> None:
        self._known: dict[str, Sighting] = {}
        self._lock = Lock()

    def look(self, health: Mapping[str, Health], now: float) -> dict[str, Sighting]:
        """Take note of these readings; what they are now."""
        with self._lock:
            for role, reading in health.items():
                before = self._known.get(role)
                if before is None:
                    self._known[role] = Sighting(reading, now, 0)
                elif _differs(before.health, reading):
                    self._known[role] = Sighting(reading, now, before.changes + 1)
                else:
                    self._known[role] = Sighting(reading, before.since, before.changes)
            return {role: self._known[role] for role in health}


def _differs(one: Health, other: Health) -> bool:
    """Evidence may count seconds: it alone is no change."""
    return (one.condition, one.code) != (other.condition, other.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Toolbox:
    """``addresses``: device URLs by role; ``canary``: writes, syncs and reads back, may hang; ``free_mb``: room on the disk;
    ``key_storage``: where the private keys lie, tpm2, host or files; empty: not said."""

    words: Words
    limits: Limits
    version: str
    addresses: Mapping[str, str]
    canary: Callable[[], Health]
    free_mb: Callable[[], int]
    key_storage: str = ""
    sightings: Sightings = field(default_factory=Sightings)

    @classmethod
    def of(
        cls, data: Mapping[str, Any], *, version: str, addresses: Mapping[str, str], canary: Callable[[], Health],
        free_mb: Callable[[], int], key_storage: str = "",
    ) -> "Toolbox":  # fmt: skip
        """``data``: content/technician.toml. Raises KeyError, TypeError or ValueError when it is not whole."""
        limits = {item.name: float(data["limits"][item.name]) for item in fields(Limits)}
        tables = {name: {key: str(text) for key, text in data[name].items()} for name in TABLES}
        return cls(
            words=Words(tables), limits=Limits(**limits), version=version, addresses=dict(addresses), canary=canary,
            free_mb=free_mb, key_storage=key_storage,
        )  # fmt: skip
