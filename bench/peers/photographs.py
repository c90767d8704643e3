"""Photographs of papers with their true outlines: ours with its mask, and those that come with jscanify.

jscanify's have no truth of their own: the corners were marked by hand, to about one part in 900 of the picture's long side,
without looking at what any finder says. Left out are its small copies and a page that fills the picture and more.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from kiosk.imaging import Corners, Image
from tests.specimens import overlap, real_mask, real_photo

MARKED_AT, FRAME_PX = 900, 1280  # long side on which corners were marked; as large as the camera's frames
MARKED = {
    "test.png": ((321.5, 83.5), (660.5, 101.7), (663.3, 605.8), (157.8, 539.6)),
    "test2.png": ((115.2, 103.4), (542.0, 109.0), (643.6, 763.0), (31.8, 774.4)),
    "test3.jpg": ((51.0, 202.6), (448.0, 198.8), (505.4, 744.4), (10.0, 753.4)),
    "test4.JPG": ((90.5, 63.5), (806.0, 73.0), (839.0, 643.0), (56.2, 650.0)),  # curled
    "test5.JPG": ((180.0, 240.4), (755.4, 213.0), (789.4, 465.6), (160.2, 482.4)),  # a banknote
    "test6.JPG": ((22.8, 177.4), (426.0, 109.2), (650.4, 579.4), (223.0, 769.4)),
    "test7.JPG": ((96.4, 92.4), (545.6, 85.4), (598.0, 868.0), (37.0, 867.8)),
    "test9.jpg": ((148.4, 273.0), (435.0, 256.6), (507.6, 700.4), (184.6, 747.4)),  # a till receipt
    "test10.jpg": ((25.6, 200.0), (502.0, 131.2), (640.2, 756.6), (115.8, 867.6)),
}


@dataclass(frozen=True, slots=True)
class Photograph:
    """A frame, BGR, and what tells how well corners fit it."""

    name: str
    frame: Image
    truth: Corners | None
    mask: np.ndarray | None = None

    def share(self, corners: Corners) -> float:
        """Intersection over union of the outline and the truth."""
        if self.truth is not None:
            return overlap(corners, self.truth)
        outline = np.rint(corners).astype(np.int32)
        assert self.mask is not None
        drawn = cv2.fillPoly(np.zeros(self.mask.shape, np.uint8), [outline], 1) > 0
        return float((drawn & self.mask).sum() / (drawn | self.mask).sum())


def photographs(folder: Path | None) -> Iterator[Photograph]:
    """Ours, and those in ``folder``, if there is one."""
    yield Photograph("a4-on-dark-background", real_photo(), None, real_mask())
    for name, corners in MARKED.items() if folder is not None else ():
        picture = cv2.imread(str(folder / name))
        long = max(picture.shape[:2])
        scale = min(1.0, FRAME_PX / long)
        frame = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        truth = (np.array(corners) + 0.5) * (scale * long / MARKED_AT) - 0.5
        yield Photograph(name, np.asarray(frame, np.uint8), np.asarray(truth, np.float32))
