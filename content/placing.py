"""A mistake of the merged content → the file, line and key where an admin mends it.

Base and profile are merged by key (content/loader.py): what a profile says itself is mended there, anything else in the base.
"""

import re
from collections.abc import Callable

from adminduk.tables import ContentError
from content.positions import Path as Keys
from content.sources import Finding, Page, Sources, search, walk


def placed(sources: Sources, profile: str, mistake: ContentError) -> Finding:
    """Where the mistake stands."""
    name, depth, rest = _file_of(sources, profile, mistake.where)
    page, keys, left = _owner(sources, profile, name, rest, depth)
    keys, left = _closer(page, keys, left, mistake)
    return page.finding(mistake.code, keys, left=left, say=mistake.say, **mistake.facts)


def _file_of(sources: Sources, profile: str, where: str) -> tuple[str, int, str]:
    """The file's name in its folder, how deep files are merged there, and the place in the file."""
    part, _, rest = where.partition(".")
    if part != "services":
        return f"{part}.toml", 2, rest
    files = (file for folder in sources.folders(profile) for file in (folder / "services").glob("*.toml"))
    keys, left = walk(dict.fromkeys(file.stem.upper() for file in files), rest)
    return f"services/{str(keys[0]).lower() if keys else rest}.toml", 1, left


def _owner(sources: Sources, profile: str, name: str, place: str, depth: int) -> tuple[Page, Keys, str]:
    base, own = (sources.page(folder / name) for folder in sources.folders(profile))
    keys, left = walk(own.data, place)
    both = bool(keys) and isinstance(base.data.get(str(keys[0])), dict) and isinstance(own.data[str(keys[0])], dict)
    if own.there and (not base.there or len(keys) >= (depth if both else 1)):
        return own, keys, left
    return base, *walk(base.data, place)


def _closer(page: Page, keys: Keys, left: str, mistake: ContentError) -> tuple[Keys, str]:
    """Into a table or list, to what was found there."""
    data = page.data
    for key in keys:
        data = data[key]  # type: ignore[index]  # keys came from walking this very data
    found = mistake.facts.get("found")
    if isinstance(found, str) and (deeper := search(data, _like(found))):
        return (*keys, *deeper), ""
    return keys, left


def _like(found: str) -> Callable[[str], bool]:
    """The text itself, with a part after a colon (``asal:desa``), or with ``{n}`` for a number, as forms write it."""

    def fits(text: str) -> bool:
        name = text.partition(":")[0]
        return found in (text, name) or ("{n}" in name and bool(re.fullmatch(_numbered(name), found)))

    return fits


def _numbered(name: str) -> str:
    return r"\d+".join(map(re.escape, name.split("{n}")))
