"""Form data → Forms, or a ContentError that says where and what to do.

A source is written ``"nik"``, ``"asal:desa"`` (a part of it) or as a table. ``{n}`` stands for 1, 2, 3…: in a column for the
line of the table, anywhere else for whichever is answered first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from adminduk.fitting import condition
from adminduk.forms import GIVEN, Column, Form, Row, Section, Signature, Source, Tick
from adminduk.services import FieldKind, Service
from adminduk.tables import (
    ContentError,
    Mistakes,
    a_list,
    a_table,
    build,
    each,
    no_such,
    not_among,
    only_keys,
    plain,
    rows,
)

MOST = 10
"""As many people as the ministry's forms have lines for."""
_FILLING = ("answers", "first", "each")
_PLACES = frozenset({"1", "2", "3", "4", "5"})


def parse_forms(data: Any, services: Mapping[str, Service]) -> dict[str, Form]:
    """``data``: content/base/forms.toml as TOML gives it; ``services``: all that there are, offered or not.

    Raises:
        ContentError: ``jenis_salah``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``nilai_salah``, ``rujukan_hilang`` (no such
            answer, service or paper), ``ganda``. Its ``all`` holds every mistake that was found.
    """
    mistakes = Mistakes()
    forms: dict[str, Form] = mistakes.entries(data, "forms", _form)
    known = _Known(services)
    for code, form in forms.items():
        known.check(form, f"forms.{code}", mistakes)
    for service in services.values():
        for code in set(service.forms) - set(data):
            mistakes.tell(no_such("form", code, data, f"services.{service.code}.forms"))
    mistakes.done()
    return forms


def _form(data: Any, where: str) -> Form:
    signatures = rows(Signature, answers=_any_of)
    code = where.partition(".")[2]
    form: Form = build(Form, data, where, given={"code": code}, sections=_sections, signatures=signatures)
    return form


def _sections(value: Any, where: str) -> tuple[Section, ...]:
    return each(a_list(value, where), where, _section)


def _section(data: Any, where: str) -> Section:
    told = a_table(data, where)
    lines = plain(int, told.get("lines", 0), f"{where}.lines")
    read_row = rows(Row, answers=_any_of, then=_any_of, ticks=rows(Tick, when=condition))
    section: Section = build(Section, told, where, rows=read_row, columns=_columns(lines))
    if bool(section.columns) != bool(lines):
        remedy = "a table has columns and lines, and nothing else has lines"
        raise ContentError("nilai_salah", f"{where}.lines", remedy, say="columns_and_lines")
    return section


def _columns(lines: int) -> Any:
    """A reader of columns. ``answers`` with ``{n}``, ``first`` for the line before n = 1, or ``each``: a list a line."""

    def column(data: Any, where: str) -> Column:
        told, mistakes = a_table(data, where), Mistakes()
        own = [item.name for item in fields(Column) if item.name != "cells"]
        mistakes.read(lambda: only_keys(told, (*own, *_FILLING), where))
        cells = mistakes.read(lambda: _cells(told, lines, where)) or ()
        words = {key: told[key] for key in own if key in told}
        made: Column = mistakes.read(lambda: build(Column, words, where, given={"cells": cells}))
        mistakes.done()
        return made

    return lambda value, where: each(a_list(value, where), where, column)


def _cells(told: Mapping[str, Any], lines: int, where: str) -> tuple[tuple[Source, ...], ...]:
    """For each line, where its value comes from."""
    if "each" in told:
        return each(a_list(told["each"], f"{where}.each")[:lines], f"{where}.each", _sources)
    before = [_sources(told["first"], f"{where}.first")] if "first" in told else []
    numbers = range(1, lines + 1 - len(before))
    return (*before, *(_sources(_numbered(told.get("answers", []), n), f"{where}.answers") for n in numbers))


def _any_of(value: Any, where: str) -> tuple[Source, ...]:
    """Sources outside a table: one with ``{n}`` becomes several."""
    several = each(a_list(value, where), where, lambda entry, at: [_source(one, at) for one in _spread(entry)])
    return tuple(source for sources in several for source in sources)


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
    return each(a_list(value, where), where, _source)


def _source(entry: Any, where: str) -> Source:
    if isinstance(entry, str):
        answer, _, part = entry.partition(":")
        entry = {"answer": answer, "part": part}
    source: Source = build(Source, entry, where, when=condition)
    if bool(source.answer) == bool(source.text):
        raise ContentError("wajib_diisi", where, "write answer or text", say="answer_or_text")
    return source


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
        for at, section in enumerate(form.sections):
            place = f"{where}.sections[{at}]"
            if section.code in codes[:at]:
                mistakes.add(
                    "ganda", f"{place}.code", "two sections have the same code", say="section_twice", key=section.code
                )
            self._among("service", section.services, self.services, f"{place}.services", mistakes)
            self._section(section, place, mistakes)
        for at, signature in enumerate(form.signatures):
            self._sources(signature.answers, f"{where}.signatures[{at}].answers", mistakes)

    def _section(self, section: Section, where: str, mistakes: Mistakes) -> None:
        for at, row in enumerate(section.rows):
            place = f"{where}.rows[{at}]"
            self._sources(row.answers, f"{place}.answers", mistakes)
            self._sources(row.then, f"{place}.then", mistakes)
            self._ticks(row, place, mistakes)
        for at, column in enumerate(section.columns):
            for cell in column.cells:
                self._sources(cell, f"{where}.columns[{at}]", mistakes)

    def _sources(self, sources: tuple[Source, ...], where: str, mistakes: Mistakes) -> None:
        for source in sources:
            self._among("answer", (source.answer,) if source.answer else (), set(self.values), where, mistakes)
            self._shared(source, where, mistakes)

    def _shared(self, part: Source | Tick, where: str, mistakes: Mistakes) -> None:
        self._among("service", part.services, self.services, where, mistakes)
        if part.when is not None:
            self._among("answer", tuple(sorted(part.when.fields())), set(self.values), where, mistakes)

    def _ticks(self, row: Row, where: str, mistakes: Mistakes) -> None:
        possible = set().union(*(self.values.get(source.answer, set()) for source in row.answers))
        for at, tick in enumerate(row.ticks):
            place = f"{where}.ticks[{at}]"
            self._shared(tick, place, mistakes)
            self._among("paper", tick.papers, self.papers, place, mistakes)
            for value in sorted(set(tick.values) - possible):
                mistakes.tell(not_among(value, sorted(possible), f"{place}.values"))

    @staticmethod
    def _among(what: str, names: tuple[str, ...], known: set[str], where: str, mistakes: Mistakes) -> None:
        for name in names:
            if name not in known:
                mistakes.tell(no_such(what, name, sorted(known), where))
