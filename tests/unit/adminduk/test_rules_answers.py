"""Conditions as data, and answers held against their fields."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk import answers, regions, rules
from adminduk.services import Choice, Field, FieldKind
from content.loader import load

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("data", "given", "holds"),
    [
        ({"field": "a", "is": "x"}, {"a": "x"}, True),
        ({"field": "a", "is": "x"}, {}, False),
        ({"field": "a", "in": ["x", "y"]}, {"a": "y"}, True),
        ({"field": "a", "filled": True}, {"a": "z"}, True),
        ({"field": "a", "filled": False}, {"a": "z"}, False),
        ({"all": [{"field": "a", "is": "x"}, {"field": "b", "is": "y"}]}, {"a": "x", "b": "y"}, True),
        ({"all": [{"field": "a", "is": "x"}, {"field": "b", "is": "y"}]}, {"a": "x"}, False),
        ({"any": [{"field": "a", "is": "x"}, {"field": "b", "is": "y"}]}, {"b": "y"}, True),
        ({"not": {"field": "a", "is": "x"}}, {"a": "x"}, False),
    ],
)
def test_a_condition(data: Any, given: dict[str, str], holds: bool) -> None:
    assert rules.parse(data).holds(given) is holds


@pytest.mark.parametrize(
    "data", [None, [], {}, {"field": "a"}, {"field": 1, "is": "x"}, {"field": "a", "in": []}, {"field": "a", "is": "x", "z": 1},
             {"all": []}, {"eval": "1"}, {"not": 3}, {"any": [{}]}]
)  # fmt: skip
def test_what_is_no_condition_is_refused(data: Any) -> None:
    with pytest.raises(rules.RuleError):
        rules.parse(data)


def test_a_condition_tells_the_fields_it_looks_at() -> None:
    rule = rules.parse({"any": [{"field": "a", "is": "x"}, {"not": {"all": [{"field": "b", "filled": True}]}}]})
    assert rule.fields() == {"a", "b"}


def field(kind: FieldKind, **more: Any) -> Field:
    return Field(key="k", kind=kind, label="?", **more)


TABLE = regions.parse(["33\tJawa Tengah", "3312\tWonogiri", "331212\tWonogiri", "3312122001\tContoh"])


@pytest.mark.parametrize(
    ("what", "text", "value", "errors"),
    [
        (field(FieldKind.TEXT), "  dua   kata ", "dua kata", ()),
        (field(FieldKind.TEXT, max_length=3), "empat", "", ("terlalu_panjang",)),
        (field(FieldKind.TEXT), "<script>", "", ("janggal",)),
        (field(FieldKind.TEXT), "a\x07b", "", ("janggal",)),
        (field(FieldKind.TEXT), "", "", ("wajib_diisi",)),
        (field(FieldKind.TEXT, required=False), "  ", "", ()),
        (field(FieldKind.CHOICE, choices=(Choice("a", "A"),)), "a", "a", ()),
        (field(FieldKind.CHOICE, choices=(Choice("a", "A"),)), "b", "", ("bukan_pilihan",)),
        (field(FieldKind.YES_NO), "ya", "ya", ()),
        (field(FieldKind.YES_NO), "yes", "", ("bukan_pilihan",)),
        (field(FieldKind.TIME), "7:30", "07:30", ()),
        (field(FieldKind.TIME), "07.30", "07:30", ()),
        (field(FieldKind.TIME), "24:00", "", ("jam_salah",)),
        (field(FieldKind.NUMBER, minimum=1, maximum=20), "3", "3", ()),
        (field(FieldKind.NUMBER, minimum=1), "0", "", ("terlalu_kecil",)),
        (field(FieldKind.NUMBER, maximum=20), "21", "", ("terlalu_besar",)),
        (field(FieldKind.NUMBER), "٣", "", ("bukan_angka",)),
        (field(FieldKind.EMAIL), "nama@contoh.id", "nama@contoh.id", ()),
        (field(FieldKind.EMAIL), "nama@contoh", "", ("email_salah",)),
        (field(FieldKind.REGION), "3312122001", "3312122001", ()),
        (field(FieldKind.REGION), "9999999999", "", ("wilayah_tidak_dikenal",)),
        (field(FieldKind.REGION), "331212", "", ("wilayah_tidak_dikenal",)),
        (field(FieldKind.DATE), "01-01-2020", "2020-01-01", ()),
        (field(FieldKind.PHONE), "0812 0000 9901", "+6281200009901", ()),
        (field(FieldKind.NAME_NEW), "Satu", "", ("kurang_2_kata",)),
        (field(FieldKind.NAME), "SATU", "SATU", ()),
        (field(FieldKind.NIK), "3312120101909901", "3312120101909901", ()),
        (field(FieldKind.KK), "3312121505129901", "3312121505129901", ()),
    ],
)
def test_an_answer(what: Field, text: str, value: str, errors: tuple[str, ...]) -> None:
    verdict = answers.check_field(what, text, answers={}, today=TODAY, regions=TABLE)
    assert (verdict.value, verdict.errors) == (value, errors)


def test_a_nik_in_the_kk_field_is_noticed() -> None:
    nik = "3312120101909901"
    verdict = answers.check_field(field(FieldKind.KK), nik, answers={"nik": nik}, today=TODAY)
    assert verdict.errors == ("sama_dengan_nik",)


@given(st.sampled_from(FieldKind), st.text(max_size=80))
def test_any_text_for_any_kind_gives_a_verdict(kind: FieldKind, text: str) -> None:
    what = field(kind, choices=(Choice("a", "A"),) if kind is FieldKind.CHOICE else ())
    verdict = answers.check_field(what, text, answers={}, today=TODAY, regions=TABLE)
    assert verdict.ok is not bool(verdict.errors)


SERVICE = load().services["KK-UBAH-3"]
GOOD = {
    "nik": "3312120101909901", "no_kk": "3312121505129901", "nama": "WARGA CONTOH", "milik": "sendiri",
    "elemen": "pekerjaan", "semula": "PELAJAR", "menjadi": "PETANI",
}  # fmt: skip


def test_a_whole_form_that_holds() -> None:
    assert answers.check(SERVICE, GOOD, today=TODAY) == {}


def test_what_is_missing_and_what_is_not_asked() -> None:
    wrong = answers.check(SERVICE, {**GOOD, "milik": "anggota", "elemen_lain": "x"} | {"semula": ""}, today=TODAY)
    assert {key: verdict.errors[0] for key, verdict in wrong.items()} == {
        "nik_anggota": "wajib_diisi",
        "nama_anggota": "wajib_diisi",
        "semula": "wajib_diisi",
        "elemen_lain": "tidak_dikenal",
    }
