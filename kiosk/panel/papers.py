"""What the demo's device panel can lay under the camera: synthetic papers on a desk, people who do not exist."""

from collections.abc import Callable, Mapping

from kiosk.hardware.camera.protocol import Image
from kiosk.panel import specimens

Paper = Callable[[], Image]


def _laid(page: Paper, seed: int, *, light: float = 1.0, blur: float = 0.0) -> Paper:
    def lay() -> Image:
        return specimens.on_desk(page(), background="dark", size=(1600, 1200), seed=seed, light=light, blur=blur)[0]

    return lay


PAPERS: Mapping[str, Paper] = {
    "kk": _laid(specimens.kk_page, 1),
    "birth": _laid(specimens.birth_letter, 2),
    "card": _laid(specimens.id_card, 3),
    "dark": _laid(specimens.kk_page, 4, light=0.25),
    "blurred": _laid(specimens.kk_page, 5, blur=3.0),
}
