"""What the screens can say aloud: every text of the content and of the screen templates, and the file name of its clip.

A text with placeholders (``Langkah %(n)s dari %(all)s``) is spoken in pieces, its values between them. File names come
from the Indonesian text alone, so a recording in any language of the village carries the same name.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from adminduk.services import Catalogue, Service
from content.loader import ROOT, load, load_faults, load_forms

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
NUMBERS = tuple(str(number) for number in range(101))  # counts, days, pages; longer numbers digit by digit
SLUG_LENGTH, HASH_LENGTH = 40, 8


def clip_name(text: str) -> str:
    """``<slug>-<hash8>``, without a suffix: readable, and different for each text."""
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower())[:SLUG_LENGTH].strip("-") or "x"
    return f"{slug}-{hashlib.sha256(text.encode()).hexdigest()[:HASH_LENGTH]}"


def pieces(text: str) -> tuple[str, ...]:
    """What is spoken of a text between its placeholders; marks alone are not."""
    parts = (part.strip().lstrip(".,;:) ") for part in PLACEHOLDER.split(text)[::2])
    return tuple(part for part in parts if any(letter.isalnum() for letter in part))


def spoken_texts(templates: Path, *, root: Path = ROOT) -> tuple[str, ...]:
    """Every text of every kabupaten's content and of the templates, each once, sorted; placeholders are still in them.

    Raises ContentError for content that does not hold.
    """
    found = {*NUMBERS, *messages(templates), *(fault.citizen for fault in load_faults(root=root).values())}
    for profile in sorted(path.name for path in (root / "profiles").iterdir() if path.is_dir()):
        found.update(content_texts(load(profile, root=root)))
        found.update(form.short for form in load_forms(profile, root=root).values())
    return tuple(sorted(text for text in found if pieces(text)))


def clip_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts of which clips are made: whole ones, and the pieces of those with placeholders. Sorted, each once."""
    return tuple(sorted({piece for text in texts for piece in ([text] if text == one(text) else pieces(text))}))


def one(text: str) -> str:
    """The text itself when it has no placeholder, else nothing."""
    return "" if PLACEHOLDER.search(text) else text


def patterns(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts with placeholders."""
    return tuple(text for text in texts if not one(text))


def messages(templates: Path) -> Iterator[str]:
    """What stands in ``_("…")`` of the screen templates."""
    from jinja2 import Environment

    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    for path in sorted(templates.rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        for _line, _function, found in environment.extract_translations(source):  # type: ignore[attr-defined]  # added by the extension
            yield from (text for text in (found if isinstance(found, tuple) else (found,)) if text)


def content_texts(catalogue: Catalogue) -> Iterator[str]:
    """What a kabupaten's content puts on the screens."""
    place = catalogue.place
    yield from (place.office, place.complaints, place.greeting, place.card_place, place.kabupaten)
    yield from (group.title for group in catalogue.groups)
    yield from catalogue.notice.paragraphs
    yield from catalogue.status_words.values()
    yield from catalogue.survey
    yield from catalogue.complaints.values()
    yield from (reason.text for reason in catalogue.reasons.values() if not reason.staff_only)
    yield from (output.name for output in catalogue.outputs.values())
    for service in catalogue.services.values():
        yield from _service_texts(service)


def _service_texts(service: Service) -> Iterator[str]:
    yield from (service.name, service.short, service.description, *service.next_steps, *service.notes)
    yield from (route.place for route in service.routing)
    for block in service.blocks:
        yield block.title
        for field in block.fields:
            yield from (field.label, field.hint, field.caption, field.whose)
            yield from (choice.label for choice in field.choices)
    for paper in service.every_paper():
        yield from (paper.name, paper.hint)
    yield from (output.name for output in service.outputs)


class Pronunciation:
    """content/base/pronunciation.toml: how the machine voice reads what it would read wrongly. A recording needs none."""

    def __init__(self, path: Path) -> None:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        self._words = dict(table["words"])
        self._marks = [(re.compile(rule["find"]), rule["say"]) for rule in table["patterns"]]
        names = sorted(map(re.escape, self._words), key=len, reverse=True)
        self._known = re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)") if names else None

    def of(self, text: str) -> str:
        """The text as the machine voice is given it."""
        for mark, say in self._marks:
            text = mark.sub(say, text)
        return self._known.sub(lambda found: self._words[found.group()], text) if self._known else text
