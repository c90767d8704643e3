"""What staff does that changes whose visit is on the screen: come, give back, take over, go away."""

from collections.abc import Callable

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from kiosk.errands import Verb
from kiosk.session import Kiosk, Step
from kiosk.ui import errands

STICK = {"simpan": Verb.EXPORT, "baca": Verb.RECEIPTS, "batal": None}


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

    @blueprint.post("/usb/<what>")
    def stick(what: str) -> Response:
        if what not in STICK:
            abort(404)
        return then_show(lambda visit_id: asked(kiosk, visit_id, STICK[what]))

    return blueprint


def asked(kiosk: Kiosk, visit_id: str, verb: Verb | None) -> None:
    """From the screen Kiriman: an errand with the stick, or (None) no longer the one that nobody took."""
    with kiosk.lock:
        if kiosk.officer is None or kiosk.visit.step is not Step.STAFF_OUTBOX or not kiosk.touch(visit_id):
            return
        kiosk.visit.note = ""
        if verb is None:
            errands.withdraw(kiosk, errands.STICK)
        elif not errands.stick(kiosk).open and not errands.ask(kiosk, verb):
            kiosk.visit.note = errands.UNASKED
        kiosk.visit.version += 1


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
