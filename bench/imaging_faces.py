"""What the portrait's advice says of faces: plain, masked, behind sunglasses, and where there is none; and what it costs.

Faces are drawn (tests/faces.py): five skins, with and without a head scarf. Where scikit-image is installed (it is no
dependency: 200 MB for one picture), its photograph of an astronaut (NASA, public domain) is judged too,
as it is and with a mask, sunglasses and a scarf painted on. One photographed person and drawn people: this shows that the
advice works, not how often it errs among the people of a village. That has to be counted there.

    usage: python bench/imaging_faces.py [FACES]
"""

import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from kiosk.imaging import Image
from kiosk.imaging.face import Advice, advise, look_at_face
from tests.faces import Person, portrait
from tests.specimens import birth_letter, desk, id_card, kk_page, on_desk

SIZE = (1280, 960)
FACE = (176, 66, 96)  # of the astronaut, in the picture of 512 px: left, top, width
MASKS = ((220, 210, 190), (200, 120, 60), (40, 40, 40), (235, 235, 235))


def drawn(count: int) -> Iterator[tuple[str, list[Image]]]:
    def people(**worn: bool) -> list[Image]:
        wide = np.linspace(0.24, 0.5, count)
        return [
            portrait(Person(seed=seed, hijab=seed % 2 == 1, width=float(wide[seed]), **worn), size=SIZE)
            for seed in range(count)
        ]

    yield "drawn: plain", people()
    yield "drawn: spectacles", people(glasses=True)
    yield "drawn: mask", people(mask=True)
    yield "drawn: sunglasses", people(sunglasses=True)
    yield "drawn: mask and sunglasses", people(mask=True, sunglasses=True)
    yield "drawn: leant over 20 degrees", [portrait(Person(seed=seed, turn=20), size=SIZE) for seed in range(count)]
    tables = [desk(kind, size=SIZE) for kind in ("wood", "dark", "light", "white", "photo")]
    yield "tables and papers", [*tables, *(on_desk(page)[0] for page in (kk_page(), birth_letter(), id_card()))]


def astronaut() -> Iterator[tuple[str, list[Image]]]:
    try:
        from skimage import data
    except ImportError:
        print("(scikit-image is not installed: no photograph is judged)")
        return
    picture = np.ascontiguousarray(data.astronaut()[..., ::-1])
    plain = [picture, _lit(picture, 0.5), _lit(picture, 1.2), _scarf(picture), cv2.GaussianBlur(picture, (0, 0), 1.2)]
    yield "photograph: plain, dim, scarf", [_framed(one) for one in plain]
    yield "photograph: masks", [_framed(_mask(picture, colour)) for colour in MASKS]
    yield (
        "photograph: sunglasses",
        [_framed(_sunglasses(one)) for one in (picture, _scarf(picture), _lit(picture, 0.5))],
    )
    yield (
        "photographs of other things",
        [_framed(np.ascontiguousarray(one()[..., ::-1])) for one in (data.coffee, data.rocket, data.chelsea)],
    )


def _framed(picture: Image) -> Image:
    part = picture[: picture.shape[1] * 3 // 4]
    return np.asarray(cv2.resize(part, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)


def _lit(picture: Image, light: float) -> Image:
    return np.asarray(np.clip(picture * light, 0, 255), np.uint8)


def _mask(picture: Image, colour: tuple[int, int, int]) -> Image:
    left, top, width = FACE
    middle = (left + width // 2 + 2, top + 78)
    return np.asarray(cv2.ellipse(picture.copy(), middle, (42, 30), 0, 0, 360, colour, -1, cv2.LINE_AA), np.uint8)


def _sunglasses(picture: Image) -> Image:
    left, top, width = FACE
    worn = picture.copy()
    for side in (-1, 1):
        eye = (left + width // 2 + side * 21, top + 38)
        cv2.ellipse(worn, eye, (19, 13), 0, 0, 360, (20, 20, 20), -1, cv2.LINE_AA)
    return worn


def _scarf(picture: Image) -> Image:
    left, top, width = FACE
    middle = (left + width // 2, top + 52)
    cloth = cv2.ellipse(np.zeros(picture.shape[:2], np.uint8), middle, (78, 95), 0, 0, 360, 1, -1)
    cloth = cv2.ellipse(cloth, middle, (42, 62), 0, 0, 360, 0, -1)
    return np.where(cloth[..., None] > 0, np.array((90, 60, 140), np.uint8), picture)


def row(name: str, frames: list[Image]) -> None:
    counts, took = Counter[str](), []
    for frame in frames:
        began = time.process_time()
        advice = advise(look_at_face(frame))
        took.append((time.process_time() - began) * 1000)
        counts.update(advice or ("nothing to say",))
    said = ", ".join(f"{what.value if isinstance(what, Advice) else what} {n}" for what, n in counts.most_common())
    print(f"{name:30} {len(frames):4}   {statistics.median(took):5.0f} {max(took):5.0f} ms   {said}")


def main(count: int) -> None:
    cv2.setNumThreads(1)
    print(f"{'':30} {'of':>4}   {'median, most':>15}   advice")
    look_at_face(portrait(Person()))  # the first call loads the cascades
    for sets in (drawn(count), astronaut()):
        for name, frames in sets:
            row(name, frames)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
