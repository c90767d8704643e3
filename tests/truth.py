"""What can be read of a spoiled paper: text recognition on lines whose places are known, against the same lines of the clean
paper. It is only a lower bound: it reads what people complain of (see `bench/imaging_legibility.py`, the border).
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np

from tests.specimens import Image
from tests.spoiled import PAPERS

Box = tuple[int, int, int, int]  # left, top, width, height
LONGEST_PX = 650
WORD_PX = 200
LOST = 0.05  # of a line's characters: more is a line that cannot be read


@lru_cache(maxsize=8)
def lines(name: str) -> tuple[Box, ...]:
    """Where the lines of a paper are; long ones in pieces."""
    return tuple(_places(PAPERS[name]()))


@lru_cache(maxsize=256)
def text(name: str, box: Box) -> str:
    """What is read of a line of the clean paper."""
    return reading(PAPERS[name](), box)


def lost(name: str, flat: Image, boxes: Sequence[Box]) -> float:
    """The share of characters lost in the worst of these lines, 0..1 and more; lines of under three characters do not count."""
    asked = [box for box in boxes if len(text(name, box)) >= 3]
    return max((differing(text(name, box), reading(flat, box)) / len(text(name, box)) for box in asked), default=0.0)


def changed(name: str, flat: Image, clean: Image, *, most: int = 2) -> list[Box]:
    """The lines that a mishap changed most, against the same picture without it."""
    apart = cv2.absdiff(cv2.cvtColor(flat, cv2.COLOR_BGR2GRAY), cv2.cvtColor(clean, cv2.COLOR_BGR2GRAY))
    ranked = sorted(lines(name), key=lambda box: -float(_cut(apart, box).mean()))
    return [box for box in ranked[:most] if float(_cut(apart, box).mean()) > 1.0]


def smallest(name: str, *, most: int = 2) -> list[Box]:
    """Lines of the smallest print, spread over the paper; not single words, which have no tails to be as tall as a line."""
    ranked = sorted(lines(name), key=lambda box: (box[2] < WORD_PX, box[3]))[: most * 3]
    return sorted(ranked, key=lambda box: box[1])[1::3]


def reading(flat: Image, box: Box) -> str:
    """Letters and digits of a line, small."""
    # every flag at every call: what one call sets stays set for the next
    read = _engine()(_cut(flat, box), use_det=False, use_cls=False, use_rec=True)
    return "".join(letter for letter in (read.txts or ("",))[0].lower() if letter.isalnum())


def differing(one: str, other: str) -> int:
    """Edits between two texts (Levenshtein)."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, 1):
        before, row[0] = row[0], number
        for place, against in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != against))
    return row[-1]


def _cut(image: Image, box: Box) -> Image:
    left, top, width, height = box
    return np.ascontiguousarray(image[max(0, top - 6) : top + height + 6, max(0, left - 8) : left + width + 8])


def _places(page: Image) -> list[Box]:
    """Lines of print on a clean paper, without the rules of its tables."""
    grey = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY)
    ink = np.asarray(grey < np.percentile(grey, 75) - 40, np.uint8)
    rules = [cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(size, np.uint8)) for size in ((1, 81), (81, 1))]
    ink &= 1 - cv2.dilate(cv2.max(*rules), np.ones((5, 5), np.uint8))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((5, 31), np.uint8))
    facts = cv2.connectedComponentsWithStats(joined)[2][1:].tolist()
    found = [(left, top, width, height) for left, top, width, height, _ in facts if width > 50 and 14 < height < 80]
    return [piece for box in found for piece in _pieces(ink, box)]


def _pieces(ink: Image, box: Box) -> list[Box]:
    """A long line, cut between words: its middle and its end are read as well as its beginning, and in less time."""
    left, top, width, height = box
    if width <= LONGEST_PX:
        return [box]
    empty = np.convolve(~ink[top : top + height, left : left + width].any(axis=0), np.ones(7), mode="same") == 7
    gaps = np.flatnonzero(empty)
    if not len(gaps):
        return [box]
    cut = int(gaps[np.abs(gaps - width // 2).argmin()])
    halves = (left, top, cut, height), (left + cut, top, width - cut, height)
    return [piece for half in halves for piece in (_pieces(ink, half) if half[2] < width else [half])]


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "critical", **threads})
