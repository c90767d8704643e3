"""Tables of content → frozen values. Every mistake is collected, with its place and its remedy, before any is raised."""

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cache, partial
from typing import Any

Reader = Callable[[Any, str], Any]


class ContentError(ValueError):
    """A mistake in the content. ``code`` is stable, ``where`` the dotted place, ``remedy`` what to write, in English.

    ``say`` names the sentence of content/check.toml that tells an admin what to write; ``facts`` are what it needs:
    ``found`` (what stands there), ``known`` (what may stand there), ``wanted`` (a kind of value), ``what`` (a kind of part).
    ``all`` holds this one and every other mistake that was found in the same reading.
    """

    def __init__(
        self, code: str, where: str, remedy: str, *, say: str = "", others: Iterable["ContentError"] = (), **facts: Any
    ) -> None:
        super().__init__(f"{code} at {where}: {remedy}")
        self.code, self.where, self.remedy = code, where, remedy
        self.say, self.facts = say or code, facts
        self.all: tuple[ContentError, ...] = (self, *others)


class AlreadyToldError(ContentError):
    """Something names a part that is itself wrong, which is told where that part stands: no mistake of its own."""

    def __init__(self, where: str) -> None:
        super().__init__("sudah_disebut", where, "mend the part that is named here")
        self.all = ()


def wrong_kind(where: str, wanted: str, remedy: str = "") -> ContentError:
    """``wanted`` is a kind of value, as content/check.toml lists them."""
    return ContentError("jenis_salah", where, remedy or f"write a {wanted}", wanted=wanted)


def not_among(found: Any, known: Iterable[str], where: str) -> ContentError:
    """A value that is none of those that may stand there."""
    allowed = tuple(known)
    return ContentError("nilai_salah", where, f"one of {', '.join(allowed)}", found=str(found), known=allowed)


def unknown_key(name: str, known: Iterable[str], where: str) -> ContentError:
    """``where``: with the key."""
    allowed = tuple(known)
    return ContentError("kunci_tidak_dikenal", where, f"known here: {', '.join(allowed)}", found=name, known=allowed)


def missing(key: str, where: str, remedy: str = "write this key", *, say: str = "") -> ContentError:
    """``where``: with the key."""
    return ContentError("wajib_diisi", where, remedy, say=say, key=key)


def no_such(what: str, name: Any, known: Iterable[str], where: str) -> ContentError:
    """A name that means nothing. ``what``: paper, block, output, choices, steps, group, service, answer, form."""
    allowed = tuple(known)
    remedy = f"no {what} {name!r}; known: {', '.join(allowed)}"
    return ContentError("rujukan_hilang", where, remedy, what=what, found=str(name), known=allowed)


class Mistakes:
    """Collects while a table is read: ``read`` gives None for what failed, ``done`` raises what was found."""

    def __init__(self) -> None:
        self._found: list[ContentError] = []
        self._failed = ""  # where the latest failure was

    def read(self, make: Callable[[], Any]) -> Any:
        try:
            return make()
        except ContentError as error:
            self.failed(error)
            return None

    def failed(self, error: ContentError) -> None:
        self._failed = error.where
        self._found += error.all

    def entries(self, data: Any, where: str, make: Reader) -> dict[str, Any]:
        """``make`` of each named entry that holds."""
        if not isinstance(data, dict):
            self.tell(wrong_kind(where, "table"))
            return {}
        made = {}
        for key, value in data.items():
            try:
                made[key] = make(value, f"{where}.{key}")
            except ContentError as error:
                self.failed(error)
        return made

    def add(self, code: str, where: str, remedy: str, *, say: str = "", **facts: Any) -> None:
        self.tell(ContentError(code, where, remedy, say=say, **facts))

    def tell(self, mistake: ContentError) -> None:
        self._found.append(mistake)

    def done(self) -> None:
        """Raises ContentError when anything was wrong."""
        if self._found:
            first, *rest = self._found
            raise ContentError(first.code, first.where, first.remedy, say=first.say, others=rest, **first.facts)
        if self._failed:
            raise AlreadyToldError(self._failed)


def build(kind: type[Any], data: Any, where: str, *, given: Mapping[str, Any] | None = None, **special: Reader) -> Any:
    """Fill a dataclass from a table; ``special`` reads the keys that are not plain values, ``given`` are not the table's.

    Raises:
        ContentError: ``jenis_salah``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``nilai_salah``.
    """
    if not isinstance(data, dict):
        raise wrong_kind(where, "table")
    values, mistakes = dict(given or {}), Mistakes()
    known = {name: slot for name, slot in _slots(kind).items() if name not in values}  # type: ignore[arg-type]  # a type is hashable
    if not data.keys() <= known.keys():
        mistakes.read(lambda: only_keys(data, known, where))
    for name, slot in known.items():
        if name in data:
            try:
                values[name] = special.get(name, slot.reader)(data[name], f"{where}.{name}")
            except ContentError as error:
                mistakes.failed(error)
        elif slot.needed:
            mistakes.tell(missing(name, f"{where}.{name}"))
    mistakes.done()
    return kind(**values)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A field of a dataclass: whether a table must give it, and how a plain value is read."""

    needed: bool
    reader: Reader


@cache
def _slots(kind: type[Any]) -> Mapping[str, _Slot]:
    """Worked out once for each dataclass: a catalogue fills some thousands of them."""
    hints = typing.get_type_hints(kind)
    return {
        item.name: _Slot(item.default is MISSING and item.default_factory is MISSING, _plain_reader(hints[item.name]))
        for item in fields(kind)
    }


def rows(kind: type[Any], **special: Reader) -> Reader:
    """A reader of a list of tables."""

    def read(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise wrong_kind(where, "list of tables")
        return each(value, where, lambda row, place: build(kind, row, place, given=None, **special))

    return read


def each(values: Iterable[Any], where: str, make: Reader) -> tuple[Any, ...]:
    """``make`` of each value; the mistakes of all are told together."""
    mistakes, made = Mistakes(), []
    for at, value in enumerate(values):
        try:
            made.append(make(value, f"{where}[{at}]"))
        except ContentError as error:
            mistakes.failed(error)
    mistakes.done()
    return tuple(made)


def table(data: Any, where: str, make: Reader) -> dict[str, Any]:
    """``make`` of each named entry; the mistakes of all are told together."""
    mistakes = Mistakes()
    made = mistakes.entries(data, where, make)
    mistakes.done()
    return made


def a_table(value: Any, where: str) -> dict[str, Any]:
    """Any table."""
    if not isinstance(value, dict):
        raise wrong_kind(where, "table")
    return value


def a_list(value: Any, where: str) -> list[Any]:
    """Any list."""
    if not isinstance(value, list):
        raise wrong_kind(where, "list")
    return value


def only_keys(data: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raises ContentError for a key that nobody reads."""
    mistakes = Mistakes()
    for name in sorted(set(data) - set(known)):
        mistakes.tell(unknown_key(name, known, f"{where}.{name}"))
    mistakes.done()


def strings(value: Any, where: str) -> list[str]:
    """A list of texts."""
    if not isinstance(value, list):
        raise wrong_kind(where, "list of texts", 'write a list of texts: ["…", "…"]')
    return list(each(value, where, partial(plain, str)))


def member(kind: type[Enum], value: Any, where: str) -> Any:
    """One of an enumeration's values."""
    try:
        return kind(value)
    except ValueError:
        raise not_among(value, (str(each.value) for each in kind), where) from None


def words(data: Mapping[str, Any], where: str) -> dict[str, str]:
    """Key → sentence, none of them empty."""

    def sentence(value: Any, place: str) -> str:
        if not isinstance(value, str) or not value:
            raise wrong_kind(place, "sentence")
        return value

    return table(data, where, sentence)


def plain(kind: Any, value: Any, where: str) -> Any:
    """A value of this type: a text, a number, yes or no, an enumeration's value, or a tuple or set of texts."""
    return _plain_reader(kind)(value, where)


@cache
def _plain_reader(kind: Any) -> Reader:
    if typing.get_origin(kind) is types.UnionType:
        kind = next(option for option in typing.get_args(kind) if option is not type(None))
    origin = typing.get_origin(kind)
    if origin in (tuple, frozenset):
        return lambda value, where: origin(strings(value, where))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return partial(member, kind)

    def read(value: Any, where: str) -> Any:
        if type(value) is not kind:
            raise wrong_kind(where, kind.__name__)
        return value

    return read
