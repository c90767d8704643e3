"""Content data → Catalogue, or a ContentError that says where and what to do.

Services are put together from shared parts: blocks of fields (as they are, for a person, or many times), papers, outputs
and lists of next steps; each may be narrowed by a condition.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from adminduk import rules
from adminduk.application import State
from adminduk.fitting import check_service, check_use, condition
from adminduk.services import (
    Block,
    Catalogue,
    Choice,
    Field,
    FieldKind,
    Group,
    Notice,
    Output,
    Paper,
    Place,
    Reason,
    Route,
    Service,
    SlipRow,
    Witnesses,
)
from adminduk.tables import (
    AlreadyToldError,
    ContentError,
    Mistakes,
    build,
    each,
    missing,
    no_such,
    not_among,
    rows,
    strings,
    table,
    unknown_key,
    words,
    wrong_kind,
)

__all__ = ["ContentError", "build", "parse_catalogue"]

Parts = Mapping[str, Any]
PARTS = (
    "place", "groups", "choices", "blocks", "papers", "outputs", "steps", "services", "offered", "routing", "notice", "status",
    "reasons", "survey", "slip", "complaints", "aliases", "acts",
)  # fmt: skip
_MEDIA, _SHAPES = ("a4", "card", "none"), ("a4", "card", "photo")
_PICTURE = re.compile(r"[a-z]+(-[a-z]+)*")  # a part of a file's name and of an address
_CHANNELS = ("log", "wa", "sms", "email", "none")
_SLIPS = ("queue", "pick_up", "summary")
UNSUR = 9  # of the law's satisfaction survey
_SIGNED = "formulir"  # the paper under which printed forms come back, signed


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
        check_service(service, parts["services"][code], set(parts["groups"]), mistakes)
    read(lambda: _only(parts["slip"], ("rows", "draft", *_SLIPS), "slip"))
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


def _table(data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise wrong_kind(where, "table")
    return data


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
    mistakes.read(lambda: _only(parts["offered"], told, "offered"))
    for name, codes in told.items():
        for code in set(codes) - set(parts["services"]):
            mistakes.tell(no_such("service", code, parts["services"], f"offered.{name}"))
    mistakes.done()
    only = told["only"] or list(parts["services"])
    return {code: data for code, data in parts["services"].items() if code in only and code not in told["without"]}


def _only(data: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raises ContentError for a key that nobody reads."""
    mistakes = Mistakes()
    for name in set(data) - set(known):
        mistakes.tell(unknown_key(name, known, f"{where}.{name}"))
    mistakes.done()


def _place(data: Any) -> Place:
    place: Place = build(Place, data, "place")
    if place.channel not in _CHANNELS:
        raise not_among(place.channel, _CHANNELS, "place.channel")
    return place


# --- what services share ----------------------------------------------------------------------------------------------


_fields = rows(Field, choices=rows(Choice), when=condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Routes:
    services: tuple[str, ...]
    prefix: str
    place: str


class Shared:
    """The blocks, papers, outputs and next steps that services name."""

    def __init__(self, parts: Parts, mistakes: Mistakes) -> None:
        self.raw_papers, self.raw_outputs, self.raw_steps = parts["papers"], parts["outputs"], parts["steps"]
        self.raw_blocks = mistakes.entries(parts["blocks"], "blocks", partial(_with_choices, parts["choices"]))
        self.proof = parts["place"].get("proof_at_collection", "tidak_perlu")
        self.routing: dict[str, list[Any]] = {}
        self._wrong: dict[str, set[str]] = {}
        mistakes.read(lambda: self._routes(parts["routing"], parts["services"]))
        self.outputs: dict[str, Output] = mistakes.entries(parts["outputs"], "outputs", _output)
        self.blocks: dict[str, Block] = mistakes.entries(self.raw_blocks, "blocks", _block)
        papers = mistakes.entries(self.raw_papers, "papers", _paper)
        self._wrong = {
            "block": set(parts["blocks"]) - set(self.blocks),
            "paper": set(self.raw_papers) - set(papers),
            "output": set(self.raw_outputs) - set(self.outputs),
        }

    def service(self, data: Any, where: str) -> Service:
        code = where.rpartition(".")[2]
        told = {"proof_at_collection": self.proof, **_table(data, where)}
        steps = told.get("next_steps")
        if isinstance(steps, str):
            told["next_steps"] = self._found("steps", self.raw_steps, steps, f"{where}.next_steps")
        told.setdefault("routing", self.routing.get(code, []))
        if told.get("forms") and _SIGNED in self.raw_papers and _SIGNED not in self._wrong["paper"]:
            told["signed"] = self.raw_papers[_SIGNED]
        if told.get("papers") and "needs" not in told:
            told["needs"] = ["camera"]
        made: Service = build(
            Service, told, where, given={"code": code}, blocks=self._blocks, papers=self._papers, outputs=self._outputs,
            signed=partial(_paper, code=_SIGNED), routing=rows(Route), witnesses=lambda value, at: build(Witnesses, value, at),
        )  # fmt: skip
        return made

    def _routes(self, value: Any, services: Mapping[str, Any]) -> None:
        """One table names several services; each gets its region prefixes and places."""

        def route(data: Any, where: str) -> None:
            told = build(_Routes, data, where)
            for code in told.services:
                self._found("service", services, code, f"{where}.services")
                self.routing.setdefault(code, []).append({"prefix": told.prefix, "place": told.place})

        _only(value, ("routes",), "routing")
        each(_list(value.get("routes", []), "routing.routes"), "routing.routes", route)

    def _found(self, what: str, known: Mapping[str, Any], name: Any, where: str) -> Any:
        """Raises ContentError; AlreadyToldError for a part that is wrong itself."""
        if not isinstance(name, str):
            raise wrong_kind(where, "name", f"write the name of a {what}")
        if name in self._wrong.get(what, ()):
            raise AlreadyToldError(where)
        if name not in known:
            raise no_such(what, name, known, where)
        return known[name]

    def _outputs(self, value: Any, where: str) -> tuple[Output, ...]:
        """Each is an output's code, or a table: ``output`` and ``when``."""

        def one(entry: Any, at: str) -> Output:
            own = dict(entry) if isinstance(entry, dict) else {"output": entry}
            code = own.pop("output", None)
            return _output({**self._found("output", self.raw_outputs, code, at), **own}, at, code=str(code))

        return each(_list(value, where), where, one)

    def _papers(self, value: Any, where: str) -> tuple[Paper, ...]:
        """Each is a paper's code, or a table: ``paper`` and what is different here."""

        def one(entry: Any, at: str) -> Paper:
            own = dict(entry) if isinstance(entry, dict) else {"paper": entry}
            code = own.pop("paper", None)
            data = {**self._found("paper", self.raw_papers, code, at), **own}
            return _paper(data, at, code=str(code))

        return each(_list(value, where), where, one)

    def _blocks(self, value: Any, where: str) -> tuple[Block, ...]:
        """Each is a block's code, or a table: ``block``, ``for`` (a person), ``title``, ``when``, ``repeat``, ``most``."""
        uses = each(_list(value, where), where, self._use)
        return tuple(block for blocks in uses for block in blocks)

    def _use(self, entry: Any, where: str) -> tuple[Block, ...]:
        if isinstance(entry, str):
            return (self._found("block", self.blocks, entry, where),)
        told = _table(entry, where)
        raw = self._found("block", self.raw_blocks, told.get("block"), where)
        check_use(told, raw, where)
        code, title, most = str(told["block"]), told.get("title", ""), told.get("most", 1)
        if "repeat" not in told:
            return (_block(_for(raw, told.get("for", ""), title, told), where, code=told.get("for") or code),)
        repeats = range(1, most + 1)
        return tuple(_block(_again(raw, told, number), where, code=f"{code}{number}") for number in repeats)


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise wrong_kind(where, "list")
    return value


def _with_choices(choices: Mapping[str, Any], data: Any, where: str) -> dict[str, Any]:
    """The block with ``choices = "agama"`` replaced by the list of that name."""

    def field(data: Any, where: str) -> Any:
        name = data.get("choices") if isinstance(data, dict) else None
        if not isinstance(name, str):
            return data
        if name not in choices:
            raise no_such("choices", name, choices, f"{where}.choices")
        return {**data, "choices": choices[name]}

    if "fields" not in _table(data, where):
        raise missing("fields", f"{where}.fields")
    made = each(_list(data["fields"], f"{where}.fields"), f"{where}.fields", field)
    return {**data, "fields": list(made)}


def _output(data: Any, where: str, *, code: str = "") -> Output:
    made: Output = build(Output, data, where, given={"code": code or where.rpartition(".")[2]}, when=condition)
    if made.media not in _MEDIA:
        raise not_among(made.media, _MEDIA, f"{where}.media")
    return made


def _paper(data: Any, where: str, *, code: str = "") -> Paper:
    made: Paper = build(Paper, data, where, given={"code": code or where.rpartition(".")[2]}, when=condition)
    if made.shape not in _SHAPES:
        raise not_among(made.shape, _SHAPES, f"{where}.shape")
    if not made.picture:
        raise missing("picture", f"{where}.picture", "name the picture that shows this paper")
    if not _PICTURE.fullmatch(made.picture):
        raise ContentError("nilai_salah", f"{where}.picture", "small letters and hyphens", found=made.picture)
    return made


def _block(data: Any, where: str, *, code: str = "") -> Block:
    block: Block = build(Block, data, where, given={"code": code or where.rpartition(".")[2]}, fields=_fields)
    mistakes = Mistakes()
    for at, field in enumerate(block.fields):
        if (field.kind is FieldKind.CHOICE) != bool(field.choices):
            remedy = "a choice has choices, and nothing else has"
            mistakes.add("nilai_salah", f"{where}.fields[{at}].kind", remedy, say="choice_and_choices")
    mistakes.done()
    return block


def _for(
    raw: Mapping[str, Any], person: str, title: str, told: Mapping[str, Any], *, number: int = 0
) -> dict[str, Any]:
    """A block for a person: ``nik`` becomes ``ayah_nik``, also where its own conditions look at it.

    ``differs_from`` stays: it names fields of the whole form, such as the applicant's ``nik``.
    """
    without = told.get("without", [])
    fields = [field for field in raw.get("fields", []) if field.get("key") not in without]
    names = {field["key"]: f"{person}_{field['key']}" for field in fields if "key" in field} if person else {}
    whose = {"whose": title, "number": number} if title else {}
    renewed = [_renewed(field, names, told.get("when")) | whose for field in fields]
    return {"title": title or raw.get("title", ""), "fields": renewed}


def _again(raw: Mapping[str, Any], told: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The block for the ``number``-th of several: asked when the count reaches it."""
    counted = {"field": told["repeat"], "at_least": number}
    when = {"all": [told["when"], counted]} if "when" in told else counted
    person = f"{told.get('for') or told['block']}{number}"
    return _for(raw, person, told.get("title") or raw.get("title", ""), {**told, "when": when}, number=number)


def _renewed(field: Mapping[str, Any], names: Mapping[str, str], when: Any) -> dict[str, Any]:
    result = dict(field)
    result["key"] = names.get(field.get("key", ""), field.get("key"))
    own = rules.renamed(field["when"], names) if "when" in field else None
    both = [rule for rule in (when, own) if rule is not None]
    if both:
        result["when"] = both[0] if len(both) == 1 else {"all": both}
    for link in ("not_before", "born_of"):
        if link in field:
            result[link] = names.get(field[link], field[link])
    return result


def _status(data: Any) -> Mapping[State, str]:
    mistakes = Mistakes()
    for key in data:
        if key not in set(State):
            mistakes.tell(unknown_key(key, State, f"status.{key}"))
    given = mistakes.read(lambda: words(data, "status")) or {}
    for state in State:
        if state not in data:
            mistakes.tell(missing(state, f"status.{state}", "every state has words for the citizen"))
    mistakes.done()
    return {State(key): word for key, word in given.items()}


def _survey(data: Any) -> tuple[str, ...]:
    _only(data, ("questions",), "survey")
    if "questions" not in data:
        raise missing("questions", "survey.questions")
    questions = tuple(strings(data.get("questions"), "survey.questions"))
    if len(questions) != UNSUR:
        remedy = "nine questions, one per unsur"
        raise ContentError(
            "nilai_salah", "survey.questions", remedy, say="questions", least=UNSUR, found=len(questions)
        )
    return questions
