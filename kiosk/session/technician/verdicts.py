"""What was printed, laid down and read back: compared. Pure; limits are data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.imaging import Corners, Thresholds
from kiosk.imaging.target import Reading
from kiosk.session.technician.toolbox import Limits

PREFIX = "KIOU1"  # of the codes on test slips and test sheets
SHONE_ON = 0.02  # share without detail
OF_PRINT = ("moved_mm", "scale", "line", "black")
OF_CAMERA = ("sharpness", "white", "light")
OF_SCAN = ("moved_mm", "scale", "line", "sharpness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """``codes``: why it fails, the weightiest first; empty when it passes. ``numbers``: what was measured, as JSON values."""

    codes: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return not self.codes

    @property
    def code(self) -> str:
        return self.codes[0] if self.codes else ""


def new_code(dice_bytes: bytes) -> str:
    """The text of a test's QR code: nobody else's, and no key to anything."""
    return f"{PREFIX} {dice_bytes.hex().upper()}"


def is_test(code: str) -> bool:
    return code.startswith(PREFIX + " ")


def of_print(reading: Reading, code: str, limits: Limits, *, scanned: bool = False) -> Verdict:
    """An A4 print of this test: its own code, the true size, no lines, black ink. A lamp that shines on it says nothing of
    the printer, so the greys are not judged then; a scanner (``scanned``) has none."""
    most = limits.scanned_mm if scanned else limits.moved_mm
    shone_on = not scanned and _white(reading) > SHONE_ON
    codes = (*_code(reading, code), *_size(reading, most, limits), *_lines(reading, limits))
    return Verdict(codes=(*codes, *(() if shone_on else _ink(reading, limits))), numbers=_numbers(reading, OF_PRINT))


def of_camera(reading: Reading, thresholds: Thresholds) -> Verdict:
    """Any test sheet under the camera: sharp in every corner, lit evenly, no reflection."""
    rules = (
        (not is_test(reading.code), "kode_tak_terbaca"),
        (reading.light < thresholds.least_light, "gelap"),
        (_sharpness(reading) < thresholds.least_sharpness, "kabur"),
        (_white(reading) > thresholds.most_glare, "silau"),
    )
    return Verdict(codes=_said(rules), numbers=_numbers(reading, OF_CAMERA))


def of_scan(reading: Reading, thresholds: Thresholds, limits: Limits) -> Verdict:
    """Any test sheet on the scanner's glass. Its lines are dust on the glass."""
    rules = (
        (not is_test(reading.code), "kode_tak_terbaca"),
        (_sharpness(reading) < thresholds.least_sharpness, "kabur"),
    )
    codes = (*_said(rules), *_size(reading, limits.scanned_mm, limits), *_lines(reading, limits))
    return Verdict(codes=codes, numbers=_numbers(reading, OF_SCAN))


def turned(before: Corners, now: Corners) -> float:
    """How far a sheet that lies in its place is from where it lay, as a share of the picture; both (4, 2) in shares 0..1."""
    return float(abs(now - before).max())


def _said(rules: Iterable[tuple[bool, str]]) -> tuple[str, ...]:
    return tuple(code for holds, code in rules if holds)


def _code(reading: Reading, code: str) -> tuple[str, ...]:
    if not reading.code:
        return ("kode_tak_terbaca",)
    return () if reading.code == code else ("kode_lain",)


def _size(reading: Reading, most_mm: float, limits: Limits) -> tuple[str, ...]:
    if reading.scale is None:
        return ("tanda_hilang",)
    moved = max(mm or 0.0 for mm in reading.moved_mm) > most_mm
    return ("ukuran",) if moved or max(abs(one - 1) for one in reading.scale) > limits.scale else ()


def _lines(reading: Reading, limits: Limits) -> tuple[str, ...]:
    """Without marks nobody knows where the grey is."""
    return ("garis",) if reading.scale is not None and reading.line > limits.line else ()


def _ink(reading: Reading, limits: Limits) -> tuple[str, ...]:
    falls = [darker - lighter for lighter, darker in zip(reading.steps[1:], reading.steps, strict=False)]
    pale = reading.steps[-1] > limits.black or min(falls) < limits.step
    return ("pucat",) if reading.scale is not None and pale else ()


def _sharpness(reading: Reading) -> float:
    return min(zone.sharpness for zone in reading.zones)


def _white(reading: Reading) -> float:
    return max(reading.white, *(zone.white for zone in reading.zones))


def _numbers(reading: Reading, wanted: tuple[str, ...]) -> dict[str, Any]:
    found = [mm for mm in reading.moved_mm if mm is not None]
    measured = {
        "moved_mm": round(max(found), 2) if found else None,
        "scale": [round(one, 4) for one in reading.scale] if reading.scale else None,
        "line": round(reading.line, 3),
        "black": round(reading.steps[-1], 3),
        "sharpness": round(_sharpness(reading), 3),
        "white": round(_white(reading), 3),
        "light": round(reading.light),
    }
    return {name: measured[name] for name in wanted}
