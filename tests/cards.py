"""Identity cards laid out like a KTP-el, for reading the NIK: plainly CONTOH, of people who do not exist (serial 99xx).

Wider than the device panel's one card: the number stands where it stands on the real card, in the type of the real card
where Debian's ``fonts-ocr-a`` is installed, and each card is laid, lit, and blurred in its own way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from kiosk.panel.specimens import scatter
from tests.specimens import Image, on_desk

PX_MM = 300 / 25.4
SIZE = (1011, 638)
DESKS = ("dark", "wood", "light", "photo")
OCR_A = Path("/usr/share/fonts/truetype/ocr-a/OCRA.ttf")
PLAIN = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf")
MONO = Path("/usr/share/fonts/truetype/dejavu/DejaVuSansMono-Bold.ttf")
REGIONS = ("331212", "510801", "527101", "631103", "810101", "320405")
LABELS = (
    ("Nama", "WARGA CONTOH"), ("Tempat/Tgl Lahir", "CONTOH, 01-01-1990"), ("Jenis Kelamin", "LAKI-LAKI"),
    ("Alamat", "DUSUN CONTOH"), ("     RT/RW", "001/002"), ("     Kel/Desa", "CONTOH"), ("     Kecamatan", "CONTOH"),
    ("Agama", "CONTOH"), ("Status Perkawinan", "CONTOH"), ("Pekerjaan", "PETANI"), ("Kewarganegaraan", "WNI"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """``image``: BGR (638, 1011, 3); ``number``: the NIK that stands on it."""

    image: Image
    number: str


@lru_cache(maxsize=16)
def _font(path: Path, height_mm: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), round(height_mm * PX_MM))


def nik(dice: np.random.Generator) -> str:
    """A number that holds: region, birth date (women + 40), and a serial of people who do not exist."""
    day = int(dice.integers(1, 29)) + 40 * int(dice.integers(0, 2))
    born = f"{day:02}{int(dice.integers(1, 13)):02}{int(dice.integers(40, 100)):02}"
    return f"{REGIONS[int(dice.integers(len(REGIONS)))]}{born}99{int(dice.integers(1, 100)):02}"


def card(seed: int) -> Card:
    """One card. Even seeds print the number in the card's own type, odd ones in a plain fixed-width one."""
    dice = np.random.default_rng(seed)
    number = nik(dice)
    sheet = Pillow.fromarray(_ground(dice))
    pen, ink = ImageDraw.Draw(sheet), (28, 30, 38)

    def write(x: float, y: float, words: str, *, tall: float = 2.6, font: Path = PLAIN) -> None:
        pen.text((x * PX_MM, y * PX_MM), words, font=_font(font, tall), fill=ink)

    write(27, 2.2, "PROVINSI CONTOH", tall=3.2)
    write(24, 6.0, "KABUPATEN CONTOH", tall=3.2)
    write(3, 11.0, "NIK", tall=3.4)
    digits = OCR_A if seed % 2 == 0 and OCR_A.exists() else MONO
    write(16.5, 11.0, f": {number}", tall=3.4 if digits == OCR_A else 3.9, font=digits)
    for row, (label, value) in enumerate(LABELS):
        write(3, 17 + row * 2.95, label, tall=2.3)
        write(25, 17 + row * 2.95, f": {value}", tall=2.3)
    pen.rectangle([62 * PX_MM, 12 * PX_MM, 82 * PX_MM, 37 * PX_MM], fill=(170, 60, 60))
    pen.ellipse([67 * PX_MM, 16 * PX_MM, 77 * PX_MM, 28 * PX_MM], fill=(120, 120, 120))
    pen.rectangle([64 * PX_MM, 29 * PX_MM, 80 * PX_MM, 37 * PX_MM], fill=(120, 120, 120))
    write(63, 39, "CONTOH", tall=4.0)
    return Card(np.ascontiguousarray(np.asarray(sheet)[..., ::-1]), number)


def _ground(dice: np.random.Generator) -> Image:
    """The card's pale blue with its waves, a little different each time; RGB."""
    width, height = SIZE
    ground = np.full((height, width, 3), np.array((176, 208, 228)) + dice.integers(-12, 13, 3), np.uint8)
    across = np.arange(0, width, 6)
    for base in range(-40, height + 40, 24):
        down = base + 14 * np.sin(across / 47 + base / 90 + dice.uniform(0, 1))
        line = np.stack([across, down], axis=1).astype(np.int32)
        cv2.polylines(ground, [line], isClosed=False, color=(150, 190, 220), thickness=1, lineType=cv2.LINE_AA)
    return ground


def photographed(seed: int, *, size: tuple[int, int] = (1920, 1080)) -> tuple[Image, str]:
    """A card on a desk: large or small in the picture, askew, lit well or badly, a little soft. The frame, BGR, and the
    number."""
    dice, one = np.random.default_rng(seed + 500), card(seed)
    middle, place = np.array(size) / 2, scatter(one.image, size=size, seed=seed)
    frame, _ = on_desk(
        one.image, background=DESKS[seed % len(DESKS)], seed=seed, size=size, blur=float(dice.uniform(0, 1.4)),
        corners=np.asarray(middle + (place - middle) * dice.uniform(0.45, 1.0), np.float32),
        light=float(dice.uniform(0.55, 1.05)), noise=float(dice.uniform(1.5, 7)),
    )  # fmt: skip
    return frame, one.number


def many(count: int) -> Iterator[tuple[Image, str]]:
    """The first ``count`` of them."""
    return (photographed(seed) for seed in range(count))
