"""The routes of tus 1.0: creation, offset, chunks. What tus demands of headers is here; bytes and locks are in uploads.py.

Offered: core and ``creation``. Not offered, on purpose: creation-with-upload, deferred length, checksum (it makes a chunk
all-or-nothing), termination, concatenation; and no X-HTTP-Method-Override, since a signature covers the method.
"""

import base64

from flask import Blueprint, Response, g, request

from central.errors import WireError
from central.intake.uploads import TUS_VERSION, Uploads

CHUNK = "application/offset+octet-stream"
_WAYS = "/uploads"


def add_uploads(blueprint: Blueprint, uploads: Uploads) -> None:
    @blueprint.route(_WAYS, methods=["OPTIONS"], provide_automatic_options=False)
    @blueprint.route(f"{_WAYS}/<uuid:upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
    def offered(upload_id: str = "") -> Response:  # noqa: ARG001 - the same for each
        extras = {"Tus-Extension": "creation", "Tus-Max-Size": str(uploads.largest)}
        return Response(status=204, headers={"Tus-Version": TUS_VERSION, **extras})

    @blueprint.post(_WAYS)
    def create() -> Response:
        speaks_tus()
        upload = uploads.create(g.kiosk_id, number("Upload-Length"), request.headers.get("Upload-Metadata", ""))
        return Response(status=201, headers={"Location": f"/api/v1/uploads/{upload}"})

    @blueprint.route(f"{_WAYS}/<uuid:upload_id>", methods=["HEAD"])
    def offset(upload_id: str) -> Response:
        speaks_tus()
        at, length = uploads.offset(g.kiosk_id, str(upload_id))
        headers = {"Upload-Offset": str(at), "Upload-Length": str(length), "Cache-Control": "no-store"}
        named = f"id {base64.b64encode(str(upload_id).encode()).decode()}"
        return Response(status=200, headers={**headers, "Upload-Metadata": named})

    @blueprint.patch(f"{_WAYS}/<uuid:upload_id>")
    def append(upload_id: str) -> Response:
        speaks_tus()
        if request.mimetype != CHUNK:
            raise WireError(415, "jenis_isi_salah")
        at = uploads.append(g.kiosk_id, str(upload_id), number("Upload-Offset"), request.stream)
        return Response(status=204, headers={"Upload-Offset": str(at)})

    blueprint.after_request(name_version)


def name_version(response: Response) -> Response:
    """On every answer about uploads, refusals too."""
    if f"{_WAYS}/" in f"{request.path}/":
        response.headers["Tus-Resumable"] = TUS_VERSION
        if response.status_code == 412:
            response.headers["Tus-Version"] = TUS_VERSION
    return response


def speaks_tus() -> None:
    """Raises WireError 412 when the request speaks no tus, or another one."""
    if request.headers.get("Tus-Resumable") != TUS_VERSION:
        raise WireError(412, "versi_tus")


def number(name: str) -> int:
    """A header that must be a whole number. Raises WireError 400."""
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise WireError(400, "kepala_salah")
    return int(text)
