"""OpenCV's cascades: what looks like a face, an eye, a mouth, by light and dark. They come inside its package."""

from pathlib import Path
from threading import local

import cv2

from kiosk.imaging.shapes import Image

FOLDER = Path(cv2.__file__).parent / "data"
Box = tuple[int, int, int, int]  # x, y, width, height


class _Cascades(local):
    """One set a thread: a cascade keeps notes while it looks."""

    def __init__(self) -> None:
        self.made: dict[str, cv2.CascadeClassifier] = {}

    def get(self, name: str) -> cv2.CascadeClassifier:
        if name not in self.made:
            self.made[name] = cv2.CascadeClassifier(str(FOLDER / f"haarcascade_{name}.xml"))
        return self.made[name]


_cascades = _Cascades()


def found_by(
    name: str,
    grey: Image,
    *,
    neighbours: int,
    least: tuple[int, int],
    most: tuple[int, int] = (0, 0),
    step: float = 1.1,
) -> list[Box]:
    """Where the cascade ``name`` finds its like in a grey picture. ``neighbours``: how many near findings make one; ``least``,
    ``most``: its size in px; ``step``: between the sizes that are tried, larger is faster and misses more."""
    boxes = _cascades.get(name).detectMultiScale(grey, step, neighbours, minSize=least, maxSize=most)
    return [(int(x), int(y), int(wide), int(tall)) for x, y, wide, tall in boxes]
