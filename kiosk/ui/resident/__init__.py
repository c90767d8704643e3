"""The citizen's pages: ``/`` shows the step the visit is at, small POSTs are the verbs, pictures come from memory."""

from flask import Blueprint

from kiosk.session import Kiosk
from kiosk.ui.resident.pictures import add_pictures
from kiosk.ui.resident.screen import add_asides, add_screen
from kiosk.ui.resident.verbs import add_verbs

__all__ = ["pages"]


def pages(kiosk: Kiosk, *, portrait: bool) -> Blueprint:
    """Every route of the citizen. ``portrait``: long lists are cut to what the panel shows without scrolling."""
    blueprint = Blueprint("resident", __name__)
    add_screen(blueprint, kiosk, portrait=portrait)
    add_asides(blueprint, kiosk)
    add_verbs(blueprint, kiosk)
    add_pictures(blueprint, kiosk)
    return blueprint
