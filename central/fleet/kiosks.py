"""Enrolled kiosks: a public key, a number, a desa. Enrolment by one-time code comes on top of this."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk.messages import Heartbeat, MessageError
from central.context import Context
from central.schema import kiosks

LARGEST_SEQUENCE = 2**63 - 1  # what a BIGINT holds


class EnrolmentError(ValueError):
    """``code``: ``kunci_salah``, ``desa_salah``, ``sudah_terdaftar``, ``penuh``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Enrolled:
    kiosk_id: str
    number: int
    desa: str


def enrol(context: Context, *, desa: str, key: str) -> Enrolled:
    """Give a kiosk its id and number. ``key``: Ed25519 public key, 64 hex digits. Raises EnrolmentError."""
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise EnrolmentError("kunci_salah")
    if not re.fullmatch(r"[0-9]{10}", desa, re.ASCII):
        raise EnrolmentError("desa_salah")
    while True:
        try:
            return _insert(context, desa, key)
        except IntegrityError:  # somebody else enrolled a kiosk at this moment: look again, the number is theirs
            continue


def _insert(context: Context, desa: str, key: str) -> Enrolled:
    with context.engine.begin() as connection:
        if connection.scalar(sa.select(kiosks.c.id).where(kiosks.c.public_key == key)):
            raise EnrolmentError("sudah_terdaftar")
        number = (connection.scalar(sa.select(sa.func.max(kiosks.c.number))) or 0) + 1
        if number > 9999:
            raise EnrolmentError("penuh")
        kiosk = Enrolled(f"K-{number:04d}", number, desa)
        connection.execute(
            kiosks.insert().values(
                id=kiosk.kiosk_id, number=number, desa=desa, public_key=key, enrolled_at=context.stamp()
            )
        )
    return kiosk


def revoke(context: Context, kiosk_id: str) -> bool:
    """From now on its requests are refused. False when unknown or revoked already."""
    with context.engine.begin() as connection:
        known = (kiosks.c.id == kiosk_id, kiosks.c.revoked_at.is_(None))
        return connection.execute(kiosks.update().where(*known).values(revoked_at=context.stamp())).rowcount == 1


def hear(context: Context, kiosk_id: str, beat: Heartbeat) -> bool:
    """Take a heartbeat; an older sequence number changes nothing (False). Raises MessageError on one that cannot be kept."""
    if not 0 <= beat.sequence <= LARGEST_SEQUENCE:
        raise MessageError("pesan_rusak", "sequence")
    newer = sa.or_(kiosks.c.last_sequence.is_(None), kiosks.c.last_sequence < beat.sequence)
    with context.engine.begin() as connection:
        done = connection.execute(
            kiosks.update()
            .where(kiosks.c.id == kiosk_id, newer)
            .values(last_seen=context.stamp(), last_sequence=beat.sequence, last_heartbeat=beat.to_json().decode())
        )
        return done.rowcount == 1
