"""The mat under the camera: where its corners are in the picture, as a technician placed them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from kiosk import imaging
from kiosk.imaging import Corners, Image, Sheet
from kiosk.session.parts import Parts
from kiosk.session.technician import verdicts
from kiosk.store import Diagnostic, StoreError

DEVICE, KIND = "camera", "mat"


@dataclass(frozen=True, slots=True)
class Mat:
    """``corners``: (4, 2) in shares of the picture, tl tr br bl; ``sheet``: where the test sheet lay then, None without one.
    ``id``: of its record, so that newer tests can be told from older ones."""

    id: int
    at: str
    corners: Corners
    sheet: Corners | None


def known(parts: Parts) -> Mat | None:
    """The newest calibration; None where there is none, or none can be read now."""
    try:
        rows = parts.store.diagnostics.latest()
    except StoreError:
        return None
    return next((_mat(row) for row in rows if (row.device, row.kind) == (DEVICE, KIND)), None)


def _mat(row: Diagnostic) -> Mat:
    lay = row.numbers.get("sheet")
    return Mat(row.id, row.at, _array(row.numbers["corners"]), None if lay is None else _array(lay))


def _array(points: Any) -> Corners:
    return np.asarray(points, np.float32).reshape(4, 2)


def fallback(parts: Parts, picture: Image) -> Sheet:
    """What stands in where no sheet is found (score 0): the mat, or the whole picture while nobody has placed the mat."""
    mat = known(parts)
    return imaging.whole_frame(picture) if mat is None else Sheet(mat.corners * _size(picture), 0.0)


def shares(picture: Image, sheet: Sheet) -> Corners:
    """A sheet's corners as shares of the picture."""
    return np.asarray(sheet.corners / _size(picture), np.float32)


def proposed(parts: Parts, picture: Image) -> Corners:
    """Where the handles begin: at the last calibration, else at what looks like a sheet, else a little inside the picture."""
    if (mat := known(parts)) is not None:
        return mat.corners
    if (found := imaging.find_sheet(picture)) is not None:
        return shares(picture, found)
    return np.array([(0.05, 0.05), (0.95, 0.05), (0.95, 0.95), (0.05, 0.95)], np.float32)


def write(parts: Parts, picture: Image, corners: Corners, *, staff_id: str) -> bool:
    """Keep the mat's corners, and where the test sheet lies if it does. False when they make no mat. Raises StoreError."""
    placed = np.clip(np.asarray(corners, np.float32), 0, 1)
    if placed.shape != (4, 2) or not np.isfinite(placed).all():
        return False
    try:
        imaging.flatten(picture, placed * _size(picture))
    except imaging.ImagingError:
        return False
    found = imaging.find_sheet(picture)
    laid = found is not None and any(map(verdicts.is_test, imaging.read_codes(picture)))
    numbers = {"corners": _listed(placed), "sheet": _listed(shares(picture, found)) if found and laid else None}
    parts.store.diagnostics.add(DEVICE, KIND, passed=True, staff_id=staff_id, numbers=numbers)
    return True


def _size(picture: Image) -> Corners:
    height, width = picture.shape[:2]
    return np.array([width - 1, height - 1], np.float32)


def _listed(points: Corners) -> list[list[float]]:
    return [[round(float(x), 4), round(float(y), 4)] for x, y in points]
