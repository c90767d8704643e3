"""Pictures to bytes and back: the page that is sent, the preview that is shown, the file that a citizen brings."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from kiosk.imaging.shapes import Image, ImagingError, Sheet, usable

STEPS = ((75, 1.0), (65, 1.0), (55, 1.0), (55, 0.75))  # JPEG quality and scale; the first that fits the target is taken
TARGET_BYTES = 400_000
MOST_BYTES = 800_000  # of a page that is sent
MOST_UPLOAD_BYTES = 20_000_000
MOST_UPLOAD_PIXELS = 50_000_000
PREVIEW_WIDTH = 960
FOUND = (80, 200, 60)
UNSURE = (60, 170, 250)


def encode(flat: Image, *, target: int = TARGET_BYTES, most: int = MOST_BYTES) -> bytes:
    """A flattened page as colour JPEG, quality 75; less, and at last smaller, only when it would exceed ``target`` bytes.

    Raises:
        ImagingError: ``terlalu_besar`` when even the last step is above ``most``; ``bukan_gambar``.
    """
    usable(flat)
    for quality, scale in STEPS:
        content = jpeg(_scaled(flat, scale), quality=quality)
        if len(content) <= target:
            return content
    if len(content) > most:
        raise ImagingError("terlalu_besar")
    return content


def _scaled(flat: Image, scale: float) -> Image:
    if scale == 1.0:
        return flat
    return np.asarray(cv2.resize(flat, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def jpeg(image: Image, *, quality: int) -> bytes:
    """BGR picture as JPEG bytes."""
    done, content = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1))
    if not done:
        raise ImagingError("bukan_gambar")
    return content.tobytes()


def decode_upload(content: bytes) -> Image:
    """A JPEG or PNG that someone brought, as BGR, turned as its camera says; sizes are asked before unpacking.

    Raises:
        ImagingError: ``terlalu_besar`` above 20 MB or 50 megapixels, ``bukan_gambar`` for anything that is not a
            whole JPEG or PNG, ``terlalu_kecil``.
    """
    if len(content) > MOST_UPLOAD_BYTES:
        raise ImagingError("terlalu_besar")
    width, height = _size(content)
    if width * height > MOST_UPLOAD_PIXELS:
        raise ImagingError("terlalu_besar")
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ImagingError("bukan_gambar")
    return usable(np.asarray(image, np.uint8))


def _size(content: bytes) -> tuple[int, int]:
    """Width and height from the header alone."""
    try:
        with Pillow.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
            return picture.size
    except Pillow.DecompressionBombError:
        raise ImagingError("terlalu_besar") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise ImagingError("bukan_gambar") from None


def preview(image: Image, sheet: Sheet | None, *, width: int = PREVIEW_WIDTH) -> bytes:
    """The live picture, 960 px wide, with the sheet outlined: green when whole, amber when a part is outside."""
    height, across = usable(image).shape[:2]
    scale = width / across
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(image, (width, max(1, round(height * scale))), interpolation=method), np.uint8)
    if sheet is not None and sheet.found:
        small = _outlined(small, sheet, scale)
    return jpeg(small, quality=70)


def _outlined(small: Image, sheet: Sheet, scale: float) -> Image:
    points: Sequence[np.ndarray] = [np.rint(sheet.corners * scale * 16).astype(np.int32)]
    colour = UNSURE if sheet.cut else FOUND
    return np.asarray(
        cv2.polylines(small, points, isClosed=True, color=colour, thickness=4, lineType=cv2.LINE_AA, shift=4), np.uint8
    )
