"""Languages of the screens. Indonesian is the source; other languages are gettext catalogues beside this file.

The .po files are read as they are: a kiosk has a few hundred messages, and no build step can be forgotten.
"""

import ast
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from kiosk.session import Kiosk

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("en",)


class CatalogueError(ValueError):
    """A line of a .po file that cannot be read; says which."""


def read_po(text: str) -> dict[str, str]:
    """msgid → msgstr of a .po file without plurals and contexts; untranslated and fuzzy ones are left out.

    Raises:
        CatalogueError: names the line.
    """
    entries: dict[str, str] = {}
    state: dict[str, str] = {}
    part, fuzzy = "", False
    for number, line in enumerate([*text.splitlines(), 'msgid ""'], 1):
        line = line.strip()
        if line.startswith("#,"):
            fuzzy = "fuzzy" in line
        elif line.startswith(("msgid ", "msgstr ")):
            word, _, quoted = line.partition(" ")
            if word == "msgid" and state.get("msgid") and state.get("msgstr"):
                entries[state["msgid"]] = state["msgstr"]
            if word == "msgid":
                state = {}
            part, state[word] = word, "" if fuzzy and word == "msgstr" else _unquoted(quoted, number)
            fuzzy = fuzzy and word == "msgid"
        elif line.startswith('"') and part:
            state[part] += _unquoted(line, number)
        elif line and not line.startswith("#"):
            raise CatalogueError(f"line {number}: expected msgid, msgstr, a quoted text or a comment")
    return entries


def _unquoted(text: str, number: int) -> str:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = None
    if not isinstance(value, str):
        raise CatalogueError(f"line {number}: expected a text in double quotes")
    return value


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """The messages of one language; raises FileNotFoundError for a language that is not there."""
    return read_po((FOLDER / f"{language}.po").read_text(encoding="utf-8"))


class Languages:
    """What ``_("…")`` says, in the language of the visit at hand. What is not translated stays Indonesian."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    def gettext(self, message: str) -> str:
        language = self._kiosk.visit.display.get("bahasa")
        return catalogue(language).get(message, message) if language in LANGUAGES else message

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Indonesian has one form; the templates use none."""
        return self.gettext(one if number == 1 else many)
