"""Content data → Catalogue, or a ContentError that says where and what to do.

Services are put together from shared parts: blocks of fields (as they are, for a person, or many times), papers, outputs
and lists of next steps; each may be narrowed by a condition.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from adminduk.application import State
from adminduk.fitting import check_service
from adminduk.services import Catalogue, Group, Notice, Place, Reason, SlipRow
from adminduk.shared_parts import Parts, Shared
from adminduk.tables import (
    ContentError,
    Mistakes,
    build,
    missing,
    no_such,
    not_among,
    only_keys,
    rows,
    strings,
    table,
    unknown_key,
    words,
)

__all__ = ["ContentError", "build", "parse_catalogue"]

PARTS = (
    "place", "groups", "choices", "blocks", "papers", "outputs", "steps", "services", "offered", "routing", "notice", "status",
    "reasons", "survey", "slip", "complaints", "aliases", "acts", "notifications",
)  # fmt: skip
_CHANNELS = ("log", "wa", "sms", "email", "none")
_SLIPS = ("queue", "pick_up", "summary")
UNSUR = 9  # of the law's satisfaction survey


def parse_catalogue(parts: Parts) -> Catalogue:
    """``parts``: what PARTS names, as TOML gives them.

    Raises:
        ContentError: ``bagian_hilang``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``jenis_salah``, ``nilai_salah``,
            ``rujukan_hilang``, ``ganda``. Its ``all`` holds every mistake that was found.
    """
    for name in PARTS:
        if name not in parts:
            raise ContentError("bagian_hilang", name, f"add content/base/{name}.toml")
    mistakes = Mistakes()
    read = mistakes.read
    shared = Shared(parts, mistakes)
    services = mistakes.entries(read(lambda: _offered(parts)) or {}, "services", shared.service)
    groups = mistakes.entries(parts["groups"], "groups", _coded(Group))
    for code, service in services.items():
        check_service(service, shared.numbers, set(parts["groups"]), mistakes, partly=code in shared.partly)
    read(lambda: only_keys(parts["slip"], ("rows", "draft", *_SLIPS), "slip"))
    made = {
        "place": read(lambda: _place(parts["place"])),
        "groups": tuple(groups.values()),
        "services": services,
        "notice": read(lambda: build(Notice, parts["notice"], "notice")),
        "status_words": read(lambda: _status(parts["status"])),
        "reasons": read(lambda: table(parts["reasons"], "reasons", _coded(Reason))),
        "survey": read(lambda: _survey(parts["survey"])),
        "slip": read(lambda: rows(SlipRow)(parts["slip"].get("rows"), "slip.rows")),
        "draft_slip": read(lambda: rows(SlipRow)(parts["slip"].get("draft"), "slip.draft")),
        "slips": {name: read(partial(rows(SlipRow), parts["slip"].get(name), f"slip.{name}")) for name in _SLIPS},
        "notifications": read(lambda: _by_state(parts["notifications"], "notifications")),
        "acts": read(lambda: words(parts["acts"], "acts")),
        "complaints": read(lambda: words(parts["complaints"], "complaints")),
        "outputs": shared.outputs,
        "aliases": read(lambda: table(parts["aliases"], "aliases", partial(_meant, parts["services"]))),
    }
    mistakes.done()
    return Catalogue(**made)


def _coded(kind: type[Any]) -> Any:
    """A reader of an entry whose name is its code."""
    return lambda data, where: build(kind, data, where, given={"code": where.rpartition(".")[2]})


def _meant(services: Mapping[str, Any], value: Any, where: str) -> tuple[str, ...]:
    """The services that a name of offices and people means, offered here or not."""
    mistakes = Mistakes()
    for code in strings(value, where):
        if code not in services:
            mistakes.tell(no_such("service", code, services, where))
    mistakes.done()
    return tuple(value)


def _offered(parts: Parts) -> dict[str, Any]:
    """The services that this kabupaten offers: ``only`` these when named, and not ``without``."""
    told = {name: strings(parts["offered"].get(name, []), f"offered.{name}") for name in ("only", "without")}
    mistakes = Mistakes()
    mistakes.read(lambda: only_keys(parts["offered"], told, "offered"))
    for name, codes in told.items():
        for code in sorted(set(codes) - set(parts["services"])):
            mistakes.tell(no_such("service", code, parts["services"], f"offered.{name}"))
    mistakes.done()
    only = told["only"] or list(parts["services"])
    return {code: data for code, data in parts["services"].items() if code in only and code not in told["without"]}


def _place(data: Any) -> Place:
    place: Place = build(Place, data, "place")
    if place.channel not in _CHANNELS:
        raise not_among(place.channel, _CHANNELS, "place.channel")
    return place


def _by_state(data: Any, where: str) -> Mapping[State, str]:
    """Some states and their sentences."""
    mistakes = Mistakes()
    for key in data:
        if key not in set(State):
            mistakes.tell(unknown_key(key, State, f"{where}.{key}"))
    given = mistakes.read(lambda: words(data, where)) or {}
    mistakes.done()
    return {State(key): word for key, word in given.items()}


def _status(data: Any) -> Mapping[State, str]:
    mistakes = Mistakes()
    given = mistakes.read(lambda: _by_state(data, "status")) or {}
    for state in State:
        if state not in data:
            mistakes.tell(missing(state, f"status.{state}", "every state has words for the citizen"))
    mistakes.done()
    return given


def _survey(data: Any) -> tuple[str, ...]:
    only_keys(data, ("questions",), "survey")
    if "questions" not in data:
        raise missing("questions", "survey.questions")
    questions = tuple(strings(data.get("questions"), "survey.questions"))
    if len(questions) != UNSUR:
        remedy = "nine questions, one per unsur"
        raise ContentError(
            "nilai_salah", "survey.questions", remedy, say="questions", least=UNSUR, found=len(questions)
        )
    return questions
