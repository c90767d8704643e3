"""Synthetic people who fill every form, and a reader of what was printed. No answer here is anyone's."""

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import Any

import pypdfium2
from pypdf import PdfReader

import blanks
from adminduk.forms import Form
from adminduk.regions import Regions
from adminduk.services import Catalogue, Field, FieldKind, Service
from blanks.sheet import sheet
from blanks.values import Desk
from content.loader import load, load_forms

TODAY = date(2026, 11, 21)
DESA, DESA_NAME = "3312122010", "Desa Contoh Sari"
REGIONS = Regions(
    {
        "33": "Jawa Tengah", "3312": "Kabupaten Wonogiri", "331212": "Wonogiri", "3312122010": "Contoh Sari",
        "331213": "Ngadirojo", "3312132001": "Contoh Jaya", "3311": "Kabupaten Sukoharjo", "331101": "Weru",
        "3311012001": "Grogol", "3312122011": "Contoh Makmur", "35": "Jawa Timur", "3501": "Kabupaten Pacitan",
        "350101": "Donorojo", "3501012001": "Contoh Timur",
    }
)  # fmt: skip
PROFILES = ("wonogiri", "buleleng", "mataram", "balangan", "maluku_tengah")


@cache
def catalogue(profile: str = "wonogiri") -> Catalogue:
    return load(profile)


@cache
def forms(profile: str = "wonogiri") -> Mapping[str, Form]:
    return load_forms(profile)


def pairs(profile: str = "wonogiri") -> list[tuple[str, str]]:
    """Every form of every service, as (form, service)."""
    return [(form, service.code) for service in catalogue(profile).services.values() for form in service.forms]


def named(cases: list[tuple[str, ...]]) -> list[str]:
    """Names of test cases."""
    return ["-".join(case) for case in cases]


def words(number: int, letters: int) -> str:
    """Different words for every number, up to so many letters."""
    name = "".join(chr(ord("A") + int(digit)) for digit in f"{number:03d}")
    return f"Warga {name} Contoh {'Panjang Sekali Namanya ' * 8}"[:letters].strip()


def answer(field: Field, number: int, *, longest: bool) -> str:
    """An answer of the field's kind: a usual one, or as long as it may be."""
    letters = field.max_length if longest else min(24, field.max_length)
    typed = {
        FieldKind.NIK: f"33121201019{number % 100000:05d}",
        FieldKind.KK: f"33121202019{number % 100000:05d}",
        FieldKind.NAME: words(number, letters),
        FieldKind.NAME_NEW: words(number, letters),
        FieldKind.TEXT: words(number, letters),
        FieldKind.PHONE: "+6281234567890",
        FieldKind.EMAIL: "warga.contoh@contoh.id",
        FieldKind.DATE: f"19{number % 90 + 10}-03-{number % 28 + 1:02d}",
        FieldKind.TIME: "07:30",
        FieldKind.NUMBER: str(field.maximum or 3)
        if longest
        else str(max(field.minimum or 0, min(field.maximum or 3, 3))),
        FieldKind.YES_NO: "ya",
        FieldKind.REGION: "3311012001",
    }
    return typed[field.kind] if field.kind in typed else field.choices[number % len(field.choices)].value


def answers_of(service: Service, *, longest: bool = False, **told: str) -> dict[str, str]:
    """An answer to everything that is asked after ``told``."""
    given = dict(told)
    numbers = {field.key: number for number, field in enumerate(service.fields(), 1)}
    while missing := [field for field in service.asked(given) if field.key not in given]:
        given[missing[0].key] = answer(missing[0], numbers[missing[0].key], longest=longest)
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Where a form is printed, and how."""

    profile: str = "wonogiri"
    regions: Regions | None = REGIONS
    desa: str = DESA

    def data(self, form: str, code: str, answers: Mapping[str, str]) -> dict[str, Any]:
        """What the template gets."""
        place = catalogue(self.profile).place
        desk = Desk(place=place, desa_name=DESA_NAME, desa_code=self.desa, regions=self.regions, today=TODAY)
        made = sheet(forms(self.profile)[form], catalogue(self.profile).services[code], answers, desk)
        return dict(json.loads(json.dumps(made)))

    def pdf(self, form: str, code: str, answers: Mapping[str, str]) -> bytes:
        shelf = catalogue(self.profile)
        return blanks.filled(
            form, shelf.services[code], answers, forms=forms(self.profile), place=shelf.place, desa_name=DESA_NAME,
            desa_code=self.desa, regions=self.regions, today=TODAY,
        )  # fmt: skip


WONOGIRI = Office()


def joined(text: str) -> str:
    """Without spaces, line ends and places to break: a wrapped answer is still the same answer."""
    return re.sub(r"[\s\u200b]", "", text)


def pages(pdf: bytes) -> list[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(pdf)
    return [document[number] for number in range(len(document))]


def text_of(pdf: bytes) -> str:
    return joined("".join(page.get_textpage().get_text_bounded() for page in pages(pdf)))


def text_by_pypdf(pdf: bytes) -> str:
    """The same by another reader, which is slower by far."""
    return joined("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def written(data: Mapping[str, Any]) -> list[str]:
    """Every answer of a sheet."""
    rows = [_as_printed(row) for section in data["sections"] for row in section["rows"] if not row["ticks"]]
    cells = [cell for section in data["sections"] for line in section["lines"] for cell in line]
    return [value for value in [*rows, *cells, *(signature["name"] for signature in data["signatures"])] if value]


def _as_printed(row: Mapping[str, Any]) -> str:
    """A row's answer; a date stands in its boxes as day, month and year."""
    value = str(row["value"])
    return f"Tgl{value[:2]}Bln{value[2:4]}Thn{value[4:]}" if row["style"] == "date" and value else value


def ticked(data: Mapping[str, Any], section: str) -> list[str]:
    """The labels of the ticked boxes of a section."""
    rows = [row for part in data["sections"] if part["code"] == section for row in part["rows"]]
    return [tick["label"] for row in rows for tick in row["ticks"] if tick["on"]]


def all_ticked(data: Mapping[str, Any]) -> list[str]:
    return [label for section in data["sections"] for label in ticked(data, section["code"])]


def value_of(data: Mapping[str, Any], section: str, caption: str) -> str:
    """What stands beside a caption."""
    rows = [row for part in data["sections"] if part["code"] == section for row in part["rows"]]
    return next(str(row["value"]) for row in rows if row["caption"].strip() == caption)


@dataclass(frozen=True, slots=True)
class Glyph:
    """A printed character with its box in points."""

    mark: str
    left: float
    bottom: float
    right: float
    top: float

    def covers(self, other: "Glyph") -> bool:
        """Whether the two lie on each other, by more than kerning does."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        narrow, low = (
            min(self.right - self.left, other.right - other.left),
            min(self.top - self.bottom, other.top - other.bottom),
        )
        return wide > 0.6 * narrow and high > 0.4 * low


def glyphs(page: pypdfium2.PdfPage) -> list[Glyph]:
    text = page.get_textpage()
    found = [(text.get_text_range(n, 1), text.get_charbox(n)) for n in range(text.count_chars())]
    return [Glyph(mark, *box) for mark, box in found if mark.strip() and mark.isprintable()]


def collisions(marks: list[Glyph]) -> set[tuple[str, str]]:
    """Pairs of characters that lie on each other."""
    cells: dict[tuple[int, int], list[Glyph]] = {}
    for mark in marks:
        for cell in {(int(x // 12), int(y // 12)) for x in (mark.left, mark.right) for y in (mark.bottom, mark.top)}:
            cells.setdefault(cell, []).append(mark)
    near = (pair for cell in cells.values() for pair in combinations(cell, 2))
    return {(one.mark, other.mark) for one, other in near if one.covers(other)}
