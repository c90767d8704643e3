"""Tables of content → frozen values. Every mistake is collected, with its place and its remedy, before any is raised."""

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
from functools import lru_cache, partial
from typing import Any

Reader = Callable[[Any, str], Any]


class ContentError(ValueError):
    """A mistake in the content. ``code`` is stable, ``where`` the dotted place, ``remedy`` what to write.

    ``all`` holds this one and every other mistake that was found in the same reading.
    """

    def __init__(self, code: str, where: str, remedy: str, *, others: Iterable["ContentError"] = ()) -> None:
        super().__init__(f"{code} at {where}: {remedy}")
        self.code, self.where, self.remedy = code, where, remedy
        self.all: tuple[ContentError, ...] = (self, *others)


class Mistakes:
    """Collects while a table is read: ``read`` gives None for what failed, ``done`` raises what was found."""

    def __init__(self) -> None:
        self._found: list[ContentError] = []

    def read(self, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ContentError as error:
            self._found += error.all
            return None

    def add(self, code: str, where: str, remedy: str) -> None:
        self._found.append(ContentError(code, where, remedy))

    def done(self) -> None:
        """Raises ContentError when anything was wrong."""
        if self._found:
            first, *rest = self._found
            raise ContentError(first.code, first.where, first.remedy, others=rest)


def build(kind: type[Any], data: Any, where: str, **special: Reader) -> Any:
    """Fill a dataclass from a table; ``special`` reads the keys that are not plain values.

    Raises:
        ContentError: ``jenis_salah``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``nilai_salah``.
    """
    if not isinstance(data, dict):
        raise ContentError("jenis_salah", where, "write a table")
    known, mistakes, values = {item.name: item for item in fields(kind)}, Mistakes(), {}
    for name in sorted(set(data) - set(known)):
        mistakes.add("kunci_tidak_dikenal", f"{where}.{name}", f"known here: {', '.join(known)}")
    hints = _hints(kind)  # type: ignore[arg-type]  # a type is hashable
    for name, item in known.items():
        place = f"{where}.{name}"
        if name in data:
            reader = special.get(name) or _plain_reader(hints[name])
            values[name] = mistakes.read(partial(reader, data[name], place))
        elif item.default is MISSING and item.default_factory is MISSING:
            mistakes.add("wajib_diisi", place, "write this key")
    mistakes.done()
    return kind(**values)


@lru_cache
def _hints(kind: type[Any]) -> Mapping[str, Any]:
    return typing.get_type_hints(kind)


def rows(kind: type[Any], **special: Reader) -> Reader:
    """A reader of a list of tables."""

    def read(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ContentError("jenis_salah", where, "write a list of tables")
        return each(value, where, lambda row, place: build(kind, row, place, **special))

    return read


def each(values: Iterable[Any], where: str, make: Reader) -> tuple[Any, ...]:
    """``make`` of each value; the mistakes of all are told together."""
    mistakes = Mistakes()
    made = [mistakes.read(partial(make, value, f"{where}[{at}]")) for at, value in enumerate(values)]
    mistakes.done()
    return tuple(made)


def table(data: Any, where: str, make: Reader) -> dict[str, Any]:
    """``make`` of each named entry; the mistakes of all are told together."""
    if not isinstance(data, dict):
        raise ContentError("jenis_salah", where, "write a table")
    mistakes = Mistakes()
    made = {key: mistakes.read(partial(make, value, f"{where}.{key}")) for key, value in data.items()}
    mistakes.done()
    return made


def strings(value: Any, where: str) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ContentError("jenis_salah", where, 'write a list of texts: ["…", "…"]')
    return value


def member(kind: type[Enum], value: Any, where: str) -> Any:
    """One of an enumeration's values."""
    try:
        return kind(value)
    except ValueError:
        raise ContentError("nilai_salah", where, f"one of {', '.join(str(m.value) for m in kind)}") from None


def words(data: Mapping[str, Any], where: str) -> dict[str, str]:
    """Key → sentence, none of them empty."""

    def sentence(value: Any, place: str) -> str:
        if not isinstance(value, str) or not value:
            raise ContentError("jenis_salah", place, "write a sentence")
        return value

    return table(data, where, sentence)


def _plain_reader(kind: Any) -> Reader:
    return lambda value, where: _plain(kind, value, where)


def _plain(kind: Any, value: Any, where: str) -> Any:
    if typing.get_origin(kind) is types.UnionType:
        kind = next(option for option in typing.get_args(kind) if option is not type(None))
    if typing.get_origin(kind) in (tuple, frozenset):
        return typing.get_origin(kind)(strings(value, where))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return member(kind, value, where)
    if type(value) is not kind:
        raise ContentError("jenis_salah", where, f"write a {kind.__name__}")
    return value
