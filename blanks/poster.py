"""The villagers' poster: one A4 sheet with the pictures of the screen, to hang beside the kiosk."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from adminduk import dates
from adminduk.services import Catalogue, Paper, Service
from adminduk.tables import Mistakes, build, each, no_such, rows, strings, wrong_kind
from blanks.filling import TEMPLATES, FormError, compiled

MOST_SERVICES = 5
PLAIN = "paper-surat"
Pictures = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One picture and one short sentence. ``part``: the part of the picture to show ("x y width height"), or all of it."""

    picture: str
    text: str
    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """A service that many ask for, and the codes of the papers to bring; several codes in one: one of them."""

    service: str
    papers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """content/base/poster.toml. ``hours`` and ``phone``: empty means a dotted line for the pen."""

    title: str
    free: str
    steps: tuple[Step, ...]
    often: tuple[Often, ...]
    groups_title: str
    papers_title: str
    papers_picture: str
    either: str
    hours: str
    phone: str
    hours_caption: str
    phone_caption: str
    cannot_read: str
    cannot_read_picture: str
    no_payment: str
    complaints: str
    privacy: str
    printed: str


def parse_words(data: Any, catalogue: Catalogue) -> Words:
    """``data``: content.loader.load_poster().

    Raises:
        ContentError: ``jenis_salah``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``rujukan_hilang`` (a paper that the service
            does not ask for). Its ``all`` holds every mistake that was found.
    """
    words: Words = build(Words, data, "poster", steps=rows(Step), often=rows(Often, papers=_papers))
    mistakes = Mistakes()
    for number, entry in enumerate(words.often):
        service = catalogue.services.get(entry.service)
        asked = {paper.code for paper in service.papers} if service else None
        for code in (code for codes in entry.papers for code in codes):
            if asked is not None and code not in asked:
                where = f"poster.often[{number}].papers"
                mistakes.tell(no_such("paper", code, sorted(asked), where))
    mistakes.done()
    return words


def _papers(value: Any, where: str) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list):
        raise wrong_kind(where, "list", 'write a list: ["kk", ["surat_hilang", "ktp_rusak"]]')
    return each(value, where, lambda one, at: tuple(strings([one] if isinstance(one, str) else one, at)))


def pictures_in(*folders: Path) -> dict[str, bytes]:
    """Every SVG of these folders by its name without suffix; a later folder wins."""
    return {path.stem: path.read_bytes() for folder in folders for path in sorted(folder.glob("*.svg"))}


def poster(
    catalogue: Catalogue, words: Words, *, desa_name: str, today: date, pictures: Pictures, fonts: Path | None = None
) -> bytes:
    """One A4 page, portrait, as a PDF: the same bytes for the same input. It holds nothing personal.

    ``pictures``: name → SVG, as the screens show them (pictures_in()); ``fonts``: a folder with the screens' font as
    TrueType (build/fonts), without which typst's own is taken.

    Raises:
        FormError: ``gambar_hilang`` (a picture that the words name is not there), ``gagal_disusun`` (too long for one page).
    """
    drawn = drawing(catalogue, words, desa_name=desa_name, today=today, known=frozenset(pictures))
    needed = _named(drawn)
    if missing := needed - set(pictures):
        raise FormError("gambar_hilang") from KeyError(*sorted(missing))
    drawn["pictures"] = {name: pictures[name].decode() for name in sorted(needed)}
    return compiled(TEMPLATES / "poster.typ", json.dumps(drawn), fonts=fonts)


def drawing(
    catalogue: Catalogue, words: Words, *, desa_name: str, today: date, known: frozenset[str]
) -> dict[str, Any]:
    """Everything that is drawn, as plain JSON, but for the pictures, which stand by their names; ``known``: those there are."""
    place = catalogue.place
    groups = [group for group in catalogue.groups if catalogue.in_group(group.code)]
    often = [entry for entry in words.often if entry.service in catalogue.services][:MOST_SERVICES]
    return {
        "title": words.title, "free": words.free, "where": f"{desa_name}, {place.kabupaten}",
        "steps": [{"picture": step.picture, "part": step.part, "text": step.text} for step in words.steps],
        "groups_title": words.groups_title,
        "groups": [{"picture": group.icon, "text": group.title} for group in groups],
        "papers_title": words.papers_title, "papers_picture": words.papers_picture,
        "often": [_bring(catalogue.services[entry.service], entry, words, known) for entry in often],
        "cannot_read": {"picture": words.cannot_read_picture, "text": words.cannot_read},
        "lines": [{"caption": words.hours_caption, "text": words.hours}, {"caption": words.phone_caption, "text": words.phone}],
        "no_payment": words.no_payment,
        "complaints": words.complaints.replace("{complaints}", place.complaints),
        "privacy": words.privacy,
        "printed": words.printed.replace("{date}", dates.spoken(today)),
    }  # fmt: skip


def _bring(service: Service, entry: Often, words: Words, known: frozenset[str]) -> dict[str, Any]:
    papers = {paper.code: paper for paper in service.papers}
    bundles = [[papers[code] for code in codes] for codes in entry.papers]
    return {"service": service.short, "papers": [_paper(bundle, words.either, known) for bundle in bundles]}


def _paper(bundle: list[Paper], either: str, known: frozenset[str]) -> dict[str, str]:
    """One paper, or one of several, with the picture that the screen shows of the first."""
    own = f"paper-{bundle[0].picture}"
    return {"picture": own if own in known else PLAIN, "text": f" {either} ".join(paper.name for paper in bundle)}


def _named(drawn: Mapping[str, Any]) -> set[str]:
    """The names of the pictures in a drawing."""
    papers = (paper for entry in drawn["often"] for paper in entry["papers"])
    entries = (*drawn["steps"], *drawn["groups"], drawn["cannot_read"], *papers)
    return {drawn["papers_picture"], *(entry["picture"] for entry in entries)}
