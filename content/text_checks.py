"""How texts are written: what a screen cannot show, what does not fit, and the receipt's placeholders."""

from collections.abc import Iterator, Mapping
from string import Formatter

from content.looks import Look
from content.positions import Path as Keys
from content.sources import Finding, Page

_SLIP = frozenset({"office", "desa", "date", "time", "zone"})
SLIP_WORDS: Mapping[str, frozenset[str]] = {
    "rows": _SLIP | {"service", "ticket", "pin", "days", "place", "copy"},
    "draft": _SLIP | {"service", "until"},
    "queue": _SLIP | {"number"},
    "pick_up": _SLIP | {"ticket", "place"},
    "summary": _SLIP,
}
"""What kiosk/session/slip.py fills in."""
NOTIFICATION_WORDS = frozenset({"office", "ticket", "reason"})
"""What central/desk/notifying.py fills in."""

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

_NOT_SHOWN = ("slip", "pronunciation", "forms", "poster", "order", "legibility", "notifications")
_NEVER_EMPTY = frozenset({"name", "short", "description", "label", "title", "text"})
_ENDS: Mapping[tuple[str, str], tuple[str, str]] = {
    ("blocks", "label"): ("?", "ends_asking"),
    ("survey", "questions"): ("?", "ends_asking"),
    ("services", "description"): (".", "ends_telling"),
}


def _percent(look: Look) -> Iterator[Finding]:
    """Screens take ``%`` for the beginning of a placeholder, and stop."""
    if look.kind not in _NOT_SHOWN:
        for keys, _name, text in look.texts:
            if "%" in text:
                yield look.page.finding("tanda_persen", keys)


def _too_long(look: Look) -> Iterator[Finding]:
    for keys, name, text in look.texts:
        most = LONGEST.get((look.kind, name), LONGEST.get((look.kind, "")))
        if most is not None and len(text) > most:
            yield look.page.finding("terlalu_panjang", keys, warning=True, most=most, found=str(len(text)))


def _ending(look: Look) -> Iterator[Finding]:
    for keys, name, text in look.texts:
        mark, say = _ENDS.get((look.kind, name), ("", ""))
        if text and "choices" not in keys and not text.endswith(mark):
            yield look.page.finding("tanda_baca", keys, say=say, warning=True)


def _empty(look: Look) -> Iterator[Finding]:
    if look.kind not in _NOT_SHOWN:
        for keys, name, text in look.texts:
            if name in _NEVER_EMPTY and not text.strip():
                yield look.page.finding("wajib_diisi", keys, say="empty", key=name)


def _slip(look: Look) -> Iterator[Finding]:
    """The receipt's placeholders: with a wrong one the printer prints nothing."""
    if look.kind == "slip":
        for keys, name, text in look.texts:
            if name == "text":
                yield from _placeholders(look.page, keys, text, SLIP_WORDS.get(str(keys[0]), frozenset()))


def _notifications(look: Look) -> Iterator[Finding]:
    if look.kind == "notifications":
        for keys, _name, text in look.texts:
            yield from _placeholders(look.page, keys, text, NOTIFICATION_WORDS)


def _placeholders(page: Page, keys: Keys, text: str, known: frozenset[str]) -> Iterator[Finding]:
    try:
        names = [name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        yield page.finding("nilai_salah", keys, say="braces")
        return
    for name in names:
        if name not in known:
            yield page.finding("rujukan_hilang", keys, what="placeholder", found=name, known=tuple(sorted(known)))


TEXT_CHECKS = (_percent, _too_long, _ending, _empty, _slip, _notifications)
