"""For every test: templates are compiled, and the content's files parsed, once for all the apps that tests make."""

import pickle
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

import flask
from jinja2 import FileSystemBytecodeCache

COMPILED = Path(__file__).parents[1] / "build" / "tests" / "templates"
COMPILED.mkdir(parents=True, exist_ok=True)
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
