"""What the imaging parts hand to each other: pictures, sheets, and the one error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Corners = NDArray[np.float32]


class ImagingError(ValueError):
    """A picture that cannot be used. ``code`` is stable: bukan_gambar, terlalu_besar, terlalu_kecil, sudut_salah."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Sheet:
    """A paper in a picture.

    ``corners``: (4, 2) float32, pixels, tl tr br bl as seen; ``score`` 0..1, where 0 means that nothing was found and
    the whole frame stands in; ``cut``: a part of the paper lies outside the picture.
    """

    corners: Corners
    score: float
    cut: bool = False

    @property
    def found(self) -> bool:
        return self.score > 0


def in_order(points: NDArray[np.floating]) -> Corners:
    """Four points, in any order, as tl tr br bl: clockwise, beginning nearest to the picture's origin."""
    four = np.asarray(points, np.float32).reshape(4, 2)
    around = four - four.mean(axis=0)
    clockwise = four[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
    return np.roll(clockwise, -int(clockwise.sum(axis=1).argmin()), axis=0)


def whole_frame(image: Image) -> Sheet:
    """The fall-back when no sheet is found: the picture's own corners, score 0."""
    height, width = image.shape[:2]
    right, bottom = width - 1, height - 1
    return Sheet(np.array([(0, 0), (right, 0), (right, bottom), (0, bottom)], np.float32), 0.0)


def usable(image: Image) -> Image:
    """Refuse what no camera delivers, before OpenCV does with words of its own.

    Raises:
        ImagingError: ``bukan_gambar`` for a wrong shape or type, ``terlalu_kecil`` under 32 px a side.
    """
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise ImagingError("bukan_gambar")
    if min(image.shape[:2]) < 32:
        raise ImagingError("terlalu_kecil")
    return image
