"""Form data → Forms, or a ContentError that says where and what to do.

A source is written ``"nik"``, ``"asal:desa"`` (a part of it) or as a table. ``{n}`` stands for 1, 2, 3…: in a column for the
line of the table, anywhere else for whichever is answered first.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from adminduk import rules
from adminduk.forms import GIVEN, Column, Form, Row, Section, Signature, Source, Tick, sources_of
from adminduk.services import FieldKind, Service
from adminduk.tables import ContentError, Mistakes, build, each, rows, table

MOST = 10
"""As many people as the ministry's forms have lines for."""
_PLACES = frozenset({"1", "2", "3", "4", "5"})


def parse_forms(data: Any, services: Mapping[str, Service]) -> dict[str, Form]:
    """``data``: content/base/forms.toml as TOML gives it; ``services``: all that there are, offered or not.

    Raises:
        ContentError: ``jenis_salah``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``nilai_salah``, ``rujukan_hilang`` (no such
            answer, service or paper), ``ganda``. Its ``all`` holds every mistake that was found.
    """
    mistakes = Mistakes()
    forms = mistakes.read(lambda: table(data, "forms", _form)) or {}
    mistakes.done()
    known = _Known(services)
    for code, form in forms.items():
        known.check(form, f"forms.{code}", mistakes)
    for service in services.values():
        for code in set(service.forms) - set(forms):
            mistakes.add("rujukan_hilang", f"services.{service.code}.forms", f"write {code!r} in forms.toml")
    mistakes.done()
    return forms


def _form(data: Any, where: str) -> Form:
    told = _table(data, where)
    code = where.partition(".")[2]
    form: Form = build(
        Form, {"code": code, **told}, where, sections=_sections, signatures=rows(Signature, answers=_any_of)
    )
    return form


def _sections(value: Any, where: str) -> tuple[Section, ...]:
    return each(_list(value, where), where, _section)


def _section(data: Any, where: str) -> Section:
    told = _table(data, where)
    lines = told.get("lines", 0)
    read_row = rows(Row, answers=_any_of, then=_any_of, ticks=rows(Tick, when=_rule))
    section: Section = build(Section, told, where, rows=read_row, columns=_columns(lines))
    if bool(section.columns) != bool(lines):
        raise ContentError("nilai_salah", f"{where}.lines", "a table has columns and lines, and nothing else has lines")
    return section


def _columns(lines: int) -> Any:
    """A reader of columns. ``answers`` with ``{n}``, ``first`` for the line before n = 1, or ``each``: a list a line."""

    def column(data: Any, where: str) -> Column:
        told = dict(_table(data, where))
        if "cells" in told:
            raise ContentError("kunci_tidak_dikenal", f"{where}.cells", "write answers, first or each")
        pattern, first, alone = told.pop("answers", []), told.pop("first", None), told.pop("each", None)
        cells: list[Any] = list(_list(alone, f"{where}.each")) if alone is not None else []
        if alone is None:
            before = [first] if first is not None else []
            cells = [*before, *(_numbered(pattern, n) for n in range(1, lines + 1 - len(before)))]
        read = tuple(_sources(cell, f"{where}.answers") for cell in cells[:lines])
        made: Column = build(Column, {**told, "cells": read}, where, cells=lambda value, _at: value)
        return made

    return lambda value, where: each(_list(value, where), where, column)


def _any_of(value: Any, where: str) -> tuple[Source, ...]:
    """Sources outside a table: one with ``{n}`` becomes several."""
    return _sources([one for entry in _list(value, where) for one in _spread(entry)], where)


def _spread(entry: Any) -> Iterator[Any]:
    count = range(1, MOST + 1) if _names_number(entry) else range(1, 2)
    yield from (_numbered(entry, n) for n in count)


def _names_number(entry: Any) -> bool:
    return "{n}" in repr(entry)


def _numbered(entry: Any, number: int) -> Any:
    """The same data with ``{n}`` replaced, however deep."""
    if isinstance(entry, str):
        return entry.replace("{n}", str(number))
    if isinstance(entry, list):
        return [_numbered(part, number) for part in entry]
    return {key: _numbered(part, number) for key, part in entry.items()} if isinstance(entry, dict) else entry


def _sources(value: Any, where: str) -> tuple[Source, ...]:
    return each(_list(value, where), where, _source)


def _source(entry: Any, where: str) -> Source:
    if isinstance(entry, str):
        answer, _, part = entry.partition(":")
        entry = {"answer": answer, "part": part}
    source: Source = build(Source, entry, where, when=_rule)
    if bool(source.answer) == bool(source.text):
        raise ContentError("wajib_diisi", where, "write answer or text")
    return source


def _rule(value: Any, where: str) -> rules.Rule:
    try:
        return rules.parse(value)
    except rules.RuleError as error:
        raise ContentError("nilai_salah", where, str(error)) from None


def _table(data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ContentError("jenis_salah", where, "write a table")
    return data


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ContentError("jenis_salah", where, "write a list")
    return value


class _Known:
    """What a form may name: answers with their possible values, services, papers."""

    def __init__(self, services: Mapping[str, Service]) -> None:
        self.services = set(services)
        self.papers = {paper.code for service in services.values() for paper in service.papers}
        self.values: dict[str, set[str]] = {name: set() for name in GIVEN} | {"@klasifikasi": set(_PLACES)}
        for field in (field for service in services.values() for field in service.fields()):
            told = {choice.value for choice in field.choices}
            yes_no = {"ya", "tidak"} if field.kind is FieldKind.YES_NO else set()
            self.values[field.key] = self.values.get(field.key, set()) | told | yes_no

    def check(self, form: Form, where: str, mistakes: Mistakes) -> None:
        codes = [section.code for section in form.sections]
        if len(set(codes)) != len(codes):
            mistakes.add("ganda", f"{where}.sections", "two sections have the same code")
        for source in sources_of(form):
            self._source(source, where, mistakes)
        for section in form.sections:
            place = f"{where}.{section.code}"
            self._among("service", section.services, self.services, place, mistakes)
            for row in section.rows:
                self._row(row, place, mistakes)

    def _source(self, source: Source, where: str, mistakes: Mistakes) -> None:
        self._among("answer", (source.answer,) if source.answer else (), set(self.values), where, mistakes)
        self._shared(source, where, mistakes)

    def _shared(self, part: Source | Tick, where: str, mistakes: Mistakes) -> None:
        self._among("service", part.services, self.services, where, mistakes)
        if part.when is not None:
            self._among("answer", tuple(sorted(part.when.fields())), set(self.values), where, mistakes)

    def _row(self, row: Row, where: str, mistakes: Mistakes) -> None:
        possible = set().union(*(self.values.get(source.answer, set()) for source in row.answers))
        for tick in row.ticks:
            place = f"{where}.{tick.label}"
            self._shared(tick, place, mistakes)
            self._among("paper", tick.papers, self.papers, place, mistakes)
            self._among("value", tick.values, possible, place, mistakes, code="nilai_salah")

    @staticmethod
    def _among(
        what: str,
        names: tuple[str, ...],
        known: set[str],
        where: str,
        mistakes: Mistakes,
        *,
        code: str = "rujukan_hilang",
    ) -> None:
        for name in names:
            if name not in known:
                near = ", ".join(sorted(known)[:8])
                mistakes.add(code, where, f"no {what} {name!r}; {what}s are such as {near}")
