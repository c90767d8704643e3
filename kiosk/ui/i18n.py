"""Languages of the screens. Indonesian is the source; other languages are gettext catalogues beside this file.

The .po files are read as they are: a kiosk has some thousand messages, and no build step can be forgotten.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import g, has_app_context

from kiosk.ui.po import CatalogueError, Entry, read_entries, read_po, translated

if TYPE_CHECKING:
    from kiosk.session import Kiosk

__all__ = ["LANGUAGES", "SOURCE", "CatalogueError", "Languages", "catalogue", "read_po"]

FOLDER = Path(__file__).parent / "translations"
SOURCE = "id"
# what each language calls itself: who seeks it can read it
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "jv": "Basa Jawa",
    "ban": "Basa Bali",
    "bjn": "Bahasa Banjar",
    "sas": "Base Sasak",
    "abs": "Melayu Ambon",
    SOURCE: "Bahasa Indonesia",
}


@lru_cache(maxsize=2 * len(LANGUAGES))
def entries(language: str, folder: Path = FOLDER) -> tuple[Entry, ...]:
    """Every message of one language, translated or not; none of the source. Raises FileNotFoundError for an unknown one."""
    if language == SOURCE:
        return ()
    return read_entries((folder / f"{language}.po").read_text(encoding="utf-8"))


@lru_cache(maxsize=2 * len(LANGUAGES))
def catalogue(language: str, folder: Path = FOLDER) -> Mapping[str, str]:
    """The translated messages of one language; none of the source. Raises FileNotFoundError for an unknown one."""
    return translated(entries(language, folder))


@lru_cache(maxsize=2 * len(LANGUAGES))
def untranslated(language: str, folder: Path = FOLDER) -> frozenset[str]:
    """The messages that this language does not say yet."""
    return frozenset(entry.msgid for entry in entries(language, folder) if entry.msgid) - set(
        catalogue(language, folder)
    )


class Languages:
    """What ``_("…")`` says, in the language of the visit at hand. What is not translated stays Indonesian."""

    def __init__(self, kiosk: "Kiosk", folder: Path = FOLDER) -> None:
        self._kiosk, self._folder = kiosk, folder

    def gettext(self, message: str) -> str:
        language = self._kiosk.visit.display.get("bahasa")
        if language not in LANGUAGES or language == SOURCE:
            return message
        if has_app_context() and message in untranslated(language, self._folder):
            g.fell_back = True
        return catalogue(language, self._folder).get(message, message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Indonesian has one form; the templates use none."""
        return self.gettext(one if number == 1 else many)

    def fell_back(self) -> bool:
        """Whether something on the page at hand, as far as it is made, stays Indonesian for want of a translation.

        What a visitor typed is no message of any catalogue and does not count.
        """
        return has_app_context() and bool(g.get("fell_back", False))
