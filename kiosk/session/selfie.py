"""A portrait for an account: which camera sees the face, what it shows, what may be better. It warns and never blocks.

The whole frame is the picture: nothing in it is looked for to be cut out, least of all the card that a hand holds up.
"""

from dataclasses import dataclass, field

import numpy as np

from adminduk.services import Paper
from kiosk import imaging
from kiosk.hardware.camera.protocol import Camera
from kiosk.imaging import Image, Sheet
from kiosk.imaging.face import Advice, advise, look_at_face
from kiosk.session.menu import BLOCKING, FACES


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """``frame``: as the camera gave it; ``page``: what is kept and sent; ``advice``: codes, in the order to tell."""

    frame: Image = field(repr=False)
    sheet: Sheet
    page: bytearray = field(repr=False)
    advice: tuple[Advice, ...]


def is_face(paper: Paper) -> bool:
    """Whether this paper is a person's face."""
    return paper.picture == FACES


def eye(face_camera: Camera, document_camera: Camera) -> Camera:
    """Through which camera a face is seen: its own where there is one that works, else the one over the papers."""
    return document_camera if face_camera.state().condition in BLOCKING else face_camera


def preview(camera: Camera) -> bytes | None:
    """The newest picture as JPEG, mirrored, as people know themselves; None when there is none."""
    frame = camera.latest()
    return None if frame is None else imaging.preview(np.ascontiguousarray(frame.image[:, ::-1]), None)


def photograph(camera: Camera) -> Portrait | None:
    """Take a portrait, not mirrored; None when the camera shows nothing."""
    frame = camera.latest()
    if frame is None:
        return None
    picture = np.array(frame.image)
    whole = imaging.whole_frame(picture)
    flat = imaging.flatten(picture, whole.corners, shape="photo")
    page = bytearray(imaging.encode(flat))
    flat.fill(0)
    return Portrait(frame=picture, sheet=whole, page=page, advice=advise(look_at_face(picture)))
