"""The screens' font for paper: unpacked exactly, read by typst, nothing taken for a font that is none."""

import struct
import zlib
from pathlib import Path

import pytest

from provisioning.assets.woff import NotWoffError, unpacked

TOP = Path(__file__).parents[3]
TABLES = {b"cmap": b"C" * 301, b"glyf": b"G" * 7, b"head": b"H" * 54}


def packed(tables: dict[bytes, bytes]) -> bytes:
    """A WOFF of these tables: packed where that is shorter, as the standard demands."""
    entries, body, at = b"", b"", 44 + 20 * len(tables)
    for tag, data in tables.items():
        stored = min(zlib.compress(data), data, key=len)
        entries += struct.pack(">4sIIII", tag, at + len(body), len(stored), len(data), sum(data))
        body += stored + bytes(-len(stored) % 4)
    head = struct.pack(">4s4sIHHIHHIIIII", b"wOFF", b"\0\1\0\0", at + len(body), len(tables), 0, 0, 1, 0, 0, 0, 0, 0, 0)
    return head + entries + body


def tables_of(font: bytes) -> dict[bytes, bytes]:
    """A TrueType file's tables, found by its own directory."""
    count = struct.unpack_from(">H", font, 4)[0]
    rows = [struct.unpack_from(">4sIII", font, 12 + 16 * number) for number in range(count)]
    assert all(offset % 4 == 0 for _, _, offset, _ in rows)
    return {tag: font[offset : offset + size] for tag, _, offset, size in rows}


def test_every_table_comes_out_as_it_went_in() -> None:
    font = unpacked(packed(TABLES))
    assert font[:4] == b"\0\1\0\0"
    assert tables_of(font) == TABLES
    assert len(font) % 4 == 0


@pytest.mark.parametrize(("count", "search"), [(1, (16, 0, 0)), (3, (32, 1, 16)), (4, (64, 2, 0)), (17, (256, 4, 16))])
def test_the_header_tells_how_to_search(count: int, search: tuple[int, int, int]) -> None:
    font = unpacked(packed({f"t{number:03d}".encode(): b"x" for number in range(count)}))
    assert struct.unpack_from(">HHH", font, 6) == search


@pytest.mark.parametrize("content", [b"", b"wOF2" + bytes(60), b"\0\1\0\0" + bytes(60), b"<html>"])
def test_what_is_no_woff_is_refused(content: bytes) -> None:
    with pytest.raises(NotWoffError):
        unpacked(content)


def test_a_cut_file_is_no_font() -> None:
    with pytest.raises((struct.error, zlib.error)):
        unpacked(packed(TABLES)[:70])


def test_typst_knows_the_built_font_in_every_weight_of_the_poster() -> None:
    import typst

    shelf = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[TOP / "build" / "fonts"])
    known = {(font.family, font.weight) for font in shelf.fonts()}
    assert known == {("Atkinson Hyperlegible Next", weight) for weight in (400, 600, 700, 800)}
