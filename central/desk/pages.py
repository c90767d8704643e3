"""The officers' pages: parse, one call, render."""

import logging
import secrets
from typing import Any

from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from adminduk.application import Action, Forbidden, Role, State
from adminduk.packets import PacketError
from central.accounts import Login, find_officer, log_in
from central.blobs import BlobError
from central.context import Context
from central.desk import cases
from central.desk.guards import only, same
from central.desk.kiosks import add_kiosks
from central.desk.notifying import note_sent
from central.desk.papers import Unbound, papers_pdf
from central.desk.replace_pages import add_replacing, can_replace
from central.desk.sticks import TAKE, add_sticks
from central.desk.words import Words
from central.documents.checking import MOST_BYTES

log = logging.getLogger(__name__)
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; object-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
IDLE_S = 15 * 60
LARGEST_FORM = 64 * 1024  # bytes, of every form but those that bring files
LARGEST_FILE = MOST_BYTES + LARGEST_FORM


def register(app: Flask, context: Context) -> None:
    """The desk at ``/``; the session cookie is strict and dies after a quarter of an hour of nothing."""
    app.config.update(SESSION_COOKIE_NAME="meja", SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Strict")
    blueprint = Blueprint(
        "desk", __name__, template_folder="templates", static_folder="static", static_url_path="/meja"
    )
    add_frame(blueprint, context)
    add_troubles(blueprint)
    add_login(blueprint, context)
    add_work(blueprint, context)
    add_files(blueprint, context)
    add_kiosks(blueprint, context)
    add_sticks(blueprint, context)
    add_replacing(blueprint, context)
    app.register_blueprint(blueprint)


officers_only = only()


def add_frame(blueprint: Blueprint, context: Context) -> None:
    """Who is there, the form token, the headers."""

    @blueprint.before_request
    def who() -> None:
        now = context.clock.now().timestamp()
        if not 0 <= now - session.get("at", now) < IDLE_S:
            session.clear()
        g.officer = find_officer(context.engine, session["who"]) if "who" in session else None
        session["at"] = now
        session.setdefault("token", secrets.token_urlsafe(16))
        if request.method != "POST" or request.endpoint == TAKE:
            return
        request.max_content_length = LARGEST_FILE if request.endpoint == "desk.replace" else LARGEST_FORM
        if not same(request.form.get("token", ""), session["token"]):
            abort(400, "token")

    @blueprint.after_request
    def close(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @blueprint.context_processor
    def everywhere() -> dict[str, Any]:
        return {
            "officer": g.get("officer"),
            "token": session.get("token", ""),
            "words": Words(context),
            "Action": Action,
        }


def add_troubles(blueprint: Blueprint) -> None:
    """In words."""

    @blueprint.errorhandler(cases.Gone)
    def gone(_error: cases.Gone) -> tuple[str, int]:
        return render_template("message.html", code="tidak_ada"), 404

    @blueprint.errorhandler(PacketError)
    @blueprint.errorhandler(BlobError)
    def spoiled(error: PacketError | BlobError) -> tuple[str, int]:
        """What was received well does not open any more: a disk or a key; somebody must look."""
        log.error("file_unreadable code=%s", error.code)
        return render_template("message.html", code="berkas_rusak"), 500

    @blueprint.errorhandler(Unbound)
    def unbound(error: Unbound) -> tuple[str, int]:
        return render_template("message.html", code=error.code, which=error, back=error.case_id), 500


def add_login(blueprint: Blueprint, context: Context) -> None:
    """In and out."""

    @blueprint.get("/masuk")
    def login() -> str:
        return render_template("login.html", code="")

    @blueprint.post("/masuk")
    def enter() -> BaseResponse | tuple[str, int]:
        result, officer = log_in(context, request.form.get("nama", ""), request.form.get("sandi", ""))
        if officer is None:
            return render_template("login.html", code=result), 429 if result is Login.PAUSED else 401
        session.clear()
        session.update(who=officer.username, at=context.clock.now().timestamp(), token=secrets.token_urlsafe(16))
        return redirect(url_for("desk.home"), 303)

    @blueprint.post("/keluar")
    def leave() -> BaseResponse:
        session.clear()
        return redirect(url_for("desk.login"), 303)


def add_work(blueprint: Blueprint, context: Context) -> None:
    """Queue, case, action."""

    @blueprint.get("/")
    @officers_only
    def home() -> str:
        states = chosen_states(g.officer.role)
        rows = cases.queue(context, states)
        broken = cases.unreadable(context) if g.officer.role is Role.ADMIN else ()
        return render_template("home.html", rows=rows, states=states, counts=cases.counts(context), broken=broken)

    @blueprint.get("/permohonan/<uuid:case_id>")
    @officers_only
    def case(case_id: str) -> str:
        opened = cases.open_case(context, g.officer, str(case_id))
        replaceable = can_replace(opened, g.officer)
        return render_template("case.html", case=opened, replaceable=replaceable, said=request.args.get("pesan", ""))

    @blueprint.post("/permohonan/<uuid:case_id>")
    @officers_only
    def act(case_id: str) -> BaseResponse | tuple[str, int]:
        form = request.form
        try:
            action, seen = Action(form.get("tindakan", "")), State(form.get("keadaan", ""))
        except ValueError:
            abort(400, "tindakan")
        return carry_out(context, str(case_id), action, seen)

    @blueprint.post("/permohonan/<uuid:case_id>/kabar")
    @officers_only
    def told(case_id: str) -> BaseResponse:
        state = request.form.get("keadaan", "")
        if state not in list(State):
            abort(400, "keadaan")
        note_sent(context, g.officer, str(case_id), State(state))
        return redirect(url_for("desk.case", case_id=case_id), 303)


def carry_out(context: Context, case_id: str, action: Action, seen: State) -> BaseResponse | tuple[str, int]:
    """Do it, and say in words why not."""
    reason, note = request.form.get("alasan", ""), request.form.get("catatan", "")
    try:
        cases.act(context, g.officer, case_id, action, seen=seen, reason=reason, note=note)
    except Forbidden as error:
        return render_template("message.html", code=error.code, back=case_id), 403
    except cases.Overtaken:
        return render_template("message.html", code="didahului", back=case_id), 409
    return redirect(url_for("desk.home"), 303)


def chosen_states(role: Role) -> tuple[State, ...]:
    """The role's own work, or the state asked for."""
    text = request.args.get("keadaan", "")
    return (State(text),) if text in list(State) else cases.WORK.get(role, ()) or tuple(State)


def add_files(blueprint: Blueprint, context: Context) -> None:
    """Pages and documents, from memory; never kept by the browser."""

    @blueprint.get("/permohonan/<uuid:case_id>/halaman/<name>")
    @officers_only
    def page(case_id: str, name: str) -> Response:
        found = cases.page(context, g.officer, str(case_id), name)
        return Response(found.content, mimetype=found.media_type)

    @blueprint.get("/permohonan/<uuid:case_id>/berkas.pdf")
    @officers_only
    def papers(case_id: str) -> Response:
        made = papers_pdf(context, g.officer, str(case_id))
        response = Response(made.pdf, mimetype="application/pdf")
        response.headers.set("Content-Disposition", "attachment", filename=made.name)
        return response

    @blueprint.get("/permohonan/<uuid:case_id>/dokumen/<uuid:document_id>.pdf")
    @officers_only
    def document(case_id: str, document_id: str) -> Response:
        pdf = cases.document_pdf(context, g.officer, str(case_id), str(document_id))
        return Response(pdf, mimetype="application/pdf")
