"""A small, safe condition over a form's answers: data, never ``eval``.

``{field = "alasan", is = "hilang"}``, ``{field = "status", in = ["a", "b"]}``, ``{field = "email", filled = true}``,
``{field = "jumlah", at_least = 2}``, ``{all = [...]}``, ``{any = [...]}``, ``{not = {...}}``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

Answers = Mapping[str, str]


class RuleError(ValueError):
    """A condition that cannot be read; the text says what was found and what is known, ``at`` which part: ``.all[1]``."""

    def __init__(self, text: str, at: str = "") -> None:
        super().__init__(text)
        self.at = at


class Rule(Protocol):
    def holds(self, answers: Answers) -> bool: ...

    def fields(self) -> frozenset[str]:
        """The fields it looks at, so that a catalogue can check that they exist."""
        ...


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field's answer is one of these."""

    field: str
    values: frozenset[str]

    def holds(self, answers: Answers) -> bool:
        return answers.get(self.field) in self.values

    def fields(self) -> frozenset[str]:
        return frozenset({self.field})


@dataclass(frozen=True, slots=True)
class Filled:
    """The field has an answer (or has none)."""

    field: str
    wanted: bool

    def holds(self, answers: Answers) -> bool:
        return bool(answers.get(self.field)) is self.wanted

    def fields(self) -> frozenset[str]:
        return frozenset({self.field})


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The field's answer is a number, and not smaller than this. No number, no."""

    field: str
    least: int

    def holds(self, answers: Answers) -> bool:
        text = answers.get(self.field, "")
        return text.isascii() and text.isdigit() and int(text) >= self.least

    def fields(self) -> frozenset[str]:
        return frozenset({self.field})


@dataclass(frozen=True, slots=True)
class Every:
    parts: tuple[Rule, ...]

    def holds(self, answers: Answers) -> bool:
        return all(part.holds(answers) for part in self.parts)

    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Rule, ...]

    def holds(self, answers: Answers) -> bool:
        return any(part.holds(answers) for part in self.parts)

    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.fields() for part in self.parts))


@dataclass(frozen=True, slots=True)
class Not:
    part: Rule

    def holds(self, answers: Answers) -> bool:
        return not self.part.holds(answers)

    def fields(self) -> frozenset[str]:
        return self.part.fields()


def parse(data: Any, at: str = "") -> Rule:
    """Read a condition. Raises RuleError. ``at``: which part of a condition this is."""
    if not isinstance(data, dict):
        raise RuleError('a condition is a table such as {field = "alasan", is = "hilang"}', at)
    found = _of_a_field(data) if len(data) == 2 else None
    if found is not None:
        return found
    match data:
        case {"all": [*parts]} if len(data) == 1 and parts:
            return Every(tuple(parse(part, f"{at}.all[{number}]") for number, part in enumerate(parts)))
        case {"any": [*parts]} if len(data) == 1 and parts:
            return Some(tuple(parse(part, f"{at}.any[{number}]") for number, part in enumerate(parts)))
        case {"not": part} if len(data) == 1:
            return Not(parse(part, f"{at}.not"))
    known = "field+is, field+in, field+filled, field+at_least, all, any, not"
    raise RuleError(f"keys found: {', '.join(map(str, data))}; known: {known}", at)


def _of_a_field(data: Mapping[str, Any]) -> Rule | None:
    """``field`` and one other key; None for anything else."""
    match data:
        case {"field": str(field), "is": str(value)}:
            return OneOf(field, frozenset({value}))
        case {"field": str(field), "in": [*values]} if values and all(isinstance(value, str) for value in values):
            return OneOf(field, frozenset(values))
        case {"field": str(field), "filled": bool(wanted)}:
            return Filled(field, wanted)
        case {"field": str(field), "at_least": int(least)} if not isinstance(least, bool):
            return AtLeast(field, least)
    return None


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """The same condition about other fields; a name that is not in ``names`` stays. Works on the data, before ``parse``."""
    if isinstance(data, list):
        return [renamed(part, names) for part in data]
    if not isinstance(data, dict):
        return data
    return {
        key: names.get(value, value) if key == "field" and isinstance(value, str) else renamed(value, names)
        for key, value in data.items()
    }
