"""The NIK of photographed cards: read exactly, read wrongly, or not at all; and what that costs.

Cards are drawn (tests/cards.py) and photographed: large and small in the picture, askew, dim, noisy, soft. Beside our way
(found, flattened, packed as the visit keeps it, then the number's line alone, twice) stands the recogniser's own way on
the same picture: its detector and recogniser over the whole card. "wrong" is sixteen digits that are not the card's;
"plausible" are those of them that the checks of a NIK would let pass, which is what must be zero. Processor seconds.

    usage: python bench/imaging_reading.py [CARDS]
"""

import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from adminduk import nik
from kiosk.imaging import Image, encode, find_sheet, flatten, reading, whole_frame
from kiosk.imaging.codec import decode_upload
from tests.cards import OCR_A, card, many

TOP = Path(__file__).parents[1]
TODAY = date(2026, 11, 21)
Reader = Callable[[Image], str | None]


def ours(page: Image) -> str | None:
    found = reading.read_nik(page)
    return None if found is None else found.number


def whole_card(page: Image) -> str | None:
    """The recogniser as it comes: it finds the lines itself and reads them all."""
    read = reading._engine()(page, use_det=True, use_cls=False, use_rec=True)
    texts = [text.replace(" ", "") for text in (read.txts or ())]
    return next((found.group() for text in texts if (found := reading.NUMBER.search(text))), None)


def outcome(read: str | None, truth: str) -> str:
    if read == truth:
        return "exact"
    if read is None:
        return "none"
    return "plausible" if nik.check(read, today=TODAY).ok else "wrong"


def row(name: str, reader: Reader, pages: list[tuple[Image, str]]) -> None:
    counts, took = Counter[str](), []
    for page, truth in pages:
        began = time.process_time()
        counts[outcome(reader(page), truth)] += 1
        took.append(time.process_time() - began)
    cells = "  ".join(f"{counts[what]:5}" for what in ("exact", "none", "wrong", "plausible"))
    print(f"{name:34} {cells}   {statistics.median(took):5.2f} s")


def kept(frame: Image) -> Image:
    """As a visit keeps it."""
    sheet = find_sheet(frame) or whole_frame(frame)
    return decode_upload(encode(flatten(frame, sheet.corners, shape="card")))


def main(count: int) -> None:
    print(f"one card in a process of its own, as on a kiosk: {alone()}; OCR-A type: {OCR_A.exists()}")
    print(f"{'':34} {'exact':>5}  {'none':>5}  {'wrong':>5}  {'plausible':>5}   median")
    pages = [(kept(frame), truth) for frame, truth in many(count)]
    row("photographed, our way", ours, pages)
    for sigma in (2, 4, 6, 8):
        soft = [
            (np.asarray(cv2.GaussianBlur(page, (0, 0), sigma), np.uint8), truth) for page, truth in pages[: count // 2]
        ]
        row(f"  and blurred by {sigma} px", ours, soft)
    row("the whole card, 5 of them", whole_card, pages[:5])


def alone() -> str:
    """Processor seconds and memory, loading and all."""
    command = [sys.executable, "-m", "kiosk.imaging.reading"]
    subprocess.run(command, input=encode(card(0).image), stdout=subprocess.DEVNULL, check=True, cwd=TOP)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return f"{used.ru_utime + used.ru_stime:.1f} s, {used.ru_maxrss // 1024} MB"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
