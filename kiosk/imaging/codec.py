"""Pictures to bytes and back: the preview that is shown, the file that someone brings, the page that was kept."""

import io
from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from kiosk.imaging.shapes import Image, ImagingError, Sheet, usable

MOST_UPLOAD_BYTES = 20_000_000
MOST_UPLOAD_PIXELS = 50_000_000
PREVIEW_WIDTH = 960
FOUND = (80, 200, 60)
UNSURE = (60, 170, 250)
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, RuntimeError)  # what Pillow says of a bent file


def jpeg(image: Image, *, quality: int) -> bytes:
    """BGR picture as JPEG bytes."""
    done, content = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1))
    if not done:
        raise ImagingError("bukan_gambar")
    return content.tobytes()


def decode_upload(content: bytes) -> Image:
    """A JPEG, PNG or AVIF that someone brought, as BGR, turned as its camera says; sizes are asked before unpacking.

    Raises:
        ImagingError: ``terlalu_besar`` above 20 MB or 50 megapixels, ``bukan_gambar`` for anything that is not a
            whole JPEG, PNG or AVIF, ``terlalu_kecil``.
    """
    if len(content) > MOST_UPLOAD_BYTES:
        raise ImagingError("terlalu_besar")
    kind, width, height = _header(content)
    if width * height > MOST_UPLOAD_PIXELS:
        raise ImagingError("terlalu_besar")
    image = _unpacked(content) if kind == "AVIF" else cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ImagingError("bukan_gambar")
    return usable(np.asarray(image, np.uint8))


def _header(content: bytes) -> tuple[str, int, int]:
    """Kind, width and height, nothing unpacked."""
    try:
        with Pillow.open(io.BytesIO(content), formats=("JPEG", "PNG", "AVIF")) as picture:
            return picture.format or "", *picture.size
    except Pillow.DecompressionBombError:
        raise ImagingError("terlalu_besar") from None
    except BROKEN:
        raise ImagingError("bukan_gambar") from None


def _unpacked(content: bytes) -> Image | None:
    """An AVIF; by Pillow, which wrote it: not every OpenCV can."""
    try:
        with Pillow.open(io.BytesIO(content), formats=("AVIF",)) as picture:
            colours = np.asarray(picture.convert("RGB"), np.uint8)
    except BROKEN:
        return None
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_RGB2BGR), np.uint8)


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
