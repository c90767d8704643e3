"""Content data → Catalogue, or a ContentError that says where and what to do.

Services are put together from shared parts: blocks of fields (as they are, for a person, or many times), papers, outputs
and lists of next steps; each may be narrowed by a condition.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from adminduk import rules
from adminduk.application import State
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
from adminduk.tables import ContentError, Mistakes, build, each, member, rows, strings, table, words

__all__ = ["ContentError", "build", "parse_catalogue"]

Parts = Mapping[str, Any]
PARTS = (
    "place", "groups", "choices", "blocks", "papers", "outputs", "steps", "services", "offered", "routing", "notice", "status",
    "reasons", "survey", "slip", "complaints", "aliases", "acts",
)  # fmt: skip
_MEDIA, _SHAPES, _MODES = ("a4", "card", "none"), ("a4", "card", "photo"), ("A", "B", "C", "D")
_FLOWS, _NEEDS, _SURE = ("apply", "check"), frozenset({"camera", "receipt", "paper", "uplink"}), ("H", "M", "L")
_CHANNELS = ("log", "wa", "sms", "email", "none")
_SLIPS = ("queue", "pick_up", "summary")
MOST_REPEATS = 12


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
    mistakes.done()  # a mistake in a shared part would come again from every service that uses it
    services = read(lambda: table(_offered(parts), "services", shared.service)) or {}
    groups = read(lambda: table(parts["groups"], "groups", _coded(Group))) or {}
    for service in services.values():
        if service is not None:
            _check_service(service, set(groups), mistakes)
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
        "aliases": read(lambda: table(parts["aliases"], "aliases", lambda value, at: tuple(strings(value, at)))),
    }
    mistakes.done()
    return Catalogue(**made)


def _coded(kind: type[Any]) -> Any:
    """A reader of an entry whose name is its code."""
    return lambda data, where: build(kind, {"code": where.rpartition(".")[2], **_table(data, where)}, where)


def _table(data: Any, where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise ContentError("jenis_salah", where, "write a table")
    return data


def _offered(parts: Parts) -> dict[str, Any]:
    """The services that this kabupaten offers: ``only`` these when named, and not ``without``."""
    told = {name: strings(parts["offered"].get(name, []), f"offered.{name}") for name in ("only", "without")}
    for name, codes in told.items():
        for code in codes:
            if code not in parts["services"]:
                raise ContentError("rujukan_hilang", f"offered.{name}", f"no service {code!r}")
    only = told["only"] or list(parts["services"])
    return {code: data for code, data in parts["services"].items() if code in only and code not in told["without"]}


def _place(data: Any) -> Place:
    place: Place = build(Place, data, "place")
    if place.channel not in _CHANNELS:
        raise ContentError("nilai_salah", "place.channel", f"one of {', '.join(_CHANNELS)}")
    return place


# --- what services share ----------------------------------------------------------------------------------------------


def _rule(value: Any, where: str) -> rules.Rule:
    try:
        return rules.parse(value)
    except rules.RuleError as error:
        raise ContentError("nilai_salah", where, str(error)) from None


_fields = rows(Field, choices=rows(Choice), when=_rule)


class Shared:
    """The blocks, papers, outputs and next steps that services name."""

    def __init__(self, parts: Parts, mistakes: Mistakes) -> None:
        self.raw_papers, self.raw_outputs, self.raw_steps = parts["papers"], parts["outputs"], parts["steps"]
        self.raw_blocks = mistakes.read(lambda: _with_choices(parts["blocks"], parts["choices"])) or {}
        self.proof = parts["place"].get("proof_at_collection", "tidak_perlu")
        self.routing: dict[str, list[Any]] = {}
        mistakes.read(lambda: self._routes(parts["routing"].get("routes", []), parts["services"]))
        self.outputs: dict[str, Output] = mistakes.read(lambda: table(parts["outputs"], "outputs", _output)) or {}
        self.blocks: dict[str, Block] = mistakes.read(lambda: table(self.raw_blocks, "blocks", _block)) or {}
        mistakes.read(lambda: table(self.raw_papers, "papers", _paper))

    def service(self, data: Any, where: str) -> Service:
        told = {"code": where.rpartition(".")[2], "proof_at_collection": self.proof, **_table(data, where)}
        steps = told.get("next_steps")
        if isinstance(steps, str):
            told["next_steps"] = self._found(self.raw_steps, steps, f"{where}.next_steps")
        told.setdefault("routing", self.routing.get(str(told["code"]), []))
        if told.get("papers") and "needs" not in told:
            told["needs"] = ["camera"]
        made: Service = build(
            Service, told, where, blocks=self._blocks, papers=self._papers, outputs=self._outputs,
            routing=rows(Route), witnesses=lambda value, at: build(Witnesses, value, at),
        )  # fmt: skip
        return made

    def _routes(self, value: Any, services: Mapping[str, Any]) -> None:
        """One table names several services; each gets its region prefixes and places."""
        for route in _list(value, "routing.routes"):
            told = _table(route, "routing.routes")
            for code in strings(told.get("services"), "routing.routes.services"):
                self._found(services, code, "routing.routes.services")
                own = {key: text for key, text in told.items() if key != "services"}
                self.routing.setdefault(code, []).append(own)

    @staticmethod
    def _found(known: Mapping[str, Any], name: Any, where: str) -> Any:
        if name not in known:
            raise ContentError("rujukan_hilang", where, f"no {name!r}; known: {', '.join(known)}")
        return known[name]

    def _outputs(self, value: Any, where: str) -> tuple[Output, ...]:
        """Each is an output's code, or a table: ``output`` and ``when``."""

        def one(entry: Any, at: str) -> Output:
            own = dict(entry) if isinstance(entry, dict) else {"output": entry}
            code = own.pop("output", None)
            return _output({**self._found(self.raw_outputs, code, at), **own}, at, code=str(code))

        return each(_list(value, where), where, one)

    def _papers(self, value: Any, where: str) -> tuple[Paper, ...]:
        """Each is a paper's code, or a table: ``paper`` and what is different here."""

        def one(entry: Any, at: str) -> Paper:
            own = dict(entry) if isinstance(entry, dict) else {"paper": entry}
            code = own.pop("paper", None)
            data = {**self._found(self.raw_papers, code, at), **own}
            return _paper(data, at, code=str(code))

        return each(_list(value, where), where, one)

    def _blocks(self, value: Any, where: str) -> tuple[Block, ...]:
        """Each is a block's code, or a table: ``block``, ``for`` (a person), ``title``, ``when``, ``repeat``, ``most``."""
        uses = each(_list(value, where), where, self._use)
        return tuple(block for blocks in uses for block in blocks)

    def _use(self, entry: Any, where: str) -> tuple[Block, ...]:
        if isinstance(entry, str):
            return (self._found(self.blocks, entry, where),)
        told = _table(entry, where)
        if unknown := set(told) - {"block", "for", "title", "when", "repeat", "most", "without"}:
            raise ContentError(
                "kunci_tidak_dikenal", where, f"not {sorted(unknown)[0]!r}: block, for, title, when, repeat"
            )
        raw = self._found(self.raw_blocks, told.get("block"), where)
        code, title, most = str(told["block"]), told.get("title", ""), told.get("most", 1)
        if not isinstance(most, int) or not 1 <= most <= MOST_REPEATS:
            raise ContentError("nilai_salah", f"{where}.most", f"1 to {MOST_REPEATS}")
        if "repeat" not in told:
            return (_block(_for(raw, told.get("for", ""), title, told), where, code=told.get("for") or code),)
        repeats = range(1, most + 1)
        return tuple(_block(_again(raw, told, number), where, code=f"{code}{number}") for number in repeats)


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise ContentError("jenis_salah", where, "write a list")
    return value


def _with_choices(blocks: Any, choices: Any) -> dict[str, Any]:
    """The blocks with ``choices = "agama"`` replaced by the list of that name."""

    def field(data: Any, where: str) -> Any:
        name = data.get("choices") if isinstance(data, dict) else None
        if not isinstance(name, str):
            return data
        if name not in choices:
            raise ContentError("rujukan_hilang", f"{where}.choices", f"no {name!r}; known: {', '.join(choices)}")
        return {**data, "choices": choices[name]}

    def block(data: Any, where: str) -> Any:
        return {**_table(data, where), "fields": each(_list(data.get("fields"), where), f"{where}.fields", field)}

    made = table(blocks, "blocks", block)
    return {code: {**data, "fields": list(data["fields"])} for code, data in made.items()}


def _output(data: Any, where: str, *, code: str = "") -> Output:
    made: Output = build(Output, {"code": code or where.rpartition(".")[2], **_table(data, where)}, where, when=_rule)
    if made.media not in _MEDIA:
        raise ContentError("nilai_salah", f"{where}.media", f"one of {', '.join(_MEDIA)}")
    return made


def _paper(data: Any, where: str, *, code: str = "") -> Paper:
    made: Paper = build(Paper, {"code": code or where.rpartition(".")[2], **_table(data, where)}, where, when=_rule)
    if made.shape not in _SHAPES:
        raise ContentError("nilai_salah", f"{where}.shape", f"one of {', '.join(_SHAPES)}")
    return made


def _block(data: Any, where: str, *, code: str = "") -> Block:
    told = {"code": code or where.rpartition(".")[2], **_table(data, where)}
    block: Block = build(Block, told, where, fields=_fields)
    for field in block.fields:
        if (field.kind is FieldKind.CHOICE) != bool(field.choices):
            raise ContentError("nilai_salah", f"{where}.{field.key}", "a choice has choices, and nothing else has")
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


# --- what fits together -----------------------------------------------------------------------------------------------


def _check_service(service: Service, groups: set[str], mistakes: Mistakes) -> None:
    where = f"services.{service.code}"
    keys = [field.key for field in service.fields()]
    codes = [paper.code for paper in service.papers]
    unknown = _looked_at(service) - set(keys)
    forms = {paper.form for paper in service.papers if paper.form} - set(service.forms)
    checks = (
        ({service.group, *service.also} <= groups, "rujukan_hilang", "group", "name a group of groups.toml"),
        (service.mode in _MODES, "nilai_salah", "mode", "A, B, C or D"),
        (service.flow in _FLOWS, "nilai_salah", "flow", "apply or check"),
        (service.confidence in _SURE, "nilai_salah", "confidence", "H, M or L"),
        (service.needs <= _NEEDS, "nilai_salah", "needs", f"of {', '.join(sorted(_NEEDS))}"),
        (bool(keys) or service.flow != "apply", "wajib_diisi", "blocks", "an application asks something"),
        (len(set(keys)) == len(keys), "ganda", "blocks", "two blocks ask the same key"),
        (len(set(codes)) == len(codes), "ganda", "papers", "two papers have the same code"),
        (not unknown, "rujukan_hilang", "when", f"a condition names a field that is not asked: {', '.join(sorted(unknown))}"),
        (not forms, "rujukan_hilang", "papers", f"a paper is made from a form that forms does not name: {forms}"),
    )  # fmt: skip
    for holds, code, key, remedy in checks:
        if not holds:
            mistakes.add(code, f"{where}.{key}", remedy)


def _looked_at(service: Service) -> set[str]:
    parts: tuple[Field | Paper | Output, ...] = (*service.fields(), *service.papers, *service.outputs)
    conditions = [part.when for part in parts]
    return {name for rule in conditions if rule is not None for name in rule.fields()}


def _status(data: Any) -> Mapping[State, str]:
    given = {member(State, key, "status"): word for key, word in data.items()}
    for state in State:
        if not given.get(state):
            raise ContentError("wajib_diisi", f"status.{state}", "every state has words for the citizen")
    return given


def _survey(data: Any) -> tuple[str, ...]:
    questions = tuple(strings(data.get("questions"), "survey.questions"))
    if len(questions) != 9:
        raise ContentError("nilai_salah", "survey.questions", "nine questions, one per unsur")
    return questions
