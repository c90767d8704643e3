"""A kiosk's new key, and its leave. Both can be asked again when the answer was lost: nothing happens twice.

A new key waits beside the old one until it has signed a request, so that a power cut at any moment locks no kiosk out.
"""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk.enrolments import Leave, Left, NewKey
from central.context import Context
from central.engine import lock_row
from central.errors import WireError
from central.fleet.notes import note
from central.schema import kiosks, packets


def offer(context: Context, kiosk_id: str, message: NewKey) -> None:
    """Keep the new key beside the old one; another one that never signed gives way to it.

    Raises:
        WireError: 400 ``bukti_salah``, 409 ``kunci_dipakai`` (it is, or will be, another kiosk's).
    """
    if not message.proven_for(kiosk_id):
        raise WireError(400, "bukti_salah")
    try:
        with context.engine.begin() as connection:
            row = connection.execute(lock_row(sa.select(kiosks).where(kiosks.c.id == kiosk_id))).one()
            if message.public_key in (row.public_key, row.next_key):
                return
            others = sa.select(kiosks.c.id).where(_holds(message.public_key))
            if connection.scalar(others) is not None:
                raise WireError(409, "kunci_dipakai")
            mine = kiosks.update().where(kiosks.c.id == kiosk_id)
            connection.execute(mine.values(next_key=message.public_key))
            note(connection, at=context.stamp(), actor=kiosk_id, what="kunci_baru_ditawarkan", target=kiosk_id)
    except IntegrityError:  # another kiosk offered the same key at this moment
        raise WireError(409, "kunci_dipakai") from None


def _holds(public_key: str) -> sa.ColumnElement[bool]:
    return sa.or_(kiosks.c.public_key == public_key, kiosks.c.next_key == public_key)


def promote(engine: sa.Engine, kiosk_id: str, at: str) -> None:
    """The next key has signed: from now on it is the only one."""
    waiting = (kiosks.c.id == kiosk_id, kiosks.c.next_key.is_not(None))
    change = kiosks.update().where(*waiting).values(public_key=kiosks.c.next_key, next_key=None)
    with engine.begin() as connection:
        if connection.execute(change).rowcount == 1:
            note(connection, at=at, actor=kiosk_id, what="kunci_baru_berlaku", target=kiosk_id)


def leave(context: Context, kiosk_id: str, message: Leave) -> Left:
    """A drained kiosk leaves its desa: from now on its id does nothing but ask this again.

    Raises:
        WireError: 409 ``desa_lain`` (it is not of that desa), ``masih_ada_titipan`` (a packet was announced and is not here).
    """
    with context.engine.begin() as connection:
        row = connection.execute(lock_row(sa.select(kiosks).where(kiosks.c.id == kiosk_id))).one()
        if row.desa != message.desa:
            raise WireError(409, "desa_lain")
        if row.moved_at is not None:
            return Left(kiosk_id=kiosk_id, at=row.moved_at)
        open_ = sa.select(packets.c.id).where(packets.c.kiosk_id == kiosk_id, packets.c.state == "announced").limit(1)
        if connection.scalar(open_) is not None:
            raise WireError(409, "masih_ada_titipan")
        at = context.stamp()
        connection.execute(kiosks.update().where(kiosks.c.id == kiosk_id).values(moved_at=at))
        note(connection, at=at, actor=kiosk_id, what="kios_pindah", target=kiosk_id)
    return Left(kiosk_id=kiosk_id, at=at)
