"""A mistake in forms.toml is told with its place and its remedy, before any form is printed."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from adminduk.form_tables import parse_forms
from adminduk.forms import Form, Part, Style
from adminduk.tables import ContentError
from content.loader import ROOT, load_forms, read_toml
from tests.unit.blanks.villagers import PROFILES, catalogue, forms

SERVICES = {
    code: service for code, service in catalogue().services.items() if code in ("KTP-HR", "SKPWNI", "KK-UBAH-3")
}


def told(*rows: Any, **section: Any) -> dict[str, Any]:
    """Form data with one section in one form, and every other form that the services need."""
    needed = {form for service in SERVICES.values() for form in service.forms}
    part = {"code": "bagian", "rows": list(rows), **section}
    return {form: {"title": "FORMULIR", "short": "Formulir"} for form in needed} | {
        "F-1.02": {"title": "FORMULIR", "short": "Formulir", "sections": [part]}
    }


def read(*rows: Any, **section: Any) -> Form:
    return parse_forms(told(*rows, **section), SERVICES)["F-1.02"]


def complaint(data: Any) -> ContentError:
    with pytest.raises(ContentError) as caught:
        parse_forms(data, SERVICES)
    return caught.value


def mistake(*rows: Any, **section: Any) -> ContentError:
    return complaint(told(*rows, **section))


def test_a_source_is_a_key_a_key_with_a_part_or_a_table() -> None:
    row = read({"answers": ["nik", "tujuan:desa", {"text": "KATA", "services": ["KTP-HR"]}]}).sections[0].rows[0]
    assert [(s.answer, s.part, s.text) for s in row.answers] == [
        ("nik", Part.WHOLE, ""),
        ("tujuan", Part.DESA, ""),
        ("", Part.WHOLE, "KATA"),
    ]
    assert row.style is Style.LINE


def test_a_number_in_a_row_becomes_whichever_is_answered_and_in_a_table_a_line() -> None:
    row = read({"answers": ["ikut{n}_nama"]}).sections[0].rows[0]
    assert [source.answer for source in row.answers] == [f"ikut{n}_nama" for n in range(1, 11)]
    column = (
        read(columns=[{"caption": "Nama", "answers": ["ikut{n}_nama"], "first": ["nama"]}], lines=3)
        .sections[0]
        .columns[0]
    )
    assert [[source.answer for source in cell] for cell in column.cells] == [["nama"], ["ikut1_nama"], ["ikut2_nama"]]


def test_a_number_is_replaced_in_conditions_too() -> None:
    when = {"any": [{"field": "ikut{n}_hubungan", "is": "anak"}]}
    sources = read({"answers": [{"answer": "ikut{n}_nama", "when": when}]}).sections[0].rows[0].answers
    assert sources[1].when is not None
    assert sources[1].when.fields() == {"ikut2_hubungan"}


def test_an_unknown_answer_is_told_with_its_place() -> None:
    error = mistake({"caption": "Nama", "answers": ["nama_lengkap"]})
    assert (error.code, error.where) == ("rujukan_hilang", "forms.F-1.02.sections[0].rows[0].answers")
    assert "no answer 'nama_lengkap'" in error.remedy


@pytest.mark.parametrize(
    ("row", "code", "where", "remedy"),
    [
        ({"answers": ["ikut{n}_umur"]}, "rujukan_hilang", "forms.F-1.02", "ikut1_umur"),
        ({"answers": [{"answer": "nik", "services": ["KTP-XX"]}]}, "rujukan_hilang", "forms.F-1.02", "KTP-XX"),
        ({"answers": [{"answer": "nik", "when": {"field": "jenis", "is": "a"}}]}, "rujukan_hilang", "forms.F-1.02", "jenis"),
        ({"answers": [{"answer": "nik", "when": {"feld": "sebab"}}]}, "nilai_salah", "answers[0].when", "keys found"),
        ({"answers": ["tujuan:negara"]}, "nilai_salah", "answers[0].part", "kabupaten"),
        ({"answers": [{"services": ["KTP-HR"]}]}, "wajib_diisi", "answers[0]", "answer or text"),
        ({"answers": [{"answer": "nik", "text": "A"}]}, "wajib_diisi", "answers[0]", "answer or text"),
        ({"answers": "nik"}, "jenis_salah", "answers", "a list"),
        ({"style": "kotak"}, "nilai_salah", "rows[0].style", "boxes"),
        ({"jawaban": ["nik"]}, "kunci_tidak_dikenal", "rows[0].jawaban", "answers"),
        ({"ticks": [{"label": "A", "services": ["KTP-XX"]}]}, "rujukan_hilang", "ticks[0]", "KTP-XX"),
        ({"ticks": [{"label": "A", "papers": ["kertas"]}]}, "rujukan_hilang", "ticks[0]", "kertas"),
        ({"ticks": [{"label": "A", "when": {"field": "jenis", "is": "a"}}]}, "rujukan_hilang", "ticks[0]", "jenis"),
        ({"answers": ["sebab"], "ticks": [{"label": "A", "values": ["lupa"]}]}, "nilai_salah", "ticks[0].values", "hilang"),
        ({"ticks": [{"label": "A", "values": ["hilang"]}]}, "nilai_salah", "ticks[0].values", "one of"),
        ({"ticks": [{}]}, "wajib_diisi", "ticks[0].label", "write"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_its_place_and_remedy(row: dict[str, Any], code: str, where: str, remedy: str) -> None:
    error = mistake(row)
    assert error.code == code
    assert where in error.where
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("section", "code", "where"),
    [
        ({"lines": 3}, "nilai_salah", "lines"),
        ({"columns": [{"caption": "A"}]}, "nilai_salah", "lines"),
        ({"columns": [{"caption": "A", "cells": []}], "lines": 2}, "kunci_tidak_dikenal", "cells"),
        ({"columns": [{"caption": "A", "answers": "nik"}], "lines": 2}, "jenis_salah", "answers"),
        ({"columns": [{"answers": ["nik"]}], "lines": 2}, "wajib_diisi", "caption"),
        ({"columns": [{"caption": "A", "each": [["nomor"]]}], "lines": 2}, "rujukan_hilang", "columns[0]"),
        ({"columns": [{"caption": "A", "each": "nik"}], "lines": 2}, "jenis_salah", "each"),
        ({"columns": "A", "lines": 2}, "jenis_salah", "columns"),
        ({"services": ["XX"]}, "rujukan_hilang", "sections[0].services"),
    ],
)  # fmt: skip
def test_a_wrong_section_is_told_with_its_place(section: dict[str, Any], code: str, where: str) -> None:
    error = mistake(**section)
    assert error.code == code
    assert where in error.where


def test_a_form_that_a_service_needs_must_be_there() -> None:
    data = told()
    del data["F-1.07"]
    error = complaint(data)
    assert {(e.code, e.where) for e in error.all} == {
        ("rujukan_hilang", "services.KTP-HR.forms"), ("rujukan_hilang", "services.SKPWNI.forms"),
    }  # fmt: skip
    assert "no form" in error.remedy


def test_two_sections_of_one_name_are_told() -> None:
    data = told()
    data["F-1.02"]["sections"] *= 2
    assert complaint(data).code == "ganda"


@pytest.mark.parametrize(
    "data",
    [
        [],
        "F-1.02",
        {"F-1.02": []},
        {"F-1.02": {"title": "A", "short": "A", "sections": {}}},
        {"F-1.02": {"title": "A", "short": "A", "sections": ["a"]}},
    ],
)
def test_what_is_no_table_is_told(data: Any) -> None:
    assert complaint(data).code == "jenis_salah"


def test_every_mistake_is_told_at_once() -> None:
    error = mistake({"answers": ["satu"]}, {"answers": ["dua"]}, {"ticks": [{"label": "A", "papers": ["tiga"]}]})
    assert len(error.all) == 3


# --- as it ships ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_the_forms_hold_in_every_kabupaten(profile: str) -> None:
    assert set(forms(profile)) == {
        "F-1.01",
        "F-1.02",
        "F-1.03",
        "F-1.04",
        "F-1.05",
        "F-1.06",
        "F-1.07",
        "F-2.01",
        "F-2.02",
        "F-2.03",
        "F-2.04",
    }


@pytest.fixture
def own_root(tmp_path: Path) -> Path:
    """A copy of the content that a test may spoil."""
    shutil.copytree(ROOT, tmp_path / "content", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return tmp_path / "content"


def test_a_kabupaten_may_word_a_form_in_its_own_way(own_root: Path) -> None:
    (own_root / "profiles/wonogiri/forms.toml").write_text('["F-1.02"]\nfooter = "Milik Wonogiri"\n')
    made = load_forms(root=own_root)
    assert made["F-1.02"].footer == "Milik Wonogiri"
    assert made["F-1.02"].title == forms()["F-1.02"].title


def test_a_typing_mistake_of_an_administrator_is_found_where_it_is(own_root: Path) -> None:
    file = own_root / "base/forms.toml"
    file.write_text(file.read_text().replace('answers = ["mati_jam"]', 'answers = ["mati_pukul"]'))
    with pytest.raises(ContentError) as caught:
        load_forms(root=own_root)
    assert (caught.value.code, caught.value.where) == ("rujukan_hilang", "forms.F-2.01.sections[14].rows[6].answers")
    assert "mati_pukul" in caught.value.remedy


def test_a_service_that_a_kabupaten_does_not_offer_may_still_be_named() -> None:
    assert "AYO-SKAK" not in catalogue("mataram").services
    kinds = next(part for part in forms("mataram")["F-2.01"].sections if part.code == "peristiwa")
    assert any("AYO-SKAK" in tick.services for tick in kinds.rows[0].ticks)


def test_the_file_names_no_key_twice() -> None:
    assert set(read_toml(ROOT / "base/forms.toml")) == set(forms())
