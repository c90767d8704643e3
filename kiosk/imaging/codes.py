"""Read the QR codes on a paper: the receipt of an earlier visit, the signature code of a KK.

zxing-cpp read 123 of 137 photographs where OpenCV's reader got 50. What it misses at first is dim or soft: hence two more
looks, in this order, until one finds something: bench/imaging_codes.py counts what each adds, and what it costs.
Light codes on dark ground are not looked for: that takes a third more time, and no paper here has them.
"""

from collections.abc import Callable

import cv2
import numpy as np

from kiosk.imaging.shapes import Image, usable

DARKEST, LIGHTEST = 0.005, 0.995  # shares of the picture's pixels that become black and white
Look = Callable[[Image], Image]


def read_codes(image: Image, *, turn: int | None = None) -> tuple[str, ...]:
    """The texts of the QR codes in a BGR picture, each once; empty when there is none.

    ``turn``: the frame's number, in a live picture: then the plain look alone, and at two frames of three one of the
    others beside it, in turn. A picture that was taken gets every look it needs.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    grey = np.asarray(cv2.cvtColor(usable(image), cv2.COLOR_BGR2GRAY), np.uint8)
    others = LOOKS if turn is None else LOOKS[turn % (len(LOOKS) + 1) :][:1]
    for look in (_plain, *others):
        if texts := _read(look(grey)):
            return texts
    return ()


def _read(grey: Image) -> tuple[str, ...]:
    import zxingcpp  # here: the live preview never needs it

    only = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    found = zxingcpp.read_barcodes(grey, formats=only, try_invert=False)
    return tuple(dict.fromkeys(code.text for code in found if code.valid and code.text))


def _plain(grey: Image) -> Image:
    return grey


def _stretched(grey: Image) -> Image:
    """For dim pictures: single wrong pixels off, then the whole range from black to white."""
    calm = cv2.medianBlur(grey, 3)
    share = np.cumsum(cv2.calcHist([calm], [0], None, [256], [0, 256]).ravel()) / calm.size
    low, high = (int(np.searchsorted(share, part)) for part in (DARKEST, LIGHTEST))
    levels = (np.arange(256) - low) * (255 / max(high - low, 1))
    return np.asarray(cv2.LUT(calm, np.clip(levels, 0, 255).astype(np.uint8)), np.uint8)


def _sharpened(grey: Image) -> Image:
    """For soft pictures: three times the difference to a softer one."""
    return np.asarray(cv2.addWeighted(grey, 4, cv2.GaussianBlur(grey, (0, 0), 2), -3, 0), np.uint8)


LOOKS: tuple[Look, ...] = (_stretched, _sharpened)
