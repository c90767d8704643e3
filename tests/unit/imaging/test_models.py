"""What runs the small models keeps to itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = "import numpy; from kiosk.imaging import letters; assert letters.reader()([numpy.full((40, 260), 225, numpy.uint8)])"
UNSILENCED = "import onnxruntime; onnxruntime.get_available_providers()"


def left_behind(home: Path, code: str) -> list[str]:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("ORT_", "XDG_"))}
    subprocess.run([sys.executable, "-c", code], env={**keep, "HOME": str(home)}, check=True)
    return [path.name for path in home.rglob("*") if path.is_file()]


def test_reading_a_page_tells_nobody_and_leaves_nothing_in_the_home_folder(tmp_path: Path) -> None:
    """The model's library told its maker of every start, and kept a device id and a database."""
    assert left_behind(tmp_path, ASK) == []


def test_without_our_word_it_does(tmp_path: Path) -> None:
    if not left_behind(tmp_path, UNSILENCED):
        pytest.skip("this build of onnxruntime has nobody to tell")
