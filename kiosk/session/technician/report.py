"""The readiness report: whether this kiosk can serve, and if not, why. As A4 and as a slip with a capsule for the telephone."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import blanks.bench
from adminduk import capsule
from adminduk.capsule import Capsule, DeviceHealth, LastTest
from adminduk.clock import read_stamp, trusted
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.session.parts import Parts
from kiosk.session.technician import mat, overview, printing, wording
from kiosk.session.technician.overview import Row
from kiosk.store import Phase, StoreError


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """``reasons``: why it is not ready, in words; empty when it is."""

    at: datetime
    clock_trusted: bool
    staff_id: str
    devices: tuple[Row, ...]
    reasons: tuple[str, ...]
    mat: str
    waiting: int
    attention: int
    oldest_hours: int
    free_mb: int

    @property
    def ready(self) -> bool:
        return not self.reasons


def made(parts: Parts, *, staff_id: str) -> Report:
    """The kiosk as it is now."""
    now, devices = parts.clock.now(), overview.rows(parts)
    waiting, attention, oldest = _queue(parts, now)
    words, placed = parts.toolbox.words, mat.known(parts)
    moved = _moved(parts, devices, placed)
    return Report(
        at=now, clock_trusted=trusted(now), staff_id=staff_id, devices=devices,
        reasons=_reasons(parts, devices, moved=moved, attention=attention),
        mat=words("report", "mat_set", at=wording.moment(parts, placed.at)) if placed else words("report", "mat_unset"),
        waiting=waiting, attention=attention, oldest_hours=oldest, free_mb=parts.toolbox.free_mb(),
    )  # fmt: skip


def _queue(parts: Parts, now: datetime) -> tuple[int, int, int]:
    """Packets that wait, packets that need a person, hours that the oldest waits (0 when the clock cannot say)."""
    try:
        rows = parts.store.waiting()
    except StoreError:
        return 0, 0, 0
    stuck = sum(row.state is Phase.NEEDS_ATTENTION for row in rows)
    ages = [(now - read_stamp(row.sealed_at)).total_seconds() / 3600 for row in rows]
    return len(rows) - stuck, stuck, max(0, int(max(ages, default=0.0)))


def _moved(parts: Parts, devices: tuple[Row, ...], placed: "mat.Mat | None") -> bool:
    """Whether the last look at the test sheet, since the mat was placed, found it elsewhere."""
    test = next((row.test for row in devices if row.role == mat.DEVICE), None)
    if test is None or placed is None or test.id < placed.id:
        return False
    return float(test.numbers.get("turned_share") or 0.0) > parts.toolbox.limits.turned_share


def _reasons(parts: Parts, devices: tuple[Row, ...], *, moved: bool, attention: int) -> tuple[str, ...]:
    """What a device says comes before how its test went: who mends the first may have mended the second."""
    words = parts.toolbox.words
    return (
        *(f"{row.name}: {_state(row)}" for row in devices if not row.good),
        *(f"{row.name}: {_untested(parts, row)}" for row in overview.waiting_tests(devices) if row.good),
        *((words("report", "bergeser"),) if moved else ()),
        *((words("report", "blocked", count=attention),) if attention else ()),
    )


def _untested(parts: Parts, row: Row) -> str:
    words = parts.toolbox.words
    if row.test is None:
        return words("report", "untested")
    return words("report", "test_failed", reason=wording.said(parts, row.test.code))


def _state(row: Row) -> str:
    return f"{row.state} ({row.health.code})" if row.health.code else row.state


def capsule_of(parts: Parts, report: Report) -> str:
    """The code on the slip; not signed here."""
    return capsule.write(
        Capsule(
            kiosk_id=parts.identity.kiosk_id, version=parts.toolbox.version, at=report.at,
            clock_trusted=report.clock_trusted, ready=report.ready, devices=tuple(map(_device, report.devices)),
            waiting=report.waiting, attention=report.attention, oldest_hours=report.oldest_hours, free_mb=report.free_mb,
        )
    )  # fmt: skip


def _device(row: Row) -> DeviceHealth:
    result = LastTest.NEVER if row.test is None else LastTest.PASSED if row.test.passed else LastTest.FAILED
    state = row.health.code.partition(".")[2] or row.health.condition.value
    return DeviceHealth(role=row.role, state=state, tested=result)


def slip(parts: Parts, report: Report) -> Slip:
    """The short version: verdict, devices, the capsule."""
    words = parts.toolbox.words
    lines = [
        Line(words("slip", "capsule_title"), centred=True, bold=True),
        Line(f"{parts.identity.desa_name} ({parts.identity.kiosk_id})", centred=True),
        Line(printing.moment(parts, report.at), centred=True),
        Line(words("report", "ready" if report.ready else "not_ready"), size=Size.LARGE, centred=True, bold=True),
        *(Line(f"- {reason}") for reason in report.reasons),
        *(
            Line(f"{row.name}: {row.health.code or row.state}, {wording.tested(parts, row.test)}")
            for row in report.devices
        ),
    ]
    return Slip((*lines, Code(capsule_of(parts, report)), Line(words("slip", "capsule_hint"))))


def pdf(parts: Parts, report: Report) -> bytes:
    """The whole report on A4. Raises blanks.FormError."""
    words, own = parts.toolbox.words, parts.identity
    clock = words("report", "clock_trusted" if report.clock_trusted else "clock_untrusted")
    facts = (
        ("kiosk", own.kiosk_id), ("place", f"{own.desa_name}, {parts.catalogue.place.kabupaten}"),
        ("at", printing.moment(parts, report.at)), ("clock", clock), ("by", report.staff_id),
        ("version", parts.toolbox.version), ("mat", report.mat),
        ("queue", words("report", "queued", waiting=report.waiting, attention=report.attention)),
        ("disk", f"{report.free_mb:,} MB".replace(",", ".")),
        *((("keys", words("report", f"keys_{parts.toolbox.key_storage}")),) if parts.toolbox.key_storage else ()),
    )  # fmt: skip
    return blanks.bench.readiness(
        {
            "title": words("report", "title"),
            "ready": report.ready,
            "verdict": words("report", "ready" if report.ready else "not_ready"),
            "because": words("report", "because"),
            "reasons": report.reasons,
            "facts": [(words("report", name), value) for name, value in facts],
            "heads": [words("report", name) for name in ("device", "state", "test", "address")],
            "devices": [_drawn(parts, row) for row in report.devices],
            "signatures": [words("report", "technician"), words("report", "officer")],
            "capsule": capsule_of(parts, report),
            "capsule_hint": words("report", "capsule"),
            "page": words("report", "page"),
        }
    )


def _drawn(parts: Parts, row: Row) -> dict[str, Any]:
    numbers = wording.measured(parts, row.role, row.test.numbers if row.test else {})
    return {
        "good": row.good and (not row.testable or (row.test is not None and row.test.passed)),
        "name": row.name,
        "state": row.state,
        "code": row.health.code,
        "step": row.step,
        "evidence": row.health.evidence,
        "test": wording.tested(parts, row.test) if row.testable else "",
        "when": wording.when(parts, row.test),
        "numbers": ", ".join(f"{one.caption} {one.value}" for one in numbers),
        "address": row.address,
    }
