"""Enrolled kiosks: a public key, a number, a desa. How a kiosk comes by them: central/fleet/enrolment.py."""

import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk.messages import Heartbeat, MessageError
from central.context import Context
from central.engine import loosely
from central.fleet.notes import CONSOLE, note
from central.schema import kiosks

LARGEST_SEQUENCE = 2**63 - 1  # what a BIGINT holds


class EnrolmentError(ValueError):
    """``code``: ``kunci_salah``, ``desa_salah``, ``sudah_terdaftar``, ``penuh``, ``tidak_menunggu``, ``sidik_berbeda``,
    ``alamat_salah``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Enrolled:
    kiosk_id: str
    number: int
    desa: str


def enrol(context: Context, *, desa: str, key: str, actor: str = "") -> Enrolled:
    """Give a kiosk its id and number without a code. ``key``: Ed25519 public key, 64 hex digits; ``actor``: who, for the
    audit; empty: a demo. Raises EnrolmentError."""
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise EnrolmentError("kunci_salah")
    if not re.fullmatch(r"[0-9]{10}", desa, re.ASCII):
        raise EnrolmentError("desa_salah")
    while True:
        try:
            with context.engine.begin() as connection:
                kiosk = insert(connection, desa=desa, key=key, at=context.stamp())
                if actor:
                    note(connection, at=context.stamp(), actor=actor, what="kios_didaftarkan", target=kiosk.kiosk_id)
                return kiosk
        except IntegrityError:  # somebody else enrolled a kiosk at this moment: look again, the number is theirs
            continue


def insert(connection: sa.Connection, *, desa: str, key: str, at: str) -> Enrolled:
    """The next number. Raises EnrolmentError ``sudah_terdaftar``, ``penuh``; IntegrityError when another took that number."""
    if connection.scalar(sa.select(kiosks.c.id).where(sa.or_(kiosks.c.public_key == key, kiosks.c.next_key == key))):
        raise EnrolmentError("sudah_terdaftar")
    number = (connection.scalar(sa.select(sa.func.max(kiosks.c.number))) or 0) + 1
    if number > 9999:
        raise EnrolmentError("penuh")
    kiosk = Enrolled(f"K-{number:04d}", number, desa)
    values = {"id": kiosk.kiosk_id, "number": number, "desa": desa, "public_key": key, "enrolled_at": at}
    connection.execute(kiosks.insert().values(**values))
    return kiosk


def revoke(context: Context, kiosk_id: str, *, actor: str = CONSOLE) -> bool:
    """From now on its requests are refused. False when unknown or revoked already."""
    with context.engine.begin() as connection:
        known = (kiosks.c.id == kiosk_id, kiosks.c.revoked_at.is_(None))
        if connection.execute(kiosks.update().where(*known).values(revoked_at=context.stamp())).rowcount != 1:
            return False
        note(connection, at=context.stamp(), actor=actor, what="kios_dicabut", target=kiosk_id)
        return True


def everybody(context: Context) -> tuple[Any, ...]:
    """Rows of all kiosks, in the order of their numbers."""
    with context.engine.connect() as connection:
        return tuple(connection.execute(sa.select(kiosks).order_by(kiosks.c.number)))


def hear(context: Context, kiosk_id: str, beat: Heartbeat) -> bool:
    """Take a heartbeat; an older sequence number changes nothing (False). Batch-durable: the last ones may go with the power,
    because the next says more. Raises MessageError on one that cannot be kept."""
    if not 0 <= beat.sequence <= LARGEST_SEQUENCE:
        raise MessageError("pesan_rusak", "sequence")
    newer = sa.or_(kiosks.c.last_sequence.is_(None), kiosks.c.last_sequence < beat.sequence)
    with loosely(context.engine) as connection:
        done = connection.execute(
            kiosks.update()
            .where(kiosks.c.id == kiosk_id, newer)
            .values(last_seen=context.stamp(), last_sequence=beat.sequence, last_heartbeat=beat.to_json().decode())
        )
        return done.rowcount == 1
