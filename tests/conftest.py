"""For every test: templates are compiled once for all the apps that tests make, not once for each (a tenth of a second each)."""

from pathlib import Path

import flask
from jinja2 import FileSystemBytecodeCache

COMPILED = Path(__file__).parents[1] / "build" / "tests" / "templates"
COMPILED.mkdir(parents=True, exist_ok=True)
flask.Flask.jinja_options = {**flask.Flask.jinja_options, "bytecode_cache": FileSystemBytecodeCache(str(COMPILED))}
