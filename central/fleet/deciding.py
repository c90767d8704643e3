"""What an admin decides about kiosks that used a code: compare six digits, say yes or no. Each decision is made once."""

import hmac
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk import enrolment_codes as codes
from central.context import Context
from central.engine import lock_row
from central.fleet.kiosks import Enrolled, EnrolmentError, insert
from central.fleet.notes import note
from central.schema import enrolment_codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A kiosk that used a code and waits for an admin."""

    row: str
    desa: str
    used_at: str
    issued_by: str
    fingerprint: str


def waiting(context: Context) -> tuple[Waiting, ...]:
    """Who waits for an admin, oldest first."""
    table = enrolment_codes.c
    wanted = sa.select(enrolment_codes).where(table.used_at.is_not(None), table.decided_at.is_(None))
    with context.engine.connect() as connection:
        found = connection.execute(wanted.order_by(table.used_at)).all()
    return tuple(
        Waiting(row=row.id, desa=row.desa, used_at=row.used_at, issued_by=row.issued_by, fingerprint=_digits(context, row))
        for row in found
    )  # fmt: skip


def _digits(context: Context, row: Any) -> str:
    return codes.fingerprint(row.public_key, row.id, context.keys.receipt_hex)


def confirm(context: Context, row_id: str, *, fingerprint: str, actor: str) -> Enrolled:
    """Take the kiosk whose screen shows those six digits: its id and number.

    Raises:
        EnrolmentError: ``tidak_menunggu``, ``sidik_berbeda``, ``sudah_terdaftar``, ``penuh``.
    """
    while True:
        try:
            with context.engine.begin() as connection:
                row = _undecided(connection, row_id)
                if not hmac.compare_digest(_digits(context, row), re.sub(r"[^0-9]", "", fingerprint)):
                    raise EnrolmentError("sidik_berbeda")
                kiosk = insert(connection, desa=row.desa, key=row.public_key, at=context.stamp())
                _decide(context, connection, row_id, actor, kiosk_id=kiosk.kiosk_id)
                note(connection, at=context.stamp(), actor=actor, what="kios_diterima", target=kiosk.kiosk_id)
                return kiosk
        except IntegrityError:  # somebody else took a kiosk at this moment: the number is theirs
            continue


def decline(context: Context, row_id: str, *, actor: str) -> None:
    """Turn the waiting kiosk away. Raises EnrolmentError ``tidak_menunggu``."""
    with context.engine.begin() as connection:
        _undecided(connection, row_id)
        _decide(context, connection, row_id, actor, kiosk_id=None)
        note(connection, at=context.stamp(), actor=actor, what="kios_ditolak", target=row_id)


def _undecided(connection: sa.Connection, row_id: str) -> Any:
    if not re.fullmatch(r"[0-9a-f]{32}", row_id):  # nobody's; and PostgreSQL would not even take some as a question
        raise EnrolmentError("tidak_menunggu")
    row = connection.execute(lock_row(sa.select(enrolment_codes).where(enrolment_codes.c.id == row_id))).first()
    if row is None or row.used_at is None or row.decided_at is not None:
        raise EnrolmentError("tidak_menunggu")
    return row


def _decide(context: Context, connection: sa.Connection, row_id: str, actor: str, *, kiosk_id: str | None) -> None:
    decided = {"decided_at": context.stamp(), "decided_by": actor, "kiosk_id": kiosk_id}
    connection.execute(enrolment_codes.update().where(enrolment_codes.c.id == row_id).values(**decided))
