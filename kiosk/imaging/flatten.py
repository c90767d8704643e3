"""Take the tilt out of a photographed sheet."""

from typing import Literal, get_args

import cv2
import numpy as np

from kiosk.imaging.shapes import Corners, Image, ImagingError, usable

Shape = Literal["a4", "card", "photo"]

A4_PX = (1654, 2339)  # 210 x 297 mm at 200 dpi
CARD_PX = (638, 1011)  # 53.98 x 85.6 mm at 300 dpi
PHOTO_LONG_PX = 1200
LEAST_SIDE_PX = 24.0


def flatten(image: Image, corners: Corners, *, shape: Shape = "a4") -> Image:
    """The sheet seen from straight above, BGR; lying or standing as it was seen.

    ``a4``: 1654 x 2339 px (200 dpi); ``card``: 638 x 1011 px (300 dpi); ``photo``: as measured, long side 1200 px.

    Raises:
        ImagingError: ``sudut_salah`` when the corners are not four, cross over, or enclose next to nothing;
            ``bukan_gambar``, ``terlalu_kecil``.
    """
    usable(image)
    four = _checked(corners)
    width, height = _size(four, shape)
    edges = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(four, edges)
    flat = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)


def _checked(corners: Corners) -> Corners:
    four = np.asarray(corners, np.float32)
    if four.shape != (4, 2) or not np.isfinite(four).all():
        raise ImagingError("sudut_salah")
    across, down = _lengths(four)
    if not cv2.isContourConvex(four) or min(across, down) < LEAST_SIDE_PX:
        raise ImagingError("sudut_salah")
    return four


def _lengths(four: Corners) -> tuple[float, float]:
    sides = np.linalg.norm(np.roll(four, -1, axis=0) - four, axis=1)
    return float(sides[::2].max()), float(sides[1::2].max())


def _size(four: Corners, shape: Shape) -> tuple[int, int]:
    """(width, height) in pixels."""
    if shape not in get_args(Shape):
        raise ImagingError("bentuk_tidak_dikenal")
    across, down = _lengths(four)
    if shape == "photo":
        scale = PHOTO_LONG_PX / max(across, down)
        return max(1, round(across * scale)), max(1, round(down * scale))
    short, long = A4_PX if shape == "a4" else CARD_PX
    return (long, short) if across > down else (short, long)
