"""Opens the kiosk's own window at one address, for test_voice.py; until it is killed."""

import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.shell import connect


def main(address: str) -> None:
    parts = urlsplit(address)
    connect(
        "pywebview", address=lambda: address, origin=f"{parts.scheme}://{parts.netloc}",
        width=1080, height=1920, profile=Path(tempfile.mkdtemp()),
    ).run()  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
