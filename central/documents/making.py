"""From an application to signed documents: each output rendered, signed, kept, then written down."""

import io
from dataclasses import dataclass

import sqlalchemy as sa
from uuid6 import uuid7

from adminduk.packets import Packet
from adminduk.services import Output
from central.accounts import Officer
from central.context import Context
from central.documents import rendering
from central.documents.signing import sign
from central.schema import CURRENT, documents


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
    return tuple(_make(context, packet, officer, output) for output in rendering.outputs_of(context.catalogue, packet))


def make_again(context: Context, packet: Packet, officer: Officer, output: str) -> Made | None:
    """One output once more, under a number of its own; None where the application has no such output any more."""
    found = (one for one in rendering.outputs_of(context.catalogue, packet) if one.code == output)
    return next((_make(context, packet, officer, one) for one in found), None)


def _make(context: Context, packet: Packet, officer: Officer, output: Output) -> Made:
    number = str(uuid7())
    sheet = rendering.Sheet(
        number=number, output=output, packet=packet, signer=officer.name, signed_at=context.now()
    )  # fmt: skip
    pdf = sign(rendering.render(context.catalogue, sheet, regions=context.regions), context.settings.authority)
    return keep(context, pdf, output.code, number=number)


def keep(context: Context, pdf: bytes, output: str, *, number: str = "") -> Made:
    """A signed PDF in the blob store. ``number``: its own, where it bears one."""
    pages, key = page_count(pdf), context.blobs.put(pdf)
    return Made(id=number or str(uuid7()), output=output, sha256=key, size=len(pdf), pages=pages)


def page_count(pdf: bytes) -> int:
    from pyhanko.pdf_utils.reader import PdfFileReader

    return int(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Count"])


def record(
    connection: sa.Connection,
    made: tuple[Made, ...],
    *,
    application: str,
    officer: Officer,
    at: str,
    replaces: str | None = None,
) -> None:
    """Write the rows, in the caller's transaction. ``replaces``: the id of the document in whose place they stand."""
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
                replaces=replaces,
            )
        )


def publish(connection: sa.Connection, *, application: str, at: str) -> int:
    """From now on kiosks may print them. Returns how many."""
    mine = (documents.c.application_id == application, documents.c.published_at.is_(None), CURRENT)
    return connection.execute(documents.update().where(*mine).values(published_at=at)).rowcount
