"""The library that runs the small models, kept to itself: onnxruntime 1.31 sends its maker word of every start, and leaves a
device id and a database in the home folder. The screen's unit has no network; the folder would be left."""

import importlib
import os
from typing import Any

SILENT = "ORT_DISABLE_TELEMETRY"  # read once, when the library is loaded; `disable_telemetry_events` comes too late


def runtime() -> Any:
    """The module onnxruntime, which tells nobody anything. It ships no type information."""
    os.environ[SILENT] = "1"
    return importlib.import_module("onnxruntime")
