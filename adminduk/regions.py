"""Province → kabupaten → kecamatan → desa, from one compact file: ``code<TAB>name`` a line.

2, 4, 6 or 10 digits of code say the level; a line ``-code`` names a kecamatan that once existed (old NIKs carry it).
Source of the data: content/README.md. Optional everywhere: without it there are no region warnings.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


class RegionsError(ValueError):
    """A line that is not ``code<TAB>name``; names the line number."""


LEVELS = (2, 4, 6, 10)


@dataclass(frozen=True, slots=True)
class Regions:
    """``names``: code → name over all levels; ``former``: kecamatan codes that no longer exist."""

    names: Mapping[str, str]
    former: frozenset[str] = frozenset()
    _children: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)

    def name_of(self, code: str) -> str | None:
        return self.names.get(code)

    def children(self, code: str) -> tuple[str, ...]:
        """Codes one level below; ``""`` gives the provinces. Sorted."""
        if len(code) == LEVELS[-1]:
            return ()
        if code not in self._children:
            length = LEVELS[LEVELS.index(len(code)) + 1] if code else LEVELS[0]
            below = sorted(name for name in self.names if len(name) == length and name.startswith(code))
            self._children[code] = tuple(below)
        return self._children[code]

    def find(self, text: str) -> str | None:
        """The one desa that "desa, kecamatan, kabupaten" names (parts from small to large, as many as it takes)."""
        wanted = [part.strip().casefold() for part in text.split(",") if part.strip()]
        if not wanted:
            return None
        found = [code for code, name in self.names.items() if len(code) == LEVELS[-1] and name.casefold() == wanted[0]]
        for depth, part in enumerate(wanted[1:], 2):
            found = [code for code in found if part in self.names.get(code[: LEVELS[-depth]], "").casefold()]
        return found[0] if len(found) == 1 else None

    def path(self, code: str) -> tuple[str, ...]:
        """Names from the province down to ``code``; unknown levels are left out."""
        found = (self.names.get(code[:length]) for length in LEVELS if length <= len(code))
        return tuple(name for name in found if name)


def parse(lines: Iterable[str]) -> Regions:
    """Read the compact file. Raises RegionsError."""
    names: dict[str, str] = {}
    former: set[str] = set()
    for number, line in enumerate(lines, 1):
        code, tab, name = line.rstrip("\n").partition("\t")
        if not tab or not name or not _is_code(code.removeprefix("-")):
            raise RegionsError(f"line {number}: expected code<TAB>name")
        if code.startswith("-"):
            former.add(code[1:])
        else:
            names[code] = name
    return Regions(names, frozenset(former))


def _is_code(code: str) -> bool:
    return code.isascii() and code.isdigit() and len(code) in LEVELS
