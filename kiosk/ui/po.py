"""Catalogues as translators know them (gettext .po, without plurals and contexts): read, written, brought up to date."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

HEADER = "Content-Type: text/plain; charset=UTF-8\nLanguage: {language}\nX-Review: machine\n"
REVIEW = "#. mesin: perlu ditinjau penutur asli"  # a machine wrote this one; who has read it removes the line
ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


class CatalogueError(ValueError):
    """A line of a .po file that cannot be read; says which."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message. ``comments``: the lines above it, as they stand; the header's ``msgid`` is empty."""

    msgid: str
    msgstr: str = ""
    comments: tuple[str, ...] = ()

    @property
    def fuzzy(self) -> bool:
        """Whether a translation program marked it as a guess: it is not shown then."""
        return any(line.startswith("#,") and "fuzzy" in line for line in self.comments)

    @property
    def machine(self) -> bool:
        """Whether nobody who speaks the language has read it yet."""
        return REVIEW in self.comments


def read_entries(text: str) -> tuple[Entry, ...]:
    """Every message of a .po file, in its order, the header too.

    Raises:
        CatalogueError: names the line.
    """
    entries, comments = list[Entry](), list[str]()
    for number, line in enumerate((line.strip() for line in text.splitlines()), 1):
        if line.startswith("#"):
            comments.append(line)
        elif line.startswith("msgid "):
            entries.append(Entry(_unquoted(line[6:], number), comments=tuple(comments)))
            part, comments = "msgid", []
        elif line and not entries:
            raise CatalogueError(f"line {number}: a catalogue begins with msgid")
        elif line:
            part = "msgstr" if line.startswith("msgstr ") else part
            entries[-1] = _longer(entries[-1], part, line.removeprefix("msgstr "), number)
    return tuple(entries)


def _longer(entry: Entry, part: str, quoted: str, number: int) -> Entry:
    return replace(entry, **{part: getattr(entry, part) + _unquoted(quoted, number)})


def _unquoted(text: str, number: int) -> str:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError):
        value = None
    if not isinstance(value, str):
        raise CatalogueError(f"line {number}: expected msgid, msgstr, a text in double quotes or a comment")
    return value


def translated(entries: Iterable[Entry]) -> dict[str, str]:
    """msgid → msgstr; the header, untranslated and fuzzy ones are left out."""
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgid and entry.msgstr and not entry.fuzzy}


def read_po(text: str) -> dict[str, str]:
    """msgid → msgstr of a .po file, as ``translated`` has it. Raises CatalogueError."""
    return translated(read_entries(text))


def written(entries: Iterable[Entry]) -> str:
    """The text of a .po file."""
    return "\n".join("".join(f"{line}\n" for line in _lines(entry)) for entry in entries)


def _lines(entry: Entry) -> Iterator[str]:
    yield from entry.comments
    yield f"msgid {_quoted(entry.msgid)}"
    yield f"msgstr {_quoted(entry.msgstr)}"


def _quoted(text: str) -> str:
    return '"' + "".join(ESCAPES.get(letter, letter) for letter in text) + '"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A catalogue brought up to date: its entries, and what became of the old ones."""

    entries: tuple[Entry, ...]
    kept: int
    new: int
    dropped: int

    @property
    def untranslated(self) -> int:
        return sum(1 for entry in self.entries if entry.msgid and (not entry.msgstr or entry.fuzzy))


def brought_up(entries: Sequence[Entry], wanted: Collection[str], language: str) -> Update:
    """Old messages keep their place and translation, new ones follow in the order of ``wanted``, unused ones go."""
    header = next((entry for entry in entries if not entry.msgid), Entry("", HEADER.format(language=language)))
    had: Mapping[str, Entry] = {entry.msgid: entry for entry in entries if entry.msgid}
    kept = tuple(entry for entry in had.values() if entry.msgid in set(wanted))
    new = tuple(Entry(text) for text in dict.fromkeys(wanted) if text not in had)
    return Update(entries=(header, *kept, *new), kept=len(kept), new=len(new), dropped=len(had) - len(kept))
