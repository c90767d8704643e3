"""Where each key of a TOML text stands: line and column, which ``tomllib`` does not tell (nor does tomlkit, its issue 55).

The text is a valid one as a rule: ``tomllib`` says what holds, this only finds. On a text that does not hold it goes as far
as it can. Tests compare the two on every file of the content and on made-up texts: the same keys, no more and no fewer.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""Keys and indices from the top of the file; ``()`` is the file itself."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SCALAR = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"""("{0,2})(?!")', re.DOTALL),
    re.compile(r"'''.*?'''('{0,2})(?!')", re.DOTALL),
    re.compile(r'"((?:\\.|[^"\\\n])*)"'),
    re.compile(r"'([^'\n]*)'"),
)
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([btnfr"\\]))')
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Counted from 1, as editors do."""

    line: int
    column: int


TOP = Position(1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """``of``: where each key and each entry of a list stands. ``twice``: keys that were written again, and where.
    ``stopped``: where the text could not be followed any further; None when all of it was read."""

    of: dict[Path, Position] = field(default_factory=dict)
    twice: tuple[tuple[Path, Position], ...] = ()
    stopped: Position | None = None


def positions(text: str) -> Positions:
    """Of every key, table and list entry."""
    scanner = _Scanner(text.replace("\r\n", "\n"))
    stopped = None
    try:
        scanner.run()
    except _LostError:
        stopped = scanner.position(scanner.at)
    return Positions(of=scanner.found, twice=tuple(scanner.twice), stopped=stopped)


class _LostError(Exception):
    """The text is not TOML from here on."""


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Path, Position] = {(): TOP}
        self.twice: list[tuple[Path, Position]] = []
        self._written: set[Path] = set()  # by a key or a header of its own, not by a longer header
        self._lists: dict[Path, int] = {}  # of [[…]] tables: how many so far
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position(self, at: int) -> Position:
        line = bisect_right(self._starts, at)
        return Position(line, at - self._starts[line - 1] + 1)

    def run(self) -> None:
        table: Path = ()
        while not self._end_after_blanks():
            if self.text.startswith("[[", self.at):
                table = self._list_header()
            elif self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _end_after_blanks(self) -> bool:
        self._skip(_BLANK)
        return self.at >= len(self.text)

    # --- headers ---

    def _header(self) -> Path:
        self.at += 1
        path = self._within(self._key())
        self._expect("]")
        self._write(path[0], path[1])
        return path[0]

    def _list_header(self) -> Path:
        begin = self.at
        self.at += 2
        path, where = self._within(self._key(), last=False)
        self._expect("]]")
        number = self._lists.get(path, 0)
        self._lists[path] = number + 1
        self.found.setdefault(path, where)
        self.found[(*path, number)] = self.position(begin)
        return (*path, number)

    def _within(self, parts: list[tuple[str, int]], *, last: bool = True) -> tuple[Path, Position]:
        """The place that a header's key means: inside the latest entry of each list on the way."""
        path: Path = ()
        for step, (name, at) in enumerate(parts, start=1):
            path = (*path, name)
            if step < len(parts):
                self.found.setdefault(path, self.position(at))
            if path in self._lists and (step < len(parts) or last):
                path = (*path, self._lists[path] - 1)
        return path, self.position(parts[-1][1])

    # --- keys and values ---

    def _pair(self, table: Path) -> None:
        parts = self._key()
        self._expect("=")
        path = table
        for name, at in parts[:-1]:
            path = (*path, name)
            self.found.setdefault(path, self.position(at))
        path = (*path, parts[-1][0])
        self._write(path, self.position(parts[-1][1]))
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[tuple[str, int]]:
        """Its dotted parts, and where each begins."""
        parts = []
        while True:
            self._skip(_SPACE)
            begin = self.at
            parts.append((self._name(), begin))
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _name(self) -> str:
        if match := _STRINGS[2].match(self.text, self.at):
            self.at = match.end()
            return _ESCAPE.sub(_unescaped, match[1])
        if match := _STRINGS[3].match(self.text, self.at) or _BARE.match(self.text, self.at):
            self.at = match.end()
            return match[1] if match.re is _STRINGS[3] else match[0]
        raise _LostError

    def _value(self, path: Path) -> None:
        start = self.text[self.at : self.at + 1]
        if start == "[":
            self._list(path)
        elif start == "{":
            self._inline(path)
        elif start in ("'", '"'):
            self._string()
        elif not self._skip(_SCALAR).strip():
            raise _LostError

    def _string(self) -> None:
        triple = self.text[self.at : self.at + 3]
        kinds = _STRINGS[:2] if triple in ('"""', "'''") else _STRINGS[2:]
        if not any(self._skip(kind) for kind in kinds):
            raise _LostError

    def _list(self, path: Path) -> None:
        self.at += 1
        for number in range(len(self.text)):
            self._skip(_BLANK)
            if self._taken("]"):
                return
            self.found[(*path, number)] = self.position(self.at)
            self._value((*path, number))
            self._skip(_BLANK)
            if not self._taken(","):
                self._expect("]")
                return

    def _inline(self, path: Path) -> None:
        self.at += 1
        while not self._taken("}"):
            self._skip(_BLANK)
            self._pair(path)
            self._skip(_BLANK)
            if not self._taken(","):
                self._expect("}")
                return
            self._skip(_BLANK)

    # --- the smallest steps ---

    def _write(self, path: Path, where: Position) -> None:
        """The first one stays; a table that a longer header named before is written now."""
        if path in self._written:
            self.twice.append((path, where))
            return
        self._written.add(path)
        if path and not isinstance(path[-1], int):
            self.found[path] = where

    def _skip(self, what: re.Pattern[str]) -> str:
        match = what.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return match[0] if match else ""

    def _taken(self, mark: str) -> bool:
        self._skip(_SPACE)
        if self.text.startswith(mark, self.at):
            self.at += len(mark)
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._taken(mark):
            raise _LostError


def _unescaped(match: re.Match[str]) -> str:
    short, long, letter = match.groups()
    return _ESCAPES[letter] if letter else chr(int(short or long, 16))
