"""A hard page, drawn and photographed: print of 7 to 12 pt, a seal across it, a thumb print, a signature in blue ink, a
portrait; then tilted before a camera of 8 megapixels, under an uneven lamp and an arm's shadow, a little soft, noisy.

Print is set by typst in its own fonts, so that every machine draws the same. Nothing on it is of a real person.
"""

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np
import typst
from numpy.typing import NDArray

from kiosk.imaging import flatten
from tests.specimens import Corners, Image

DPI = 300
FLAT_DPI = 200
A4_MM = (210.0, 297.0)
FRAME = (2448, 3264)  # px, the camera held upright
PT = 25.4 / 72
SIZES = (7,) * 14 + (8,) * 5 + (10,) * 4 + (12,) * 2
FONTS = ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern")
SEALS = {"purple": (150, 50, 110), "blue": (150, 60, 30), "red": (50, 40, 190)}  # BGR of the ink on white paper
THUMBS, PEN = ((50, 40, 185), (90, 40, 110)), (170, 60, 20)
WORDS = """KARTU KELUARGA NOMOR INDUK KEPENDUDUKAN nama lengkap jenis kelamin tempat tanggal lahir agama pendidikan pekerjaan
status perkawinan hubungan dalam keluarga kewarganegaraan ayah ibu kepala desa kelurahan kecamatan kabupaten Wonogiri
provinsi Jawa Tengah surat keterangan kelahiran kematian pindah datang menerangkan bahwa penduduk tersebut benar berdomisili
pada alamat dusun contoh rukun tetangga warga contoh saksi pelapor penolong bidan puskesmas dengan berat gram panjang
sentimeter tahun bulan hari pukul disahkan oleh pejabat pencatatan sipil sesuai ketentuan yang berlaku""".split()
Plane = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Line:
    """``left``, ``top``, ``right``: mm on the page; ``size``: pt."""

    text: str
    size: int
    left: float
    top: float
    right: float = 0.0


@dataclass(frozen=True, slots=True)
class HardPage:
    """``clean``: BGR at 300 dpi, without a camera; ``inks``: where seal, thumb print, pen and portrait are, bool, at 200 dpi
    and not where print crosses them; ``frame``, ``corners``: as the camera sees it; ``flat``: flattened at 200 dpi."""

    lines: tuple[Line, ...]
    clean: Image
    inks: dict[str, NDArray[np.bool_]]
    frame: Image = field(repr=False)
    corners: Corners
    flat: Image = field(repr=False)

    def hard_lines(self) -> list[Line]:
        """Those that the seal or an arm of it crosses, and every fourth of the others."""
        rows = np.flatnonzero(self.inks["seal"].any(axis=1)) / FLAT_DPI * 25.4
        crossed = [rows[0] - 3 < line.top < rows[-1] for line in self.lines]
        return [line for number, line in enumerate(self.lines) if crossed[number] or number % 4 == 0]


@lru_cache(maxsize=1)
def hard_page(seed: int, *, noise: float = 4.0, blur: float = 0.8, shadow: float = 0.45) -> HardPage:
    """``noise``: of the sensor, levels; ``blur``: of the lens, px; ``shadow``: the light that the arm takes away. Drawing one
    takes two seconds, so the last is kept: nobody writes on it."""
    dice = np.random.default_rng(seed)
    lines = _written(dice)
    print_only = _set(lines, FONTS[seed % 3])
    lines = tuple(_measured(line, print_only) for line in lines)
    clean, inks = _inked(print_only, dice, seed)
    frame, corners = _photographed(clean, dice, noise=noise, blur=blur, shadow=shadow)
    return HardPage(lines, clean, inks, frame, corners, flatten(frame, corners))


def off_colour(page: Image, truth: HardPage) -> dict[str, float]:
    """How far the mean colour of each ink is from the drawn one on a page of any resolution, CIE76."""
    size = truth.flat.shape[1::-1]
    seen, meant = (
        cv2.cvtColor(cv2.resize(one, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255, cv2.COLOR_BGR2Lab)
        for one in (page, truth.clean)
    )
    return {
        ink: float(np.linalg.norm(seen[where].mean(axis=0) - meant[where].mean(axis=0)))
        for ink, where in truth.inks.items()
    }


# --- print --------------------------------------------------------------------------------------------------------------


def _written(dice: np.random.Generator) -> list[Line]:
    lines, top = [], 30.0
    for size in dice.permutation(SIZES).tolist():
        room, words = int((120 if size <= 8 else 165) / (size * PT * 0.56)), list[str]()
        while len(" ".join(words)) < room:
            words.append(_word(dice))
        lines.append(Line(" ".join(words[:-1]), size, 20.0, top))
        top += size * PT + 4.6
    return lines


def _word(dice: np.random.Generator) -> str:
    kind = dice.random()
    if kind < 0.12:
        return f"3312{dice.integers(0, 10**8):08d}99{dice.integers(1, 99):02d}"
    if kind < 0.20:
        return f"{dice.integers(1, 29):02d}-{dice.integers(1, 13):02d}-{dice.integers(1950, 2026)}"
    return str(dice.choice(WORDS))


def _set(lines: list[Line], font: str) -> Image:
    source = [
        "#set page(width: 210mm, height: 297mm, margin: 0mm, fill: rgb(249, 248, 246))",
        f'#set text(font: "{font}", fill: rgb(30, 32, 38), hyphenate: false, top-edge: "ascender", bottom-edge: "descender")',
        *(
            f"#place(top + left, dx: {line.left}mm, dy: {line.top}mm, text(size: {line.size}pt)[{line.text}])"
            for line in lines
        ),
    ]
    picture = typst.compile("\n".join(source).encode(), format="png", ppi=DPI)
    return np.asarray(cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _measured(line: Line, page: Image) -> Line:
    """With where its ink ends."""
    scale = DPI / 25.4
    band = page[round(line.top * scale) : round((line.top + line.size * PT * 1.2) * scale)]
    right = float(np.flatnonzero((band.min(axis=2) < 140).any(axis=0))[-1] / scale)
    return Line(line.text, line.size, line.left, line.top, right)


# --- inks ---------------------------------------------------------------------------------------------------------------


def _inked(page: Image, dice: np.random.Generator, seed: int) -> tuple[Image, dict[str, NDArray[np.bool_]]]:
    inked, inks = page.copy(), {}
    bare = cv2.erode(np.asarray(page.min(axis=2) > 200, np.uint8), np.ones((5, 5), np.uint8)) > 0
    parts = {  # the ink, 0..1; where its left and its top are, mm; its colour and strength
        "seal": (_seal(dice), dice.uniform(40, 90), dice.uniform(75, 135), list(SEALS.values())[seed % 3], 0.85),
        "thumb": (_thumb(dice), 25, 240, THUMBS[seed % 2], 0.7),
        "pen": (_pen(), 125, 235, PEN, 0.9),
        "portrait": (_portrait(dice), 70, 225, (), 0.0),
    }
    for name, (ink, left, top, colour, strength) in parts.items():
        row, column = round(top * DPI / 25.4), round(left * DPI / 25.4)
        place = slice(row, row + ink.shape[0]), slice(column, column + ink.shape[1])
        covered = np.zeros(page.shape[:2], bool)
        covered[place] = bare[place] & (ink > 0.5 if colour else True)
        if colour:
            ink = inked[place] * (1 - (ink * strength)[..., None] * (1 - np.array(colour, np.float32) / 255))
        inked[place] = ink
        inks[name] = _small(covered)
    return inked, inks


def _small(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    size = tuple(round(side / 25.4 * FLAT_DPI) for side in A4_MM)
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.95)


def _texture(dice: np.random.Generator, height: int, width: int, steep: float) -> Plane:
    """Noise as of natural surfaces: the slower, the stronger."""
    rate = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    rate[0, 0] = 1
    noise = np.fft.irfft2(np.fft.rfft2(dice.normal(size=(height, width))) / rate**steep, s=(height, width))
    return np.asarray((noise - noise.mean()) / noise.std(), np.float32)


def _seal(dice: np.random.Generator) -> Plane:
    """A round seal of 40 mm with words along its rim, unevenly inked."""
    scale = DPI / 25.4
    side, middle = int(40 * scale), 20 * scale
    layer = np.zeros((side, side), np.uint8)
    for radius, pen in ((19, 1.0), (17.6, 0.4), (12, 0.4)):
        cv2.circle(layer, (side // 2, side // 2), int(radius * scale), 255, max(1, int(pen * scale)), cv2.LINE_AA)
    words = "DINAS KEPENDUDUKAN CONTOH * PENCATATAN SIPIL *"
    for number, letter in enumerate(words):
        angle = 2 * np.pi * number / len(words) - np.pi / 2
        tile = np.zeros((80, 80), np.uint8)
        cv2.putText(tile, letter, (24, 56), cv2.FONT_HERSHEY_DUPLEX, 1.15, 255, 3, cv2.LINE_AA)
        matrix = cv2.getRotationMatrix2D((40, 40), -(np.rad2deg(angle) + 90), 2.6 * scale / 40)
        matrix[:, 2] += middle + 14.6 * scale * np.array((np.cos(angle), np.sin(angle))) - 40
        layer = np.maximum(layer, cv2.warpAffine(tile, matrix, (side, side)))
    place = (int(middle - 9.5 * scale), int(middle + 2 * scale))
    cv2.putText(layer, "CONTOH", place, cv2.FONT_HERSHEY_DUPLEX, 4.5 * scale / 21, 255, int(0.6 * scale), cv2.LINE_AA)
    grain = cv2.resize(_texture(dice, side // 4, side // 4, 0.8), (side, side))
    return np.asarray(layer / np.float32(255) * np.clip(1 + 0.25 * grain, 0.3, 1), np.float32)


def _thumb(dice: np.random.Generator) -> Plane:
    scale = DPI / 25.4
    high, wide = int(26 * scale), int(19 * scale)
    down, across = np.mgrid[0:high, 0:wide].astype(np.float32)
    way = np.hypot((across - wide / 2) * 1.2, down - high * 0.55) + _texture(dice, high, wide, 1.6) * 6
    finger = ((across - wide / 2) / (wide / 2)) ** 2 + ((down - high / 2) / (high / 2)) ** 2 < 1
    ridges = ((np.sin(way * 2 * np.pi / (0.5 * scale)) > 0) & finger).astype(np.float32)
    return np.asarray(cv2.GaussianBlur(ridges, (0, 0), 1.2), np.float32)


def _pen() -> Plane:
    """A signature, 60 x 35 mm."""
    scale, way = DPI / 25.4, np.linspace(0, 1, 300)
    layer = np.zeros((int(35 * scale), int(60 * scale)), np.uint8)
    across = 6 + 45 * way + 4 * np.sin(way * 37)
    down = 17 + 8 * np.sin(way * 23 + 1) * np.exp(-way) + 3 * np.sin(way * 61)
    points = (np.stack([across, down], axis=1) * scale).astype(np.int32)
    cv2.polylines(layer, [points], isClosed=False, color=255, thickness=int(0.5 * scale), lineType=cv2.LINE_AA)
    return np.asarray(layer / np.float32(255), np.float32)


def _portrait(dice: np.random.Generator) -> Plane:
    """No one: shapes before a red or a blue wall, 30 x 40 mm, with the texture of a photograph; BGR."""
    high, wide = round(40 * DPI / 25.4), round(30 * DPI / 25.4)
    picture = np.full((high, wide, 3), (170, 60, 40) if dice.random() < 0.5 else (50, 40, 180), np.float32)
    parts = (  # middle and radius in shares of the picture, colour
        (0.5, 1.05, 0.45, 0.35, (225, 225, 230)),
        (0.5, 0.34, 0.30, 0.26, (28, 26, 30)),
        (0.5, 0.46, 0.25, 0.22, (120, 150, 195)),
        (0.4, 0.44, 0.04, 0.02, (30, 25, 25)),
        (0.6, 0.44, 0.04, 0.02, (30, 25, 25)),
        (0.5, 0.58, 0.08, 0.015, (80, 70, 150)),
    )
    for across, down, radius, tall, colour in parts:
        middle, axes = (int(across * wide), int(down * high)), (int(radius * wide), int(tall * high))
        cv2.ellipse(picture, middle, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)
    picture += (
        12 * _texture(dice, high, wide, 1.1)[..., None] + np.linspace(-26, 26, wide, dtype=np.float32)[None, :, None]
    )
    return np.asarray(np.clip(cv2.GaussianBlur(picture, (0, 0), 1.0), 0, 255), np.float32)


# --- camera -------------------------------------------------------------------------------------------------------------


def _photographed(
    page: Image, dice: np.random.Generator, *, noise: float, blur: float, shadow: float
) -> tuple[Image, Corners]:
    width, height = FRAME
    tall = height * 0.9
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (tall * A4_MM[0] / A4_MM[1] / 2, tall / 2)
    turn = np.deg2rad(dice.uniform(-3, 3))
    corners = corners @ np.array([(np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))])
    corners *= 1 + (corners @ dice.uniform(-1, 1, 2) / tall * 0.06)[:, None]
    place = (corners + np.array(FRAME) / 2).astype(np.float32)
    edges = np.array([(0, 0), (page.shape[1], 0), page.shape[1::-1], (0, page.shape[0])], np.float32) - np.float32(0.5)
    soft = cv2.GaussianBlur(page, (0, 0), 0.5)  # the page is finer than the sensor
    seen = cv2.warpPerspective(soft, cv2.getPerspectiveTransform(edges, place), FRAME, borderValue=(38, 40, 44))
    frame = cv2.GaussianBlur(seen.astype(np.float32), (0, 0), blur) if blur else seen.astype(np.float32)
    frame *= _light(dice, shadow)[..., None] * np.array((0.80, 0.84, 0.86), np.float32)  # a warm lamp
    grain = np.empty((height, width, 3), np.float32)
    cv2.setRNGSeed(int(dice.integers(1, 2**31)))
    cv2.randn(grain, (0, 0, 0), (noise, noise, noise))
    return np.asarray(np.clip(frame + grain, 0, 255), np.uint8), place


def _light(dice: np.random.Generator, shadow: float) -> Plane:
    """An uneven lamp, and an arm between it and the page."""
    width, height = FRAME
    across, down = (np.linspace(-0.5, 0.5, side, dtype=np.float32) * dice.uniform(-0.14, 0.14) for side in FRAME)
    arm = np.zeros((height // 8, width // 8), np.float32)
    ends = [int(share * height / 8) for share in dice.uniform(0.25, 0.65, 2)]
    cv2.line(arm, (0, ends[0]), (width // 8, ends[1]), 1.0, height // 36)
    arm = cv2.resize(cv2.GaussianBlur(arm, (0, 0), width / 8 * 0.03), FRAME)
    return np.asarray((1 + across[None] + down[:, None]) * (1 - shadow * arm), np.float32)
