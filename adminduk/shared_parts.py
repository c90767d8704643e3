"""The parts that services share, and a service put together from them.

A service takes blocks of fields as they are, for a person, or many times; papers, outputs and lists of next steps; each may
be narrowed by a condition.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from adminduk import rules
from adminduk.fitting import check_use, condition
from adminduk.services import Block, Choice, Field, FieldKind, Output, Paper, Proof, Route, Service, Witnesses
from adminduk.tables import (
    AlreadyToldError,
    ContentError,
    Mistakes,
    Reader,
    a_list,
    a_table,
    build,
    each,
    missing,
    no_such,
    not_among,
    only_keys,
    rows,
    strings,
    wrong_kind,
)

Parts = Mapping[str, Any]
_MEDIA, _SHAPES = ("a4", "card", "none"), ("a4", "card", "photo")
_PICTURE = re.compile(r"[a-z]+(-[a-z]+)*")  # a part of a file's name and of an address
_SIGNED = "formulir"  # the paper under which printed forms come back, signed

_fields = rows(Field, choices=rows(Choice), when=condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Routes:
    services: tuple[str, ...]
    prefix: str
    place: str


class Shared:
    """The blocks, papers, outputs and next steps that services name. Mistakes go to ``mistakes``, and what holds is kept, so
    that the rest of a service can still be looked at. ``numbers``: by the place of a list, the entry that each of its values
    came from. ``partly``: the services of which something was left out."""

    def __init__(self, parts: Parts, mistakes: Mistakes) -> None:
        self._mistakes = mistakes
        self.numbers: dict[str, tuple[int, ...]] = {}
        self.partly: set[str] = set()
        self.raw_papers, self.raw_outputs, self.raw_steps = parts["papers"], parts["outputs"], parts["steps"]
        proof = parts["place"].get("proof_at_collection")  # a wrong one is told where the place is read
        self.proof = proof if proof in tuple(Proof) else Proof.TIDAK_PERLU
        self.routing: dict[str, list[Any]] = {}
        self._wrong: dict[str, set[str]] = {}
        self._made: dict[str, tuple[Block, ...]] = {}
        read = mistakes.entries
        self._held("steps", self.raw_steps, read(self.raw_steps, "steps", strings))
        self._held("choices", parts["choices"], read(parts["choices"], "choices", rows(Choice)))
        self.raw_blocks = read(parts["blocks"], "blocks", partial(self._with_choices, parts["choices"]))
        self.blocks = self._held("block", parts["blocks"], read(self.raw_blocks, "blocks", _block))
        self.outputs = self._held("output", self.raw_outputs, read(self.raw_outputs, "outputs", _output))
        self._held("paper", self.raw_papers, read(self.raw_papers, "papers", _paper))
        mistakes.read(lambda: self._routes(parts["routing"], parts["services"]))

    def _held(self, what: str, told: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """What was made; what was told and not made is wrong, and told where it stands."""
        self._wrong[what] = set(told) - set(made)
        return made

    def service(self, data: Any, where: str) -> Service:
        code = where.rpartition(".")[2]
        told = self._known_keys(a_table(data, where), where)
        if isinstance(steps := told.get("next_steps"), str):
            told["next_steps"] = self._found("steps", self.raw_steps, steps, f"{where}.next_steps")
        told.setdefault("routing", self.routing.get(code, []))
        if told.get("papers") and "needs" not in told:
            told["needs"] = ["camera"]
        signed = None
        if told.get("forms") and _SIGNED in self.raw_papers and _SIGNED not in self._wrong["paper"]:
            signed = _paper(self.raw_papers[_SIGNED], where, code=_SIGNED)
        made: Service = build(
            Service, told, where, given={"code": code, "signed": signed},
            blocks=self._blocks, papers=self._papers, outputs=self._outputs,
            routing=rows(Route), witnesses=lambda value, at: build(Witnesses, value, at),
        )  # fmt: skip
        return made

    def _known_keys(self, data: Mapping[str, Any], where: str) -> dict[str, Any]:
        known = [item.name for item in fields(Service) if item.name not in ("code", "signed")]
        self._mistakes.read(lambda: only_keys(data, known, where))
        return {"proof_at_collection": self.proof, **{key: data[key] for key in known if key in data}}

    def _kept(self, value: Any, where: str, make: Reader) -> tuple[Any, ...]:
        """``make`` of each entry of a list; those that do not hold are told and left out."""
        made = [
            self._mistakes.read(partial(make, entry, f"{where}[{at}]")) for at, entry in enumerate(a_list(value, where))
        ]
        if None in made:
            self.partly.add(where.split(".")[1])
        self.numbers[where] = tuple(at for at, one in enumerate(made) if one is not None)
        return tuple(one for one in made if one is not None)

    def _routes(self, value: Any, services: Mapping[str, Any]) -> None:
        """One table names several services; each gets its region prefixes and places."""

        def route(data: Any, where: str) -> None:
            told = build(_Routes, data, where)
            for code in told.services:
                self._found("service", services, code, f"{where}.services")
                self.routing.setdefault(code, []).append({"prefix": told.prefix, "place": told.place})

        only_keys(value, ("routes",), "routing")
        each(a_list(value.get("routes", []), "routing.routes"), "routing.routes", route)

    def _found(self, what: str, known: Mapping[str, Any], name: Any, where: str) -> Any:
        """Raises ContentError; AlreadyToldError for a part that is wrong itself."""
        if not isinstance(name, str):
            raise wrong_kind(where, "name", f"write the name of a {what}")
        if name in self._wrong.get(what, ()):
            raise AlreadyToldError(where)
        if name not in known:
            raise no_such(what, name, known, where)
        return known[name]

    def _with_choices(self, choices: Mapping[str, Any], data: Any, where: str) -> dict[str, Any]:
        """The block with ``choices = "agama"`` replaced by the list of that name."""

        def field(told: Any, at: str) -> Any:
            name = told.get("choices") if isinstance(told, dict) else None
            if not isinstance(name, str):
                return told
            return {**told, "choices": self._found("choices", choices, name, f"{at}.choices")}

        if "fields" not in a_table(data, where):
            raise missing("fields", f"{where}.fields")
        made = each(a_list(data["fields"], f"{where}.fields"), f"{where}.fields", field)
        return {**data, "fields": list(made)}

    def _outputs(self, value: Any, where: str) -> tuple[Output, ...]:
        """Each is an output's code, or a table: ``output`` and ``when``."""

        def one(entry: Any, at: str) -> Output:
            own = dict(entry) if isinstance(entry, dict) else {"output": entry}
            code = own.pop("output", None)
            return _output({**self._found("output", self.raw_outputs, code, at), **own}, at, code=str(code))

        return self._kept(value, where, one)

    def _papers(self, value: Any, where: str) -> tuple[Paper, ...]:
        """Each is a paper's code, or a table: ``paper`` and what is different here."""

        def one(entry: Any, at: str) -> Paper:
            own = dict(entry) if isinstance(entry, dict) else {"paper": entry}
            code = own.pop("paper", None)
            data = {**self._found("paper", self.raw_papers, code, at), **own}
            return _paper(data, at, code=str(code))

        return self._kept(value, where, one)

    def _blocks(self, value: Any, where: str) -> tuple[Block, ...]:
        """Each is a block's code, or a table: ``block``, ``for`` (a person), ``title``, ``when``, ``repeat``, ``most``."""
        uses = self._kept(value, where, self._use)
        self.numbers[where] = tuple(
            at for at, blocks in zip(self.numbers[where], uses, strict=True) for _block in blocks
        )
        return tuple(block for blocks in uses for block in blocks)

    def _use(self, entry: Any, where: str) -> tuple[Block, ...]:
        if isinstance(entry, str):
            self._found("block", self.raw_blocks, entry, where)
            return (self.blocks[entry],)
        told = a_table(entry, where)
        raw = self._found("block", self.raw_blocks, told.get("block"), where)
        use = repr(told)  # many services use a block in the same way; what does not hold is told of each of them
        if use not in self._made:
            self._made[use] = self._block_of(raw, told, where)
        return self._made[use]

    def _block_of(self, raw: Any, told: dict[str, Any], where: str) -> tuple[Block, ...]:
        check_use(told, raw, where)
        code, title, most = str(told["block"]), told.get("title", ""), told.get("most", 1)
        if "repeat" not in told:
            return (_block(_for(raw, told.get("for", ""), title, told), where, code=told.get("for") or code),)
        repeats = range(1, most + 1)
        return tuple(_block(_again(raw, told, number), where, code=f"{code}{number}") for number in repeats)


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
        raise ContentError(
            "nilai_salah", f"{where}.picture", "small letters and hyphens", say="picture", found=made.picture
        )
    return made


def _block(data: Any, where: str, *, code: str = "") -> Block:
    block: Block = build(Block, data, where, given={"code": code or where.rpartition(".")[2]}, fields=_fields)
    mistakes = Mistakes()
    keys = [field.key for field in block.fields]
    for at, field in enumerate(block.fields):
        if field.key in keys[:at]:
            place = f"{where}.fields[{at}].key"
            mistakes.add("ganda", place, "two fields of the block have this key", say="asked_twice", key=field.key)
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
