"""Opens the kiosk's own window at one address, for the journeys that want no browser but it; until it is killed."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.shell import connect
from tests.journeys.xvfb import display


@contextmanager
def opened(address: str) -> Iterator[int]:
    """On a display of its own, as high as the panel, until the block ends; its process."""
    with display(1080, 1920) as glass:
        window = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.speaking_window", address],
            cwd=Path(__file__).parents[2], env=glass.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield window.pid
        finally:
            window.kill()
            window.wait(10)


def main(address: str) -> None:
    parts = urlsplit(address)
    connect(
        "pywebview", address=lambda: address, origin=f"{parts.scheme}://{parts.netloc}",
        width=1080, height=1920, profile=Path(tempfile.mkdtemp()),
    ).run()  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
