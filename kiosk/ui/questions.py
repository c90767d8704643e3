"""What a page that asks shows: one question at a time for a villager, a whole block for who helps him."""

from collections.abc import Callable, Mapping, Sequence

from adminduk import dates, nik
from adminduk.services import Choice, Field, FieldKind
from kiosk.session import Kiosk, forms
from kiosk.ui.room import LIST_ROWS, MOST_TILES, Facts, cut, large

GROUPS = {FieldKind.NIK: "4 4 4 4", FieldKind.KK: "4 4 4 4", FieldKind.PHONE: "4 4 6"}
DIGITS = {FieldKind.NIK: 16, FieldKind.KK: 16, FieldKind.PHONE: 14, FieldKind.NUMBER: 4}
EXACT = (FieldKind.NIK, FieldKind.KK)
BOARDS = {FieldKind.NAME: "name", FieldKind.NAME_NEW: "name", FieldKind.EMAIL: "email"}
PICTURES = {FieldKind.NIK: "ktp-nik", FieldKind.KK: "kk-number", FieldKind.NAME: "ktp-name"}
EMPTY = "wajib_diisi"
EXAMPLES = {FieldKind.DATE: "31-12-1990", FieldKind.TIME: "07:30", FieldKind.REGION: "desa, kecamatan, kabupaten"}
YES_NO = (Choice(value="ya", label="Ya", icon="check"), Choice(value="tidak", label="Tidak", icon="x"))


def question(kiosk: Kiosk) -> Facts:
    visit = kiosk.visit
    field = forms.current_field(visit)
    kind = _way(field.kind)
    value = visit.typed or visit.draft.answers.get(field.key, "")
    facts: Facts = {
        "field": field, "kind": kind, "progress": forms.progress(visit), "value": value,
        "picture": PICTURES.get(field.kind, ""), "board": BOARDS.get(field.kind, "text"),
    }  # fmt: skip
    return facts | _WAYS[kind](kiosk, field, value)


def _way(kind: FieldKind) -> str:
    """Which way of answering the page offers."""
    if kind in DIGITS:
        return "digits"
    if kind in (FieldKind.DATE, FieldKind.TIME):
        return "parts"
    if kind in (FieldKind.CHOICE, FieldKind.YES_NO):
        return "choice"
    return "region" if kind is FieldKind.REGION else "text"


def _choices(kiosk: Kiosk, field: Field, _value: str) -> Facts:
    """Tiles for few choices; a list of lines, cut to the screen, for many."""
    choices = field.choices or YES_NO
    if len(choices) <= MOST_TILES:
        return {"choices": choices, "many": False}
    rows, place = cut(choices, kiosk.visit.list_page, LIST_ROWS[large(kiosk)])
    return {"choices": rows, "many": True, **place}


def _digits(_kiosk: Kiosk, field: Field, value: str) -> Facts:
    """A telephone number is shown as people write it."""
    shown = "0" + value.removeprefix("+62") if value.startswith("+62") else value
    most = len(str(field.maximum)) if field.maximum else DIGITS[field.kind]
    return {"digits": most, "groups": GROUPS.get(field.kind, ""), "exact": field.kind in EXACT, "value": shown}


def _parts(kiosk: Kiosk, field: Field, value: str) -> Facts:
    """Day, month and year, or hour and minute: each with its limits and where its arrows begin."""
    day = forms.today(kiosk.parts)
    rows: tuple[tuple[str | int, ...], ...]
    if field.kind is FieldKind.DATE:
        given = dates.typed(value or _birth(kiosk, field)).split("-")
        rows = (
            ("hari", 2, 1, 31, day.day, 1),
            ("bulan", 2, 1, 12, day.month, 1),
            ("tahun", 4, 1900, day.year, day.year, 1),
        )
    else:
        given = value.split(":")
        rows = (("jam", 2, 0, 23, 7, 1), ("menit", 2, 0, 59, 0, 5))
    given += [""] * len(rows)
    names = ("name", "digits", "least", "most", "start", "by", "value")
    parts = [dict(zip(names, (*row, text), strict=True)) for row, text in zip(rows, given, strict=False)]
    return {"parts": parts, "months": dates.MONTHS if field.kind is FieldKind.DATE else ()}


def _birth(kiosk: Kiosk, field: Field) -> str:
    """The birth date that a NIK given before tells, offered so that it need not be typed; empty when it may be two."""
    number = kiosk.visit.draft.answers.get(field.born_of, "")
    possible = nik.births(number, today=forms.today(kiosk.parts)) if number else ()
    return possible[0].isoformat() if len(possible) == 1 else ""


def _places(kiosk: Kiosk, _field: Field, _value: str) -> Facts:
    """One level of the hierarchy, a page at a time."""
    visit, regions = kiosk.visit, kiosk.parts.regions
    if regions is None:
        return {"places": (), "path": (), "letters": (), "pages": 1, "at": 0}
    named = sorted((regions.name_of(code) or "", code) for code in regions.children(visit.region))
    size = LIST_ROWS[large(kiosk)]
    rows, place = cut([(code, name) for name, code in named], visit.list_page, size)
    letters = _letters([name for name, _ in named], size) if place["pages"] > 1 else ()
    return {"places": rows, "path": regions.path(visit.region), "letters": letters, **place}


def _letters(names: Sequence[str], size: int) -> tuple[tuple[str, int], ...]:
    """Each first letter and the page on which it begins: a touch instead of turning pages."""
    first: dict[str, int] = {}
    for at, name in enumerate(names):
        first.setdefault(name[:1].upper(), at // size)
    return tuple(first.items())


def block(kiosk: Kiosk) -> Facts:
    """Every question of the block that is asked now, with what stands in it and what is wrong with it."""
    visit, at_hand = kiosk.visit, forms.current_block(kiosk.visit)
    asked = [field for field in at_hand.fields if field.asked(visit.draft.answers)]
    fields = [
        {
            "field": field,
            "value": visit.given.get(field.key, dates.typed(visit.draft.answers.get(field.key, ""))),
            "complaint": visit.complaints.get(field.key, ""),
            "empty": visit.complaints.get(field.key) == EMPTY,
            "choices": field.choices or (YES_NO if field.kind is FieldKind.YES_NO else ()),
            "example": EXAMPLES.get(field.kind, ""),
        }
        for field in asked
    ]
    number = asked[0].number if asked else 0
    return {"title": at_hand.title, "number": number, "fields": fields, "progress": forms.progress(visit)}


_WAYS: Mapping[str, Callable[[Kiosk, Field, str], Facts]] = {
    "digits": _digits,
    "parts": _parts,
    "region": _places,
    "choice": _choices,
    "text": lambda _kiosk, _field, _value: {},
}
