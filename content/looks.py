"""What the finer checks look at: one file with its texts, and what the kiosk has."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from adminduk.services import Catalogue
from content.positions import Path as Keys
from content.sources import Page, leaves


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the kiosk has: names of icons, of the papers' pictures, of all drawings that the poster may show, of the background
    patterns, and codes of languages. ``poster`` reads the poster's words. An empty set is not asked."""

    icons: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()
    drawings: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    poster: Callable[[dict[str, Any], Catalogue], object] = lambda _words, _catalogue: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One file to look at. ``kind``: its name, or services. ``texts``: every text with its keys and the name of its key: that
    of its list, for one in a list."""

    page: Page
    kind: str
    texts: tuple[tuple[Keys, str, str], ...]
    known: Known

    @classmethod
    def at(cls, page: Page, known: Known) -> "Look":
        kind = "services" if page.file.parent.name == "services" else page.file.stem
        return cls(page=page, kind=kind, texts=tuple(_texts(page.data)), known=known)


def _texts(data: Any) -> Iterator[tuple[Keys, str, str]]:
    for keys, value in leaves(data):
        if isinstance(value, str):
            names = [key for key in keys if isinstance(key, str)]
            yield keys, names[-1] if names else "", value
