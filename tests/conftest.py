"""For every test: templates and routes are compiled, and the content's files parsed, once for all the apps that tests make."""

import pickle
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

COMPILED = Path(__file__).parents[1] / "build" / "tests" / "templates"
COMPILED.mkdir(parents=True, exist_ok=True)
# every run throws other dice; a slow moment of the machine is no failure
settings.register_profile("day", max_examples=50, deadline=None)
settings.load_profile("day")
flask.Flask.jinja_options = {**flask.Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}


parse_toml = tomllib.loads


@lru_cache(maxsize=1024)
def _pickled(text: str) -> bytes:
    return pickle.dumps(parse_toml(text))


def _loads(text: str, /, **how: Any) -> dict[str, Any]:
    """A copy for each caller."""
    copied: dict[str, Any] = parse_toml(text, **how) if how else pickle.loads(_pickled(text))  # noqa: S301 - our own
    return copied


tomllib.loads = _loads


build_rule = Rule._compile_builder  # it writes and compiles Python for every route of every app
_built: dict[object, Any] = {}


def _compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
    """What builds a route's address takes the rule as its argument; the same text gives the same function."""
    known = (rule.rule, tuple(rule._trace), append_unknown)
    if rule.defaults:
        return build_rule(rule, append_unknown)
    if known not in _built:
        _built[known] = build_rule(rule, append_unknown)
    return _built[known]


Rule._compile_builder = _compile_builder  # type: ignore[method-assign]
