"""The wire of docs/architecture.md: routes only; what they do stands beside this file."""

from flask import Blueprint, Flask, Response, g, request

from adminduk.changes import MOST_TICKETS, PrintReport
from adminduk.enrolments import EnrolQuestion, EnrolRequest, Leave, NewKey
from adminduk.messages import Announcement, Heartbeat, Message, SurveyAnswer
from central.context import Context
from central.errors import WireError, register_errors
from central.fleet import enrolment, rekeying, staff
from central.fleet.kiosks import hear
from central.fleet.signatures import find_key, find_leaving, identify, identify_and_promote
from central.intake import downlink, inquiries, packets, surveys
from central.intake.tus import add_uploads
from central.intake.uploads import Uploads
from central.publishing.newest import timestamp_version
from central.publishing.wire import add_content

LARGEST_STRANGER = 4 * 1024  # bytes of a body whose sender is not known yet
STRANGERS = ("wire.health", "wire.enrol", "wire.enrol_status")  # they have no id to sign with
JSON, OCTETS = "application/json", "application/octet-stream"


def json_body() -> bytes:
    """The body of a small JSON message."""
    if request.mimetype != JSON:
        raise WireError(415, "jenis_isi_salah")
    return request.get_data()


def answer(message: Message, status: int = 200) -> Response:
    return Response(message.to_json(), status, content_type=JSON)


def wire(context: Context) -> Blueprint:
    """Every route of a kiosk; each request is identified first."""
    blueprint = Blueprint("wire", __name__, url_prefix="/api/v1")
    find, leaving, uploads = find_key(context.engine), find_leaving(context.engine), Uploads(context)
    add_packets(blueprint, context, uploads)
    add_uploads(blueprint, uploads)
    add_small_things(blueprint, context)
    add_downlink(blueprint, context)
    add_joining(blueprint, context)
    add_leaving(blueprint, context)
    add_content(blueprint, context.settings.dir / "content")

    @blueprint.before_request
    def who() -> None:
        if request.endpoint in STRANGERS:
            request.max_content_length = LARGEST_STRANGER
        elif request.endpoint == "wire.move":
            g.kiosk_id = identify(request, leaving)
        else:
            g.kiosk_id = identify_and_promote(request, context.engine, find, context.stamp())

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
        newest = timestamp_version(context.settings.dir / "content")
        hint = {"Kios-Content": str(newest)} if newest else {}
        return Response(status=204, headers={"Kios-Beat-Every": str(context.settings.heartbeat_s), **hint})

    @blueprint.get("/staff")
    def roster() -> Response:
        return answer(staff.roster(context, g.kiosk_id))


def add_downlink(blueprint: Blueprint, context: Context) -> None:
    """What changed for this kiosk's tickets, what waits for their owners, and what was printed of it."""

    @blueprint.get("/changes")
    def changed() -> Response:
        limit = request.args.get("limit", MOST_TICKETS, type=int)
        return answer(downlink.page(context, g.kiosk_id, request.args.get("cursor", ""), limit))

    @blueprint.get("/documents/<uuid:document_id>/sealed")
    def sealed(document_id: str) -> Response:
        first = not request.range or request.range.ranges[0][0] == 0
        content = downlink.sealed(context, g.kiosk_id, str(document_id), first=first)
        response = Response(content, content_type=OCTETS)
        response.make_conditional(request, accept_ranges=True, complete_length=len(content))
        return response

    @blueprint.put("/prints/<uuid:print_id>")
    def printed(print_id: str) -> Response:
        message = PrintReport.from_json(json_body())
        if message.id != str(print_id):
            raise WireError(400, "pesan_rusak")
        return answer(downlink.report(context, g.kiosk_id, message))


def add_joining(blueprint: Blueprint, context: Context) -> None:
    """A code for a place among the kiosks; each message proves the key that it names."""

    @blueprint.post("/enrol")
    def enrol() -> Response:
        return answer(enrolment.claim(context, EnrolRequest.from_json(json_body())))

    @blueprint.post("/enrol/status")
    def enrol_status() -> Response:
        return answer(enrolment.ask(context, EnrolQuestion.from_json(json_body())))


def add_leaving(blueprint: Blueprint, context: Context) -> None:
    """A new key; the end of a kiosk's time in a desa."""

    @blueprint.put("/key")
    def key() -> Response:
        rekeying.offer(context, g.kiosk_id, NewKey.from_json(json_body()))
        return Response(status=204)

    @blueprint.post("/move")
    def move() -> Response:
        return answer(rekeying.leave(context, g.kiosk_id, Leave.from_json(json_body())))


def register(app: Flask, context: Context) -> None:
    blueprint = wire(context)
    register_errors(app, blueprint)
    app.register_blueprint(blueprint)
