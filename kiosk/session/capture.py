"""Papers under the camera: look, take, flatten, judge, keep."""

from typing import cast, get_args

import numpy as np

from adminduk.services import Paper
from kiosk import imaging
from kiosk.hardware.camera.protocol import Camera, Frame
from kiosk.imaging import Corners, Image, Judgement, Look, Shape, Sheet
from kiosk.session import forms, selfie
from kiosk.session.parts import Parts
from kiosk.session.steps import Step
from kiosk.session.technician import mat
from kiosk.session.visit import Taken, Visit

MOTION = 0.02  # the share of the picture that must change: a hand changes .05 and more, noise and a lamp less than .005


def role(visit: Visit, parts: Parts) -> str:
    """Through which camera the paper in work is seen: ``selfie`` for a face where there is one that works, else ``camera``."""
    at_paper = visit.step in (Step.CAPTURE, Step.PAGE) and visit.service is not None
    face = at_paper and selfie.is_face(forms.current_paper(visit))
    return "selfie" if face and selfie.eye(parts.selfie, parts.camera) is parts.selfie else "camera"


def looking(visit: Visit, parts: Parts) -> Camera:
    """That camera."""
    return parts.selfie if role(visit, parts) == "selfie" else parts.camera


def preview(visit: Visit, parts: Parts) -> bytes | None:
    """The camera's newest picture at once, as JPEG, unlooked at; a face as in a mirror. None when it shows nothing."""
    if visit.step is Step.CAPTURE and selfie.is_face(forms.current_paper(visit)):
        return selfie.preview(looking(visit, parts))
    frame = parts.camera.latest()
    if frame is None:
        return None
    return imaging.preview(frame.image, None)


def look(frame: Frame, paper: Paper | None, *, before: Look | None) -> Look:
    """The live picture's next frame, looked at; ``paper``: that is expected, ``before``: the look at the frame before."""
    return imaging.look(frame.image, shape="a4" if paper is None else shape_of(paper), before=before)


def heed(visit: Visit, parts: Parts, frame: Frame, seen: Look) -> None:
    """What was seen, for the photograph that takes itself."""
    if parts.patience is not None:
        visit.watch = imaging.watch(visit.watch, seen.seen, number=frame.number, at=frame.at, limits=parts.patience)


def moved(visit: Visit, parts: Parts) -> bool:
    """Whether something moved before the camera since the last look."""
    frame = looking(visit, parts).latest()
    if frame is None:
        return False
    before, visit.seen = visit.seen, imaging.thumbnail(frame.image)
    return before is not None and imaging.difference(before, visit.seen) > MOTION


def take(visit: Visit, parts: Parts, paper: Paper) -> bool:
    """Photograph. The whole frame stands in where no sheet is found. False when the camera shows nothing."""
    if selfie.is_face(paper):
        return _take_portrait(visit, looking(visit, parts))
    frame = parts.camera.latest()
    if frame is None:
        return False
    visit.watch = imaging.photographed(visit.watch)
    picture = np.array(frame.image)
    found = imaging.find_sheet(picture)
    visit.taken = _judged(picture, found or mat.fallback(parts, picture), paper, parts)
    return True


def _take_portrait(visit: Visit, camera: Camera) -> bool:
    portrait = selfie.photograph(camera)
    if portrait is None:
        return False
    visit.taken = Taken(
        frame=portrait.frame,
        sheet=portrait.sheet,
        page=portrait.page,
        judgement=Judgement((), {}),
        advice=portrait.advice,
    )
    return True


def take_scan(visit: Visit, parts: Parts, paper: Paper, page: Image) -> None:
    """A page from the scanner, flat already: a card on the glass, or the whole of it. Nothing can be cut or shine."""
    found = None if shape_of(paper) == "a4" else imaging.find_sheet(page)
    visit.taken = _judged(page, found or imaging.whole_frame(page), paper, parts, scanned=True)


def shape_of(paper: Paper) -> Shape:
    """The paper's form for flattening; anything unknown is a sheet."""
    return cast("Shape", paper.shape) if paper.shape in get_args(Shape) else "a4"


def _judged(picture: Image, sheet: Sheet, paper: Paper, parts: Parts, *, scanned: bool = False) -> Taken:
    """Encoded while the person waits for the picture anyway: showing and keeping it cost nothing then."""
    limits, placed = (parts.scanned, None) if scanned else (parts.thresholds, sheet)
    flat = imaging.flatten(picture, sheet.corners, shape=shape_of(paper))
    flat = imaging.upright(flat, thresholds=limits, shape=shape_of(paper), reader=parts.lines).flat
    judgement = imaging.judge(flat, thresholds=limits, sheet=placed)
    page = bytearray(parts.encode(flat))
    flat.fill(0)
    return Taken(frame=picture, sheet=sheet, page=page, judgement=judgement, scanned=scanned)


def adjust(visit: Visit, parts: Parts, paper: Paper, corners: Corners) -> bool:
    """Flatten again by corners that a finger placed, in shares of the frame (0..1). False when they make no sheet."""
    if visit.taken is None:
        return False
    height, width = visit.taken.frame.shape[:2]
    placed = np.clip(corners, 0, 1) * np.array([width - 1, height - 1], np.float32)
    try:
        sheet = Sheet(np.asarray(placed, np.float32), 1.0)
        visit.taken = _judged(visit.taken.frame, sheet, paper, parts, scanned=visit.taken.scanned)
    except imaging.ImagingError:
        return False
    return True


def keep(visit: Visit, paper: Paper) -> None:
    """The page is good enough for its owner: encoded, kept in memory; the oldest makes room beyond ``max_pages``."""
    if visit.taken is None:
        return
    if visit.replacing or paper.max_pages == 1:
        visit.draft.drop(paper.code)
        visit.nik.forget(paper.code)
        visit.replacing = False
    pages = visit.draft.pages.setdefault(paper.code, [])
    pages.append(bytearray(visit.taken.page))
    if visit.taken.judgement.ok:  # of a blurred card a wrong number may be read
        visit.nik.begin(paper, visit.taken.page)
    if visit.taken.told:
        visit.draft.remarks[paper.code] = visit.taken.told
    while len(pages) > paper.max_pages:
        visit.draft.remove(paper.code, 1)
    discard(visit)


def discard(visit: Visit) -> None:
    if visit.taken is not None:
        visit.taken.wipe()
    visit.taken = None


def shown(visit: Visit) -> bytes | None:
    """The flat page, for the screen."""
    return None if visit.taken is None else bytes(visit.taken.page)


def kept(visit: Visit, number: int) -> bytes | None:
    """A kept page of the paper in work, counted from 1."""
    pages = visit.draft.pages.get(visit.at, [])
    return bytes(pages[number - 1]) if 1 <= number <= len(pages) else None


def framed(visit: Visit) -> bytes | None:
    """The frame without an outline, for placing corners."""
    return None if visit.taken is None else imaging.preview(visit.taken.frame, None)


def shares(visit: Visit) -> list[tuple[float, float]]:
    """Where the corners are, in shares of the frame: top left, top right, bottom right, bottom left."""
    if visit.taken is None:
        return []
    height, width = visit.taken.frame.shape[:2]
    return [(round(float(x) / (width - 1), 4), round(float(y) / (height - 1), 4)) for x, y in visit.taken.sheet.corners]


def codes(parts: Parts) -> tuple[str, ...]:
    """The texts of the QR codes under the camera."""
    frame = parts.camera.latest()
    return () if frame is None else tuple(imaging.read_codes(frame.image))
