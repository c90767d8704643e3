"""An answer that the checks take, for every question of the catalogue: made from the question, the same each time."""

import zlib
from collections.abc import Mapping

from adminduk.services import Field, FieldKind, Service

NIK, KK = "3312120101909901", "3312120505129901"
BY_KIND: Mapping[FieldKind, str] = {
    FieldKind.KK: KK,
    FieldKind.NAME: "WARGA CONTOH",
    FieldKind.NAME_NEW: "ANAK CONTOH",
    FieldKind.PHONE: "081234567890",
    FieldKind.EMAIL: "warga@contoh.id",
    FieldKind.DATE: "03-03-2026",
    FieldKind.TIME: "07:30",
    FieldKind.YES_NO: "ya",
    FieldKind.REGION: "3312122001",
}


def right_answer(field: Field) -> str:
    """An answer that the checks take."""
    if field.kind is FieldKind.CHOICE:
        return field.choices[0].value
    if field.kind is FieldKind.NIK:
        return _person(field)
    if field.kind is FieldKind.YES_NO and not field.required:
        return "tidak"
    if field.kind is FieldKind.NUMBER:
        return str(max(1, field.minimum or 0))
    if field.kind is FieldKind.TEXT:
        return f"TULISAN {field.key.upper().replace('_', ' ')}"[: field.max_length]
    return "03-03-1990" if field.min_age else BY_KIND[field.kind]


def _person(field: Field) -> str:
    """The applicant's number for ``nik``; for anybody else another one, a child's where a child is meant."""
    if field.key == "nik":
        return NIK
    seed = zlib.crc32(field.key.encode())
    year = "18" if field.max_age is not None else "85"
    return f"331212{seed % 28 + 1:02d}{seed // 28 % 12 + 1:02d}{year}{9902 + seed // 336 % 98}"


def all_right(service: Service, **wanted: str) -> dict[str, str]:
    """Every question of a service, as far as it is asked, answered."""
    answers: dict[str, str] = {}
    for field in service.fields():
        if field.asked(answers):
            answers[field.key] = wanted.get(field.key, right_answer(field))
    return answers
