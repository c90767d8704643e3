"""Tests, numbers and moments in the technician's words, for the screen and for paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from adminduk.clock import read_stamp
from kiosk.session.parts import Parts
from kiosk.session.technician import printing
from kiosk.store import Diagnostic

SHARES = ("scale", "line", "black", "white", "turned_share")
UNITS = {"moved_mm": "mm", "seconds": "detik", "battery_percent": "%"}
MAT = "mat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A test as people read it. ``by``: the staff number."""

    good: bool
    what: str
    when: str
    by: str
    numbers: str


def record(parts: Parts, test: Diagnostic) -> Record:
    words = parts.toolbox.words
    what = words("tests", MAT) if test.kind == MAT else tested(parts, test)
    numbers = ", ".join(f"{one.caption} {one.value}" for one in measured(parts, test.device, test.numbers))
    return Record(good=test.passed, what=what, when=when(parts, test), by=test.staff_id, numbers=numbers)


def said(parts: Parts, code: str) -> str:
    """A note or a reason in words: ours, or a device's as staff reads it; the code itself when there are none."""
    words, fault = parts.toolbox.words, parts.faults.get(code)
    return fault.staff if fault else words.tables["notes"].get(code) or words.named("reasons", code)


def tested(parts: Parts, test: Diagnostic | None) -> str:
    """Passed, failed and why, or never tested."""
    words = parts.toolbox.words
    if test is None:
        return words("results", "never")
    if test.passed:
        return words("results", "passed")
    return f"{words('results', 'failed')}: {said(parts, test.code)}"


def when(parts: Parts, test: Diagnostic | None) -> str:
    """The test's moment, and a word when its clock could not be believed."""
    if test is None:
        return ""
    doubt = "" if test.clock_trusted else f" ({parts.toolbox.words('results', 'untrusted')})"
    return f"{moment(parts, test.at)}{doubt}"


def moment(parts: Parts, stamp: str) -> str:
    """A stored stamp in the kabupaten's time."""
    return printing.moment(parts, read_stamp(stamp))


def day(parts: Parts, test: Diagnostic) -> str:
    """``21-11-2026``; the word for doubt instead of a day that cannot be right."""
    if not test.clock_trusted:
        return parts.toolbox.words("results", "untrusted")
    return f"{read_stamp(test.at).astimezone(ZoneInfo(parts.catalogue.place.timezone)):%d-%m-%Y}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A number as people read it. ``limit``: what it must be, empty where nothing is demanded."""

    caption: str
    value: str
    limit: str = ""


def measured(parts: Parts, device: str, numbers: Mapping[str, Any]) -> tuple[Measured, ...]:
    """What a test measured, in the order of content/technician.toml."""
    words, bounds = parts.toolbox.words, _bounds(parts, device)
    found = []
    for name, caption in words.tables["numbers"].items():
        if (value := numbers.get(name)) is not None:
            word, bound = bounds.get(name, ("", 0.0))
            limit = words("bounds", word, n=_shown(name, bound)) if word else ""
            found.append(Measured(caption=caption, value=_shown(name, value), limit=limit))
    return tuple(found)


def _bounds(parts: Parts, device: str) -> dict[str, tuple[str, float]]:
    """The limits that the verdicts hold to: which word of [bounds], and the number."""
    limits, scanned = parts.toolbox.limits, device == "scanner"
    legible = parts.scanned if scanned else parts.thresholds
    return {
        "moved_mm": ("most", limits.scanned_mm if scanned else limits.moved_mm), "scale": ("within", limits.scale),
        "line": ("most", limits.line), "black": ("most", limits.black), "sharpness": ("least", legible.least_sharpness),
        "white": ("most", legible.most_glare), "light": ("least", legible.least_light),
        "turned_share": ("most", limits.turned_share), "seconds": ("most", limits.unplug_s),
    }  # fmt: skip


def _shown(name: str, value: Any) -> str:
    """With a comma and its unit: ``0,09 mm``, ``1,5 %``, ``100,1 × 100,0 %``."""
    if isinstance(value, list):
        return f"{' × '.join(f'{one * 100:.1f}' for one in value)} %".replace(".", ",")
    share = name in SHARES
    return f"{value * (100 if share else 1):.3g} {'%' if share else UNITS.get(name, '')}".strip().replace(".", ",")
