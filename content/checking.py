"""`kiosk content check`: every mistake of a kabupaten's content in one reading, each with its file and line.

The rules are those by which the content is loaded (adminduk/catalogue.py, adminduk/form_tables.py) and those of
content/finer_checks.py, which see what only a whole folder of files shows.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from adminduk.catalogue import ContentError, parse_catalogue
from adminduk.form_tables import parse_forms
from adminduk.services import Catalogue
from content.file_checks import missing_files, of_files, toml_files
from content.finer_checks import finer
from content.loader import ROOT, load_poster, own_folder, parse_faults, read_forms, read_parts
from content.looks import Known
from content.placing import placed
from content.sources import Finding, Sources

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found, by file and line; ``services`` and ``profiles`` count what was read."""

    findings: tuple[Finding, ...]
    services: int
    profiles: int

    @property
    def mistakes(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.warning)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.warning)


def check(names: Sequence[str], *, known: Known, root: Path = ROOT) -> Report:
    """The base and these profiles. Raises ContentError ``profil_tidak_dikenal``."""
    sources = Sources(root)
    folders = [root / "base", *(own_folder(name, root) for name in names)]
    pages = [sources.page(file) for folder in folders for file in toml_files(folder)]
    found = [trouble for page in pages for trouble in page.troubles]
    found += of_files(sources, names)
    found += finer(sources, names, known)
    for name in names:
        found += _of_profile(sources, name, known)
    services = {page.file.stem for page in pages if page.file.parent.name == "services"}
    return Report(findings=_each_once(found), services=len(services), profiles=len(names))


# --- one kabupaten ----------------------------------------------------------------------------------------------------


def _of_profile(sources: Sources, name: str, known: Known) -> Iterator[Finding]:
    """What does not hold in the base and this profile together."""
    unread = _unread(sources, name)
    parts = read_parts(name, root=sources.root, read=sources.data)
    parts["services"] = {code: data for code, data in parts["services"].items() if f"services.{code}" not in unread}
    every, mistakes = _tried(lambda: parse_catalogue({**parts, "offered": {}}))
    offered, of_offered = _tried(lambda: parse_catalogue(parts)) if parts["offered"] != {"without": []} else (every, [])
    mistakes += of_offered
    sound = not mistakes and not unread
    mistakes += _tried(lambda: parse_faults(sources.data(sources.root / "base" / "faults.toml")))[1]
    mistakes += _of_forms(sources, name, every if sound else None)
    if sound and offered is not None:
        mistakes += _tried(lambda: known.poster(load_poster(name, root=sources.root), offered))[1]
    yield from (placed(sources, name, mistake) for mistake in mistakes if not _explained(mistake, unread))


def _of_forms(sources: Sources, name: str, every: Catalogue | None) -> Iterator[ContentError]:
    """``every``: all services. Without them, only what is seen in the forms alone."""
    forms = read_forms(name, root=sources.root, read=sources.data)
    for mistake in _tried(lambda: parse_forms(forms, every.services if every else {}))[1]:
        if every or mistake.code in ("kunci_tidak_dikenal", "wajib_diisi", "jenis_salah"):
            yield mistake


def _tried(make: Callable[[], Made]) -> tuple[Made | None, list[ContentError]]:
    """What was made, or every mistake that was in the way."""
    try:
        return make(), []
    except ContentError as error:
        return None, list(error.all)


def _unread(sources: Sources, name: str) -> frozenset[str]:
    """The parts and services of which a file is missing or unreadable: others seem to name what is not there."""
    base, own = sources.folders(name)
    parts = [path.stem for path in missing_files(base)]
    for page in (sources.page(file) for folder in (base, own) for file in toml_files(folder)):
        if page.troubles:
            service = page.file.parent.name == "services"
            parts.append(f"services.{page.file.stem.upper()}" if service else page.file.stem)
    return frozenset(parts)


def _explained(mistake: ContentError, unread: frozenset[str]) -> bool:
    """Whether it only says that an unreadable file was not read."""
    what = str(mistake.facts.get("what", ""))
    part = mistake.where.partition(".")[0]
    service = f"services.{mistake.facts.get('found')}"
    return part in unread or f"{what}s" in unread or what in unread or (what == "service" and service in unread)


# --- the report -------------------------------------------------------------------------------------------------------


def _each_once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By file and line. A mistake of the base is met again in every kabupaten, one of a row for each number in it."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        found = re.sub(r"\d+", "#", str(finding.facts.get("found", "")))
        kept.setdefault((finding.file, finding.at, finding.code, finding.place, found), finding)
    return tuple(sorted(kept.values(), key=lambda finding: (finding.file, finding.at, finding.place)))
