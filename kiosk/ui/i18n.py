"""Languages of the screens. Indonesian is the source; other languages are gettext catalogues beside this file.

The .po files are read as they are: a kiosk has some thousand messages, and no build step can be forgotten.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import g, has_app_context

from kiosk.session import Kiosk
from kiosk.ui.po import CatalogueError, read_po

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


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """The messages of one language; none of the source. Raises FileNotFoundError for a language that is not there."""
    if language == SOURCE:
        return {}
    return read_po((FOLDER / f"{language}.po").read_text(encoding="utf-8"))


class Languages:
    """What ``_("…")`` says, in the language of the visit at hand. What is not translated stays Indonesian."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    def gettext(self, message: str) -> str:
        language = self._kiosk.visit.display.get("bahasa")
        if language not in LANGUAGES or language == SOURCE or not message:
            return message
        translated = catalogue(language).get(message)
        if translated is None and has_app_context():
            g.fell_back = True
        return message if translated is None else translated

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Indonesian has one form; the templates use none."""
        return self.gettext(one if number == 1 else many)

    def fell_back(self) -> bool:
        """Whether something on the page at hand, as far as it is made, stays Indonesian for want of a translation."""
        return has_app_context() and bool(g.get("fell_back", False))
