"""The NIK on a photographed identity card: sixteen digits, to be offered to their owner and never believed by themselves.

Only the line of the number is read; nothing else on the card is. Recognition is rapidocr's, without its detector, on the
few lines that may be the number's: on the recipes' fifty cards that read 49, where reading the whole card took forty times
as long. Loading it takes 2 s and 200 MB, so it is run as a process of its own that ends after one card:

    python -m kiosk.imaging.reading < card.avif
"""

import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kiosk.imaging import models
from kiosk.imaging.codec import decode_upload
from kiosk.imaging.shapes import Image, ImagingError, usable

WIDTH_PX = 1011  # a card of 85.6 mm at 300 dpi
TOP, BOTTOM = 0.10, 0.42  # where the number's line lies, in shares of the card's height
PHOTO, END = 0.70, 0.80  # of its width: lines are looked for left of the photo, and read a little beyond
LEAST_LINE, MOST_LINE = 0.03, 0.11  # how tall a line is, in shares of the card's height
MOST_LINES = 4
LOOSE, CLOSE = 0.35, 0.17
LEAST_SCORE = 0.80
LONGEST_S = 30  # the process ends itself, whoever forgot it
NUMBER = re.compile(r"(?<![0-9])[0-9]{16}(?![0-9])")

Recogniser = Callable[[Image], Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class NikReading:
    """``number``: sixteen digits, not checked for sense. ``score`` 0..1: the recogniser's own trust in it."""

    number: str = field(repr=False)
    score: float


def recognise(line: Image) -> list[tuple[str, float]]:
    """What stands on one line of print, BGR, and how sure that is (0..1)."""
    # every flag at every call: what one call sets stays set for the next
    read = _engine()(line, use_det=False, use_cls=False, use_rec=True)
    return [(str(text), float(score)) for text, score in zip(read.txts or (), read.scores or (), strict=False)]


def read_nik(flat_card: Image, *, recogniser: Recogniser = recognise) -> NikReading | None:
    """The number on a flattened identity card, BGR, whichever way it was laid; None when none is read for certain.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    for upright in _ways(usable(flat_card)):
        for loose, close in number_lines(upright):
            reading = _number_of(recogniser(loose))
            # of a blurred card one look may read a 3 for an 8; a second, at a closer cut, then reads something else
            if reading is not None and (again := _number_of(recogniser(close))) and again.number == reading.number:
                return NikReading(reading.number, min(reading.score, again.score))
    return None


def _ways(card: Image) -> Iterator[Image]:
    """The card lying, as it was seen and then the other way up."""
    height, width = card.shape[:2]
    turned = card if width >= height else np.rot90(card)
    scale = WIDTH_PX / turned.shape[1]
    lying = np.asarray(cv2.resize(turned, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    yield lying
    yield np.ascontiguousarray(lying[::-1, ::-1])


def number_lines(card: Image) -> list[tuple[Image, Image]]:
    """The lines of print of a lying card that may hold the number, widest first; each cut loosely and closely."""
    height, width = card.shape[:2]
    band = card[round(TOP * height) : round(BOTTOM * height), : round(END * width)]
    printed = _printed(band[:, : round(PHOTO * width)])
    rows = np.convolve(printed.mean(axis=1), np.ones(3) / 3, mode="same")
    spans = [(top, end) for top, end in _runs(rows > 0.25 * float(rows.max())) if _line_high(end - top, height)]
    spans.sort(key=lambda span: -float(printed[span[0] : span[1]].any(axis=0).mean()))
    return [(_cut(band, span, LOOSE), _cut(band, span, CLOSE)) for span in spans[:MOST_LINES]]


def _cut(band: Image, span: tuple[int, int], share: float) -> Image:
    """A line with ``share`` of its height above and below it."""
    top, end = span
    margin = round((end - top) * share)
    return np.ascontiguousarray(band[max(0, top - margin) : end + margin])


def _line_high(rows: int, height: int) -> bool:
    return LEAST_LINE * height <= rows <= MOST_LINE * height


def _printed(band: Image) -> NDArray[np.bool_]:
    """Where something darker than its surroundings is printed: letters, not the waves behind them."""
    grey = cv2.cvtColor(band, cv2.COLOR_BGR2GRAY)
    dark = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((25, 25), np.uint8))
    level = cv2.threshold(dark, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
    return np.asarray(dark > max(level, 12))


def _runs(held: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where a row of yes and no says yes: (first, one after the last)."""
    steps = np.flatnonzero(np.diff(np.concatenate(([False], held, [False])).astype(np.int8)))
    return list(zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True))


def _number_of(said: Sequence[tuple[str, float]]) -> NikReading | None:
    for text, score in said:
        found = NUMBER.search(text.replace(" ", "").replace(".", ""))
        if found and score >= LEAST_SCORE:
            return NikReading(found.group(), score)
    return None


@lru_cache(maxsize=1)
def _engine() -> Any:
    """The recogniser; its models come inside the package. One thread: the screen needs the other core."""
    models.runtime()  # before anybody else loads it
    from rapidocr import RapidOCR

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": 1 for kind in ("intra", "inter")}
    return RapidOCR(params={"Global.log_level": "error", **threads})


def main() -> None:
    """A card's picture from standard input; its number and score to standard output, or nothing."""
    resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S))  # of work; whoever waits has a patience of its own
    signal.alarm(4 * LONGEST_S)  # standing back on a busy machine is no fault, hanging is
    _stand_back()
    try:
        reading = read_nik(decode_upload(sys.stdin.buffer.read()))
    except ImagingError:
        return
    if reading is not None:
        sys.stdout.write(f"{reading.number} {reading.score:.4f}\n")


def _stand_back() -> None:
    """The screen goes first; and should memory run out, this is what may go."""
    os.nice(10)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


if __name__ == "__main__":
    main()
