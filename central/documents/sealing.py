"""Published documents, sealed to their owners' receipts so that they may wait in the village. Done by the worker.

The key's public half stands at the application since it was admitted; for older ones it is made from the packet once.
Sealed once and kept: the same bytes for every piece that a kiosk asks for.
"""

import logging
from typing import Any

import sqlalchemy as sa

from adminduk import waiting
from adminduk.packets import PacketError
from central import changes
from central.blobs import BlobError
from central.context import Context
from central.engine import lock_row
from central.schema import CURRENT, applications, documents

log = logging.getLogger(__name__)
Row = sa.Row[Any]


def seal_next(context: Context) -> bool:
    """Seal one document that was published. False when there is none. Twice at once does no harm."""
    row = _next(context)
    if row is None:
        return False
    public = str(row.claim_public or _old_claim(context, str(row.application_id)))
    if public:
        _seal(context, row, public)
    return True


def _next(context: Context) -> Any:
    """The longest published that waits; not what cannot be sealed."""
    able = sa.or_(applications.c.claim_public.is_(None), applications.c.claim_public != "")
    columns = (documents.c.id, documents.c.application_id, documents.c.sha256, applications.c.ticket)
    wanted = (
        sa.select(*columns, applications.c.claim_public)
        .join_from(documents, applications, documents.c.application_id == applications.c.id)
        .where(documents.c.published_at.is_not(None), documents.c.sealed_sha256.is_(None), CURRENT, able)
        .order_by(documents.c.published_at, documents.c.id)
        .limit(1)
    )
    with context.engine.connect() as connection:
        return connection.execute(wanted).first()


def _old_claim(context: Context, application_id: str) -> str:
    """From the packet of an application that was admitted by an earlier release; empty when it does not open any more."""
    from central.worker import read_packet

    try:
        packet = read_packet(context, application_id)
        public = waiting.claim_public(packet.secret, packet.ticket)
    except PacketError as error:
        log.warning("claim_not_made id=%s code=%s", application_id, error.code)
        public = ""
    with context.engine.begin() as connection:
        mine = applications.update().where(applications.c.id == application_id)
        connection.execute(mine.values(claim_public=public))
    return public


def _seal(context: Context, row: Row, public: str) -> None:
    """The bytes first, then the row; a document that was replaced meanwhile is left for the next round."""
    try:
        pdf = context.blobs.get(str(row.sha256))
        sealed = waiting.seal_document(pdf, public=public, document=str(row.id), ticket=str(row.ticket))
        values: dict[str, object] = {"sealed_sha256": context.blobs.put(sealed), "sealed_size": len(sealed)}
    except (BlobError, ValueError) as error:
        log.warning("document_not_sealed id=%s code=%s", row.id, getattr(error, "code", "kunci_rusak"))
        values = {"sealed_sha256": ""}
    same = (documents.c.id == row.id, documents.c.sha256 == row.sha256, documents.c.sealed_sha256.is_(None))
    with context.engine.begin() as connection:
        connection.execute(lock_row(sa.select(applications.c.id).where(applications.c.id == row.application_id)))
        if connection.execute(documents.update().where(*same).values(**values)).rowcount:
            changes.mark(connection, str(row.application_id))
