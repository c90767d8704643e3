"""Checks a form's answers against its service. Complaints are codes; the UI words them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from adminduk import dates, kk, names, nik, phone
from adminduk.regions import Regions
from adminduk.rules import Answers
from adminduk.services import Field, FieldKind, Service
from adminduk.verdict import Verdict, refused

_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9\-]{1,63}(\.[A-Za-z0-9\-]{1,63})+")
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[.:]([0-5][0-9])")
YES_NO = ("ya", "tidak")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a check may look at beside the text."""

    answers: Answers
    today: date
    regions: Regions | None


Check = Callable[[Field, str, Given], Verdict]


def check_field(field: Field, text: str, *, answers: Answers, today: date, regions: Regions | None = None) -> Verdict:
    """One answer. An empty one is fine unless required (``wajib_diisi``)."""
    if not text.strip():
        return refused("wajib_diisi") if field.required else Verdict(value="")
    given = Given(answers=answers, today=today, regions=regions)
    verdict = _CHECKS[field.kind](field, text, given)
    return between(field, verdict, given) if verdict.ok else verdict


def between(field: Field, verdict: Verdict, given: Given) -> Verdict:
    """The verdict after what must hold between answers: ``orang_sama`` or ``tidak_berubah``, ``terlalu_muda``,
    ``terlalu_tua``, ``terlalu_awal``.

    A field that is ``soft`` only warns. A NIK does not tell the century: an age holds when one of its dates does.
    """
    ages = [age(born, given.today) for born in _births(field, verdict.value, given.today)]
    earlier = dates.read(given.answers.get(field.not_before, "")) if field.not_before else None
    own = dates.read(verdict.value) if earlier else None
    rules = (
        (any(given.answers.get(key) == verdict.value for key in field.differs_from if key != field.key), _same(field)),
        (field.min_age is not None and bool(ages) and max(ages) < field.min_age, "terlalu_muda"),
        (field.max_age is not None and bool(ages) and min(ages) > field.max_age, "terlalu_tua"),
        (earlier is not None and own is not None and own < earlier, "terlalu_awal"),
    )
    found = tuple(code for broken, code in rules if broken)
    if not found:
        return verdict
    return Verdict(value=verdict.value, warnings=found) if field.soft else refused(found[0])


def _same(field: Field) -> str:
    return "orang_sama" if field.kind is FieldKind.NIK else "tidak_berubah"


def age(born: date, today: date) -> int:
    """Full years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _births(field: Field, value: str, today: date) -> tuple[date, ...]:
    if field.kind is FieldKind.NIK:
        return nik.births(value, today=today)
    found = dates.read(value) if field.kind is FieldKind.DATE else None
    return (found,) if found else ()


def check(service: Service, answers: Answers, *, today: date, regions: Regions | None = None) -> dict[str, Verdict]:
    """The answers that do not hold: key → verdict. A key that is not asked gives ``tidak_dikenal``."""
    asked = {field.key: field for field in service.asked(answers)}
    complaints = {key: refused("tidak_dikenal") for key in answers if key not in asked}
    for key, field in asked.items():
        verdict = check_field(field, answers.get(key, ""), answers=answers, today=today, regions=regions)
        if not verdict.ok:
            complaints[key] = verdict
    return complaints


def _nik(_field: Field, text: str, given: Given) -> Verdict:
    return nik.check(text, today=given.today, regions=given.regions)


def _kk(_field: Field, text: str, given: Given) -> Verdict:
    return kk.check(text, today=given.today, nik=given.answers.get("nik"))


def _date(_field: Field, text: str, given: Given) -> Verdict:
    return dates.check(text, today=given.today)


def _text(field: Field, text: str, _given: Given) -> Verdict:
    words = " ".join(text.split())
    if any(not character.isprintable() for character in words) or set(words) & set("<>{}"):
        return refused("janggal")
    return refused("terlalu_panjang") if len(words) > field.max_length else Verdict(value=words)


def _choice(field: Field, text: str, _given: Given) -> Verdict:
    known = text in {choice.value for choice in field.choices}
    return Verdict(value=text) if known else refused("bukan_pilihan")


def _yes_no(_field: Field, text: str, _given: Given) -> Verdict:
    return Verdict(value=text) if text in YES_NO else refused("bukan_pilihan")


def _time(_field: Field, text: str, _given: Given) -> Verdict:
    hit = _TIME.fullmatch(text.strip())
    return Verdict(value=f"{int(hit[1]):02d}:{hit[2]}") if hit else refused("jam_salah")


def _number(field: Field, text: str, _given: Given) -> Verdict:
    if not re.fullmatch(r"[0-9]{1,9}", text.strip(), re.ASCII):
        return refused("bukan_angka")
    value = int(text)
    if field.minimum is not None and value < field.minimum:
        return refused("terlalu_kecil")
    return (
        refused("terlalu_besar") if field.maximum is not None and value > field.maximum else Verdict(value=str(value))
    )


def _email(_field: Field, text: str, _given: Given) -> Verdict:
    return Verdict(value=text.strip()) if _EMAIL.fullmatch(text.strip()) else refused("email_salah")


def _region(_field: Field, text: str, given: Given) -> Verdict:
    """A ten-digit code that exists; without the table, its shape."""
    code = text.strip()
    known = given.regions is None or given.regions.name_of(code) is not None
    shaped = re.fullmatch(r"[0-9]{10}", code, re.ASCII)
    return Verdict(value=code) if shaped and known else refused("wilayah_tidak_dikenal")


_CHECKS: Mapping[FieldKind, Check] = {
    FieldKind.NIK: _nik,
    FieldKind.KK: _kk,
    FieldKind.NAME_NEW: lambda _field, text, _given: names.check_new(text),
    FieldKind.NAME: lambda _field, text, _given: names.check_existing(text),
    FieldKind.PHONE: lambda _field, text, _given: phone.check(text),
    FieldKind.EMAIL: _email,
    FieldKind.TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.DATE: _date,
    FieldKind.TIME: _time,
    FieldKind.NUMBER: _number,
    FieldKind.YES_NO: _yes_no,
    FieldKind.REGION: _region,
}
