"""What the loader takes and a kabupaten still should not write: names of pictures, zones, answers and forms that are not there.

These look at the files one by one, so that the place of each mistake is the key itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from content.file_checks import toml_files
from content.looks import Known, Look
from content.positions import Path as Keys
from content.sources import Finding, Sources
from content.text_checks import TEXT_CHECKS

ZONES = {"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
_ASKING: Mapping[str, frozenset[str]] = {
    "services": frozenset({"field", "repeat"}),
    "papers": frozenset({"field"}),
    "outputs": frozenset({"field"}),
    "blocks": frozenset({"field", "differs_from"}),
    "forms": frozenset({"field", "answers", "answer", "then", "first", "each"}),
}
_NAMING_FORMS = frozenset({("services", "forms"), ("services", "form"), ("papers", "form")})
_SHAPES = {
    "accent": re.compile(r"#[0-9a-fA-F]{6}"),
    "code": re.compile(r"\d{4}"),
    "prefix": re.compile(r"\d{2}(\d{2}){0,2}|\d{10}"),
}


def finer(sources: Sources, names: Sequence[str], known: Known) -> Iterator[Finding]:
    """Of the base and these profiles."""
    folders = (sources.root / "base", *(sources.root / "profiles" / name for name in names))
    looks = [Look.at(sources.page(file), known) for folder in folders for file in toml_files(folder)]
    asked = frozenset(text for look in looks if look.kind == "blocks" for _, name, text in look.texts if name == "key")
    forms = frozenset(code for look in looks if look.kind == "forms" for code in look.page.data)
    for look in looks:
        yield from (finding for check in _CHECKS for finding in check(look))
        yield from _asked_nowhere(look, asked) if asked else ()
        yield from _no_such_form(look, forms) if forms else ()


# --- names of what the kiosk has --------------------------------------------------------------------------------------


def _pictures(look: Look) -> Iterator[Finding]:
    drawn = {"icon": look.known.icons, "picture": look.known.pictures, "drawing": look.known.drawings}
    for keys, name, text in look.texts:
        what = "drawing" if look.kind == "poster" and name.endswith("picture") else name
        there = drawn.get(what)
        if there and text and text not in there:
            yield look.page.finding("rujukan_hilang", keys, what=what, found=text, known=tuple(sorted(there)))


def _place(look: Look) -> Iterator[Finding]:
    if look.kind != "place":
        return
    said = {name: text for _keys, name, text in look.texts}
    allowed = {"timezone": tuple(ZONES), "timezone_word": (ZONES.get(said.get("timezone", ""), ""),)}
    allowed |= {"pattern": tuple(sorted(look.known.patterns)), "languages": tuple(sorted(look.known.languages))}
    for keys, name, text in look.texts:
        if any(allowed.get(name, ())) and text not in allowed[name]:
            yield look.page.finding("nilai_salah", keys, found=text, known=allowed[name])
        if name in _SHAPES and not _SHAPES[name].fullmatch(text):
            yield look.page.finding("nilai_salah", keys, say=f"shape_{name}", found=text)


def _prefix(look: Look) -> Iterator[Finding]:
    if look.kind == "routing":
        for keys, name, text in look.texts:
            if name == "prefix" and not _SHAPES["prefix"].fullmatch(text):
                yield look.page.finding("nilai_salah", keys, say="shape_prefix", found=text)


def _pronunciation(look: Look) -> Iterator[Finding]:
    if look.kind == "pronunciation":
        for keys, name, text in look.texts:
            if name == "find" and not _is_pattern(text):
                yield look.page.finding("nilai_salah", keys, say="pattern", found=text)


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True


# --- lists that belong together ---------------------------------------------------------------------------------------


def _choices(look: Look) -> Iterator[Finding]:
    """Two choices of one value: the answer would not tell which."""
    seen: set[tuple[Keys, str]] = set()
    for keys, name, text in look.texts if look.kind in ("choices", "blocks") else ():
        if name == "value":
            if (keys[:-2], text) in seen:
                yield look.page.finding("ganda", keys, say="choice_twice", key=text)
            seen.add((keys[:-2], text))


def _asked_nowhere(look: Look, asked: frozenset[str]) -> Iterator[Finding]:
    """Answers that no block asks, of a person or not: seen even where another mistake hides what a service asks."""
    for keys, name, text in look.texts if look.kind in _ASKING else ():
        answer = text.partition(":")[0]
        if name in _ASKING[look.kind] and not answer.startswith("@") and not _is_asked(answer, asked):
            yield look.page.finding("rujukan_hilang", keys, what="answer", found=answer, known=tuple(sorted(asked)))


def _no_such_form(look: Look, forms: frozenset[str]) -> Iterator[Finding]:
    for keys, name, text in look.texts:
        if (look.kind, name) in _NAMING_FORMS and text not in {"", *forms}:
            yield look.page.finding("rujukan_hilang", keys, what="form", found=text, known=tuple(sorted(forms)))


def _is_asked(answer: str, asked: frozenset[str]) -> bool:
    return answer in asked or any(answer.endswith(f"_{key}") for key in asked)


_CHECKS = (*TEXT_CHECKS, _pictures, _place, _prefix, _pronunciation, _choices)
