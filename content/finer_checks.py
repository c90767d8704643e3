"""What the loader takes and a kabupaten still should not write: wrong files, pictures, texts that do not fit, bare ``%``.

These look at the files one by one, so that the place of each mistake is the key itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from adminduk.services import Catalogue
from content.file_checks import toml_files
from content.positions import Path as Keys
from content.sources import Finding, Page, Sources, leaves

ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_SLIP = frozenset({"office", "desa", "date", "time", "zone"})
SLIP_WORDS: Mapping[str, frozenset[str]] = {
    "rows": _SLIP | {"service", "ticket", "pin", "days", "place"},
    "draft": _SLIP | {"service", "until"},
    "queue": _SLIP | {"number"},
    "pick_up": _SLIP | {"ticket", "place"},
    "summary": _SLIP,
}
"""What kiosk/session/slip.py fills in."""

LONGEST: Mapping[tuple[str, str], int] = {
    ("services", "name"): 52,
    ("services", "short"): 24,
    ("services", "description"): 80,
    ("services", "notes"): 95,
    ("services", "title"): 28,
    ("services", "hint"): 75,
    ("steps", ""): 90,
    ("blocks", "title"): 28,
    ("blocks", "label"): 70,
    ("blocks", "hint"): 65,
    ("blocks", "caption"): 30,
    ("choices", "label"): 32,
    ("papers", "name"): 52,
    ("papers", "hint"): 75,
    ("outputs", "name"): 55,
    ("groups", "title"): 28,
    ("notice", "paragraphs"): 105,
    ("status", ""): 70,
    ("reasons", "text"): 105,
    ("survey", "questions"): 60,
    ("complaints", ""): 130,
    ("faults", "citizen"): 80,
    ("place", "office"): 32,
    ("place", "greeting"): 20,
}
"""Letters by file and key. tests/layout has seen texts of about this length fit the smallest screen without scrolling, in
large letters too; nobody has looked at longer ones."""

_ASKING: Mapping[str, frozenset[str]] = {
    "services": frozenset({"field", "repeat"}),
    "papers": frozenset({"field"}),
    "outputs": frozenset({"field"}),
    "blocks": frozenset({"field", "differs_from"}),
    "forms": frozenset({"field", "answers", "answer", "then", "first", "each"}),
}
_SHAPES = {
    "accent": re.compile(r"#[0-9a-fA-F]{6}"),
    "code": re.compile(r"\d{4}"),
    "prefix": re.compile(r"\d{2}(\d{2}){0,2}|\d{10}"),
}
_NOT_SHOWN = ("slip", "pronunciation", "forms", "poster", "order", "legibility")
_NEVER_EMPTY = frozenset({"name", "short", "description", "label", "title", "text"})
_ENDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("blocks", "label"): ("?", "ends_asking"),
    ("survey", "questions"): ("?", "ends_asking"),
    ("services", "description"): (".", "ends_telling"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the kiosk has: names of icons, of the papers' pictures, of the background patterns, and codes of languages.
    ``poster`` reads the poster's words. An empty set is not asked."""

    icons: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    poster: Callable[[dict[str, Any], Catalogue], object] = lambda _words, _catalogue: None


def finer(sources: Sources, names: Sequence[str], known: Known) -> Iterator[Finding]:
    """Of the base and these profiles."""
    folders = (sources.root / "base", *(sources.root / "profiles" / name for name in names))
    pages = [sources.page(file) for folder in folders for file in toml_files(folder)]
    asked = frozenset(
        text for page in pages if _kind(page) == "blocks" for _, name, text in _texts(page) if name == "key"
    )
    for page in pages:
        yield from (finding for look in _LOOKS for finding in look(page, _kind(page), known))
        yield from _asked_nowhere(page, _kind(page), asked) if asked else ()


def _kind(page: Page) -> str:
    return "services" if page.file.parent.name == "services" else page.file.stem


# --- texts ------------------------------------------------------------------------------------------------------------


def _texts(page: Page) -> Iterator[tuple[Keys, str, str]]:
    """Every text of a file, with the name of its key: that of its list, for one in a list; none at the top."""
    for keys, value in leaves(page.data):
        if isinstance(value, str):
            names = [key for key in keys if isinstance(key, str)]
            yield keys, names[-1] if names else "", value


def _percent(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    """Screens take ``%`` for the beginning of a placeholder, and stop."""
    if kind not in _NOT_SHOWN:
        for keys, _name, text in _texts(page):
            if "%" in text:
                yield page.finding("tanda_persen", keys)


def _too_long(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    for keys, name, text in _texts(page):
        most = LONGEST.get((kind, name), LONGEST.get((kind, "")))
        if most is not None and len(text) > most:
            yield page.finding("terlalu_panjang", keys, warning=True, most=most, found=str(len(text)))


def _ending(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    for keys, name, text in _texts(page):
        mark, say = _ENDS.get((kind, name), ("", ""))
        if text and "choices" not in keys and not text.endswith(mark):
            yield page.finding("tanda_baca", keys, say=say, warning=True)


def _empty(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    if kind not in _NOT_SHOWN:
        for keys, name, text in _texts(page):
            if name in _NEVER_EMPTY and not text.strip():
                yield page.finding("wajib_diisi", keys, say="empty", key=name)


def _slip(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    """The receipt's placeholders: with a wrong one the printer prints nothing."""
    if kind == "slip":
        for keys, name, text in _texts(page):
            if name == "text":
                yield from _placeholders(page, keys, text, SLIP_WORDS.get(str(keys[0]), frozenset()))


def _placeholders(page: Page, keys: Keys, text: str, known: frozenset[str]) -> Iterator[Finding]:
    try:
        names = [name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        yield page.finding("nilai_salah", keys, say="braces")
        return
    for name in names:
        if name not in known:
            yield page.finding("rujukan_hilang", keys, what="placeholder", found=name, known=tuple(sorted(known)))


# --- names of what the kiosk has --------------------------------------------------------------------------------------


def _pictures(page: Page, kind: str, known: Known) -> Iterator[Finding]:
    for keys, name, text in _texts(page):
        there = known.icons if name == "icon" else known.pictures if (kind, name) == ("papers", "picture") else None
        if there and text and text not in there:
            yield page.finding("rujukan_hilang", keys, what=name, found=text, known=tuple(sorted(there)))


def _place(page: Page, kind: str, known: Known) -> Iterator[Finding]:
    if kind != "place":
        return
    said = {name: text for _keys, name, text in _texts(page)}
    allowed = {"timezone": tuple(ZONES), "timezone_word": (ZONES.get(said.get("timezone", ""), ""),)}
    allowed |= {"pattern": tuple(sorted(known.patterns)), "languages": tuple(sorted(known.languages))}
    for keys, name, text in _texts(page):
        if any(allowed.get(name, ())) and text not in allowed[name]:
            yield page.finding("nilai_salah", keys, found=text, known=allowed[name])
        if name in _SHAPES and not _SHAPES[name].fullmatch(text):
            yield page.finding("nilai_salah", keys, say=f"shape_{name}", found=text)


def _prefix(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    if kind == "routing":
        for keys, name, text in _texts(page):
            if name == "prefix" and not _SHAPES["prefix"].fullmatch(text):
                yield page.finding("nilai_salah", keys, say="shape_prefix", found=text)


def _pronunciation(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    if kind == "pronunciation":
        for keys, name, text in _texts(page):
            if name == "find" and not _is_pattern(text):
                yield page.finding("nilai_salah", keys, say="pattern", found=text)


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


# --- lists that belong together ---------------------------------------------------------------------------------------


def _choices(page: Page, kind: str, _known: Known) -> Iterator[Finding]:
    """Two choices of one value: the answer would not tell which."""
    seen: set[tuple[Keys, str]] = set()
    for keys, name, text in _texts(page) if kind in ("choices", "blocks") else ():
        if name == "value":
            if (keys[:-2], text) in seen:
                yield page.finding("ganda", keys, say="choice_twice", key=text)
            seen.add((keys[:-2], text))


def _asked_nowhere(page: Page, kind: str, asked: frozenset[str]) -> Iterator[Finding]:
    """Answers that no block asks, of a person or not: seen even where another mistake hides what a service asks."""
    for keys, name, text in _texts(page) if kind in _ASKING else ():
        answer = text.partition(":")[0]
        if name in _ASKING[kind] and not answer.startswith("@") and not _is_asked(answer, asked):
            yield page.finding("rujukan_hilang", keys, what="answer", found=answer, known=tuple(sorted(asked)))


def _is_asked(answer: str, asked: frozenset[str]) -> bool:
    return answer in asked or any(answer.endswith(f"_{key}") for key in asked)


_LOOKS = (_percent, _too_long, _ending, _empty, _slip, _pictures, _place, _prefix, _pronunciation, _choices)
