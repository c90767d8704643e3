"""The order in which tickets change, for kiosks that ask what is new: numbers that appear in the order of their commits.

A number is taken under the counter's row lock, which is held until the commit: whoever reads the counter as N sees every
change up to N, and what commits later has a higher number. A plain sequence or a clock would let a slow transaction
appear behind a cursor that has gone past it. SQLite writes one transaction at a time anyway.
"""

import base64
import binascii
import hashlib
import hmac
import struct

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from central.context import Context
from central.engine import lock_row
from central.schema import applications, change_counters

_TICKETS, _CONTEXT, _MAC_BYTES = "tickets", b"kios/cursor/1\n", 16
_BODY = struct.Struct(">Q")


class CursorError(ValueError):
    """Not a cursor of this centre and this kiosk, or of a time that it does not know: the kiosk begins anew."""


def mark(connection: sa.Connection, application_id: str) -> None:
    """This ticket changed, in the caller's transaction. Call it last: whoever else changes anything waits from here on.

    The ticket's own row is locked before the counter's, always in that order, so that no two wait for each other.
    """
    connection.execute(lock_row(sa.select(applications.c.id).where(applications.c.id == application_id)))
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = insert(change_counters).values(counter=_TICKETS, value=1)
    taken = row.on_conflict_do_update(index_elements=["counter"], set_={"value": change_counters.c.value + 1})
    number = connection.scalar(taken.returning(change_counters.c.value))
    mine = applications.update().where(applications.c.id == application_id)
    connection.execute(mine.values(change_number=number))


def newest(connection: sa.Connection) -> int:
    """The last number whose change is committed. Read it before the changes themselves."""
    wanted = sa.select(change_counters.c.value).where(change_counters.c.counter == _TICKETS)
    return int(connection.scalar(wanted) or 0)


def cursor(context: Context, kiosk_id: str, number: int) -> str:
    """Opaque: only this centre makes and reads it, for that kiosk."""
    body = _BODY.pack(number)
    return base64.urlsafe_b64encode(body + _mac(context, kiosk_id, body)).decode().rstrip("=")


def read_cursor(context: Context, kiosk_id: str, text: str) -> int:
    """The number up to which that kiosk knows all; 0 for no cursor. Raises CursorError."""
    if not text:
        return 0
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CursorError from None
    body, mac = raw[: _BODY.size], raw[_BODY.size :]
    if len(body) != _BODY.size or not hmac.compare_digest(mac, _mac(context, kiosk_id, body)):
        raise CursorError
    return int(_BODY.unpack(body)[0])


def _mac(context: Context, kiosk_id: str, body: bytes) -> bytes:
    told = _CONTEXT + kiosk_id.encode() + b"\n" + body
    return hmac.digest(context.keys.session, told, hashlib.sha256)[:_MAC_BYTES]
