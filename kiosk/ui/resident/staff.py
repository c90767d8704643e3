"""What staff does that changes whose visit is on the screen: come, give back, take over, go away."""

from collections.abc import Callable

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.session import Kiosk, Step


def staff_pages(kiosk: Kiosk) -> Blueprint:
    """``/petugas/…``: small POSTs, guarded by the visit's id as every verb is."""
    blueprint = Blueprint("staff", __name__, url_prefix="/petugas")

    def then_show(change: Callable[[str], object]) -> Response:
        change(request.form.get("kunjungan", ""))
        return redirect(url_for("resident.show"), 303)

    @blueprint.post("/datang")
    def summon() -> Response:
        return then_show(kiosk.summon)

    @blueprint.post("/kembalikan")
    def give_back() -> Response:
        return then_show(kiosk.give_back)

    @blueprint.post("/isikan")
    def take_over() -> Response:
        return then_show(kiosk.take_over)

    @blueprint.post("/batal")
    def cancel() -> Response:
        return then_show(lambda visit_id: cancelled(kiosk, visit_id))

    return blueprint


def cancelled(kiosk: Kiosk, visit_id: str) -> None:
    """Not staff after all: the visit that was put aside goes on; from a chosen name, back to the names."""
    with kiosk.lock:
        if kiosk.visit.step is not Step.STAFF_LOGIN or not kiosk.touch(visit_id):
            return
        if kiosk.visit.at:
            kiosk.visit.at = ""
            kiosk.visit.version += 1
        elif not kiosk.give_back(visit_id):
            kiosk.leave()
