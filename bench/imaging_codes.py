"""How many QR codes are read of 30 in each kind of trouble, by each look of the chain, and what a look costs.

Beside it OpenCV's reader, on the same pictures in turn. "wrong" counts texts that are not the code's: it must stay 0.
Processor time; below, what one frame of a live picture costs when nothing is on it, in the order of the turns.

    usage: python bench/imaging_codes.py [PICTURES OF EACH KIND]
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.imaging import codes
from tests.qrcodes import SETS, scene, text
from tests.specimens import Image, birth_letter, on_desk

Reader = Callable[[Image], tuple[str, ...]]


def opencv(image: Image) -> tuple[str, ...]:
    found = cv2.QRCodeDetector().detectAndDecode(image)[0]
    return (found,) if found else ()


def first(looks: int) -> Reader:
    """The chain with so many looks beside the plain one."""

    def read(image: Image) -> tuple[str, ...]:
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        for look in (codes._plain, *codes.LOOKS[:looks]):
            if found := codes._read(look(grey)):
                return found
        return ()

    return read


READERS: dict[str, Reader] = {
    "plain": first(0),
    "+ stretched": first(1),
    "+ sharpened": codes.read_codes,
    "OpenCV": opencv,
}


def row(name: str, count: int) -> int:
    """Prints it; how many readings were wrong."""
    right, wrong, took = dict.fromkeys(READERS, 0), 0, {reader: [0.0] for reader in READERS}
    for seed in range(count):
        picture = scene(seed, **SETS[name])
        for reader, read in READERS.items():
            began = time.process_time()
            found = read(picture)
            took[reader].append((time.process_time() - began) * 1000)
            right[reader] += found == (text(seed),)
            wrong += bool(found) and found != (text(seed),)
    cells = (f"{right[reader]:4}/{count:<3} {statistics.median(took[reader][1:]):4.1f} ms" for reader in READERS)
    print(f"{name:27}" + " ".join(cells) + (f"   WRONG: {wrong}" if wrong else ""), flush=True)
    return wrong


def live() -> None:
    for size in ((1280, 960), (2592, 1944), (4000, 3000)):
        frame, _ = on_desk(birth_letter(), seed=3, size=size)
        costs = []
        for turn in (2, 0, 1, None):
            began = time.process_time()
            for _ in range(3):
                codes.read_codes(frame, turn=turn)
            costs.append((time.process_time() - began) * 1000 / 3)
        print(
            f"{size[0]} x {size[1]}: "
            + " ".join(f"{cost:6.1f}" for cost in costs[:3])
            + f" ms a turn; all {costs[3]:.1f} ms"
        )


def main(count: int) -> int:
    print(f"{'':27}" + " ".join(f"{reader:^16}" for reader in READERS))
    wrong = sum(row(name, count) for name in SETS)
    print("\nnothing to read:")
    live()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
