"""From an application to signed documents: each output rendered, signed, kept, then written down."""

import io
from dataclasses import dataclass

import sqlalchemy as sa
from uuid6 import uuid7

from adminduk.packets import Packet
from central.accounts import Officer
from central.context import Context
from central.documents import rendering
from central.documents.signing import sign
from central.schema import documents


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A signed document that lies in the blob store already."""

    id: str
    output: str
    sha256: str
    size: int
    pages: int


def make_documents(context: Context, packet: Packet, officer: Officer) -> tuple[Made, ...]:
    """Render, sign and keep every A4 output. No row is written yet: the desk does that with the move, in one transaction."""
    now = context.now()
    made = []
    for output in rendering.outputs_of(context.catalogue, packet):
        sheet = rendering.Sheet(number=str(uuid7()), output=output, packet=packet, signer=officer.name, signed_at=now)
        pdf = sign(rendering.render(context.catalogue, sheet, regions=context.regions), context.settings.authority)
        key = context.blobs.put(pdf)
        made.append(Made(id=sheet.number, output=output.code, sha256=key, size=len(pdf), pages=page_count(pdf)))
    return tuple(made)


def page_count(pdf: bytes) -> int:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


def record(connection: sa.Connection, made: tuple[Made, ...], *, application: str, officer: Officer, at: str) -> None:
    """Write the rows, in the caller's transaction."""
    for document in made:
        connection.execute(
            documents.insert().values(
                id=document.id,
                application_id=application,
                output=document.output,
                sha256=document.sha256,
                size=document.size,
                pages=document.pages,
                signed_by=officer.username,
                signed_at=at,
            )
        )


def publish(connection: sa.Connection, *, application: str, at: str) -> int:
    """From now on kiosks may print them. Returns how many."""
    mine = (documents.c.application_id == application, documents.c.published_at.is_(None))
    return connection.execute(documents.update().where(*mine).values(published_at=at)).rowcount
