"""One-time codes: issued for a desa, claimed by one kiosk's key. What an admin decides about it: deciding.py.

A code lives 72 hours by this clock. Its first letters find its row; five wrong guesses at the rest end it. A guess whose
first letters find no row had nothing to win, so it is answered like a wrong one and counted nowhere (decision 0014).
"""

import hmac
import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adminduk import enrolment_codes as codes
from adminduk.clock import stamp
from adminduk.enrolments import EnrolAnswer, EnrolQuestion, EnrolRequest
from central.context import Context
from central.documents.authority import roots_pem
from central.engine import lock_row
from central.errors import WireError
from central.fleet.kiosks import EnrolmentError
from central.fleet.notes import note
from central.schema import enrolment_codes, kiosks

TRIES, LIFE = 5, timedelta(hours=72)
LARGEST_COUNT = 2000  # codes alive at once: a few in a hundred of the first letters that there are


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCode:
    """What is told once. ``row``: the code's id."""

    row: str
    code: str = field(repr=False)
    desa: str
    expires_at: str


def issue(context: Context, *, desa: str, actor: str) -> NewCode:
    """A code for one kiosk of that desa. Raises EnrolmentError ``desa_salah``, ``penuh``."""
    if not re.fullmatch(r"[0-9]{10}", desa, re.ASCII):
        raise EnrolmentError("desa_salah")
    row, now = context.dice.token_bytes(16).hex(), context.now()
    with context.engine.begin() as connection:
        taken = set(connection.scalars(sa.select(enrolment_codes.c.selector).where(*_alive(context))))
        if len(taken) >= LARGEST_COUNT:
            raise EnrolmentError("penuh")
        while codes.selector(code := codes.new_code(context.dice)) in taken:
            continue
        new = NewCode(row=row, code=code, desa=desa, expires_at=stamp(now + LIFE))
        connection.execute(
            enrolment_codes.insert().values(
                id=row, selector=codes.selector(code), code_hash=codes.hashed(code, pepper(context)), desa=desa,
                issued_at=stamp(now), issued_by=actor, expires_at=new.expires_at,
            )
        )  # fmt: skip
        note(connection, at=stamp(now), actor=actor, what="kode_dibuat", target=row)
    return new


def pepper(context: Context) -> bytes:
    """32 bytes that the database does not hold: who copies it alone cannot search for a code."""
    return HKDF(SHA256(), 32, salt=None, info=b"kios/enrolment-code/1").derive(context.keys.session)


def _alive(context: Context) -> tuple[sa.ColumnElement[bool], ...]:
    table = enrolment_codes.c
    return table.used_at.is_(None), table.expires_at > context.stamp(), table.wrong_tries < TRIES


def claim(context: Context, message: EnrolRequest) -> EnrolAnswer:
    """Use a code, once; the same code and key again give the same answer.

    Raises:
        WireError: 400 ``bukti_salah``; 403 ``kode_salah``, ``kode_terkunci``, ``kode_kedaluwarsa``, ``ditolak``;
            409 ``kode_dipakai``, ``kunci_dipakai``.
    """
    if not message.proven:
        raise WireError(400, "bukti_salah")
    with context.engine.begin() as connection:
        row = _find(connection, message.code)
        refusal = WireError(403, "kode_salah") if row is None else _judge(context, connection, row, message)
        if refusal is None and row is not None:
            row = _take(context, connection, row, message)
    if refusal is not None:  # raised only here: a wrong try that was counted stays counted
        raise refusal
    return _answer(context, row)


def _find(connection: sa.Connection, code: str) -> Any:
    """The newest row with those first letters; older ones are used, over or locked."""
    mine = sa.select(enrolment_codes).where(enrolment_codes.c.selector == codes.selector(code))
    newest = mine.order_by(enrolment_codes.c.issued_at.desc(), enrolment_codes.c.id).limit(1)
    return connection.execute(lock_row(newest)).first()


def _judge(context: Context, connection: sa.Connection, row: Any, message: EnrolRequest) -> WireError | None:
    """Why not; None when the code may be used by this key, or was."""
    fits = hmac.compare_digest(codes.hashed(message.code, pepper(context)), row.code_hash)
    if row.used_at is not None and fits:
        return None if row.public_key == message.public_key else WireError(409, "kode_dipakai")
    if row.wrong_tries >= TRIES:
        return WireError(403, "kode_terkunci")
    if not fits:
        return _count_wrong(context, connection, row)
    if row.expires_at <= context.stamp():
        return WireError(403, "kode_kedaluwarsa")
    known = sa.or_(kiosks.c.public_key == message.public_key, kiosks.c.next_key == message.public_key)
    if connection.scalar(sa.select(kiosks.c.id).where(known)) is not None:
        return WireError(409, "kunci_dipakai")
    return None


def _count_wrong(context: Context, connection: sa.Connection, row: Any) -> WireError:
    if row.used_at is not None:
        return WireError(403, "kode_salah")
    mine = enrolment_codes.update().where(enrolment_codes.c.id == row.id)
    connection.execute(mine.values(wrong_tries=enrolment_codes.c.wrong_tries + 1))
    if row.wrong_tries + 1 < TRIES:
        return WireError(403, "kode_salah")
    note(connection, at=context.stamp(), actor="kios", what="kode_terkunci", target=row.id)
    return WireError(403, "kode_terkunci")


def _take(context: Context, connection: sa.Connection, row: Any, message: EnrolRequest) -> Any:
    """Single use is this one statement; the row as it is now."""
    free = (enrolment_codes.c.id == row.id, enrolment_codes.c.used_at.is_(None))
    used = enrolment_codes.update().where(*free).values(used_at=context.stamp(), public_key=message.public_key)
    if connection.execute(used).rowcount == 1:
        note(connection, at=context.stamp(), actor="kios", what="kode_dipakai", target=row.id)
    return connection.execute(sa.select(enrolment_codes).where(enrolment_codes.c.id == row.id)).one()


def ask(context: Context, question: EnrolQuestion) -> EnrolAnswer:
    """How it stands. Raises WireError: 400 ``bukti_salah``, 404 ``tidak_ada``, 403 ``ditolak``."""
    if not question.proven:
        raise WireError(400, "bukti_salah")
    mine = (enrolment_codes.c.id == question.row, enrolment_codes.c.public_key == question.public_key)
    with context.engine.connect() as connection:
        row = connection.execute(sa.select(enrolment_codes).where(*mine)).first()
    if row is None:
        raise WireError(404, "tidak_ada")
    return _answer(context, row)


def _answer(context: Context, row: Any) -> EnrolAnswer:
    name = (context.regions.name_of(row.desa) if context.regions else None) or ""
    told = {"row": row.id, "desa": row.desa, "desa_name": name[:80], "receipt_key": context.keys.receipt_hex}
    if row.decided_at is None:
        return EnrolAnswer(state="waiting", **told)
    if row.kiosk_id is None:
        raise WireError(403, "ditolak")
    root = context.settings.content_root
    return EnrolAnswer(
        state="confirmed", **told, kiosk_id=row.kiosk_id, number=int(row.kiosk_id.removeprefix("K-")),
        sealing_key=context.keys.sealing_hex, roots=roots_pem(context.settings.authority),
        content_root=root.read_text(encoding="utf-8") if root.exists() else "",
    )  # fmt: skip
