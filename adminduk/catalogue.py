"""Content data → Catalogue, or a ContentError that says where and what to do."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from enum import Enum
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

Parts = Mapping[str, Any]
_MEDIA, _SHAPES, _MODES = ("a4", "card"), ("a4", "card", "photo"), ("A", "B", "C", "D")
_NEEDS = frozenset({"camera", "receipt", "paper", "uplink"})


class ContentError(ValueError):
    """A mistake in the content. ``code`` is stable, ``where`` the dotted place, ``remedy`` what to write."""

    def __init__(self, code: str, where: str, remedy: str) -> None:
        super().__init__(f"{code} at {where}: {remedy}")
        self.code, self.where, self.remedy = code, where, remedy


def parse_catalogue(parts: Parts) -> Catalogue:
    """``parts``: place, groups, blocks, services, notice, status, reasons, survey, slip, complaints, as TOML gives them.

    Raises:
        ContentError: ``bagian_hilang``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``jenis_salah``, ``nilai_salah``,
            ``rujukan_hilang``, ``ganda``.
    """
    for name in (
        "place",
        "groups",
        "blocks",
        "services",
        "notice",
        "status",
        "reasons",
        "survey",
        "slip",
        "complaints",
    ):
        if name not in parts:
            raise ContentError("bagian_hilang", name, f"add content/base/{name}.toml")
    blocks = {code: _block(code, data) for code, data in parts["blocks"].items()}
    groups = tuple(build(Group, {"code": code, **data}, f"groups.{code}") for code, data in parts["groups"].items())
    services = {code: _service(code, data, blocks) for code, data in parts["services"].items()}
    for service in services.values():
        _check_service(service, {group.code for group in groups})
    return Catalogue(
        place=build(Place, parts["place"], "place"),
        groups=groups,
        services=services,
        notice=build(Notice, parts["notice"], "notice"),
        status_words=_status(parts["status"]),
        reasons={
            code: build(Reason, {"code": code, **data}, f"reasons.{code}") for code, data in parts["reasons"].items()
        },
        survey=_survey(parts["survey"]),
        slip=_rows(SlipRow)(parts["slip"].get("rows"), "slip.rows"),
        complaints=_words(parts["complaints"]),
    )


# --- tables → frozen values -------------------------------------------------------------------------------------------


def build(kind: type[Any], data: Any, where: str, **special: Callable[[Any, str], Any]) -> Any:
    """Fill a dataclass from a table; ``special`` reads the keys that are not plain values."""
    if not isinstance(data, dict):
        raise ContentError("jenis_salah", where, "write a table")
    known = {item.name: item for item in fields(kind)}
    if unknown := sorted(set(data) - set(known)):
        raise ContentError("kunci_tidak_dikenal", f"{where}.{unknown[0]}", f"known here: {', '.join(known)}")
    hints, values = typing.get_type_hints(kind), {}
    for name, item in known.items():
        place = f"{where}.{name}"
        if name in data:
            values[name] = (
                special[name](data[name], place) if name in special else _plain(hints[name], data[name], place)
            )
        elif item.default is MISSING and item.default_factory is MISSING:
            raise ContentError("wajib_diisi", place, "write this key")
    return kind(**values)


def _plain(kind: Any, value: Any, where: str) -> Any:
    if typing.get_origin(kind) is types.UnionType:
        kind = next(option for option in typing.get_args(kind) if option is not type(None))
    if typing.get_origin(kind) in (tuple, frozenset):
        return typing.get_origin(kind)(_strings(value, where))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _member(kind, value, where)
    if type(value) is not kind:
        raise ContentError("jenis_salah", where, f"write a {kind.__name__}")
    return value


def _member(kind: type[Enum], value: Any, where: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ContentError("nilai_salah", where, f"one of {', '.join(str(m.value) for m in kind)}") from None


def _strings(value: Any, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ContentError("jenis_salah", where, 'write a list of texts: ["…", "…"]')
    return value


def _rows(kind: type[Any], **special: Callable[[Any, str], Any]) -> Callable[[Any, str], tuple[Any, ...]]:
    def read(value: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ContentError("jenis_salah", where, "write a list of tables")
        return tuple(build(kind, row, f"{where}[{at}]", **special) for at, row in enumerate(value))

    return read


def _rule(value: Any, where: str) -> rules.Rule:
    try:
        return rules.parse(value)
    except rules.RuleError as error:
        raise ContentError("nilai_salah", where, str(error)) from None


_fields = _rows(Field, choices=_rows(Choice), when=_rule)
_papers = _rows(Paper, when=_rule)


def _block(code: str, data: Any) -> Block:
    block: Block = build(Block, {"code": code, **data}, f"blocks.{code}", fields=_fields)
    for field in block.fields:
        if (field.kind is FieldKind.CHOICE) != bool(field.choices):
            raise ContentError(
                "nilai_salah", f"blocks.{code}.{field.key}", "a choice has choices, and nothing else has"
            )
    return block


def _service(code: str, data: Any, blocks: Mapping[str, Block]) -> Service:
    def chosen(names: Any, where: str) -> tuple[Block, ...]:
        for name in _strings(names, where):
            if name not in blocks:
                raise ContentError("rujukan_hilang", where, f"no block {name!r}; known: {', '.join(blocks)}")
        return tuple(blocks[name] for name in names)

    def witnesses(value: Any, where: str) -> Witnesses:
        result: Witnesses = build(Witnesses, value, where)
        return result

    service: Service = build(
        Service, {"code": code, **data}, f"services.{code}",
        blocks=chosen, papers=_papers, outputs=_rows(Output), routing=_rows(Route), witnesses=witnesses,
    )  # fmt: skip
    return service


# --- what fits together -----------------------------------------------------------------------------------------------


def _check_service(service: Service, groups: set[str]) -> None:
    where = f"services.{service.code}"
    keys = [field.key for field in service.fields()]
    codes = [paper.code for paper in service.papers]
    checks = (
        (service.group in groups, "rujukan_hilang", "group", "name a group of groups.toml"),
        (service.mode in _MODES, "nilai_salah", "mode", "A, B, C or D"),
        (service.needs <= _NEEDS, "nilai_salah", "needs", f"of {', '.join(sorted(_NEEDS))}"),
        (len(set(keys)) == len(keys), "ganda", "blocks", "two blocks ask the same key"),
        (len(set(codes)) == len(codes), "ganda", "papers", "two papers have the same code"),
        (all(o.media in _MEDIA for o in service.outputs), "nilai_salah", "outputs", "media: a4 or card"),
        (all(p.shape in _SHAPES for p in service.papers), "nilai_salah", "papers", "shape: a4, card or photo"),
        (
            not (_looked_at(service) - set(keys)),
            "rujukan_hilang",
            "when",
            "a condition names a field that is not asked",
        ),
    )
    for holds, code, key, remedy in checks:
        if not holds:
            raise ContentError(code, f"{where}.{key}", remedy)


def _looked_at(service: Service) -> set[str]:
    conditions = [field.when for field in service.fields()] + [paper.when for paper in service.papers]
    return {name for rule in conditions if rule is not None for name in rule.fields()}


def _status(data: Any) -> Mapping[State, str]:
    words = {_member(State, key, "status"): word for key, word in data.items()}
    for state in State:
        if not words.get(state):
            raise ContentError("wajib_diisi", f"status.{state}", "every state has words for the citizen")
    return words


def _words(data: Any) -> Mapping[str, str]:
    for code, words in data.items():
        if not isinstance(words, str) or not words:
            raise ContentError("jenis_salah", f"complaints.{code}", "write a sentence")
    return dict(data)


def _survey(data: Any) -> tuple[str, ...]:
    questions = tuple(_strings(data.get("questions"), "survey.questions"))
    if len(questions) != 9:
        raise ContentError("nilai_salah", "survey.questions", "nine questions, one per unsur")
    return questions
