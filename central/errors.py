"""Every error answer of the wire, in one place and one shape: a Problem with a code."""

from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException

from adminduk.messages import MessageError, Problem

API = "/api/"
_CODES = {400: "pesan_rusak", 404: "tidak_ada", 405: "cara_salah", 413: "terlalu_besar", 415: "jenis_isi_salah"}


class WireError(Exception):
    """An answer that is not success. ``status`` is HTTP's, ``code`` ours."""

    def __init__(self, status: int, code: str, *, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.status, self.code, self.retry_after = status, code, retry_after


def problem(status: int, code: str, *, detail: str = "", retry_after: int | None = None) -> Response:
    body = Problem(code=code, detail=detail, retry_after=retry_after).to_json()
    response = Response(body, status, content_type="application/json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def register_errors(app: Flask, wire: Blueprint) -> None:
    """Handlers for the wire; pages of the desk keep Flask's own."""

    @wire.errorhandler(WireError)
    def wire_error(error: WireError) -> Response:
        return problem(error.status, error.code, retry_after=error.retry_after)

    @wire.errorhandler(MessageError)
    def message_error(error: MessageError) -> Response:
        return problem(400, error.code, detail=error.where)

    @wire.errorhandler(UnicodeEncodeError)
    def half_a_letter(_error: UnicodeEncodeError) -> Response:
        """JSON can say half a letter (a lone surrogate); no database and no answer can."""
        return problem(400, "pesan_rusak")

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith(API):
            return error
        status = error.code or 500
        return problem(status, _CODES.get(status, f"http_{status}"))
