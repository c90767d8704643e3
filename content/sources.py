"""The content's files as they are written: their tables, where each key stands, and what makes one unreadable."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from content.positions import TOP, Position, Positions, positions
from content.positions import Path as Keys

_PLACE_IN_MESSAGE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TYPED_QUOTES = frozenset("“”„‘’«»")
_WORD_AT_END = re.compile(r"[.\[]|$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to mend. ``place``: the key in its file. ``say``: its sentence in check.toml, which needs ``facts``.
    ``warning``: it may stay."""

    file: Path
    at: Position
    code: str
    place: str = ""
    say: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    warning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file. ``data`` is empty when it is missing or unreadable; ``troubles`` say why it is unreadable."""

    file: Path
    there: bool = True
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    troubles: tuple[Finding, ...] = ()

    def position(self, keys: Keys) -> Position:
        """Of the key itself, or of the nearest that is written and holds it."""
        of = _positions(self.text).of
        return next((of[keys[:size]] for size in range(len(keys), 0, -1) if keys[:size] in of), TOP)

    def finding(
        self, code: str, keys: Keys, *, left: str = "", say: str = "", warning: bool = False, **facts: Any
    ) -> Finding:
        """About a key; ``left``: what of the place is not written in the file."""
        place = dotted(keys) + (left if keys else left.lstrip("."))
        at = self.position(keys)
        return Finding(file=self.file, at=at, code=code, place=place, say=say or code, facts=facts, warning=warning)


class Sources:
    """The pages of one content folder, each read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pages: dict[Path, Page] = {}

    def page(self, file: Path) -> Page:
        if file not in self._pages:
            self._pages[file] = read_page(file)
        return self._pages[file]

    def data(self, file: Path) -> dict[str, Any]:
        """What content.loader reads through."""
        return self.page(file).data

    def folders(self, profile: str) -> tuple[Path, Path]:
        """Base first."""
        return self.root / "base", self.root / "profiles" / profile


def read_page(file: Path) -> Page:
    """Of any file; never raises for what is in it."""
    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        return Page(file=file, there=False)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = Position(raw.count(b"\n", 0, error.start) + 1, 1)
        return _broken(file, Finding(file=file, at=at, code="bukan_utf8", say="not_utf8"))
    if text.startswith("\ufeff"):
        return _broken(file, Finding(file=file, at=TOP, code="bukan_toml", say="byte_order_mark"))
    try:
        return Page(file=file, text=text, data=tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        return _broken(file, *_troubles(file, text, _told_at(error, text)))


@lru_cache(maxsize=128)
def _positions(text: str) -> Positions:
    """Needed only of files in which something is found, then often."""
    return positions(text)


def _broken(file: Path, *troubles: Finding) -> Page:
    return Page(file=file, troubles=troubles)


def _troubles(file: Path, text: str, told: Position) -> Iterator[Finding]:
    """Keys written twice are known by their places; anything else is where ``tomllib`` stopped."""
    found = _positions(text)
    for keys, at in found.twice:
        yield Finding(file=file, at=at, code="ganda", place=dotted(keys), say="key_twice", facts={"key": str(keys[-1])})
    if not found.twice or found.stopped is not None:
        line = text.split("\n")[told.line - 1]
        say = "typed_quotes" if _TYPED_QUOTES & set(line) else "not_toml"
        yield Finding(file=file, at=told, code="bukan_toml", say=say, facts={"text": line.strip()[:60]})


def _told_at(error: tomllib.TOMLDecodeError, text: str) -> Position:
    """Where ``tomllib`` stopped. From 3.14 on the error has it as numbers, before only in its message."""
    line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
    if line and column:
        return Position(line, column)
    if match := _PLACE_IN_MESSAGE.search(str(error)):
        return Position(int(match[1]), int(match[2]))
    lines = text.rstrip("\n").split("\n")
    return Position(len(lines), len(lines[-1]) + 1)


# --- places in words --------------------------------------------------------------------------------------------------


def dotted(keys: Keys) -> str:
    """``blocks[3].when``."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def walk(data: Any, place: str) -> tuple[Keys, str]:
    """As far into ``data`` as a dotted place leads, and what is left of it. A key may itself have dots."""
    keys: Keys = ()
    while place and (step := _step(data, place)):
        key, size = step
        keys, data, place = (*keys, key), data[key], place[size:]
    return keys, place


def _step(data: Any, place: str) -> tuple[str | int, int] | None:
    """The next key, and how much of the place it is."""
    if isinstance(data, list):
        match = re.match(r"\[(\d+)\]", place)
        return (int(match[1]), match.end()) if match and int(match[1]) < len(data) else None
    start = 1 if place.startswith(".") else 0
    names = (name for name in data if _begins(place[start:], name)) if isinstance(data, dict) else ()
    longest = max(names, key=len, default=None)
    return None if longest is None else (longest, start + len(longest))


def _begins(place: str, name: str) -> bool:
    return place.startswith(name) and _WORD_AT_END.match(place, len(name)) is not None


def search(data: Any, fits: Callable[[Any], bool], keys: Keys = ()) -> Keys | None:
    """The first key or text within ``data`` that fits, in the order of the file."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        deeper = (*keys, key)
        if (isinstance(key, str) and fits(key)) or (isinstance(value, str) and fits(value)):
            return deeper
        if (found := search(value, fits, deeper)) is not None:
            return found
    return None


def leaves(data: Any, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Every value that is no table and no list, with its keys."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if inside is None:
        yield keys, data
        return
    for key, value in inside:
        yield from leaves(value, (*keys, key))
