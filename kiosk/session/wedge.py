"""What a scanner typed into the page, handed to the code reader's inbox: the visit finds it there like any other scan."""

from kiosk.hardware.codes.wedge import WedgeCodeReader
from kiosk.session.desk import Desk
from kiosk.session.steps import Step


def wanted(desk: Desk) -> bool:
    """Whether the page is to tell a scanner's typing from a person's. Not where staff fills a block: there a scanner may
    type a number into the field, and Enter goes on to the next."""
    return isinstance(desk.parts.codes, WedgeCodeReader) and desk.visit.step is not Step.BLOCK


def scanned(desk: Desk, visit_id: str, text: str) -> bool:
    """Into the inbox. False, and nothing, for a page of an earlier visit or a kiosk with another reader."""
    reader = desk.parts.codes
    with desk.lock:
        if not isinstance(reader, WedgeCodeReader) or not desk.touch(visit_id):
            return False
        reader.hear(text)
        return True
