"""The wire of docs/architecture.md: routes only; what they do stands beside this file."""

from flask import Blueprint, Flask, Response, g, request

from adminduk.messages import Announcement, Heartbeat, Message, SurveyAnswer
from central.context import Context
from central.errors import WireError, register_errors
from central.fleet import staff
from central.fleet.kiosks import hear
from central.fleet.signatures import find_key, identify
from central.intake import inquiries, packets, surveys
from central.intake.uploads import TUS_VERSION, Uploads

JSON, OCTETS, CHUNK = "application/json", "application/octet-stream", "application/offset+octet-stream"


def json_body() -> bytes:
    """The body of a small JSON message."""
    if request.mimetype != JSON:
        raise WireError(415, "jenis_isi_salah")
    return request.get_data()


def answer(message: Message, status: int = 200) -> Response:
    return Response(message.to_json(), status, content_type=JSON)


def number(name: str) -> int:
    """A header that must be a whole number."""
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise WireError(400, "kepala_salah")
    return int(text)


def wire(context: Context) -> Blueprint:
    """Every route of a kiosk; each request is identified first."""
    blueprint = Blueprint("wire", __name__, url_prefix="/api/v1")
    find, uploads = find_key(context.engine), Uploads(context)
    add_packets(blueprint, context, uploads)
    add_uploads(blueprint, uploads)
    add_small_things(blueprint, context)

    @blueprint.before_request
    def who() -> None:
        if request.endpoint != "wire.health":
            g.kiosk_id = identify(request, find)

    @blueprint.get("/health")
    def health() -> Response:
        return Response(b'{"v":1}', content_type=JSON)

    return blueprint


def add_packets(blueprint: Blueprint, context: Context, uploads: Uploads) -> None:
    """Announce and receipt."""

    @blueprint.put("/packets/<uuid:packet_id>")
    def announce(packet_id: str) -> Response:
        message = Announcement.from_json(json_body())
        if message.id != str(packet_id):
            raise WireError(400, "pesan_rusak")
        announced, new = packets.announce(context, uploads, g.kiosk_id, message)
        return answer(announced, 201 if new else 200)

    @blueprint.post("/packets/<uuid:packet_id>/receipt")
    def receipt(packet_id: str) -> Response:
        return answer(packets.receive(context, uploads, g.kiosk_id, str(packet_id)))


def add_uploads(blueprint: Blueprint, uploads: Uploads) -> None:
    """tus: creation, offset, chunks."""

    @blueprint.post("/uploads")
    def create() -> Response:
        upload = uploads.create(g.kiosk_id, number("Upload-Length"), request.headers.get("Upload-Metadata", ""))
        return _tus(201, Location=f"/api/v1/uploads/{upload}")

    @blueprint.route("/uploads/<uuid:upload_id>", methods=["HEAD"])
    def offset(upload_id: str) -> Response:
        at, length = uploads.offset(g.kiosk_id, str(upload_id))
        return _tus(200, **{"Upload-Offset": str(at), "Upload-Length": str(length), "Cache-Control": "no-store"})

    @blueprint.patch("/uploads/<uuid:upload_id>")
    def append(upload_id: str) -> Response:
        if request.mimetype != CHUNK:
            raise WireError(415, "jenis_isi_salah")
        at = uploads.append(g.kiosk_id, str(upload_id), number("Upload-Offset"), request.stream)
        return _tus(204, **{"Upload-Offset": str(at)})


def add_small_things(blueprint: Blueprint, context: Context) -> None:
    """Questions, surveys, heartbeats, the staff's roster."""

    @blueprint.post("/inquiries")
    def inquire() -> Response:
        if request.mimetype != OCTETS:
            raise WireError(415, "jenis_isi_salah")
        return Response(inquiries.answer(context, request.get_data()), content_type=OCTETS)

    @blueprint.put("/surveys/<uuid:survey_id>")
    def survey(survey_id: str) -> Response:
        message = SurveyAnswer.from_json(json_body())
        if message.id != str(survey_id):
            raise WireError(400, "pesan_rusak")
        return answer(message, 201 if surveys.keep(context, g.kiosk_id, message) else 200)

    @blueprint.put("/heartbeat")
    def heartbeat() -> Response:
        hear(context, g.kiosk_id, Heartbeat.from_json(json_body()))
        return Response(status=204)

    @blueprint.get("/staff")
    def roster() -> Response:
        return answer(staff.roster(context, g.kiosk_id))


def _tus(status: int, **headers: str) -> Response:
    return Response(status=status, headers={"Tus-Resumable": TUS_VERSION, **headers})


def register(app: Flask, context: Context) -> None:
    blueprint = wire(context)
    register_errors(app, blueprint)
    app.register_blueprint(blueprint)
