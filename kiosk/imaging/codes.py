"""Read the QR codes on a paper: the receipt of an earlier visit, the signature code of a KK.

zxing-cpp read 123 of 137 photographs where OpenCV's reader got 50. What it misses at first is dim or soft: hence the
chain.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from kiosk.imaging.shapes import Image, usable


def read_codes(image: Image) -> tuple[str, ...]:
    """The texts of the QR codes in a BGR picture, each once, in reading order; empty when there is none.

    Tries the plain picture, then contrast stretched after a small median (dim), then sharpened (soft).
    """
    import zxingcpp  # here: the live preview never needs it

    for attempt in _attempts(usable(image)):
        found = zxingcpp.read_barcodes(attempt, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
        texts = [code.text for code in found if code.valid and code.text]
        if texts:
            return tuple(dict.fromkeys(texts))
    return ()


def _attempts(image: Image) -> Iterator[Image]:
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    yield grey
    calm = cv2.medianBlur(grey, 3)
    low, high = np.percentile(calm, (0.5, 99.5))
    stretched = (calm.astype(np.float32) - low) * (255 / max(float(high - low), 1.0))
    yield np.clip(stretched, 0, 255).astype(np.uint8)
    soft = cv2.GaussianBlur(grey, (0, 0), 2)
    yield np.asarray(cv2.addWeighted(grey, 4, soft, -3, 0), np.uint8)
