"""The step at hand, its pulse, its looks, and the way out."""

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.session import WARNING_S, Kiosk, Step, Visit, wedge
from kiosk.ui.i18n import LANGUAGES, SOURCE
from kiosk.ui.resident.verbs import answer
from kiosk.ui.views import alarm, mark, view

TYPED = (Step.QUESTION, Step.TICKET)  # where an answer stands in a field; a PIN is not kept
MOST_TYPED = 200


def add_screen(blueprint: Blueprint, kiosk: Kiosk, *, portrait: bool) -> None:
    """``/``, ``/denyut``, ``/sentuh``, ``/kode``, ``/tampilan/…``, ``/selesai``."""

    @blueprint.get("/")
    def show() -> tuple[str, int]:
        kiosk.seconds_left()
        with kiosk.lock:
            step, facts = kiosk.visit.step, view(kiosk, portrait=portrait)
            page = render_template(f"screens/{step}.html", view=facts, step=step, mark=mark(kiosk))
            return page, 422 if kiosk.visit.complaint else 200

    @blueprint.get("/denyut")
    def pulse() -> Response:
        """What the page asks each second: has anything changed, is somebody still there."""
        kiosk.look()
        kiosk.look_at_scan()
        kiosk.look_at_cards()
        kiosk.watch()
        left = kiosk.seconds_left()
        warn = max(1, round(left)) if left is not None and left <= WARNING_S else 0
        facts = {"visit": kiosk.visit.id, "version": kiosk.visit.version, "mark": mark(kiosk), "warn": warn}
        facts |= {"called": kiosk.called is not None, "alarm": alarm(kiosk), "live": kiosk.live(), "cue": kiosk.cue()}
        return Response(json.dumps(facts), mimetype="application/json")

    @blueprint.post("/sentuh")
    def touch() -> Response:
        return Response(status=204 if kiosk.touch(request.form.get("kunjungan", "")) else 409)

    @blueprint.post("/kode")
    def scanned() -> Response:
        """What a scanner typed (static/wedge.js); the pulse shows what came of it."""
        heard = wedge.scanned(kiosk, request.form.get("kunjungan", ""), request.form.get("kode", ""))
        return Response(status=204 if heard else 409)

    @blueprint.post("/tampilan/<what>")
    def display(what: str) -> BaseResponse:
        with kiosk.lock:
            complaint, typed = kiosk.visit.complaint, answer() if kiosk.visit.step in TYPED else ""
            kept, wanted = (complaint, typed[:MOST_TYPED] or kiosk.visit.typed), request.form.get("kode", "")
            kiosk.act(request.form.get("kunjungan", ""), lambda visit: toggle(visit, what, kept, wanted))
        return redirect(url_for("resident.show"), 303)

    @blueprint.post("/selesai")
    def leave() -> BaseResponse:
        if kiosk.touch(request.form.get("kunjungan", "")):
            kiosk.leave()
        return redirect(url_for("resident.show"), 303)


def add_asides(blueprint: Blueprint, kiosk: Kiosk) -> None:
    """Pages that stand beside the visit and change nothing in it: ``/tentang``, ``/bantuan``."""

    @blueprint.get("/tentang")
    def about() -> str:
        return render_template("screens/about.html", view={}, step=kiosk.visit.step, mark=mark(kiosk))

    @blueprint.get("/bantuan")
    def help_page() -> str:
        return render_template("screens/help.html", view={}, step=kiosk.visit.step, mark=mark(kiosk))

    @blueprint.post("/bantuan")
    def call() -> BaseResponse:
        visit_id = request.form.get("kunjungan", "")
        if request.form.get("batal") and kiosk.touch(visit_id):
            kiosk.answer_call()
        else:
            kiosk.call_staff(visit_id)
        return redirect(url_for("resident.help_page"), 303)


def toggle(visit: Visit, what: str, kept: tuple[str, str] = ("", ""), language: str = "") -> None:
    """Large letters, contrast, voice, everything lower; the language only where a visit begins, because everything on the
    screen changes with it.

    ``kept``: the complaint that is on the screen and what stands in its field; who asks to hear them must not lose them.
    """
    visit.complaint, visit.typed = kept
    if what in ("besar", "kontras", "suara", "rendah"):
        visit.display[what] = not visit.display.get(what, False)
    if what == "bahasa" and visit.step is Step.HOME:
        visit.display[what] = language if language in LANGUAGES and language != SOURCE else ""
