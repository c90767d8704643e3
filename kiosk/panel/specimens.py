"""Specimen papers for the demo and the tests: plainly marked CONTOH, of people who do not exist (NIK serial 99xx).

Drawn with OpenCV alone, so that the device panel can lay them under the simulated camera. `on_desk` photographs a
paper: perspective, shadow, uneven light, lens blur, sensor noise, glare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Corners = NDArray[np.float32]

DPI = 200
A4_MM = (210.0, 297.0)
CARD_MM = (85.6, 53.98)
INK = (40, 34, 30)
FAINT = (205, 196, 186)
BLUE = (150, 96, 40)
STAMP = (60, 40, 190)
NIKS = ("3312120101909901", "3312124202929902", "3312120303159903")
NAMES = ("WARGA CONTOH", "PENDUDUK CONTOH", "ANAK CONTOH")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A paper being drawn; positions and sizes in millimetres from the top left."""

    image: Image
    scale: float

    def point(self, x: float, y: float) -> tuple[int, int]:
        return round(x * self.scale), round(y * self.scale)

    def text(self, x: float, y: float, words: str, *, height: float = 2.4, colour: Sequence[int] = INK) -> None:
        size, weight = height * self.scale / 21.0, max(1, round(height * self.scale / 12))
        cv2.putText(
            self.image, words, self.point(x, y), cv2.FONT_HERSHEY_DUPLEX, size, tuple(colour), weight, cv2.LINE_AA
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *, colour: Sequence[int] = INK) -> None:
        cv2.line(self.image, self.point(x1, y1), self.point(x2, y2), tuple(colour), 2, cv2.LINE_AA)

    def table(self, x: float, y: float, widths: Sequence[float], rows: Sequence[Sequence[str]], *, step: float) -> None:
        right, bottom = x + sum(widths), y + step * len(rows)
        for index in range(len(rows) + 1):
            self.line(x, y + index * step, right, y + index * step)
        lefts = [x + sum(widths[:index]) for index in range(len(widths) + 1)]
        for left in lefts:
            self.line(left, y, left, bottom)
        for index, row in enumerate(rows):
            for left, cell in zip(lefts, row, strict=False):
                self.text(left + 1, y + (index + 0.7) * step, cell, height=step * 0.36)

    def pattern(self, *, colour: Sequence[int]) -> None:
        """A security pattern: faint waves over the whole paper."""
        height, width = self.image.shape[:2]
        across = np.arange(0, width, 6)
        for base in range(-40, height + 40, round(2.6 * self.scale)):
            down = base + 14 * np.sin(across / 47 + base / 90)
            points = np.stack([across, down], axis=1).astype(np.int32)
            cv2.polylines(self.image, [points], isClosed=False, color=tuple(colour), lineType=cv2.LINE_AA)

    def watermark(self) -> None:
        height, width = self.image.shape[:2]
        words = np.full_like(self.image, 255)
        size = width / 330
        (long, tall), _ = cv2.getTextSize("CONTOH", cv2.FONT_HERSHEY_DUPLEX, size, round(size * 3))
        place = ((width - long) // 2, (height + tall) // 2)
        cv2.putText(words, "CONTOH", place, cv2.FONT_HERSHEY_DUPLEX, size, FAINT, round(size * 3), cv2.LINE_AA)
        turned = cv2.getRotationMatrix2D((width / 2, height / 2), 24, 1)
        white = (255, 255, 255)
        np.minimum(
            self.image,
            cv2.warpAffine(words, turned, (width, height), borderValue=white),
            out=self.image,
            casting="unsafe",
        )

    def stamp(self, x: float, y: float, *, radius: float = 13) -> None:
        for ring in (radius, radius * 0.8):
            cv2.circle(self.image, self.point(x, y), round(ring * self.scale), STAMP, 3, cv2.LINE_AA)
        self.text(x - radius * 0.6, y + 1, "CONTOH", height=3, colour=STAMP)

    def code(self, x: float, y: float, words: str, *, side: float) -> None:
        modules = cv2.QRCodeEncoder.create().encode(words)
        width = round(side * self.scale)
        square = cv2.resize(modules, (width, width), interpolation=cv2.INTER_NEAREST)
        left, top = self.point(x, y)
        self.image[top : top + width, left : left + width] = square[:, :, None]


def _blank(size_mm: tuple[float, float], *, dpi: int = DPI, colour: Sequence[int] = (246, 248, 249)) -> _Sheet:
    scale = dpi / 25.4
    shape = (round(size_mm[1] * scale), round(size_mm[0] * scale), 3)
    return _Sheet(np.full(shape, colour, np.uint8), scale)


def kk_page() -> Image:
    """A family card: A4 landscape at 200 dpi, BGR, shape (1654, 2339, 3), with a QR code like the signed ones have."""
    sheet = _blank((A4_MM[1], A4_MM[0]), colour=(250, 247, 238))
    sheet.pattern(colour=(240, 226, 200))
    sheet.watermark()
    sheet.text(105, 20, "KARTU KELUARGA", height=8, colour=BLUE)
    sheet.text(112, 29, "No. 3312120101909901", height=5)
    for row, words in enumerate(("Nama Kepala Keluarga : WARGA CONTOH", "Alamat : DUSUN CONTOH RT 001 RW 002")):
        sheet.text(16, 40 + row * 6, words, height=3)
    for row, words in enumerate(("Kecamatan : CONTOH", "Kabupaten : WONOGIRI (CONTOH)")):
        sheet.text(190, 40 + row * 6, words, height=3)
    widths = (10, 70, 52, 28, 36, 34, 36)
    head = ("No", "Nama Lengkap", "NIK", "Kelamin", "Tempat Lahir", "Tanggal Lahir", "Agama")
    births = ("01-01-1990", "02-02-1992", "03-03-2015")
    people = [
        (str(number + 1), NAMES[number], NIKS[number], "L P"[number % 2 * 2], "WONOGIRI", births[number], "CONTOH")
        for number in range(3)
    ]
    sheet.table(15, 58, widths, [head, *people, *[[""] * 7] * 4], step=8)
    sheet.table(15, 122, widths, [("No", "Status", "Hubungan", "WNI", "Ayah", "Ibu", "Ket"), *[[""] * 7] * 6], step=7)
    sheet.text(16, 190, "Dikeluarkan tanggal 01-01-2026 - CONTOH, BUKAN DOKUMEN SAH", height=3)
    sheet.code(255, 175, "CONTOH-KK-9901", side=25)
    return sheet.image


def birth_letter() -> Image:
    """A birth letter (surat keterangan lahir): A4 portrait at 200 dpi, BGR, shape (2339, 1654, 3)."""
    sheet = _blank(A4_MM)
    sheet.watermark()
    sheet.text(58, 24, "BIDAN PRAKTIK MANDIRI CONTOH", height=4.5)
    sheet.text(70, 31, "Dusun Contoh, Wonogiri", height=3.2)
    sheet.line(20, 36, 190, 36)
    sheet.text(52, 50, "SURAT KETERANGAN LAHIR", height=6)
    sheet.text(72, 58, "No. 9901/SKL/CONTOH", height=3.2)
    rows = (
        "Yang bertanda tangan di bawah ini menerangkan bahwa pada",
        "hari Minggu tanggal 03-03-2026 pukul 09.10 telah lahir seorang",
        "anak bernama ANAK CONTOH, jenis kelamin perempuan,",
        "berat 3100 gram, panjang 49 cm, anak ke-1.",
        "",
        "Ibu  : PENDUDUK CONTOH, NIK " + NIKS[1],
        "Ayah : WARGA CONTOH, NIK " + NIKS[0],
        "Alamat : Dusun Contoh RT 001 RW 002",
        "",
        "Surat ini hanya CONTOH dan bukan dokumen yang sah.",
    )
    for index, words in enumerate(rows):
        sheet.text(22, 76 + index * 9, words, height=3.4)
    sheet.table(22, 172, (60, 100), [("Saksi", "SAKSI CONTOH"), ("Penolong", "BIDAN CONTOH")], step=10)
    sheet.text(125, 214, "Wonogiri, 03-03-2026", height=3.4)
    sheet.stamp(140, 236)
    sheet.text(125, 262, "BIDAN CONTOH", height=3.4)
    return sheet.image


def id_card() -> Image:
    """An identity card: 85.6 x 54 mm at 300 dpi, BGR, shape (638, 1011, 3). No face: a grey shape."""
    sheet = _blank(CARD_MM, dpi=300, colour=(232, 208, 176))
    sheet.pattern(colour=(220, 190, 150))
    sheet.text(20, 6, "PROVINSI CONTOH", height=2.6)
    sheet.text(17, 10, "KABUPATEN CONTOH (9901)", height=2.6)
    sheet.text(4, 16.5, "NIK : " + NIKS[0], height=3.2)
    rows = ("Nama : WARGA CONTOH", "Lahir : WONOGIRI, 01-01-1990", "Alamat : DUSUN CONTOH", "RT/RW : 001/002")
    for index, words in enumerate((*rows, "Agama : CONTOH", "Berlaku : SEUMUR HIDUP")):
        sheet.text(4, 22 + index * 5, words, height=2)
    cv2.rectangle(sheet.image, sheet.point(62, 17), sheet.point(81, 41), (190, 150, 110), -1)
    cv2.circle(sheet.image, sheet.point(71.5, 26), round(5 * sheet.scale), (120, 120, 120), -1, cv2.LINE_AA)
    cv2.ellipse(sheet.image, sheet.point(71.5, 41), sheet.point(8, 8), 0, 180, 360, (120, 120, 120), -1, cv2.LINE_AA)
    sheet.text(60, 48, "CONTOH", height=3.4, colour=STAMP)
    return sheet.image


def desk(kind: str, *, size: tuple[int, int], seed: int = 0) -> Image:
    """A table top of ``size`` (width, height): ``dark``, ``wood``, ``light``, or ``white`` like the paper itself."""
    dice = np.random.default_rng(seed)
    width, height = size
    if kind == "wood":
        return _wood(dice, width, height)
    base = {"dark": (44, 40, 38), "light": (186, 194, 196), "white": (212, 216, 214)}[kind]
    grain = _grain(dice, width, height, stretch=12) * (5 if kind == "dark" else 3)
    return _pixels(np.array(base, np.float32) + grain[..., None])


def _wood(dice: np.random.Generator, width: int, height: int) -> Image:
    tone = _grain(dice, width, height, stretch=40) * 9 + _grain(dice, width, height, stretch=8) * 5
    image = np.array((66, 104, 152), np.float32) + tone[..., None] * np.array((0.7, 0.9, 1), np.float32)
    for seam in range(height // 5, height, height // 3):
        image[seam : seam + 2] *= 0.6
    return _pixels(image)


def _grain(dice: np.random.Generator, width: int, height: int, *, stretch: int) -> NDArray[np.float32]:
    coarse = dice.normal(size=(height // 2 + 1, width // stretch + 2)).astype(np.float32)
    smooth = cv2.GaussianBlur(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR), (0, 0), 1.2)
    return np.asarray(smooth / max(float(smooth.std()), 1e-6), np.float32)


def _pixels(values: NDArray[np.floating]) -> Image:
    return np.asarray(np.clip(values, 0, 255), np.uint8)


def scatter(page: Image, *, size: tuple[int, int], seed: int) -> Corners:
    """Where a hand may lay a paper: turned up to 7 degrees, tilted, off the centre; (4, 2) tl tr br bl."""
    dice = np.random.default_rng(seed + 1000)
    width, height = size
    ratio = page.shape[1] / page.shape[0]
    tall = min(0.86 * height, 0.86 * width / ratio) * dice.uniform(0.82, 1.0)
    half = np.array([tall * ratio, tall]) / 2
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    turn = np.deg2rad(dice.uniform(-7, 7))
    turned = square @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    tilted = turned * (1 + (turned @ dice.uniform(-1, 1, 2))[:, None] / tall * 0.09)
    room = np.maximum(0, (np.array(size) - np.ptp(tilted, axis=0)) / 2 - 12)
    middle = (tilted.max(axis=0) + tilted.min(axis=0)) / 2
    offset = np.array(size) / 2 - middle + dice.uniform(-1, 1, 2) * room * 0.8
    return np.asarray(tilted + offset, np.float32)


def on_desk(
    page: Image,
    *,
    background: str | Image = "dark",
    corners: Corners | None = None,
    seed: int = 0,
    size: tuple[int, int] = (1280, 960),
    blur: float = 0.0,
    glare: bool = False,
    light: float = 1.0,
    noise: float = 2.5,
) -> tuple[Image, Corners]:
    """Photograph ``page`` on a desk.

    ``corners``: (4, 2) px tl tr br bl, else scattered by ``seed``; ``blur``: sigma in px; ``light``: 1.0 well lit.
    Returns the frame, BGR (height, width, 3), and the true corners.
    """
    place = scatter(page, size=size, seed=seed) if corners is None else np.asarray(corners, np.float32)
    table = desk(background, size=size, seed=seed) if isinstance(background, str) else cv2.resize(background, size)
    sheet, cover = _warp(page, place, size)
    dice = np.random.default_rng(seed + 2000)
    scene = np.asarray(table * (1 - 0.45 * _shadow(cover))[..., None], np.float32)
    scene += (sheet * 0.86 - scene) * cover[..., None]
    scene *= (np.float32(light) * _lamp(dice, size))[..., None]
    if glare:
        scene += _reflection(place, size)[..., None]
    if blur:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), blur), np.float32)
    if noise:
        scene += dice.standard_normal(scene.shape, dtype=np.float32) * np.float32(noise)
    return _pixels(scene), place


def _warp(page: Image, place: Corners, size: tuple[int, int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The paper in its place and its cover 0..1, drawn twice as large and averaged down, so that edges are soft."""
    height, width = page.shape[:2]
    edges = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(edges, np.asarray(place * 2 + 0.5, np.float32))
    double = (size[0] * 2, size[1] * 2)
    shrink = max(1.0, max(page.shape) / max(np.ptp(place * 2, axis=0)))
    soft = cv2.GaussianBlur(page, (0, 0), shrink * 0.4) if shrink > 1.2 else page
    sheet = cv2.warpPerspective(soft, matrix, double, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(np.full((height, width), 255, np.uint8), matrix, double)
    small = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    share = cv2.resize(cover, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return small, np.asarray(share, np.float32)


def _shadow(cover: NDArray[np.float32]) -> NDArray[np.float32]:
    moved = cv2.warpAffine(cover, np.array([[1, 0, 5], [0, 1, 7]], np.float32), cover.shape[::-1])
    return np.asarray(cv2.GaussianBlur(moved, (0, 0), 6), np.float32)


def _lamp(dice: np.random.Generator, size: tuple[int, int]) -> NDArray[np.float32]:
    slope = dice.uniform(-0.14, 0.14, 2)
    across = np.linspace(-0.5, 0.5, size[0], dtype=np.float32) * slope[0]
    down = np.linspace(-0.5, 0.5, size[1], dtype=np.float32) * slope[1]
    return np.asarray(1 + across[None, :] + down[:, None], np.float32)


def _reflection(place: Corners, size: tuple[int, int]) -> NDArray[np.float32]:
    middle = place.mean(axis=0) * 0.85 + place[1] * 0.15
    reach = np.linalg.norm(place[1] - place[3]) * 0.07
    across = (np.arange(size[0], dtype=np.float32) - middle[0]) ** 2
    down = (np.arange(size[1], dtype=np.float32) - middle[1]) ** 2
    return np.asarray(np.minimum(520 * np.exp(-(across[None, :] + down[:, None]) / (2 * reach**2)), 255), np.float32)
