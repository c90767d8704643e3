"""Is this a portrait that an officer can compare with a card? One face, near enough, upright, its eyes and mouth to be seen.

Only advice: nobody is recognised, nothing is measured of who it is, and nothing is kept. OpenCV's cascades (they come
inside its package) look for light and dark, so a head scarf is no matter, and a mask or dark glasses are. What they miss
is told as "not seen", never as "not there": a person who is told wrongly goes on with one touch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from kiosk.imaging.cascades import Box, found_by
from kiosk.imaging.shapes import Image, usable

LOOK_PX = 400  # width at which a face is looked for
FACE_PX = 200  # width at which its eyes and mouth are
SMALLEST = 0.13  # a face's width, in shares of the frame's shorter side: anything smaller is the card's, or a poster's
ALSO = 0.5  # a second face counts when it is this large beside the first: the photo on a card held up is smaller
FAR, NEAR = 0.20, 0.75
ASIDE = 0.25  # how far, in shares of the frame, the face may be from its middle
DARKEST, BRIGHTEST = 55.0, 215.0  # mean level of the face, 0..255
MOST_WHITE = 0.25  # share of it that holds no detail
LEANT = 14.0  # degrees between the eyes' line and the level
WHITE = 250
MASKED = (
    16.0  # how far (in Cr and Cb) the colour round the mouth leaves that between the eyes: skin 0 to 7, masks 33 up
)
APART = 2.4  # a face is this many times as wide as its eyes' middles are apart


class Advice(StrEnum):
    """What to do for a better portrait; content words each for the citizen."""

    NO_FACE = "wajah_tidak_terlihat"
    SEVERAL = "wajah_lebih_dari_satu"
    DARK = "wajah_gelap"
    BRIGHT = "wajah_silau"
    FAR = "wajah_jauh"
    NEAR = "wajah_dekat"
    ASIDE = "wajah_di_tepi"
    TILTED = "wajah_miring"
    MASK = "wajah_bermasker"
    GLASSES = "wajah_berkacamata"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceLook:
    """What is seen of the nearest face. Sizes and places are shares of the frame; with ``faces`` 0 all else means nothing."""

    faces: int
    width: float = 0.0  # of the frame's shorter side
    x: float = 0.5
    y: float = 0.5
    light: float = 0.0  # mean level, 0..255
    white: float = 0.0  # share without detail
    eyes: int = 0
    mouth: bool = False
    tilt: float = 0.0  # degrees


def advise(look: FaceLook) -> tuple[Advice, ...]:
    """What to tell, in the order in which to tell it; empty for a good portrait."""
    if look.faces == 0:
        return (Advice.NO_FACE,)
    spoilt = {
        Advice.DARK: look.light < DARKEST,
        Advice.BRIGHT: look.light > BRIGHTEST or look.white > MOST_WHITE,
        Advice.FAR: look.width < FAR,
        Advice.NEAR: look.width > NEAR,
        Advice.ASIDE: max(abs(look.x - 0.5), abs(look.y - 0.5)) > ASIDE,
        Advice.TILTED: abs(look.tilt) > LEANT,
    }
    covered = {Advice.MASK: not look.mouth, Advice.GLASSES: look.eyes == 0}
    told = {Advice.SEVERAL: look.faces > 1, **spoilt}
    if not any(spoilt.values()):  # in the dark, far away or leant over, a mouth that is not seen means nothing
        told |= covered
    return tuple(advice for advice, holds in told.items() if holds)


def look_at_face(image: Image) -> FaceLook:
    """What is seen of the faces in a frame of the selfie camera, BGR, any size.

    Raises:
        ImagingError: ``bukan_gambar``, ``terlalu_kecil``.
    """
    scale = LOOK_PX / usable(image).shape[1]
    small = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    even = _even(_grey(small))
    if faces := _faces(even):
        beside = [box for box in faces[1:] if box[2] >= ALSO * faces[0][2]]
        close = _closer(image, faces[0], scale)
        return _judged(small, faces[0], close, _eyes(_grey(close)), faces=1 + len(beside))
    if pair := _pair_of_eyes(even):  # a mask hides the face from the cascade, but not the eyes
        box = _round(pair)
        return _judged(small, box, _closer(image, box, scale), list(pair), faces=1)
    return FaceLook(faces=0)


def _judged(small: Image, box: Box, close: Image, eyes: Sequence[Box], *, faces: int) -> FaceLook:
    x, y, wide, tall = box
    height, width = small.shape[:2]
    level = _grey(close)[FACE_PX // 5 : FACE_PX * 4 // 5, FACE_PX // 5 : FACE_PX * 4 // 5]
    return FaceLook(
        faces=faces, width=wide / min(height, width), x=(x + wide / 2) / width, y=(y + tall / 2) / height,
        light=float(level.mean()), white=float((level >= WHITE).mean()), eyes=len(eyes), mouth=_mouth(close),
        tilt=_tilt(eyes),
    )  # fmt: skip


def _grey(picture: Image) -> Image:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def _even(grey: Image) -> Image:
    """Light and dark evened out place by place: with the whole picture at once, dark skin before a light wall is lost."""
    return np.asarray(cv2.createCLAHE(2.0, (8, 8)).apply(grey), np.uint8)


def _faces(even: Image) -> list[Box]:
    """Largest first."""
    least = round(SMALLEST * min(even.shape))
    return sorted(
        found_by("frontalface_alt2", even, neighbours=4, step=1.12, least=(least, least)), key=lambda box: -box[2]
    )


def _closer(image: Image, box: Box, scale: float) -> Image:
    """The face and a little below it, FACE_PX wide, from the whole picture; where the picture ends, its rim goes on."""
    x, y, wide, tall = (round(side / scale) for side in box)
    end = round(y + tall * 1.15)
    height, width = image.shape[:2]
    cut = image[max(0, y) : end, max(0, x) : x + wide]
    over = (max(0, -y), max(0, end - height), max(0, -x), max(0, x + wide - width))
    whole = cv2.copyMakeBorder(cut, *over, cv2.BORDER_REPLICATE)
    size = (FACE_PX, round(FACE_PX * whole.shape[0] / whole.shape[1]))
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)


def _eyes(face: Image) -> list[Box]:
    """At most one on either side, left first; spectacles that one can look through hide none."""
    face = np.asarray(cv2.equalizeHist(face), np.uint8)
    top, end = round(0.15 * FACE_PX), round(0.62 * FACE_PX)
    for cascade in ("eye", "eye_tree_eyeglasses"):
        found = found_by(cascade, face[top:end], neighbours=3, least=(24, 24), most=(80, 80))
        if found:
            sides = {x + wide / 2 < FACE_PX / 2: (x, y + top, wide, tall) for x, y, wide, tall in found}
            return sorted(sides.values())
    return []


def _mouth(face: Image) -> bool:
    """Whether there is a mouth, and skin around it."""
    even = np.asarray(cv2.equalizeHist(_grey(face)), np.uint8)
    found = found_by("smile", even[round(0.55 * FACE_PX) :], neighbours=8, step=1.15, least=(50, 25), most=(150, 75))
    middle = any(abs(x + wide / 2 - FACE_PX / 2) < 0.15 * FACE_PX for x, _, wide, _ in found)
    return middle and _same_skin(face)


def _same_skin(face: Image) -> bool:
    """Whether the colour from the mouth to the chin is that of the nose's bridge; light and dark do not count."""
    bridge, chin = (
        np.median(cv2.cvtColor(part, cv2.COLOR_BGR2YCrCb).reshape(-1, 3)[:, 1:], axis=0)
        for part in (_part(face, 0.42, 0.56), _part(face, 0.82, 0.98))
    )
    return float(np.hypot(*(bridge - chin))) < MASKED


def _part(face: Image, top: float, end: float) -> Image:
    """A strip of the face's middle, in shares of its width."""
    down = slice(round(top * FACE_PX), round(end * FACE_PX))
    return np.ascontiguousarray(face[down, round(0.33 * FACE_PX) : round(0.67 * FACE_PX)])


def _pair_of_eyes(even: Image) -> tuple[Box, Box] | None:
    """Two eyes that belong together, left first: alike in size, side by side, as far apart as eyes are."""
    found = sorted(found_by("eye", even, neighbours=3, step=1.2, least=(15, 15), most=(60, 60)))
    pairs = [(one, two) for at, one in enumerate(found) for two in found[at + 1 :] if _together(one, two)]
    return max(pairs, key=lambda pair: pair[0][2] + pair[1][2], default=None)


def _together(one: Box, two: Box) -> bool:
    (x1, y1), (x2, y2) = _middle(one), _middle(two)
    size = (one[2] + two[2]) / 2
    level = abs(y2 - y1) < 0.7 * (x2 - x1)
    return level and 0.6 < one[2] / two[2] < 1.7 and 1.1 * size < np.hypot(x2 - x1, y2 - y1) < 3.6 * size


def _round(pair: tuple[Box, Box]) -> Box:
    """The box that the face cascade would draw round such eyes."""
    (x1, y1), (x2, y2) = _middle(pair[0]), _middle(pair[1])
    side = APART * float(np.hypot(x2 - x1, y2 - y1))
    return round((x1 + x2 - side) / 2), round((y1 + y2) / 2 - 0.38 * side), round(side), round(side)


def _middle(box: Box) -> tuple[float, float]:
    x, y, wide, tall = box
    return x + wide / 2, y + tall / 2


def _tilt(eyes: Sequence[Box]) -> float:
    """Degrees by which the line through both eyes leaves the level."""
    if len(eyes) < 2:
        return 0.0
    (x1, y1), (x2, y2) = _middle(eyes[0]), _middle(eyes[1])
    return float(np.degrees(np.arctan2(y2 - y1, x2 - x1)))
