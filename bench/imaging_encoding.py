"""How small a page becomes, and what can still be read of it, beside the usual ways. One run, in turn, page by page.

Each page is drawn (tests/hardpage.py: print of 7 to 12 pt, a seal across it, a thumb print, a pen, a portrait), photographed
with 8 megapixels under an arm's shadow with noise and a soft lens, flattened, encoded in every way, decoded, and read.

bytes       the mean of the pages; "times" is the bytes of JPEG, quality 85, of the same flattened page, against these
errors      characters that text recognition gets wrong, in %: of all pages, and of the worst; the lines that the seal
            crosses and every fourth of the others are asked
colour      CIE76 difference between the ink's mean colour and that of the drawn page: the seal's, and the worst of seal,
            thumb print, pen and portrait; it counts the lamp and the shadow where they are left in
ms          of processor, to make the bytes of a flattened page

Nobody knows the least bytes that a page could have. For its letters alone the lossless code of fax machines (G4) is a mark:
shapes without shades, without the seal's colour. "evened" is our first half (kiosk/imaging/tidying.py) before a usual code.

    usage: python bench/imaging_encoding.py [PAGES] [FIRST SEED]
"""

import io
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow

sys.path.insert(0, str(Path(__file__).parents[1]))

from central.documents.bundle import _jpeg
from kiosk.imaging import encode
from kiosk.imaging.tidying import tidy
from tests.hardpage import A4_MM, HardPage, hard_page, off_colour
from tests.lines_read import wrong
from tests.specimens import Image

BASE, OURS = "JPEG q85 colour", "ours"
LEAST_RATIO, MOST_COLOUR, MOST_MS = 6.0, 12.0, 900.0
BY_CHANCE = 0.5  # %: of the worst page, four characters of eight hundred; a bit of noise in the picture moves as many
Encoder = Callable[[Image], bytes]


def jpeg(quality: int) -> Encoder:
    how = (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1)
    return lambda image: cv2.imencode(".jpg", image, how)[1].tobytes()


def grey(encoder: Encoder) -> Encoder:
    return lambda image: encoder(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8))


def pillow(kind: str, **how: object) -> Encoder:
    def made(image: Image) -> bytes:
        content = io.BytesIO()
        Pillow.fromarray(np.ascontiguousarray(image[..., ::-1])).save(content, kind, **how)
        return content.getvalue()

    return made


def fax(image: Image) -> bytes:
    """Black or white against the light around, CCITT G4."""
    shades = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    black = cv2.adaptiveThreshold(shades, 255, cv2.ADAPTIVE_THRESH_GAUSSIAN_C, cv2.THRESH_BINARY, 41, 18)
    content = io.BytesIO()
    Pillow.fromarray(black).convert("1").save(content, "TIFF", compression="group4")
    return content.getvalue()


def evened(encoder: Encoder) -> Encoder:
    return lambda image: encoder(even if (even := tidy(image)) is not None else image)


FINE = "JPEG q85 colour, 300 dpi"
WAYS: dict[str, Encoder] = {
    FINE: jpeg(85),
    BASE: jpeg(85),
    "JPEG q75 colour": jpeg(75),
    "JPEG q50 grey": grey(jpeg(50)),
    "WebP q50": pillow("WEBP", quality=50),
    "AVIF q50": pillow("AVIF", quality=50, speed=9, max_threads=1),
    "evened, JPEG q85": evened(jpeg(85)),
    "evened, JPEG q50": evened(jpeg(50)),
    "evened, WebP q24": evened(pillow("WEBP", quality=24)),
    "G4, black and white": fax,
    OURS: encode,
    "ours, in the desk's PDF": lambda image: _jpeg(encode(image)),
}


@dataclass(slots=True)
class Row:
    sizes: list[int] = field(default_factory=list)
    wrong: list[tuple[int, int]] = field(default_factory=list)
    colours: list[tuple[float, float]] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    @property
    def size(self) -> float:
        return float(np.mean(self.sizes))

    @property
    def errors(self) -> float:
        return 100 * sum(bad for bad, _ in self.wrong) / sum(asked for _, asked in self.wrong)

    @property
    def worst(self) -> float:
        return 100 * max(bad / asked for bad, asked in self.wrong)


def opened(content: bytes) -> Image:
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8)


def fine(page: HardPage) -> Image:
    """Flattened at 300 dpi."""
    size = tuple(round(side / 25.4 * 300) for side in A4_MM)
    edges = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(page.corners, edges)
    return np.asarray(cv2.warpPerspective(page.frame, matrix, size, flags=cv2.INTER_CUBIC), np.uint8)


def measure(row: Row, encoder: Encoder, image: Image, page: HardPage) -> None:
    began = time.process_time()
    content = encoder(image)
    row.took.append((time.process_time() - began) * 1000)
    row.sizes.append(len(content))
    shown = opened(content)
    row.wrong.append(wrong(shown, page.hard_lines()))
    apart = off_colour(shown, page)
    row.colours.append((apart["seal"], max(apart.values())))


def main(count: int, first: int) -> int:
    rows = {name: Row() for name in WAYS}
    as_flat = Row()
    for seed in range(first, first + count):
        page = hard_page(seed)
        as_flat.wrong.append(wrong(page.flat, page.hard_lines()))
        for name, encoder in WAYS.items():
            measure(rows[name], encoder, fine(page) if name == FINE else page.flat, page)
    print(
        f"{count} pages; errors of the flattened page itself: {as_flat.errors:.2f} %, {as_flat.worst:.2f} % the worst\n"
    )
    print(f"{'':26}{'bytes':>9} {'times':>6}   {'errors':>6} {'worst':>6}   {'seal':>5} {'worst':>5}   {'ms':>4}")
    for name, row in rows.items():
        seal, ink = np.mean(row.colours, axis=0)
        print(
            f"{name:26}{row.size:>9,.0f} {rows[BASE].size / row.size:>6.1f}   {row.errors:>6.2f} {row.worst:>6.2f}"
            f"   {seal:>5.1f} {ink:>5.1f}   {np.median(row.took):>4.0f}"
        )
    return verdict(rows[OURS], rows[BASE])


def verdict(ours: Row, base: Row) -> int:
    """What must hold, said and returned as the exit code."""
    ink, took = float(np.mean(ours.colours, axis=0)[1]), float(np.median(ours.took))
    holds = {
        f"at least {LEAST_RATIO:.0f} times smaller than JPEG q85": base.size / ours.size >= LEAST_RATIO,
        "no more errors than JPEG q85": ours.errors <= base.errors,
        "nor on the worst page, but for chance": ours.worst <= base.worst + BY_CHANCE,
        f"every ink within {MOST_COLOUR:.0f} of its colour": ink <= MOST_COLOUR,
        f"in {MOST_MS:.0f} ms of processor": took <= MOST_MS,
    }
    print()
    for what, held in holds.items():
        print(f"{'yes' if held else 'NO ':3}  {what}")
    return 0 if all(holds.values()) else 1


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(asked + [5, 20][len(asked) :])))
