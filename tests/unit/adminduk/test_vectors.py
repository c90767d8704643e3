"""The domain reference's vectors: synthetic people (serial 99xx), reference date 2026-01-01."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from adminduk import kk, names, nik, phone, regions, survey

VECTORS: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "vectors.json").read_text())
TODAY = date(2026, 1, 1)
TABLE = regions.parse(
    ["33\tJawa Tengah", "331212\tWonogiri", "51\tBali", "510806\tBuleleng", "52\tNTB", "527101\tAmpenan", "63\tKalsel",
     "631102\tParingin", "81\tMaluku", "810101\tAmahai", "92\tPapua Barat Daya"]
)  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS["nik"], ids=lambda vector: vector["why"])
def test_nik(vector: dict[str, Any]) -> None:
    verdict = nik.check(vector["in"], today=TODAY, regions=TABLE)
    assert (list(verdict.errors), list(verdict.warnings)) == (vector["errors"], vector["warnings"])
    assert verdict.ok is not bool(vector["errors"])
    if "sex" in vector:
        assert (verdict.sex, [born.isoformat() for born in verdict.births]) == (vector["sex"], vector["birth"])


@pytest.mark.parametrize("vector", VECTORS["kk"], ids=lambda vector: vector["why"])
def test_kk(vector: dict[str, Any]) -> None:
    verdict = kk.check(vector["in"], today=TODAY, nik=vector.get("nik"))
    assert (list(verdict.errors), list(verdict.warnings)) == (vector["errors"], vector["warnings"])


@pytest.mark.parametrize("vector", VECTORS["new_name"], ids=lambda vector: vector["in"])
def test_a_name_being_given(vector: dict[str, Any]) -> None:
    assert list(names.check_new(vector["in"]).errors) == vector["errors"]


@pytest.mark.parametrize("vector", VECTORS["old_name"], ids=lambda vector: ascii(vector["in"]))
def test_a_name_as_it_stands(vector: dict[str, Any]) -> None:
    assert list(names.check_existing(vector["in"]).errors) == vector["errors"]


@pytest.mark.parametrize("vector", VECTORS["phone"], ids=lambda vector: vector["in"])
def test_phone(vector: dict[str, Any]) -> None:
    verdict = phone.check(vector["in"])
    assert (verdict.value if verdict.ok else None) == vector["e164"]


@pytest.mark.parametrize("vector", VECTORS["ikm"], ids=lambda vector: str(vector["ikm"]))
def test_ikm(vector: dict[str, Any]) -> None:
    result = survey.ikm(vector["rows"])
    assert result is not None
    assert (float(result.value), result.grade) == (vector["ikm"], vector["mutu"])
