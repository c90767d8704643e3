"""A scenario's file → frozen turns, or one clear complaint with the turn's number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kiosk.scenarios.vocabulary import ACTS, DEVICES, FACTS, HANDS, Kind, Options

Value = str | int | float
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
_TIME = re.compile(r"(-?\d+(?:\.\d+)?) ?(s|min|h)")
_TOP = {"title", "failure", "teaches", "play"}


class ScenarioError(ValueError):
    """``code`` is stable; ``where``: the file's name and the turn, counted from 1; ``remedy`` in English."""

    def __init__(self, code: str, where: str, remedy: str) -> None:
        super().__init__(f"{code} at {where}: {remedy}")
        self.code, self.where, self.remedy = code, where, remedy


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """``note``: what happens, for a trainer, in Indonesian; ``picture``: a name for the manual's screenshot."""

    number: int
    note: str = ""
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push(Turn):
    """Something befalls a device."""

    device: str
    hand: str
    options: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Turn):
    """A person does something."""

    act: str
    options: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass(Turn):
    """Time goes by."""

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class See(Turn):
    """What must hold now."""

    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """``code``: the file's name; ``failure``: the row of the field's failures that it tells of; ``teaches``: for trainers."""

    code: str
    title: str
    failure: int
    teaches: str
    turns: tuple[Turn, ...]

    @property
    def needs(self) -> frozenset[str]:
        """The devices, the line, the clock that it pushes."""
        return frozenset(turn.device for turn in self.turns if isinstance(turn, Push))


def load(folder: Path) -> dict[str, Scenario]:
    """Every scenario of a folder, by its file's name, in order. Raises ScenarioError."""
    return {path.stem: parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(folder.glob("*.yaml"))}


def parse(text: str, code: str) -> Scenario:
    """Read one file.

    Raises:
        ScenarioError: ``bukan_yaml``, ``jenis_salah``, ``kunci_tidak_dikenal``, ``wajib_diisi``, ``kata_tidak_dikenal``,
            ``nilai_salah``.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError("bukan_yaml", code, " ".join(str(error).split())) from None
    if not isinstance(data, dict):
        raise ScenarioError("jenis_salah", code, "write title, failure, teaches and play")
    _only(data, _TOP, code)
    for key, kind in (("title", str), ("failure", int), ("teaches", str), ("play", list)):
        if type(data.get(key)) is not kind or not data[key]:
            raise ScenarioError("wajib_diisi", f"{code}.{key}", f"write this key, as {kind.__name__}")
    turns = tuple(_turn(entry, number, f"{code}, turn {number}") for number, entry in enumerate(data["play"], 1))
    return Scenario(code=code, title=data["title"], failure=data["failure"], teaches=data["teaches"], turns=turns)


def _only(data: Mapping[str, Any], known: Any, where: str) -> None:
    for key in data:
        if key not in known:
            raise ScenarioError("kunci_tidak_dikenal", f"{where}.{key}", f"known here: {', '.join(sorted(known))}")


def _turn(entry: Any, number: int, where: str) -> Turn:
    if not isinstance(entry, dict):
        raise ScenarioError("jenis_salah", where, "write a device, person, after or see")
    about = {key: entry[key] for key in ("note", "picture") if key in entry}
    said = {key: value for key, value in entry.items() if key not in about}
    if len(said) != 1 or not all(isinstance(value, str) for value in about.values()):
        raise ScenarioError("jenis_salah", where, "one device, person, after or see; note and picture are texts")
    ((word, value),) = said.items()
    if word == "after":
        return Pass(number=number, seconds=seconds(value, where), **about)
    if word == "see":
        return See(number=number, facts=_facts(value, where), **about)
    if word == "person":
        act, options = _called(value, ACTS, where)
        return Act(number=number, act=act, options=options, **about)
    if word not in HANDS:
        known = f"after, see, person, {', '.join(HANDS)}"
        raise ScenarioError("kata_tidak_dikenal", f"{where}.{word}", f"known here: {known}")
    hand, options = _called(value, HANDS[word], f"{where}.{word}")
    return Push(number=number, device=word, hand=hand, options=options, **about)


def _called(value: Any, known: Mapping[str, Options], where: str) -> tuple[str, Mapping[str, Value]]:
    """``refill``, or ``{paper_out: {line: 12}}``."""
    if isinstance(value, dict) and len(value) == 1:
        ((word, given),) = value.items()
    else:
        word, given = value, {}
    if not isinstance(word, str) or word not in known:
        raise ScenarioError("kata_tidak_dikenal", f"{where}.{word}", f"known here: {', '.join(known)}")
    if not isinstance(given, dict):
        raise ScenarioError("jenis_salah", f"{where}.{word}", "write its options as {name: value}")
    _only(given, known[word], f"{where}.{word}")
    return word, {name: _value(known[word][name], one, f"{where}.{word}.{name}") for name, one in given.items()}


def _facts(value: Any, where: str) -> Mapping[str, Value]:
    if not isinstance(value, dict) or not value:
        raise ScenarioError("jenis_salah", where, "write {fact: value}")
    _only(value, {*FACTS, *DEVICES}, where)
    return {name: _value(FACTS.get(name, Kind.TEXT), one, f"{where}.{name}") for name, one in value.items()}


def _value(kind: Kind, value: Any, where: str) -> Value:
    if kind is Kind.TIME:
        return seconds(value, where)
    if kind is Kind.COUNT and type(value) is int and value >= 0:
        return value
    if kind is Kind.TEXT and isinstance(value, bool):  # YAML's yes and no
        return "yes" if value else "no"
    if kind is Kind.TEXT and isinstance(value, str):
        return value
    raise ScenarioError("nilai_salah", where, f"write a {kind}")


def seconds(value: Any, where: str) -> float:
    """ "8 s", "2 min", "-3 h" → seconds."""
    found = _TIME.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ScenarioError("nilai_salah", where, 'write a time: "8 s", "2 min", "-3 h"')
    return float(found[1]) * SECONDS[found[2]]
