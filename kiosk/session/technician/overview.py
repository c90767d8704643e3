"""Each device as the technician needs it: what it says, since when, where it is plugged in, who holds it, how its test went."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.hardware.health import Condition, Health
from kiosk.hardware.holders import holders
from kiosk.session.menu import health
from kiosk.session.parts import Parts
from kiosk.session.technician import wording
from kiosk.session.technician.toolbox import Sighting, Words
from kiosk.session.technician.trials import KINDS
from kiosk.session.technician.wording import Record
from kiosk.store import Diagnostic, StoreError

RETRIED = (Condition.ABSENT, Condition.FAULT, Condition.UNKNOWN)  # the kiosk goes on asking, for ever
GOOD = (Condition.READY, Condition.BUSY, Condition.ATTENTION)
# names that the kernel gives in the order of plugging: after the next start they may be another device's
_NUMBERED = re.compile(r"/dev/(video|ttyUSB|ttyACM|ttyS|usb/lp|lp|hidraw|input/event|bus/usb/)[0-9/]*$")
_SPANS = ((86400, "days"), (3600, "hours"), (60, "minutes"), (0, "now"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One device. ``step``: what the technician does about its code; ``since``: in words; ``changes``: since the kiosk
    started; ``test``: its newest, None when it was never tested."""

    role: str
    name: str
    health: Health
    state: str
    step: str
    since: str
    changes: int
    address: str
    test: Diagnostic | None

    @property
    def good(self) -> bool:
        return self.health.condition in GOOD

    @property
    def retried(self) -> bool:
        return self.health.condition in RETRIED

    @property
    def testable(self) -> bool:
        return self.role in KINDS

    @property
    def numbered(self) -> bool:
        """Whether its address may be another device's after the next start."""
        return numbered(self.address)


def rows(parts: Parts) -> tuple[Row, ...]:
    """Every device that this kiosk has."""
    now = parts.clock.monotonic()
    seen, tests = parts.toolbox.sightings.look(health(parts), now), newest(parts)
    return tuple(_row(parts, role, sighting, tests, now) for role, sighting in seen.items())


def newest(parts: Parts) -> dict[tuple[str, str], Diagnostic]:
    """The last record of each test, by device and kind; nothing while the store cannot be read."""
    try:
        return {(one.device, one.kind): one for one in parts.store.diagnostics.latest()}
    except StoreError:
        return {}


def _row(parts: Parts, role: str, seen: Sighting, tests: dict[tuple[str, str], Diagnostic], now: float) -> Row:
    words, fault = parts.toolbox.words, parts.faults.get(seen.health.code)
    return Row(
        role=role, name=words.named("devices", role), health=seen.health,
        state=words("states", seen.health.condition.value), step=fault.technician if fault else "",
        since=span(words, now - seen.since), changes=seen.changes, address=parts.toolbox.addresses.get(role, ""),
        test=tests.get((role, KINDS.get(role, ""))),
    )  # fmt: skip


def history(parts: Parts, role: str, *, most: int) -> tuple[Record, ...]:
    """The last tests of a device, newest first."""
    try:
        return tuple(wording.record(parts, test) for test in parts.store.diagnostics.history(role, most=most))
    except StoreError:
        return ()


def span(words: Words, seconds: float) -> str:
    """``12 menit``; whole units, the largest that fits."""
    size, name = next(((size, name) for size, name in _SPANS if seconds >= size), _SPANS[-1])
    return words("since", name, n=int(seconds // max(size, 1)))


def numbered(address: str) -> bool:
    return _NUMBERED.match(urlsplit(address).path) is not None


def leads_to(address: str) -> str:
    """What a stable name stands for now: ``ttyUSB1``; empty for an address that is no link."""
    path = _device(address)
    return path.resolve().name if path is not None and path.is_symlink() else ""


def held_by(address: str) -> str:
    """Who has the device open besides this kiosk: ``ModemManager 712``; empty when nobody is seen."""
    path = _device(address)
    if path is None or not path.exists():
        return ""
    return ", ".join(f"{one.name} {one.pid}" for one in holders(path) if one.pid != os.getpid())


def _device(address: str) -> Path | None:
    path = urlsplit(address).path
    return Path(path) if path.startswith("/dev/") else None


def waiting_tests(found: Iterable[Row]) -> tuple[Row, ...]:
    """Devices whose test never passed, or failed last."""
    return tuple(row for row in found if row.testable and not (row.test and row.test.passed))
