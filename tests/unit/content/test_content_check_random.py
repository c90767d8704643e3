"""Mistakes at random places of the real files: the line told is the line of the key, and no mistake stops the check."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.content.planting import brief, checked, copied

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KEY = re.compile(r"""(?:^|[{,]\s*)([A-Za-z][A-Za-z_]*)(?= = )""")
NAMED_BY_ADMINS = {
    "aliases",
    "acts",
    "choices",
    "complaints",
    "legibility",
    "order",
    "outputs",
    "pronunciation",
    "steps",
}
"""Files in which an admin gives the keys their names: none of them is unknown."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copied(tmp_path_factory.mktemp("planted"))


def files(root: Path) -> list[Path]:
    return sorted(
        file
        for file in root.rglob("*.toml")
        if file.parent != root and "profiles/" not in str(file.relative_to(root))  # at the top: words of our own tools
    )


def keys_in(text: str) -> Iterator[tuple[int, int, str]]:
    """Line, column and name of each key that stands in a line: found by its look, not by the scanner."""
    for number, line in enumerate(text.split("\n"), start=1):
        plain = re.sub(r'"(?:\\.|[^"\\])*"', lambda match: '"' + "." * (len(match[0]) - 2) + '"', line)
        if not plain.lstrip().startswith("#"):
            yield from ((number, match.start(1) + 1, match[1]) for match in KEY.finditer(plain.split(" #")[0]))


@st.composite
def planted(draw: st.DrawFn, root: Path) -> tuple[Path, str, int, str]:
    """A file, what it says with one key renamed, the key's line, and its new name."""
    file = draw(st.sampled_from([path for path in files(root) if path.stem not in NAMED_BY_ADMINS]))
    text = file.read_text(encoding="utf-8")
    number, column, name = draw(st.sampled_from(list(keys_in(text))))
    lines = text.split("\n")
    line = lines[number - 1]
    lines[number - 1] = line[: column - 1] + f"x{name}" + line[column - 1 + len(name) :]
    return file, "\n".join(lines), number, f"x{name}"


@SLOW
@given(st.data())
def test_a_key_with_a_typing_mistake_is_told_on_its_line(root: Path, data: st.DataObject) -> None:
    file, text, line, name = data.draw(planted(root))
    before = file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    try:
        found = checked(root).mistakes
    finally:
        file.write_text(before, encoding="utf-8")
    here = {finding.at.line for finding in found if finding.file == file}
    assert line in here, (file.name, line, name, [brief(finding) for finding in found])


@SLOW
@given(st.data())
def test_a_value_of_another_kind_is_told_on_its_line_or_does_no_harm(root: Path, data: st.DataObject) -> None:
    """Any value in place of any other: the check ends, and what it tells of this file it tells at the value's own line, or at
    something that needs it."""
    file = data.draw(st.sampled_from(files(root)))
    before = file.read_text(encoding="utf-8")
    lines = before.split("\n")
    number, column, name = data.draw(st.sampled_from(list(keys_in(before)) or [(1, 1, "")]))
    value = data.draw(
        st.sampled_from(
            ["7", "-1", "true", '""', '"x"', "[]", "[7]", '["x"]', "[[]]", "{}", '{ x = "y" }', "[{ }]", "1.5"]
        )
    )
    start = column - 1 + len(name) + 3
    end = start + _value_size(lines[number - 1][start:])
    lines[number - 1] = lines[number - 1][:start] + value + lines[number - 1][end:]
    file.write_text("\n".join(lines), encoding="utf-8")
    try:
        found = checked(root).mistakes
    finally:
        file.write_text(before, encoding="utf-8")
    wrong = [finding for finding in found if finding.code == "jenis_salah"]
    if wrong and wrong[0].file == file and _readable("\n".join(lines)):
        assert number in {finding.at.line for finding in wrong}


def _value_size(rest: str) -> int:
    match = re.match(r'"(?:\\.|[^"\\])*"|[^,}\]\n]*', rest)
    return match.end() if match else 0


def _readable(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


@SLOW
@given(st.data())
def test_a_file_that_is_cut_anywhere_is_told_and_stops_nothing(root: Path, data: st.DataObject) -> None:
    """A disk that was full, a copy that broke off."""
    file = data.draw(st.sampled_from(files(root)))
    before = file.read_bytes()
    kept = before[: data.draw(st.integers(0, len(before)))]
    file.write_bytes(kept)
    try:
        found = checked(root).findings
    finally:
        file.write_bytes(before)
    try:
        tomllib.loads(kept.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        assert [finding.file for finding in found if finding.code in ("bukan_toml", "bukan_utf8")] == [file]
