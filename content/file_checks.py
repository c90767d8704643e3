"""Which files a content folder has: those that are missing, those that nobody reads, and the order of the services."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from content.loader import FILES
from content.positions import TOP
from content.sources import Finding, Sources, leaves

BASE_ALONE = ("order", "faults", "legibility", "pronunciation")
"""Read from the base only."""
OF_BOTH = (*FILES, "forms", "poster")
"""Read from the base and from a profile."""
_SERVICE_FILE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.toml")


def of_files(sources: Sources, names: Sequence[str]) -> Iterator[Finding]:
    """What is wrong with the files themselves, of the base and these profiles."""
    base = sources.root / "base"
    yield from (Finding(file=file, at=TOP, code="berkas_hilang", say="berkas_hilang") for file in missing_files(base))
    yield from _unknown_files(base, (*OF_BOTH, *BASE_ALONE))
    for name in names:
        yield from _unknown_files(sources.root / "profiles" / name, OF_BOTH)
    yield from _order(sources, names)


def toml_files(folder: Path) -> tuple[Path, ...]:
    """Those of a base or a profile, services last."""
    return (*sorted(folder.glob("*.toml")), *sorted((folder / "services").glob("*.toml")))


def missing_files(base: Path) -> tuple[Path, ...]:
    """Without these a kiosk does not start, or says nothing where it should."""
    expected = (base / f"{name}.toml" for name in (*OF_BOTH, *BASE_ALONE))
    return tuple(file for file in expected if not file.exists())


def _unknown_files(folder: Path, names: Sequence[str]) -> Iterator[Finding]:
    """What lies there and nobody reads, such as a name with a typing mistake."""
    expected = {f"{name}.toml" for name in names} | {"services"}
    for file in sorted(folder.iterdir()):
        if file.name not in expected and not file.name.startswith("."):
            yield _stray(file, sorted(expected), "berkas_tidak_dikenal")
    for file in sorted((folder / "services").glob("*")):
        if not _SERVICE_FILE.fullmatch(file.name) and not file.name.startswith("."):
            yield _stray(file, [], "service_file")


def _stray(file: Path, known: Sequence[str], say: str) -> Finding:
    facts = {"found": file.name, "known": tuple(known)}
    return Finding(file=file, at=TOP, code="berkas_tidak_dikenal", say=say, facts=facts)


def _order(sources: Sources, names: Sequence[str]) -> Iterator[Finding]:
    folders = (sources.root / "base", *(sources.root / "profiles" / name for name in names))
    codes = sorted({file.stem.upper() for folder in folders for file in (folder / "services").glob("*.toml")})
    page = sources.page(sources.root / "base" / "order.toml")
    for keys, value in leaves(page.data):
        if keys[:1] != ("services",) or not isinstance(value, str):
            yield page.finding("jenis_salah", keys, wanted="list of texts")
        elif value not in codes:
            yield page.finding("rujukan_hilang", keys, what="service", found=value, known=tuple(codes))
