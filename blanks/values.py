"""What a form writes for an answer: capitals, words for choices, dates spoken or in digits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from adminduk import dates
from adminduk.forms import Part, Source
from adminduk.regions import Regions
from adminduk.services import Field, FieldKind, Place, Service

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_LEVELS = {Part.PROVINSI: 2, Part.KABUPATEN: 4, Part.KECAMATAN: 6, Part.DESA: 10}
_FAR = ((10, "1"), (6, "2"), (4, "3"), (2, "4"), (0, "5"))
_TYPED = (FieldKind.TEXT, FieldKind.NAME, FieldKind.NAME_NEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where and when a form is filled. ``desa_code``: ten digits, or "" when it is not known."""

    place: Place
    desa_name: str
    desa_code: str
    regions: Regions | None
    today: date

    def region(self, code: str, part: Part) -> str:
        """The name of one level of a region's path; "" without the table."""
        return (self.regions and self.regions.name_of(code[: _LEVELS[part]])) or ""


class Reader:
    """The answers of one application, as a form writes them. An answer that the service does not ask for is not there."""

    def __init__(self, service: Service, answers: Mapping[str, str], desk: Desk) -> None:
        self.service, self.desk = service, desk
        self.fields = {field.key: field for field in service.asked(answers)}
        self.known = {key: answers[key] for key in self.fields if answers.get(key)}
        self.known |= {key: value for key, value in given(service, self.known, desk).items() if value}
        self._looked = self.known | {
            key: text.strip().casefold() for key, text in self.known.items() if self._typed(key)
        }

    @property
    def looked_at(self) -> Mapping[str, str]:
        """The answers as conditions see them: what was typed in small letters, so that "Pendidikan" is ``pendidikan``."""
        return self._looked

    def found(self, sources: tuple[Source, ...]) -> Source | None:
        """The first that applies and has a value."""
        for source in sources:
            if source.holds(self.service.code, self._looked) and (source.text or source.answer in self.known):
                return source
        return None

    def raw(self, sources: tuple[Source, ...]) -> str:
        """The answer as it is stored, for the boxes to tick."""
        source = self.found(sources)
        return self.known.get(source.answer, "") if source else ""

    def text(self, sources: tuple[Source, ...]) -> str:
        """The answer as the form writes it."""
        source = self.found(sources)
        if source is None:
            return ""
        return source.text or self._worded(source)

    def digits(self, sources: tuple[Source, ...]) -> str:
        """A date as eight digits, day first; "" when the answer is no date."""
        found = dates.read(self.raw(sources))
        return f"{found.day:02d}{found.month:02d}{found.year:04d}" if found else ""

    def counts(self, sources: tuple[Source, ...]) -> bool:
        """Whether the answer is a number of something: RT 3 is 003 in three boxes, but a NIK is never filled up."""
        source = self.found(sources)
        field = self.fields.get(source.answer) if source else None
        return field is not None and field.kind is FieldKind.NUMBER

    def _typed(self, key: str) -> bool:
        return key in self.fields and self.fields[key].kind in _TYPED

    def _worded(self, source: Source) -> str:
        value, field = self.known[source.answer], self.fields.get(source.answer)
        if source.part is Part.KODE:
            return value
        if source.part in _LEVELS:
            return self.desk.region(value, source.part).upper()
        if source.part is Part.HARI:
            found = dates.read(value)
            return DAYS[found.weekday()].upper() if found else ""
        return worded(field, value, self.desk) if field else value.upper()


def worded(field: Field, value: str, desk: Desk) -> str:
    """A whole answer in capitals; an address of the net stays as it was typed."""
    if field.kind is FieldKind.EMAIL:
        return value
    if field.kind is FieldKind.DATE:
        found = dates.read(value)
        return (dates.spoken(found) if found else value).upper()
    if field.kind is FieldKind.REGION and desk.regions is not None:
        return (", ".join(reversed(desk.regions.path(value))) or value).upper()
    if field.kind is FieldKind.PHONE:
        return f"0{value[3:]}" if value.startswith("+62") else value
    if field.kind is FieldKind.TIME:
        return f"{value} {desk.place.timezone_word}"
    return next((choice.label for choice in field.choices if choice.value == value), value).upper()


def given(service: Service, answers: Mapping[str, str], desk: Desk) -> dict[str, str]:
    """What the kiosk knows without asking; "" where it does not."""
    return {
        "@provinsi": desk.place.province,
        "@kabupaten": desk.place.kabupaten,
        "@kecamatan": desk.region(desk.desa_code, Part.KECAMATAN),
        "@desa": desk.desa_name,
        "@kode": desk.desa_code or desk.place.code,
        "@layanan": service.name,
        "@tanggal": desk.today.isoformat(),
        "@klasifikasi": how_far(answers, desk.desa_code),
    }


def how_far(answers: Mapping[str, str], here: str) -> str:
    """1 within a desa, 2 between desa, 3 between kecamatan, 4 between kabupaten, 5 between provinces; "" when not known."""
    start, end = answers.get("asal", here), answers.get("tujuan", here)
    if not {"asal", "tujuan"} & set(answers) or not start or not end:
        return ""
    return next(code for length, code in _FAR if start[:length] == end[:length])
