"""The official forms as data: which answer stands in which row, which box is ticked for which service (domain reference §1.1).

A form is sections of rows, or of a table. ``blanks`` prints them; the data is content/base/forms.toml.
"""

from dataclasses import dataclass
from enum import StrEnum

from adminduk.rules import Answers, Rule

GIVEN = ("@provinsi", "@kabupaten", "@kecamatan", "@desa", "@kode", "@layanan", "@tanggal", "@klasifikasi")
"""What the kiosk knows without asking. ``@klasifikasi`` is 1 to 5: how far a move goes, from one desa to another province."""


class Part(StrEnum):
    """What of an answer is written: a level of a region, or a date's day of the week."""

    WHOLE = ""
    PROVINSI = "provinsi"
    KABUPATEN = "kabupaten"
    KECAMATAN = "kecamatan"
    DESA = "desa"
    KODE = "kode"
    HARI = "hari"


class Style(StrEnum):
    """How an answer is written: on a line, one box a character, a date in boxes, or on several lines."""

    LINE = "line"
    BOXES = "boxes"
    DATE = "date"
    LINES = "lines"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value comes from: an answer (or one of GIVEN), or the form's own words; only for ``services`` and ``when``."""

    answer: str = ""
    text: str = ""
    part: Part = Part.WHOLE
    services: tuple[str, ...] = ()
    when: Rule | None = None

    def holds(self, service: str, answers: Answers) -> bool:
        fits = not self.services or service in self.services
        return fits and (self.when is None or self.when.holds(answers))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A box to tick. On when everything that is told holds: the row's answer is one of ``values``, the service is one of
    ``services``, one of ``papers`` must be brought, and ``when``. Nothing told: for the pen. ``heading``: words, no box."""

    label: str
    heading: bool = False
    values: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    when: Rule | None = None

    def on(self, value: str, service: str, papers: frozenset[str], answers: Answers) -> bool:
        told = (
            (self.values, value in self.values),
            (self.services, service in self.services),
            (self.papers, bool(papers & set(self.papers))),
            (self.when, self.when is not None and self.when.holds(answers)),
        )
        asked = [holds for what, holds in told if what]
        return bool(asked) and all(asked) and not self.heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One caption and its answer: the first of ``answers`` that there is, and after a comma the first of ``then``.
    ``size``: boxes, or lines. ``across``: boxes to tick beside each other."""

    caption: str = ""
    answers: tuple[Source, ...] = ()
    then: tuple[Source, ...] = ()
    style: Style = Style.LINE
    size: int = 16
    ticks: tuple[Tick, ...] = ()
    across: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. ``cells``: for each line of the table, where its value comes from. ``width``: a share."""

    caption: str
    cells: tuple[tuple[Source, ...], ...] = ()
    group: str = ""
    number: str = ""
    width: int = 10
    boxes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a form. ``services``: only on the forms of these. ``lines``: how many a table has."""

    code: str
    title: str = ""
    note: str = ""
    rows: tuple[Row, ...] = ()
    columns: tuple[Column, ...] = ()
    lines: int = 0
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A place to sign. ``above``: words over it. ``dated``: place and date stand over it. ``stamp``: for a duty stamp."""

    caption: str
    answers: tuple[Source, ...] = ()
    above: str = ""
    dated: bool = False
    stamp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One official form. ``short``: how the screen calls it. ``pages``: how many it may have. ``warning``: that false data is
    punished."""

    code: str
    title: str
    short: str
    subtitle: str = ""
    opening: str = ""
    closing: tuple[str, ...] = ()
    warning: str = ""
    sections: tuple[Section, ...] = ()
    signatures: tuple[Signature, ...] = ()
    pages: int = 1
    footer: str = ""
