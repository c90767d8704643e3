"""The desk's page "Kiriman dari USB": a stick's files in the browser, what became of each packet, receipts to carry back."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, send_file, session, url_for
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response as BaseResponse

from adminduk.application import Role
from central.context import Context
from central.desk.guards import only, same
from central.intake import parcels, parts, sticks

MAY = (Role.VERIFIKATOR, Role.ADMIN)
TAKE = "desk.stick_take"  # its token comes with its files: it is looked at before any of them is laid down
_LARGEST_TOKEN = 100


def add_sticks(blueprint: Blueprint, context: Context) -> None:
    """Choose, take, see, carry back."""

    @blueprint.get("/kiriman-usb", endpoint="sticks")
    @only(*MAY)
    def choose() -> str:
        return render_template("sticks.html", recent=sticks.newest(context))

    @blueprint.post("/kiriman-usb", endpoint="stick_take")
    @only(*MAY)
    def take() -> BaseResponse | tuple[str, int]:
        request.max_content_length = context.settings.largest_stick
        try:
            result = sticks.take(context, _files(), actor=g.officer.username)
        except HTTPException as error:
            return _refused(context, error.code or 400)
        except parcels.NOT_KEPT as error:  # our own disk: full, or worse
            parcels.not_kept(error)
            return _refused(context, 507)
        return redirect(url_for("desk.stick", upload_id=result.id), 303)

    @blueprint.get("/kiriman-usb/<upload_id>", endpoint="stick")
    @only(*MAY)
    def show(upload_id: str) -> str:
        result = sticks.find(context, upload_id)
        if result is None:
            abort(404)
        return render_template("stick.html", result=result)

    @blueprint.get("/kiriman-usb/<upload_id>/tanda-terima.zip", endpoint="stick_receipts")
    @only(*MAY)
    def receipts(upload_id: str) -> Response:
        found = sticks.receipts(context, upload_id) or abort(404)
        return send_file(found.absolute(), "application/zip", as_attachment=True, download_name=sticks.ZIP, max_age=0)


def _files() -> Iterator[parts.Begin | parts.Piece]:
    """The form's files, after its token: a form of another page is refused before its first byte is laid down."""
    boundary = request.mimetype_params.get("boundary", "")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise BadRequest("formulir_rusak")
    coming = parts.read(request.stream, boundary, most_parts=sticks.MOST_PARTS)
    if not same(_token(coming), session["token"]):
        raise BadRequest("token")
    yield from coming


def _token(coming: Iterator[Any]) -> str:
    """The first field of the form; anything else there is no token."""
    told: bytes = b""
    for event in coming:
        if isinstance(event, parts.Begin):
            if event.name != "token" or event.filename is not None:
                return ""
        else:
            told += event.data
            if event.last or len(told) > _LARGEST_TOKEN:
                return told.decode(errors="replace")
    return ""


def _refused(context: Context, status: int) -> tuple[str, int]:
    return render_template("sticks.html", recent=sticks.newest(context), refused=status), status
