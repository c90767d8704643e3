"""A private X display, and photographs of it."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image


@dataclass(frozen=True, slots=True)
class Display:
    """``environment`` opens windows there; ``photograph`` says what stands on the glass."""

    name: str

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self.name}

    def photograph(self, folder: Path) -> Image.Image:
        path = folder / "glass.png"
        subprocess.run(["scrot", "--overwrite", str(path)], env=self.environment, check=True, timeout=20)
        return Image.open(BytesIO(path.read_bytes())).convert("RGB")


@contextmanager
def display(width: int, height: int) -> Iterator[Display]:
    """Xvfb picks a free number itself and tells it through a pipe when it is ready."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield Display(f":{number}")
    finally:
        server.terminate()
        server.wait(10)
