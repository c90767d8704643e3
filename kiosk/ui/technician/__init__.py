"""The technician's pages: ``/teknisi`` shows where the bench is, small POSTs are the verbs, pictures come from memory.

They stand beside the visit's screens and load whole, with looks and scripts of their own; while a technician is at work the
first address leads here, so that a window that was renewed comes back to the bench.
"""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.session import Kiosk
from kiosk.session.technician.bench import Bench
from kiosk.ui.technician.pictures import add_pictures
from kiosk.ui.technician.screen import add_screen
from kiosk.ui.technician.verbs import add_verbs

__all__ = ["technician_pages"]


def technician_pages(kiosk: Kiosk) -> Blueprint:
    """Every route of the technician; only for who unlocked the kiosk."""
    blueprint, bench = Blueprint("technician", __name__, url_prefix="/teknisi"), Bench(kiosk)

    @blueprint.before_app_request
    def lead() -> Response | None:
        return redirect(url_for("technician.show")) if request.endpoint == "resident.show" and bench.open else None

    add_screen(blueprint, bench)
    add_verbs(blueprint, bench)
    add_pictures(blueprint, bench)
    return blueprint
