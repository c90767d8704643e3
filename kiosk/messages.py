"""Every text that a citizen reads on the screens: of the templates, and of the content of every kabupaten."""

from collections.abc import Iterator
from pathlib import Path

from adminduk.services import Catalogue
from content.loader import ROOT, load, load_faults
from content.spoken import content_texts, messages

TEMPLATES = Path(__file__).parent / "ui" / "templates"


def template_messages(templates: Path = TEMPLATES) -> tuple[str, ...]:
    """What stands in ``_("…")`` of the templates, each once, by file and line."""
    return tuple(dict.fromkeys(messages(templates)))


def content_messages(*, root: Path = ROOT) -> tuple[str, ...]:
    """What the content of base and of every profile says, and every fault in the citizen's words; each once.

    Raises ContentError for content that does not hold.
    """
    return tuple(dict.fromkeys(text for text in _content(root) if text))


def citizen_messages(templates: Path = TEMPLATES, *, root: Path = ROOT) -> tuple[str, ...]:
    """All of them, each once, in an order that stays."""
    return tuple(dict.fromkeys((*template_messages(templates), *content_messages(root=root))))


def _content(root: Path) -> Iterator[str]:
    for profile in sorted(path.name for path in (root / "profiles").iterdir() if path.is_dir()):
        catalogue = load(profile, root=root)
        names = own_names(catalogue)
        yield from (text for text in content_texts(catalogue) if text not in names)
    yield from (fault.citizen for fault in load_faults(root=root).values())


def own_names(catalogue: Catalogue) -> frozenset[str]:
    """What a kabupaten calls itself and its places, and how it greets: the same in every language."""
    place = catalogue.place
    routes = {route.place for service in catalogue.services.values() for route in service.routing}
    return frozenset({place.office, place.complaints, place.greeting, place.card_place, place.kabupaten, *routes})
