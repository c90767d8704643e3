"""Status and document, by sealed questions: only this visit's memory can open the answers."""

import base64
import binascii
import logging

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from adminduk.messages import ANSWER_INFO, INQUIRY_INFO, Inquiry, InquiryAnswer, MessageError
from adminduk.packets import PacketError, seal_to, unseal
from kiosk import documents
from kiosk.hardware.health import Outcome, PrintResult
from kiosk.session import sendings, waiting
from kiosk.session.ledger import on_paper, settle
from kiosk.session.parts import Parts
from kiosk.session.steps import Event
from kiosk.session.visit import Asking, Visit
from kiosk.store import NewClaim, PrintKind, PrintState, Reply, StoreError

log = logging.getLogger(__name__)

PATIENCE_S = 75.0
LOCAL_PATIENCE_S = (
    15.0  # for whom the kiosk itself has an answer: a line that is down says so at once, a dead one never
)
_PRINT_EVENTS = {
    Outcome.OK: Event.PRINT_OK,
    Outcome.REFUSED: Event.PRINT_REFUSED,
    Outcome.DOUBTFUL: Event.PRINT_DOUBTFUL,
}


def ask(visit: Visit, parts: Parts, *, document: str | None = None) -> None:
    """Seal a question under a fresh key and hand it to the courier."""
    asking = visit.asking
    if asking is None:
        return
    asking.key, asking.question_id = X25519PrivateKey.generate(), parts.new_id()
    asking.document, asking.code, asking.asked_at = document, "", parts.clock.monotonic()
    asking.as_of, asking.spent, asking.waited = "", False, ""
    proof = {"pin": asking.pin} if asking.pin is not None else {"secret": (asking.secret or b"").hex()}
    inquiry = Inquiry(
        kind="status" if document is None else "document", ticket=asking.ticket, proof=proof, document=document,
        reply_to=base64.b64encode(asking.key.public_key().public_bytes_raw()).decode(),
    )  # fmt: skip
    try:
        parts.store.ask(asking.question_id, seal_to(parts.sealing_key.public, inquiry.to_json(), INQUIRY_INFO))
    except StoreError as error:  # ``look`` finds no such question and says so
        log.warning("question_not_kept code=%s", error.code)


def look(visit: Visit, parts: Parts) -> Event | None:
    """What has come of the question; None while it is on its way."""
    asking = visit.asking
    if asking is None:
        return Event.NOTHING_CAME
    try:
        reply = parts.store.reply(asking.question_id)
    except StoreError as error:
        log.warning("reply_not_read code=%s", error.code)
        return _without_line(asking, parts)
    if reply is None or reply.code:
        return _without_line(asking, parts)
    if not reply.pending:
        return _open(asking, reply, parts)
    waited = parts.clock.monotonic() - asking.asked_at
    if waited > PATIENCE_S or (waited > LOCAL_PATIENCE_S and waiting.known(asking, parts)):
        return _without_line(asking, parts)
    return None


def _without_line(asking: Asking, parts: Parts) -> Event:
    """What the kiosk itself knows, if the receipt's code was shown."""
    if (event := waiting.tell(asking, parts)) is not None:
        return event
    if code := sendings.unsent(parts, asking.ticket):
        return _nothing(asking, code)
    return _nothing(asking, "pin_tanpa_sambungan" if waiting.only_by_code(asking, parts) else "tidak_tersambung")


def _nothing(asking: Asking, code: str) -> Event:
    asking.code = code
    return Event.NOTHING_CAME


def _open(asking: Asking, reply: Reply, parts: Parts) -> Event:
    try:
        if asking.key is None or reply.sealed is None:
            return _nothing(asking, "jawaban_rusak")
        answer = InquiryAnswer.from_json(unseal(asking.key, reply.sealed, ANSWER_INFO))
    except (PacketError, MessageError):
        return _nothing(asking, "jawaban_rusak")
    if answer.code == "salah" and (code := sendings.unsent(parts, asking.ticket)):
        return _nothing(asking, code)  # the centre has never heard of it
    if answer.code in ("salah", "terkunci"):
        asking.code = answer.code
        return Event.PROOF_WRONG
    if answer.code != "ok":
        return _nothing(asking, answer.code)
    if asking.document is None:
        asking.status = answer
        return Event.STATUS_CAME
    return _take_document(asking, answer, parts)


def _take_document(asking: Asking, answer: InquiryAnswer, parts: Parts) -> Event:
    try:
        pdf = base64.b64decode(answer.pdf or "", validate=True)
    except binascii.Error:
        pdf = b""
    return waiting.verified(asking, pdf, parts)


def picture(visit: Visit) -> bytes | None:
    """The document's first page, for the screen."""
    asking = visit.asking
    return documents.preview(asking.pdf, width=640) if asking and asking.pdf else None


def print_document(visit: Visit, parts: Parts) -> Event | None:
    """The signed document, as it came. One that the office took back while it was looked at is not printed: how things stand
    is asked anew, and told with the reason."""
    asking = visit.asking
    if asking is None or not asking.pdf or asking.document is None:
        return None
    if waiting.withdrawn(asking, parts):
        asking.pdf = b""
        ask(visit, parts)
        return Event.ASKED
    asking.tries += 1
    claim = NewClaim(parts.new_id(), asking.ticket)
    job, result = on_paper(parts, asking.pdf, PrintKind.DOCUMENT, asking.document, claim=claim)
    asking.job, asking.result = job, result
    return _PRINT_EVENTS[result.outcome]


def document_came_out(visit: Visit, parts: Parts, *, came: bool, how: str = "kata_warga") -> Event:
    """The visitor's word settles a doubtful print, or the camera that has seen it."""
    asking = visit.asking
    if asking is not None and asking.job is not None:
        state = PrintState.CONFIRMED if came else PrintState.REFUSED
        settle(parts, asking.job, state, how)
        asking.result = PrintResult(Outcome.OK if came else Outcome.REFUSED)
    return Event.PRINT_OK if came else Event.BACK
