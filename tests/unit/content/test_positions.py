"""Where a key stands: the same keys as tomllib finds, each on the line where an editor shows it."""

import string
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content.loader import ROOT
from content.positions import Path as Keys
from content.positions import Position, positions

FILES = sorted(ROOT.rglob("*.toml"))


def keys_of(data: Any, above: Keys = ()) -> Iterator[Keys]:
    """Every key and entry that tomllib finds."""
    yield above
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield from keys_of(value, (*above, key))


def line_of(text: str, *keys: str | int) -> int:
    return positions(text).of[keys].line


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_keys_of_a_file_are_those_that_tomllib_finds(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = positions(text)
    assert set(found.of) == set(keys_of(tomllib.loads(text)))
    assert (found.twice, found.stopped) == ((), None)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_at_the_place_of_a_key_its_name_is_written(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    for keys, at in positions(text).of.items():
        if keys and isinstance(keys[-1], str):
            rest = lines[at.line - 1][at.column - 1 :]
            assert rest.startswith((keys[-1], f'"{keys[-1]}"')), keys


@pytest.mark.parametrize(
    ("text", "keys", "at"),
    [
        ("a = 1", ("a",), (1, 1)),
        ("# note\n\n  a = 1", ("a",), (3, 3)),
        ("a.b = 1\na.c = 2", ("a", "c"), (2, 3)),
        ("[a]\nb = 1", ("a", "b"), (2, 1)),
        ("[a]\nb = 1", ("a",), (1, 2)),
        ("[a.b]\n[a]", ("a",), (2, 2)),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1, "b"), (3, 1)),
        ("[[a]]\n[[a]]\nb = 1", ("a", 1), (2, 1)),
        ("[[a]]\n[a.b]\nc = 1\n[[a]]\n[a.b]\nc = 2", ("a", 1, "b", "c"), (6, 1)),
        ("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\nc = 1", ("a", 1, "b", 0, "c"), (5, 1)),
        ("a = [\n  1, # one\n  2,\n]\nb = 1", ("a", 1), (3, 3)),
        ("a = [\n  1,\n  2,\n]\nb = 1", ("b",), (5, 1)),
        ("a = { b = 1, c = { d = 2 } }", ("a", "c", "d"), (1, 20)),
        ("a = [{ b = 1 },\n  { b = 2 }]", ("a", 1, "b"), (2, 5)),
        ('a = """\nb = 1\n"""\nc = 1', ("c",), (4, 1)),
        ('a = """one \\""" two"""\nc = 1', ("c",), (2, 1)),
        ('a = """two quotes"""""\nc = 1', ("c",), (2, 1)),
        ("a = '''\nb = 1'''\nc = 1", ("c",), (3, 1)),
        ('a = "]}#\\"" # x = 1\nc = 1', ("c",), (2, 1)),
        ("a = 'C:\\'\nc = 1", ("c",), (2, 1)),
        ("a = 1979-05-27 07:32:00Z # noon\nb = [2020-01-01, 1_000]", ("b", 1), (2, 18)),
        ('"receipt.absent" = 1', ("receipt.absent",), (1, 1)),
        ('"tab\\there \\u00e9 \\U0001F600" = 1', ("tab\there é 😀",), (1, 1)),
        ("'a b' = 1", ("a b",), (1, 1)),
        ("a = 1\r\nb = 2\r\n", ("b",), (2, 1)),
        ("", (), (1, 1)),
    ],
)  # fmt: skip
def test_a_key_stands_where_it_is_written(text: str, keys: Keys, at: tuple[int, int]) -> None:
    assert set(keys_of(tomllib.loads(text))) == set(positions(text).of)
    assert positions(text).of[keys] == Position(*at)


@pytest.mark.parametrize(
    ("text", "keys", "line"),
    [
        ("a = 1\nb = 2\na = 3", ("a",), 3),
        ("[a]\nb = 1\n[c]\n[a]", ("a",), 4),
        ("[a]\nb = 1\nb = 2", ("a", "b"), 3),
        ("[[a]]\nb = 1\n[[a]]\nb = 1\nb = 2", ("a", 1, "b"), 5),
        ("a = { b = 1, b = 2 }", ("a", "b"), 1),
    ],
)
def test_a_key_that_is_written_again_is_known_and_the_first_one_keeps_its_place(
    text: str, keys: Keys, line: int
) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    found = positions(text)
    assert [(path, at.line) for path, at in found.twice] == [(keys, line)]
    assert found.of[keys] < found.twice[0][1]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb", 2), ("a = 1\n= 2", 2), ('a = 1\nb = "x\nc = 1', 2), ("a = 1\nb = ", 2), ("a = [1, 2\nb = 3", 2), ("[a\nb = 1", 1),
        ("a = { b = 1", 1), ("[[a]\nb = 1", 1), ('a = """x\ny', 1),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_followed_as_far_as_it_goes(text: str, line: int) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    stopped = positions(text).stopped
    assert stopped is not None
    assert stopped.line == line


# --- made-up files ----------------------------------------------------------------------------------------------------

NAMES = st.text(string.ascii_lowercase, min_size=1, max_size=3)
SPACES = st.sampled_from(["", " ", "  "])
SCALARS = st.sampled_from(
    ["1", "-0.5", "true", '"x"', "'#]'", '"a \\" = ]"', '"""\n[t]\nx = 1\n"""', "'''\n'''", "2026-11-21", "07:30:00", '""', '""""a"""']
)  # fmt: skip
BLANKS = st.sampled_from(["", " ", "\n", "\n\n", " # [x]\n", "\n  # y = 1\n"])


@st.composite
def lists(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    entries = [draw(BLANKS) + draw(inner) + draw(BLANKS) for _ in range(draw(st.integers(0, 3)))]
    return "[" + ",".join(entries) + ("," if entries and draw(st.booleans()) else "") + draw(BLANKS) + "]"


@st.composite
def inlines(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    return "{" + ",".join(f"{draw(SPACES)}{name}{draw(SPACES)}={draw(SPACES)}{draw(inner)}" for name in names) + " }"


VALUES = st.recursive(SCALARS, lambda inner: st.one_of(lists(inner), inlines(inner)), max_leaves=6)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Tables, lists of tables and pairs of few names, so that they meet."""
    lines = []
    for _ in range(draw(st.integers(0, 8))):
        dotted = draw(SPACES) + f"{draw(SPACES)}.{draw(SPACES)}".join(draw(st.lists(NAMES, min_size=1, max_size=3)))
        kind = draw(st.sampled_from(["pair", "pair", "table", "list"]))
        written = {"pair": f"{dotted} = {draw(VALUES)}", "table": f"[{dotted}]", "list": f"[[{dotted}]]"}[kind]
        lines.append(written + draw(st.sampled_from(["", "  ", " # z = 1"])))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


@settings(max_examples=400)
@given(documents())
def test_made_up_files_have_the_keys_that_tomllib_finds(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        positions(text)  # ends, whatever is in it
        return
    found = positions(text)
    assert set(found.of) == set(keys_of(data))
    assert (found.twice, found.stopped) == ((), None)


@settings(max_examples=200)
@given(st.text("[]{}=\".'#\\\n\r ab,1", max_size=40))
def test_noise_ends_and_never_raises(text: str) -> None:
    positions(text)
