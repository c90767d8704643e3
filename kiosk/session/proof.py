"""Proof of paper: what came out of a printer is shown to the camera or the code reader, and the code on it settles the doubt.

A receipt carries its claim's code; a signed document the codes that its own pages show. Nothing is added to it.
"""

import cv2
import numpy as np

from adminduk.tickets import claim_code
from kiosk import documents, imaging
from kiosk.hardware.health import Outcome
from kiosk.session import capture
from kiosk.session.parts import Parts
from kiosk.session.steps import Step
from kiosk.session.visit import Asking, Visit

HOW = "kode_terbaca"
_WIDTH = 1654  # px: A4 at 200 dpi


def wanted(visit: Visit) -> frozenset[str]:
    """The codes that prove this visit's doubtful print; empty where nothing is in doubt, or no code could prove it."""
    if visit.step is Step.RECEIPT:
        doubtful = visit.slip_result is not None and visit.slip_result.outcome is Outcome.DOUBTFUL
        return frozenset({claim_code(visit.claim)}) if doubtful and visit.claim else frozenset()
    if visit.step is Step.DOUBTFUL and visit.asking is not None:
        return _of_document(visit.asking)
    return frozenset()


def seen(visit: Visit, parts: Parts) -> bool:
    """Whether every code has lain under the camera or before the reader, one sheet after another."""
    needed = wanted(visit)
    if not needed:
        return False
    visit.proven |= needed & {*capture.codes(parts), parts.codes.next() or ""}
    return needed <= visit.proven


def _of_document(asking: Asking) -> frozenset[str]:
    """What each page of the document shows, read once; a page without a code proves nothing, so nothing is asked for."""
    if asking.codes is None:
        pages = [_read(asking.pdf, number) for number in range(1, asking.pages + 1)]
        asking.codes = frozenset(code for page in pages for code in page) if all(pages) else frozenset()
    return asking.codes


def _read(pdf: bytes, number: int) -> tuple[str, ...]:
    try:
        picture = np.frombuffer(documents.preview(pdf, page=number, width=_WIDTH), np.uint8)
    except documents.DocumentError:
        return ()
    return imaging.read_codes(np.asarray(cv2.imdecode(picture, cv2.IMREAD_COLOR), np.uint8))
