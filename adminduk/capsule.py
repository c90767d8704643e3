"""A kiosk's health in one QR code: support by paper and telephone, without a line and without anybody's data.

``KIOK1 KIOS-17 0.1.0 20261121T0300+ N RECEIPT PAPER:JAM:F DISK:READY:N Q3.0.12 F51200 -``: plain words of QR's alphanumeric
set, which any telephone shows. A device alone is ready and passed its test; else its state follows, and whether the test
Passed, Failed or was Never done. The last word is the signature over everything before it, or ``-`` while nobody signs.
"""

import base64
import binascii
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

PREFIX, UNSIGNED, FINE = "KIOK1", "-", "ready"
_SHAPE = re.compile(
    r"KIOK1 (?P<kiosk>[A-Z0-9.-]{1,40}) (?P<version>[A-Z0-9.+-]{1,20}) (?P<at>[0-9]{8}T[0-9]{4})(?P<trusted>[+-]) "
    r"(?P<ready>[YN])(?P<devices>( [A-Z]{1,16}(:[A-Z-]{1,32}:[PFN])?){0,16}) "
    r"Q(?P<waiting>[0-9]{1,6})\.(?P<attention>[0-9]{1,6})\.(?P<hours>[0-9]{1,6}) F(?P<free>[0-9]{1,9}) "
    r"(?P<signature>-|[A-Z2-7]{103})"
)


class LastTest(StrEnum):
    PASSED = "P"
    FAILED = "F"
    NEVER = "N"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHealth:
    """``state``: the code without its device (``paper_out``), or the condition where there is no code (``ready``)."""

    role: str
    state: str
    tested: LastTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Capsule:
    """``at``: to the minute, UTC; ``oldest_hours``: how long the oldest packet waits; ``signature``: 64 bytes, or none."""

    kiosk_id: str
    version: str
    at: datetime
    clock_trusted: bool
    ready: bool
    devices: tuple[DeviceHealth, ...]
    waiting: int
    attention: int
    oldest_hours: int
    free_mb: int
    signature: bytes = b""


def body(capsule: Capsule) -> str:
    """What a signature covers."""
    words = (
        PREFIX, capsule.kiosk_id, capsule.version,
        f"{capsule.at.astimezone(UTC):%Y%m%dT%H%M}{'+' if capsule.clock_trusted else '-'}",
        "Y" if capsule.ready else "N", *map(_word, capsule.devices),
        f"Q{capsule.waiting}.{capsule.attention}.{capsule.oldest_hours}", f"F{capsule.free_mb}",
    )  # fmt: skip
    return " ".join(words).upper()


def _word(device: DeviceHealth) -> str:
    if (device.state, device.tested) == (FINE, LastTest.PASSED):
        return device.role
    return f"{device.role}:{device.state.replace('_', '-')}:{device.tested}"


def write(capsule: Capsule) -> str:
    """The QR's text."""
    signature = base64.b32encode(capsule.signature).decode().rstrip("=") if capsule.signature else UNSIGNED
    return f"{body(capsule)} {signature}"


def read(text: str) -> Capsule | None:
    """None for anything else. A signature is carried, not believed: who reads checks it over ``body``."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        return None
    try:
        at = datetime.strptime(found["at"], "%Y%m%dT%H%M").replace(tzinfo=UTC)
        signature = b"" if found["signature"] == UNSIGNED else base64.b32decode(found["signature"] + "=")
    except (ValueError, binascii.Error):
        return None
    return Capsule(
        kiosk_id=found["kiosk"].lower(), version=found["version"].lower(), at=at, clock_trusted=found["trusted"] == "+",
        ready=found["ready"] == "Y",
        devices=tuple(map(_device, found["devices"].lower().split())),
        waiting=int(found["waiting"]), attention=int(found["attention"]), oldest_hours=int(found["hours"]),
        free_mb=int(found["free"]), signature=signature,
    )  # fmt: skip


def _device(word: str) -> DeviceHealth:
    role, *more = word.split(":")
    state, tested = more or (FINE, LastTest.PASSED)
    return DeviceHealth(role=role, state=state.replace("-", "_"), tested=LastTest(tested.upper()))


def signed(capsule: Capsule, signature: bytes) -> Capsule:
    """The same with a signature over ``body``."""
    return replace(capsule, signature=signature)
