"""The citizen's pages: ``/`` shows the step; ``/langkah/…`` are the verbs. Routes parse, call once, lead back."""

import json
import time
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from kiosk.session import WARNING_S, Event, Kiosk, Step, Visit
from kiosk.ui.views import view

Action = Callable[[Visit], Event | None]
FRAME_S, BOUNDARY = 0.1, "bingkai"
# verbs that are nothing but an event of the table
PLAIN = {
    event: event
    for event in (
        Event.APPLY, Event.CHECK, Event.HAVE_PAPERS, Event.AGREE, Event.ADJUST, Event.TO_SURVEY, Event.TO_STATUS,
        Event.FINISH,
    )
}  # fmt: skip


def pages(kiosk: Kiosk) -> Blueprint:
    """Every route of the citizen."""
    blueprint = Blueprint("resident", __name__)
    add_screen(blueprint, kiosk)
    add_verbs(blueprint, kiosk)
    add_pictures(blueprint, kiosk)
    return blueprint


def form_corners() -> list[tuple[float, float]]:
    """Four corners as ``x,y;x,y;x,y;x,y`` in shares of the frame; nonsense is an empty list."""
    try:
        pairs = [pair.split(",") for pair in request.form.get("corners", "").split(";")]
        return [(float(x), float(y)) for x, y in pairs]
    except ValueError:
        return []


def form_score() -> int | None:
    text = request.form.get("nilai", "")
    return int(text) if text in ("1", "2", "3", "4") else None


def form_page() -> int:
    text = request.form.get("halaman", "0")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0


def add_screen(blueprint: Blueprint, kiosk: Kiosk) -> None:
    """The step, and its pulse."""

    @blueprint.get("/")
    def show() -> tuple[str, int]:
        kiosk.seconds_left()
        step = kiosk.visit.step
        status = 422 if kiosk.visit.complaint else 200
        return render_template(f"screens/{step}.html", view=view(kiosk), step=step), status

    @blueprint.get("/denyut")
    def pulse() -> Response:
        """What the page asks each second: has anything changed, is somebody still there."""
        kiosk.look()
        left = kiosk.seconds_left()
        warning = left is not None and left <= WARNING_S
        facts = {"visit": kiosk.visit.id, "version": kiosk.visit.version, "warn": int(left) if warning and left else 0}
        return Response(json.dumps(facts), mimetype="application/json")

    @blueprint.post("/sentuh")
    def touch() -> Response:
        return Response(status=204 if kiosk.touch(request.form.get("kunjungan", "")) else 409)


def add_verbs(blueprint: Blueprint, kiosk: Kiosk) -> None:
    """One POST a verb; the visit's id guards each."""
    form = request.form
    verbs: dict[str, Callable[[], Action]] = {
        "choose": lambda: kiosk.choose(form.get("layanan", "")),
        "answer": lambda: kiosk.answer(form.get("jawaban", "")),
        "region": lambda: kiosk.pick_region(form.get("wilayah", "")),
        "list": lambda: kiosk.turn_list(form_page()),
        "back": kiosk.back,
        "change": lambda: kiosk.change(form.get("bagian", "")),
        "take": kiosk.take,
        "use": kiosk.use_page,
        "use_and_another": lambda: kiosk.use_page(another=True),
        "retake": kiosk.retake,
        "adjusted": lambda: kiosk.adjust(form_corners()),
        "submit": kiosk.submit,
        "slip_again": kiosk.slip_again,
        "slip_came_out": kiosk.slip_came_out,
        "ticket": lambda: kiosk.give_ticket(form.get("jawaban", "")),
        "code": kiosk.look_for_code,
        "pin": lambda: kiosk.give_pin(form.get("jawaban", "")),
        "ask_again": kiosk.ask_again,
        "document": lambda: kiosk.open_document(form.get("dokumen", "")),
        "print": kiosk.print_document,
        "came_out": lambda: kiosk.document_came_out(came=True),
        "nothing_came_out": lambda: kiosk.document_came_out(came=False),
        "score": lambda: kiosk.score(form_score()),
    }

    @blueprint.post("/langkah/<verb>")
    def act(verb: str) -> BaseResponse:
        if verb in verbs:
            kiosk.act(form.get("kunjungan", ""), verbs[verb]())
        elif verb in PLAIN:
            kiosk.act(form.get("kunjungan", ""), lambda _visit: PLAIN[Event(verb)])
        else:
            abort(404)
        return redirect(url_for("resident.show"), 303)

    @blueprint.post("/tampilan/<what>")
    def display(what: str) -> BaseResponse:
        kiosk.act(form.get("kunjungan", ""), lambda visit: _toggle(visit, what))
        return redirect(url_for("resident.show"), 303)

    @blueprint.post("/selesai")
    def leave() -> BaseResponse:
        if kiosk.touch(form.get("kunjungan", "")):
            kiosk.leave()
        return redirect(url_for("resident.show"), 303)


def _toggle(visit: Visit, what: str) -> None:
    if what in ("besar", "kontras"):
        visit.display[what] = not visit.display.get(what, False)


def add_pictures(blueprint: Blueprint, kiosk: Kiosk) -> None:
    """The live camera, the page just taken, the document: from memory, never stored."""

    @blueprint.get("/kamera")
    def camera() -> Response:
        visit_id = kiosk.visit.id
        kind = f"multipart/x-mixed-replace; boundary={BOUNDARY}"
        return Response(_frames(kiosk, visit_id), mimetype=kind)

    @blueprint.get("/halaman.jpg")
    def page() -> Response:
        from kiosk.session.capture import shown

        return _picture(shown(kiosk.visit), "image/jpeg")

    @blueprint.get("/bingkai.jpg")
    def frame() -> Response:
        from kiosk.session.capture import framed

        return _picture(framed(kiosk.visit), "image/jpeg")

    @blueprint.get("/dokumen.png")
    def document() -> Response:
        from kiosk.session.asking import picture

        return _picture(picture(kiosk.visit), "image/png")


def _picture(content: bytes | None, kind: str) -> Response:
    if content is None:
        abort(404)
    return Response(content, mimetype=kind)


def _frames(kiosk: Kiosk, visit_id: str) -> Iterator[bytes]:
    """About ten pictures a second while this visit looks through the camera."""
    looking = (Step.CAPTURE, Step.TICKET)
    while kiosk.visit.id == visit_id and kiosk.visit.step in looking:
        jpeg = kiosk.preview()
        if jpeg is not None:
            yield b"--%s\r\nContent-Type: image/jpeg\r\n\r\n%s\r\n" % (BOUNDARY.encode(), jpeg)
        time.sleep(FRAME_S)
