"""What must fit together in a service: its conditions name what it asks, its groups are there, nothing is asked twice."""

from collections.abc import Iterator, Mapping
from typing import Any

from adminduk import rules
from adminduk.services import Field, FieldKind, Output, Paper, Service
from adminduk.tables import ContentError, Mistakes, missing, no_such, not_among, only_keys, plain, strings

MOST_REPEATS = 12
Numbers = Mapping[str, tuple[int, ...]]
"""By the place of a list in a service (``services.AKL.papers``): the entry that each of its values came from."""
_MODES, _FLOWS, _SURE = ("A", "B", "C", "D"), ("apply", "check"), ("H", "M", "L")
_NEEDS = ("camera", "paper", "receipt", "uplink")
_USE = {"block": str, "for": str, "title": str, "when": None, "repeat": str, "most": int, "without": None}
_YES_NO = frozenset({"ya", "tidak"})


def condition(value: Any, where: str) -> rules.Rule:
    """A condition of the content. Raises ContentError, at the part of it that does not hold."""
    try:
        return rules.parse(value)
    except rules.RuleError as error:
        raise ContentError("nilai_salah", where + error.at, str(error), say="condition") from None


def check_use(told: Mapping[str, Any], raw: Mapping[str, Any], where: str) -> None:
    """``told``: how a service uses a block; ``raw``: the block. Raises ContentError."""
    mistakes = Mistakes()
    mistakes.read(lambda: only_keys(told, _USE, where))
    for name, kind in _USE.items():
        if name in told and kind is not None:
            mistakes.read(lambda name=name, kind=kind: plain(kind, told[name], f"{where}.{name}"))  # type: ignore[misc]  # defaults of a lambda
    if "when" in told:
        mistakes.read(lambda: condition(told["when"], f"{where}.when"))
    if isinstance(most := told.get("most", 1), int) and not 1 <= most <= MOST_REPEATS:
        remedy = f"1 to {MOST_REPEATS}"
        mistakes.add("nilai_salah", f"{where}.most", remedy, say="between", found=str(most), least=1, most=MOST_REPEATS)
    mistakes.read(lambda: _check_without(told.get("without", []), raw, f"{where}.without"))
    mistakes.done()


def _check_without(names: Any, raw: Mapping[str, Any], where: str) -> None:
    asked = [field["key"] for field in raw["fields"]]
    for name in strings(names, where):
        if name not in asked:
            raise no_such("answer", name, asked, where)


def check_service(
    service: Service, numbers: Numbers, groups: set[str], mistakes: Mistakes, *, partly: bool = False
) -> None:
    """``partly``: something of the service was left out, so that what seems not to be asked may be asked by that."""
    where = f"services.{service.code}"
    _check_words(service, groups, where, mistakes)
    if service.flow == "apply" and not service.fields() and not partly:
        mistakes.tell(missing("blocks", f"{where}.blocks", "an application asks something", say="asks_nothing"))
    _check_twice(service, numbers, where, mistakes)
    _check_forms(service, numbers, where, mistakes)
    fields = {field.key: field for field in service.fields()}
    for place, part in _conditional(service, numbers, where):
        for mistake in _condition_mistakes(part, fields, place):
            if not (partly and mistake.code == "rujukan_hilang"):
                mistakes.tell(mistake)


def _check_words(service: Service, groups: set[str], where: str, mistakes: Mistakes) -> None:
    for key, names in (("group", (service.group,)), ("also", service.also)):
        for name in sorted(set(names) - groups):
            mistakes.tell(no_such("group", name, sorted(groups), f"{where}.{key}"))
    words = (("mode", service.mode, _MODES), ("flow", service.flow, _FLOWS), ("confidence", service.confidence, _SURE))
    for key, word, known in words:
        if word not in known:
            mistakes.tell(not_among(word, known, f"{where}.{key}"))
    for name in sorted(service.needs - set(_NEEDS)):
        mistakes.tell(not_among(name, _NEEDS, f"{where}.needs"))


def _check_twice(service: Service, numbers: Numbers, where: str, mistakes: Mistakes) -> None:
    """Nothing is asked twice. The place is the second one's."""
    asked: set[str] = set()
    for at, block in zip(numbers.get(f"{where}.blocks", ()), service.blocks, strict=True):
        if twice := [field.key for field in block.fields if field.key in asked]:
            mistakes.add(
                "ganda", f"{where}.blocks[{at}]", f"{twice[0]} is asked before", say="asked_twice", key=twice[0]
            )
        asked |= {field.key for field in block.fields}
    brought: set[str] = set()
    for at, paper in zip(numbers.get(f"{where}.papers", ()), service.papers, strict=True):
        if paper.code in brought:
            remedy = f"{paper.code} stands there before"
            mistakes.add("ganda", f"{where}.papers[{at}]", remedy, say="paper_twice", key=paper.code)
        brought.add(paper.code)


def _check_forms(service: Service, numbers: Numbers, where: str, mistakes: Mistakes) -> None:
    for at, paper in zip(numbers.get(f"{where}.papers", ()), service.papers, strict=True):
        if paper.form and paper.form not in service.forms:
            remedy = f"a paper is made from a form that forms does not name: {paper.form}"
            mistakes.add("rujukan_hilang", f"{where}.papers[{at}]", remedy, say="form_of_paper", key=paper.form)


def _conditional(service: Service, numbers: Numbers, where: str) -> Iterator[tuple[str, Field | Paper | Output]]:
    for at, paper in zip(numbers.get(f"{where}.papers", ()), service.papers, strict=True):
        yield f"{where}.papers[{at}].when", paper
    for at, output in zip(numbers.get(f"{where}.outputs", ()), service.outputs, strict=True):
        yield f"{where}.outputs[{at}].when", output
    for at, block in zip(numbers.get(f"{where}.blocks", ()), service.blocks, strict=True):
        yield from ((f"{where}.blocks[{at}]", field) for field in block.fields)


def _condition_mistakes(
    part: Field | Paper | Output, fields: Mapping[str, Field], where: str
) -> Iterator[ContentError]:
    """Names of what is not asked, and values that are no answer."""
    rule = part.when
    links = (part.not_before, part.born_of) if isinstance(part, Field) else ()
    looked_at = rule.fields() if rule is not None else frozenset()
    for name in sorted({*looked_at, *links} - {"", *fields}):
        yield no_such("answer", name, fields, where)
    for compared in _compared(rule):
        answers = _answers(fields.get(compared.field))
        for value in sorted(compared.values - answers) if answers else ():
            yield not_among(value, sorted(answers), where)


def _compared(rule: rules.Rule | None) -> Iterator[rules.OneOf]:
    match rule:
        case rules.OneOf():
            yield rule
        case rules.Every(parts) | rules.Some(parts):
            for part in parts:
                yield from _compared(part)
        case rules.Not(part):
            yield from _compared(part)


def _answers(field: Field | None) -> frozenset[str]:
    """What may be answered, where only some answers are possible."""
    if field is None:
        return frozenset()
    return _YES_NO if field.kind is FieldKind.YES_NO else frozenset(choice.value for choice in field.choices)
