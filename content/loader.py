"""Reads the content: base and profile, merged by key, into a Catalogue. The rules for it stand in adminduk/catalogue.py."""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from adminduk.catalogue import ContentError, build, parse_catalogue
from adminduk.faults import Fault
from adminduk.form_tables import parse_forms
from adminduk.forms import Form
from adminduk.regions import Regions, parse
from adminduk.send_errors import SendErrors
from adminduk.services import Catalogue
from adminduk.tables import table

Read = Callable[[Path], dict[str, Any]]
ROOT = Path(__file__).resolve().parent
FILES = (
    "place", "groups", "choices", "blocks", "papers", "outputs", "steps", "offered", "routing", "notice", "status", "reasons",
    "survey", "slip", "complaints", "aliases", "acts", "notifications",
)  # fmt: skip


def load(profile: str = "wonogiri", *, root: Path = ROOT) -> Catalogue:
    """The catalogue of one kabupaten. Raises ContentError, which names the place and the remedy of every mistake."""
    return parse_catalogue(read_parts(profile, root=root))


def profiles(root: Path = ROOT) -> tuple[str, ...]:
    """The kabupaten that have a profile."""
    return tuple(sorted(path.name for path in (root / "profiles").iterdir() if path.is_dir()))


def own_folder(profile: str, root: Path = ROOT) -> Path:
    """Raises ContentError ``profil_tidak_dikenal``."""
    if profile not in (known := profiles(root)):
        raise ContentError("profil_tidak_dikenal", profile, f"one of {', '.join(known)}", found=profile, known=known)
    return root / "profiles" / profile


def read_parts(profile: str, *, root: Path = ROOT, read: Read | None = None) -> dict[str, Any]:
    """Base and profile as TOML gives them, merged. ``read``: instead of ``read_toml``."""
    read = read or read_toml
    own = own_folder(profile, root)
    parts: dict[str, Any] = {
        name: _merged(read(root / "base" / f"{name}.toml"), read(own / f"{name}.toml")) for name in FILES
    }
    services = _merged(_services(root / "base" / "services", read), _services(own / "services", read))
    order = read(root / "base" / "order.toml").get("services", [])
    first = [code for code in order if isinstance(code, str) and code in services]
    parts["services"] = {code: services[code] for code in [*first, *sorted(set(services) - set(first))]}
    return parts


def load_forms(profile: str = "wonogiri", *, root: Path = ROOT) -> Mapping[str, Form]:
    """The official forms, checked against every service of the base and the profile. Raises ContentError."""
    every = parse_catalogue({**read_parts(profile, root=root), "offered": {}})
    return parse_forms(read_forms(profile, root=root), every.services)


def read_forms(profile: str, *, root: Path = ROOT, read: Read | None = None) -> dict[str, Any]:
    """The forms of base and profile as TOML gives them, merged. ``read``: instead of ``read_toml``."""
    read = read or read_toml
    return _merged(read(root / "base" / "forms.toml"), read(root / "profiles" / profile / "forms.toml"))


def load_poster(profile: str = "wonogiri", *, root: Path = ROOT) -> dict[str, Any]:
    """The words of the villagers' poster, as TOML gives them; blanks.parse_words() reads and checks them."""
    return _merged(read_toml(root / "base" / "poster.toml"), read_toml(root / "profiles" / profile / "poster.toml"))


def load_faults(*, root: Path = ROOT) -> Mapping[str, Fault]:
    """Everybody's words for every device code."""
    return parse_faults(read_toml(root / "base" / "faults.toml"))


def parse_faults(data: Mapping[str, Any]) -> Mapping[str, Fault]:
    """Raises ContentError."""
    return table(
        data, "faults", lambda words, where: build(Fault, words, where, given={"code": where.partition(".")[2]})
    )


def load_send_errors(*, root: Path = ROOT) -> SendErrors:
    """Why a packet waits, in words; the software's own codes, so always as installed."""
    return SendErrors.of(read_toml(root / "uplink_errors.toml")["errors"])


def load_regions(path: Path) -> Regions | None:
    """The region table that the asset build makes; None where it was not built."""
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as file:
        return parse(file)


def read_toml(path: Path) -> dict[str, Any]:
    """A file's table; empty when there is no such file. Raises ContentError ``bukan_toml``."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContentError("bukan_toml", path.name, str(error)) from None


def _services(folder: Path, read: Read) -> dict[str, Any]:
    """One file a service; the file's name is its code in small letters."""
    return {path.stem.upper(): read(path) for path in sorted(folder.glob("*.toml"))}


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The profile's keys win; tables are merged key by key, one level down."""
    result = dict(base)
    for key, value in own.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = {**result[key], **value} if both else value
    return result
