"""A form with its answers → what the template draws, as plain JSON."""

from collections.abc import Mapping
from typing import Any

from adminduk import dates
from adminduk.forms import Column, Form, Row, Section, Signature, Style, Tick
from adminduk.services import Service
from blanks.values import Desk, Reader

KODE_DIGITS = (2, 2, 2, 4)


def sheet(form: Form, service: Service, answers: Mapping[str, str], desk: Desk) -> dict[str, Any]:
    """Everything that is drawn, in the form's order: ``wilayah``, ``sections`` (rows or a table), ``signatures``."""
    reader = Reader(service, answers, desk)
    papers = frozenset(paper.code for paper in service.papers_for(reader.known) if paper.required)
    shown = [section for section in form.sections if not section.services or service.code in section.services]
    return {
        "code": form.code,
        "title": form.title,
        "subtitle": form.subtitle,
        "service": service.name,
        "wilayah": _wilayah(reader),
        "kode": _grouped(reader.known.get("@kode", "")),
        "opening": form.opening,
        "sections": [_section(section, reader, papers) for section in shown],
        "closing": [_with_words(text, reader) for text in form.closing],
        "warning": form.warning,
        "dated": f"{desk.desa_name}, {dates.spoken(desk.today)}",
        "signatures": [_signature(signature, reader) for signature in form.signatures],
        "footer": form.footer,
    }


def _wilayah(reader: Reader) -> list[str]:
    """Provinsi, kabupaten, kecamatan, desa."""
    return [reader.known.get(name, "").upper() for name in ("@provinsi", "@kabupaten", "@kecamatan", "@desa")]


def _grouped(code: str) -> list[str]:
    """33 12 12 2010: the kode wilayah by level, with blanks for what is not known."""
    padded, groups = code.ljust(sum(KODE_DIGITS)), []
    for length in KODE_DIGITS:
        groups.append(padded[:length])
        padded = padded[length:]
    return groups


def _with_words(text: str, reader: Reader) -> str:
    """A sentence of the form with the service's name and the day in it."""
    return text.replace("@layanan", reader.service.name).replace("@tanggal", dates.spoken(reader.desk.today))


def _section(section: Section, reader: Reader, papers: frozenset[str]) -> dict[str, Any]:
    return {
        "code": section.code,
        "title": section.title,
        "note": section.note,
        "rows": [_row(row, reader, papers) for row in section.rows],
        "columns": [_heading(column) for column in section.columns],
        "lines": [
            [reader.text(c.cells[n]) if n < len(c.cells) else "" for c in section.columns] for n in range(section.lines)
        ],
    }


def _row(row: Row, reader: Reader, papers: frozenset[str]) -> dict[str, Any]:
    raw = reader.raw(row.answers)
    return {
        "caption": row.caption,
        "style": str(row.style),
        "size": row.size,
        "across": row.across,
        "value": _value(row, reader),
        "ticks": [_tick(tick, raw, reader, papers) for tick in row.ticks],
    }


def _value(row: Row, reader: Reader) -> str:
    if row.style is Style.DATE:
        return reader.digits(row.answers)
    joined = _joined(row, reader)
    number = row.style is Style.BOXES and joined.isdecimal() and reader.counts(row.answers)
    return joined.zfill(row.size) if number else joined


def _joined(row: Row, reader: Reader) -> str:
    return ", ".join(text for text in (reader.text(row.answers), reader.text(row.then)) if text)


def _tick(tick: Tick, raw: str, reader: Reader, papers: frozenset[str]) -> dict[str, Any]:
    on = tick.on(raw, reader.service.code, papers, reader.looked_at)
    return {"label": tick.label, "heading": tick.heading, "on": on}


def _heading(column: Column) -> dict[str, Any]:
    return {
        "caption": column.caption,
        "group": column.group,
        "number": column.number,
        "width": column.width,
        "boxes": column.boxes,
    }


def _signature(signature: Signature, reader: Reader) -> dict[str, Any]:
    return {
        "caption": signature.caption,
        "above": signature.above,
        "dated": signature.dated,
        "stamp": signature.stamp,
        "name": reader.text(signature.answers),
    }
