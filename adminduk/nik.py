"""NIK: 16 digits, PP KK CC DD MM YY SSSS; women DD+40; the region is where the person was *first* registered.

Source: domain reference §4. The century is not in the number, so both candidate dates are kept. Region mismatches only
warn: 594 kecamatan prefixes that were once valid no longer exist.
"""

from dataclasses import dataclass
from datetime import date

from adminduk.masking import mask_number
from adminduk.regions import Regions
from adminduk.verdict import Verdict

DIGITS = 16
_SEPARATORS = str.maketrans("", "", " .-")
_PROVINCE, _DISTRICT = 2, 6
_WOMAN, _CENTURIES = 40, (1900, 2000)

mask = mask_number


@dataclass(frozen=True, slots=True, kw_only=True)
class NikVerdict(Verdict):
    """``sex`` is ``L`` or ``P`` (None when the number is not 16 digits); ``births`` the possible dates, oldest first."""

    sex: str | None = None
    births: tuple[date, ...] = ()


def shape_errors(number: str) -> tuple[str, ...]:
    """What is wrong before any meaning: ``bukan_angka``, ``panjang``, ``pola_semu``. Shared with No. KK."""
    if not (number.isascii() and number.isdigit()):
        return ("bukan_angka",)
    if len(number) != DIGITS:
        return ("panjang",)
    return ("pola_semu",) if len(set(number)) == 1 else ()


def normalise(text: str) -> str:
    """Without the spaces, dots and hyphens that people type."""
    return text.translate(_SEPARATORS)


def births(number: str, *, today: date) -> tuple[date, ...]:
    """The dates that digits 7–12 can mean, none in the future."""
    day, month, year = int(number[6:8]), int(number[8:10]), int(number[10:12])
    day -= _WOMAN if day > _WOMAN else 0
    return tuple(born for century in _CENTURIES if (born := _date(century + year, month, day)) and born <= today)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def check(text: str, *, today: date, regions: Regions | None = None) -> NikVerdict:
    """Errors: ``bukan_angka``, ``panjang``, ``pola_semu``, ``tanggal_lahir``, ``nomor_urut``.
    Warnings: ``provinsi_tidak_dikenal``, ``kecamatan_tidak_ada_di_tabel_sekarang``."""
    number = normalise(text)
    if errors := shape_errors(number):
        return NikVerdict(value="", errors=errors)
    possible = births(number, today=today)
    errors = (() if possible else ("tanggal_lahir",)) + (("nomor_urut",) if number.endswith("0000") else ())
    sex = "P" if int(number[6:8]) > _WOMAN else "L"
    warnings = region_warnings(number, regions) if regions else ()
    return NikVerdict(value=number, errors=errors, warnings=warnings, sex=sex, births=possible)


def region_warnings(number: str, regions: Regions) -> tuple[str, ...]:
    """At most one: the province, else the kecamatan."""
    if regions.name_of(number[:_PROVINCE]) is None:
        return ("provinsi_tidak_dikenal",)
    known = regions.name_of(number[:_DISTRICT]) is not None
    return () if known else ("kecamatan_tidak_ada_di_tabel_sekarang",)
