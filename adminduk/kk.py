"""No. KK: 16 digits, 6 region of issue, 6 date of recording, 4 family serial. Older numbers deviate: dates only warn.

Source: domain reference §4.
"""

from datetime import date

from adminduk.nik import normalise, shape_errors
from adminduk.verdict import Verdict

_LAST_DAY, _WOMAN = 31, 40


def check(text: str, *, today: date, nik: str | None = None) -> Verdict:
    """Errors: ``bukan_angka``, ``panjang``, ``pola_semu``, ``sama_dengan_nik``.
    Warnings: ``mungkin_nik_perempuan``, ``tanggal_terbit_janggal``, ``nomor_urut``."""
    number = normalise(text)
    if errors := shape_errors(number):
        return Verdict(value="", errors=errors)
    if nik is not None and number == normalise(nik):
        return Verdict(value="", errors=("sama_dengan_nik",))
    return Verdict(value=number, warnings=date_warnings(number, today=today) + serial_warnings(number))


def date_warnings(number: str, *, today: date) -> tuple[str, ...]:
    """A day above 40 looks like a woman's NIK; an impossible or future date like a NIK in the KK field."""
    day, month, year = int(number[6:8]), int(number[8:10]), 2000 + int(number[10:12])
    if _WOMAN < day <= _WOMAN + _LAST_DAY:
        return ("mungkin_nik_perempuan",)
    try:
        recorded = date(year, month, day)
    except ValueError:
        return ("tanggal_terbit_janggal",)
    return ("tanggal_terbit_janggal",) if recorded > today else ()


def serial_warnings(number: str) -> tuple[str, ...]:
    return ("nomor_urut",) if number.endswith("0000") else ()
