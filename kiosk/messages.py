"""Every text that the screens say: to citizens and, in staff mode, to the staff; of templates and every kabupaten's content."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import Environment

from adminduk.services import Catalogue
from content.loader import ROOT, load, load_faults, load_forms
from content.spoken import content_texts

TEMPLATES = Path(__file__).parent / "ui" / "templates"
STAFF = "staff*.html"


def template_messages(templates: Path = TEMPLATES) -> tuple[str, ...]:
    """What stands in ``_("…")`` of the templates that citizens see, each once, by file and line."""
    staff = set(templates.rglob(STAFF))
    return _said(path for path in sorted(templates.rglob("*.html")) if path not in staff)


def staff_messages(templates: Path = TEMPLATES) -> tuple[str, ...]:
    """What the staff's own templates say. The office's language is Indonesian: these are translated last."""
    return _said(sorted(templates.rglob(STAFF)))


def _said(paths: Iterable[Path]) -> tuple[str, ...]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found: dict[str, None] = {}
    for path in paths:
        for _line, _function, said in environment.extract_translations(path.read_text(encoding="utf-8")):  # type: ignore[attr-defined]  # added by the extension
            found.update(dict.fromkeys(text for text in (said if isinstance(said, tuple) else (said,)) if text))
    return tuple(found)


def content_messages(*, root: Path = ROOT) -> tuple[str, ...]:
    """What the content of base and of every profile says, and every fault in the citizen's words; each once.

    Raises ContentError for content that does not hold.
    """
    return tuple(dict.fromkeys(text for text in _content(root) if text))


def all_messages(templates: Path = TEMPLATES, *, root: Path = ROOT) -> tuple[str, ...]:
    """All of them, each once, in an order that stays."""
    parts = (template_messages(templates), content_messages(root=root), staff_messages(templates))
    return tuple(dict.fromkeys(text for part in parts for text in part))


def _content(root: Path) -> Iterator[str]:
    for profile in sorted(path.name for path in (root / "profiles").iterdir() if path.is_dir()):
        catalogue = load(profile, root=root)
        names = own_names(catalogue)
        yield from (text for text in content_texts(catalogue) if text not in names)
        yield from (form.short for form in load_forms(profile, root=root).values())
    yield from (fault.citizen for fault in load_faults(root=root).values())


def own_names(catalogue: Catalogue) -> frozenset[str]:
    """What a kabupaten calls itself and its places, and how it greets: the same in every language."""
    place = catalogue.place
    routes = {route.place for service in catalogue.services.values() for route in service.routing}
    return frozenset({place.office, place.complaints, place.greeting, place.card_place, place.kabupaten, *routes})
