"""Papers for tests: those of the device panel, and one more desk, photographed (tests/samples/README.md)."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from kiosk.panel import specimens as panel
from kiosk.panel.specimens import Corners, Image
from tests.once import once

__all__ = [
    "Corners",
    "Image",
    "birth_letter",
    "desk",
    "id_card",
    "kk_of_others",
    "kk_page",
    "on_desk",
    "overlap",
    "real_mask",
    "real_photo",
    "small_print",
]

SAMPLES = Path(__file__).parent / "samples"
# a sheet and a photograph of it take a second to draw; each is drawn once a process
kk_page, birth_letter, id_card = once(panel.kk_page), once(panel.birth_letter), once(panel.id_card)
photographed = once(panel.on_desk)
DESK_ROWS = 180  # above the sheet in the photograph


def real_photo() -> Image:
    """The photographed page, BGR (1600, 900, 3)."""
    return np.asarray(cv2.imread(str(SAMPLES / "a4-on-dark-background.jpg")), np.uint8)


def real_mask() -> np.ndarray:
    """Where the sheet is in `real_photo`, bool (1600, 900)."""
    return np.asarray(cv2.imread(str(SAMPLES / "a4-on-dark-background-mask.png"), cv2.IMREAD_GRAYSCALE)) > 127


@lru_cache(maxsize=64)
def desk(kind: str, *, size: tuple[int, int] = (1280, 960), seed: int = 0) -> Image:
    """``dark``, ``wood``, ``light``, ``white``, or ``photo``: the desk of the photograph, mirrored until it fills."""
    if kind != "photo":
        return _kept(panel.desk(kind, size=size, seed=seed))
    strip = real_photo()[:DESK_ROWS]
    mirrored = np.vstack([strip if row % 2 == 0 else strip[::-1] for row in range(6)])
    return _kept(np.asarray(cv2.resize(mirrored, size, interpolation=cv2.INTER_LINEAR), np.uint8))


def _kept(image: Image) -> Image:
    """Shared by tests: nobody writes on it."""
    image.setflags(write=False)
    return image


def on_desk(
    page: Image, *, background: str = "dark", size: tuple[int, int] = (1280, 960), **how: Any
) -> tuple[Image, Corners]:
    """As `kiosk.panel.specimens.on_desk`, and with the photographed desk."""
    table = desk(background, size=size, seed=how.get("seed", 0))
    return photographed(page, background=table, size=size, **how)


def overlap(one: Corners, other: Corners) -> float:
    """Intersection over union (Jaccard) of two convex outlines, 0..1."""
    first, second = np.asarray(one, np.float32), np.asarray(other, np.float32)
    shared = cv2.intersectConvexConvex(first, second)[0]
    return float(shared / (cv2.contourArea(first) + cv2.contourArea(second) - shared))


SMALL_PRINT = (
    "Menimbang bahwa pemohon dalam surat permohonannya tertanggal 03-03-2026 telah mengajukan hal",
    "sebagai berikut: bahwa pemohon lahir di Wonogiri pada tanggal 01-01-1990 dari suami istri WARGA",
    "CONTOH dan PENDUDUK CONTOH, sebagaimana tercatat di dalam kutipan akta kelahiran nomor 9901;",
    "bahwa di dalam kutipan tersebut nama pemohon tertulis WARGA CONTO, sedangkan yang benar adalah",
    "WARGA CONTOH, sesuai dengan ijazah dan kartu keluarga nomor 3312120101909901 milik pemohon.",
)


@lru_cache(maxsize=1)
def small_print() -> Image:
    """A court's ruling: A4 portrait at 200 dpi, BGR (2339, 1654, 3), serifless print of 13, 9 and 7 points, two lines faint,
    as from a worn ribbon and as of a carbon copy."""
    paper = Pillow.new("RGB", (1654, 2339), (247, 248, 246))
    draw = ImageDraw.Draw(paper)

    def line(x: int, y: int, words: str, *, points: float, ink: tuple[int, int, int] = (32, 32, 36)) -> None:
        draw.text((x, y), words, font=ImageFont.load_default(points / 72 * 200), fill=ink)

    line(560, 150, "SALINAN PENETAPAN CONTOH", points=13)
    line(620, 210, "Nomor 9901/Pdt.P/2026/PN CONTOH", points=9)
    for block in range(4):
        for row, words in enumerate(SMALL_PRINT):
            line(170, 330 + block * 250 + row * 40, f"{block + 1}.{row + 1} {words}", points=7)
    line(170, 1350, "Biaya perkara: nihil. Dicatat dengan nomor urut 9901.", points=9, ink=(150, 148, 146))
    line(170, 1620, "Tembusan: arsip desa CONTOH, lembar ketiga.", points=9, ink=(192, 190, 186))
    for row, words in enumerate(
        ("MENETAPKAN:", "1. Mengabulkan permohonan pemohon;", "2. Nama pemohon dibaca WARGA CONTOH.")
    ):
        line(170, 1430 + row * 60, words, points=9)
    line(1010, 1750, "Wonogiri, 03-03-2026", points=9)
    line(1010, 1930, "PANITERA CONTOH", points=9)
    return _kept(np.ascontiguousarray(np.asarray(paper)[..., ::-1], np.uint8))


@lru_cache(maxsize=1)
def kk_of_others() -> Image:
    """The family card's form with other people in it: nothing but three names and numbers differs from `kk_page`."""
    page, mm = np.array(kk_page()), panel.DPI / 25.4
    people = (
        ("ORANG LAIN CONTOH", "3312120505909904"),
        ("IBU CONTOH", "3312124606929905"),
        ("BAYI", "3312120707159906"),
    )
    for row, (name, number) in enumerate(people):
        for left, right, words in ((25, 95, name), (95, 147, number)):
            top = 66 + row * 8
            box = page[
                round((top + 0.8) * mm) : round((top + 7.2) * mm), round((left + 0.6) * mm) : round((right - 0.6) * mm)
            ]
            box[:] = (250, 247, 238)
            place = (round(0.4 * mm), round(4.8 * mm))
            cv2.putText(box, words, place, cv2.FONT_HERSHEY_DUPLEX, 1.08, (40, 34, 30), 2, cv2.LINE_AA)
    return _kept(page)
