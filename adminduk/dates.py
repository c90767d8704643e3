"""Dates: dd-mm-yyyy on the screen, ISO 8601 in storage, words on paper."""

import re
from datetime import date

from adminduk.verdict import Verdict, refused

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_TYPED = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4})")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
OLDEST = date(1900, 1, 1)


def read(text: str) -> date | None:
    """A date typed as dd-mm-yyyy, or stored as ISO."""
    if hit := _ISO.fullmatch(text.strip()):
        year, month, day = map(int, hit.groups())
    elif hit := _TYPED.fullmatch(text.strip()):
        day, month, year = map(int, hit.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def check(text: str, *, today: date, not_before: date | None = None, not_after: date | None = None) -> Verdict:
    """Errors: ``tanggal_salah`` (no such day), ``di_masa_depan``, ``terlalu_lama``, ``terlalu_awal``, ``terlalu_akhir``."""
    found = read(text)
    if found is None:
        return refused("tanggal_salah")
    rules = (
        (found > today, "di_masa_depan"),
        (found < OLDEST, "terlalu_lama"),
        (not_before is not None and found < not_before, "terlalu_awal"),
        (not_after is not None and found > not_after, "terlalu_akhir"),
    )
    code = next((code for broken, code in rules if broken), "")
    return refused(code) if code else Verdict(value=found.isoformat())


def spoken(day: date) -> str:
    """``1 Januari 1990``. The months are the law's own Indonesian words, not the screen's language."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def typed(iso: str) -> str:
    """``31-12-2025`` from ISO; anything else as it is."""
    found = read(iso)
    return f"{found.day:02d}-{found.month:02d}-{found.year:04d}" if found else iso
