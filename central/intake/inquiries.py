"""Sealed questions about a ticket, sealed answers. Only the status and the document are told, never the form's data."""

import base64
from uuid import UUID

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from adminduk.application import State
from adminduk.messages import ANSWER_INFO, INQUIRY_INFO, Inquiry, InquiryAnswer, MessageError
from adminduk.packets import PacketError, seal_to, unseal
from adminduk.services import Reason
from central.claims import prove
from central.context import Context
from central.errors import WireError
from central.schema import CURRENT, applications, documents

PRINTABLE = (State.SIAP_CETAK, State.SELESAI)
WITH_REASON = (
    State.PERLU_DILENGKAPI,
    State.DIBATALKAN,
)  # why a validator sent something back is the office's own affair
REPLACED = "R17"  # of content/base/reasons.toml: an earlier document was wrong, there is another one
Row = sa.Row[tuple[object, ...]]


def answer(context: Context, sealed: bytes) -> bytes:
    """Open, prove, answer to the key that the visit holds in memory. Raises WireError 400 ``segel_rusak``, ``pesan_rusak``."""
    try:
        inquiry = Inquiry.from_json(unseal(context.keys.sealing, sealed, INQUIRY_INFO))
        reply_to = X25519PublicKey.from_public_bytes(base64.b64decode(inquiry.reply_to))
    except PacketError as error:
        raise WireError(400, error.code) from None
    except MessageError as error:
        raise WireError(400, error.code) from None
    told = _answer(context, inquiry).to_json()
    try:
        return seal_to(reply_to, told, ANSWER_INFO)
    except ValueError:  # a point of low order: nothing can be sealed to it
        raise WireError(400, "pesan_rusak") from None


def _answer(context: Context, inquiry: Inquiry) -> InquiryAnswer:
    pin, secret = _proof(inquiry)
    code, row = prove(context, inquiry.ticket, pin=pin, secret=secret)
    if row is None:
        return InquiryAnswer(code=code)
    return _status(context, row) if inquiry.document is None else _document(context, row, inquiry.document)


def _proof(inquiry: Inquiry) -> tuple[str | None, bytes | None]:
    """(PIN, secret): one of them."""
    if "pin" in inquiry.proof:
        return inquiry.proof["pin"], None
    try:
        return None, bytes.fromhex(inquiry.proof["secret"])
    except ValueError:
        return None, b""


def _status(context: Context, row: Row) -> InquiryAnswer:
    state, reason = State(str(row.state)), public_reason(context, row)
    return InquiryAnswer(
        code="ok",
        state=state,
        words=context.catalogue.status_words[state],
        reason=reason.text if reason else "",
        queue_number=_ahead(context, row) if state is State.DIAJUKAN else None,
        changed_at=str(row.changed_at),
        documents=_documents(context, str(row.id)) if state in PRINTABLE else (),
    )


def public_reason(context: Context, row: Row) -> Reason | None:
    """What the villager is told beside the state: why it was sent back or ended, or that a document was replaced."""
    told = State(str(row.state)) in WITH_REASON or row.reason == REPLACED
    reason = context.catalogue.reasons.get(str(row.reason)) if told else None
    return None if reason is None or reason.staff_only else reason


def _ahead(context: Context, row: Row) -> int:
    """Place in the queue: 1 is next."""
    before = sa.and_(applications.c.state == State.DIAJUKAN, applications.c.queue_number <= row.queue_number)
    with context.engine.connect() as connection:
        return int(connection.scalar(sa.select(sa.func.count()).select_from(applications).where(before)) or 1)


def _documents(context: Context, application_id: str) -> tuple[dict[str, str], ...]:
    published = sa.select(documents).where(
        documents.c.application_id == application_id, documents.c.published_at.is_not(None), CURRENT
    )
    with context.engine.connect() as connection:
        rows = connection.execute(published.order_by(documents.c.output)).all()
    known = context.catalogue.outputs
    return tuple(
        {
            "id": row.id,
            "output": row.output,
            "name": known[row.output].name if row.output in known else row.output,
            "pages": str(row.pages),
            "sha256": row.sha256,  # a kiosk that has it waiting need not fetch it
        }
        for row in rows
    )


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _document(context: Context, row: Row, document_id: str) -> InquiryAnswer:
    """The signed PDF itself; each hand-over is counted."""
    if not _is_id(document_id):
        return InquiryAnswer(code="tidak_ada")
    mine = (
        documents.c.id == document_id,
        documents.c.application_id == row.id,
        documents.c.published_at.is_not(None),
        CURRENT,
    )
    with context.engine.begin() as connection:
        found = connection.execute(sa.select(documents).where(*mine)).first()
        if found is None or State(str(row.state)) not in PRINTABLE:
            return InquiryAnswer(code="tidak_ada")
        connection.execute(documents.update().where(*mine).values(fetched=documents.c.fetched + 1))
    pdf = base64.b64encode(context.blobs.get(found.sha256)).decode()
    return InquiryAnswer(code="ok", state=str(row.state), pdf=pdf)
