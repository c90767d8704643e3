"""What was read, compared: every rule has a sheet that breaks it, and a good sheet breaks none."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from content.loader import ROOT, read_toml
from kiosk.imaging import Thresholds
from kiosk.imaging.target import Reading, Zone
from kiosk.session.technician import verdicts
from kiosk.session.technician.toolbox import TABLES, Toolbox
from kiosk.session.technician.verdicts import of_camera, of_print, of_scan

DATA = read_toml(ROOT / "technician.toml")
LIMITS = Toolbox.of(DATA, version="", addresses={}, canary=lambda: None, free_mb=lambda: 0).limits  # type: ignore[arg-type,return-value]  # not sent
LEGIBILITY = read_toml(ROOT / "base" / "legibility.toml")
CAMERA, SCANNER = (Thresholds.of(LEGIBILITY[name]) for name in ("camera", "upload"))
CODE = verdicts.new_code(bytes(8))
GOOD_ZONE = Zone(sharpness=0.31, white=0.0, light=220)
GOOD = Reading(
    code=CODE, moved_mm=(0.4, 0.2, 0.6, 0.3), scale=(1.001, 0.999), line=0.03, steps=(1, 0.8, 0.62, 0.4, 0.2, 0.05),
    zones=(GOOD_ZONE,) * 5, white=0.001, light=220,
)  # fmt: skip
WHITE_PAGE = replace(GOOD, white=0.8, light=255, zones=(Zone(sharpness=0.33, white=0.6, light=255),) * 5)


def one_zone(**changes: float) -> tuple[Zone, ...]:
    """One corner is not like the others."""
    return (GOOD_ZONE, GOOD_ZONE, replace(GOOD_ZONE, **changes), GOOD_ZONE, GOOD_ZONE)


def test_a_good_sheet_passes_everywhere() -> None:
    assert of_print(GOOD, CODE, LIMITS).passed
    assert of_camera(GOOD, CAMERA).passed
    assert of_scan(WHITE_PAGE, SCANNER, LIMITS).passed
    assert of_print(WHITE_PAGE, CODE, LIMITS, scanned=True).passed


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": ""}, "kode_tak_terbaca"),
        ({"code": verdicts.new_code(b"\x01" * 8)}, "kode_lain"),
        ({"moved_mm": (None, 0.2, 0.2, 0.2), "scale": None}, "tanda_hilang"),
        ({"moved_mm": (3.1, 3.1, 3.1, 3.1)}, "ukuran"),
        ({"scale": (1.0, 0.98)}, "ukuran"),
        ({"scale": (1.02, 1.0)}, "ukuran"),
        ({"line": 0.13}, "garis"),
        ({"steps": (1, 0.9, 0.8, 0.7, 0.6, 0.55)}, "pucat"),
        ({"steps": (1, 0.8, 0.79, 0.4, 0.2, 0.05)}, "pucat"),
    ],
)
def test_a_bad_print_fails_for_its_reason(changes: dict[str, Any], code: str) -> None:
    verdict = of_print(replace(GOOD, **changes), CODE, LIMITS)
    assert (verdict.passed, verdict.code) == (False, code)
    assert code in DATA["reasons"]


def test_every_reason_is_told_the_weightiest_first() -> None:
    spoiled = replace(GOOD, code="", scale=(0.9, 0.9), line=0.5)
    assert of_print(spoiled, CODE, LIMITS).codes == ("kode_tak_terbaca", "ukuran", "garis")


def test_where_the_marks_are_missing_nobody_judges_the_grey() -> None:
    lost = replace(GOOD, scale=None, moved_mm=(None,) * 4, line=9.0, steps=(1, 1, 1, 1, 1, 1))
    assert of_print(lost, CODE, LIMITS).codes == ("tanda_hilang",)


def test_a_lamp_on_the_greys_is_not_the_printers_fault() -> None:
    shone_on = replace(GOOD, white=0.2, steps=(1, 1, 1, 1, 0.9, 0.2))
    assert of_print(shone_on, CODE, LIMITS).passed
    assert of_print(shone_on, CODE, LIMITS, scanned=True).code == "pucat"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": "KIOS1 001748219365"}, "kode_tak_terbaca"),
        ({"light": 60}, "gelap"),
        ({"zones": one_zone(sharpness=0.19)}, "kabur"),
        ({"zones": one_zone(white=0.3)}, "silau"),
        ({"white": 0.05}, "silau"),
    ],
)
def test_a_bad_camera_fails_for_its_reason_even_in_one_corner(changes: dict[str, Any], code: str) -> None:
    assert of_camera(replace(GOOD, **changes), CAMERA).codes == (code,)
    assert code in DATA["reasons"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"code": ""}, "kode_tak_terbaca"),
        ({"zones": (Zone(sharpness=0.1, white=0.6, light=255),) * 5}, "kabur"),
        ({"moved_mm": (6.5, 6.5, 6.5, 6.5)}, "ukuran"),
        ({"line": 0.2}, "garis"),
    ],
)
def test_a_bad_scanner_fails_for_its_reason(changes: dict[str, Any], code: str) -> None:
    assert of_scan(replace(WHITE_PAGE, **changes), SCANNER, LIMITS).code == code


def test_a_sheet_may_lie_a_little_askew_on_the_glass() -> None:
    assert of_scan(replace(WHITE_PAGE, moved_mm=(5, 5, 5, 5)), SCANNER, LIMITS).passed


def test_numbers_are_what_json_takes() -> None:
    verdict = of_print(replace(GOOD, scale=None, moved_mm=(None,) * 4), CODE, LIMITS)
    assert verdict.numbers == {"moved_mm": None, "scale": None, "line": 0.03, "black": 0.05}
    assert of_camera(GOOD, CAMERA).numbers == {"sharpness": 0.31, "white": 0.001, "light": 220}


def test_a_camera_that_was_bumped_is_measured() -> None:
    lay = np.array([(0.1, 0.1), (0.8, 0.1), (0.8, 0.9), (0.1, 0.9)], np.float32)
    assert verdicts.turned(lay, lay) == 0
    assert verdicts.turned(lay, lay + np.float32(0.03)) == pytest.approx(0.03)


def test_each_tests_code_is_its_own_and_opens_nothing() -> None:
    assert verdicts.is_test(CODE)
    assert not verdicts.is_test("KIOU1")
    assert not verdicts.is_test("KIOS1 001748219365 ABC")
    assert verdicts.new_code(b"\x01" * 8) != CODE


@pytest.mark.parametrize("table", [*TABLES, "limits"])
def test_a_kiosk_without_the_technicians_words_does_not_start(table: str) -> None:
    data = {name: rows for name, rows in DATA.items() if name != table}
    with pytest.raises(KeyError):
        Toolbox.of(data, version="", addresses={}, canary=lambda: None, free_mb=lambda: 0)  # type: ignore[arg-type,return-value]  # not sent
