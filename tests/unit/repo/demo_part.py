"""``python -m tests.unit.repo.demo_part WORD FOLDER``: a part of a demo that misbehaves. Says that it began, then does the word."""

import signal
import sys
import time
from pathlib import Path


def main(word: str, folder: Path) -> None:
    began = folder / "began"
    with began.open("a") as file:
        file.write(".\n")
    sys.stdout.write(f"{word} began\n")
    sys.stdout.flush()
    if word == "deaf":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        (folder / "deaf").touch()
    if word.isdigit():
        sys.exit(int(word))
    time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
