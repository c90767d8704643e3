"""What the paper proves: argon2 of the PIN, SHA-256 of the 128-bit secret; five wrong tries, then a pause."""

import hashlib
import hmac
from datetime import timedelta

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from adminduk.clock import stamp
from adminduk.tickets import check_ticket
from adminduk.verdict import Verdict
from central.context import Context
from central.engine import lock_row
from central.schema import applications

TRIES, PAUSE = 5, timedelta(minutes=15)
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's 2024 minimum for argon2id


def hash_pin(pin: str) -> str:
    return _hasher.hash(pin)


def hash_secret(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()


def _proves(row: sa.Row[tuple[object, ...]], pin: str | None, secret: bytes | None) -> bool:
    if secret is not None:
        return hmac.compare_digest(hash_secret(secret), str(row.secret_hash))
    try:
        return _hasher.verify(str(row.pin_hash), pin or "")
    except (VerifyMismatchError, InvalidHashError):
        return False


def _unknown() -> tuple[str, None]:
    """After the same work as for a known ticket."""
    _hasher.hash("000000")
    return "salah", None


def prove(
    context: Context, ticket: str, *, pin: str | None = None, secret: bytes | None = None
) -> tuple[str, sa.Row[tuple[object, ...]] | None]:
    """(``ok``, the application), or (``salah`` | ``terkunci``, None). An unknown ticket looks like a wrong PIN.

    The count stands in the row and is read, changed and written in one transaction.
    """
    if check_ticket(ticket) != Verdict(value=ticket):  # nobody's; and PostgreSQL would not even take some as a question
        return _unknown()
    with context.engine.begin() as connection:
        row = connection.execute(lock_row(sa.select(applications).where(applications.c.ticket == ticket))).first()
        if row is None:
            return _unknown()
        if row.locked_until and str(row.locked_until) > context.stamp():
            return "terkunci", None
        correct = _proves(row, pin, secret)
        tries = 0 if correct else row.failed_claims + 1
        pause = stamp(context.now() + PAUSE) if tries >= TRIES else None
        change = {"failed_claims": 0 if pause else tries, "locked_until": pause}
        connection.execute(applications.update().where(applications.c.id == row.id).values(**change))
        return ("ok", row) if correct else ("terkunci" if pause else "salah", None)
