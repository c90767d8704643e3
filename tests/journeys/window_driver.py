"""Opens the real window for test_window.py: addresses come from a counter, commands come on standard input."""

import sys
import tempfile
import threading
from itertools import count
from pathlib import Path

from kiosk.shell import Shell, connect


def obey(shell: Shell) -> None:
    for line in sys.stdin:
        if line.strip() == "renew":
            shell.renew()


def main(kind: str, origin: str) -> None:
    visits = count(1)
    profile = Path(tempfile.mkdtemp())
    shell = connect(
        kind, address=lambda: f"{origin}/visit/{next(visits)}", origin=origin, width=1080, height=1920, profile=profile
    )
    threading.Thread(target=obey, args=[shell], daemon=True).start()
    shell.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
