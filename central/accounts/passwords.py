"""Officers' passwords: argon2, attempts counted in the table, a pause after five; the clock is an argument."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from adminduk.application import Role
from adminduk.clock import stamp
from adminduk.tickets import Dice
from central.context import Context
from central.engine import lock_row
from central.schema import accounts

TRIES, PAUSE = 5, timedelta(minutes=5)
SHORTEST = 8
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
# username → (shown name, role) of the accounts that set-up makes
DEFAULTS: Mapping[str, tuple[str, Role]] = {
    "verifikator": ("Verifikator Contoh", Role.VERIFIKATOR),
    "siak": ("Operator SIAK Contoh", Role.OPERATOR_SIAK),
    "validator": ("Validator Contoh", Role.VALIDATOR),
    "kepala": ("Kepala Dinas Contoh", Role.PENANDA_TANGAN),
    "admin": ("Admin Contoh", Role.ADMIN),
}


class Login(StrEnum):
    """How a login ended."""

    OK = "ok"
    WRONG = "salah"
    PAUSED = "terkunci"


class AccountError(ValueError):
    """``code``: ``nama_salah``, ``sandi_pendek``, ``sudah_ada``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who is at the desk."""

    username: str
    name: str
    role: Role


def new_password(dice: Dice) -> str:
    """12 letters and digits, about 59 bits, readable aloud."""
    return "".join(_ALPHABET[dice.randbelow(len(_ALPHABET))] for _ in range(12))


def create_account(engine: sa.Engine, *, username: str, name: str, role: Role, password: str) -> None:
    """Raises AccountError."""
    if not USERNAME.fullmatch(username):
        raise AccountError("nama_salah")
    if len(password) < SHORTEST:
        raise AccountError("sandi_pendek")
    values = {"username": username, "display_name": name, "role": role, "password_hash": _hasher.hash(password)}
    try:
        with engine.begin() as connection:
            connection.execute(accounts.insert().values(**values))
    except sa.exc.IntegrityError:
        raise AccountError("sudah_ada") from None


def create_default_accounts(engine: sa.Engine, *, dice: Dice) -> dict[str, str]:
    """One account a role with a fresh password; nothing when there are accounts already."""
    with engine.connect() as connection:
        if connection.scalar(sa.select(sa.func.count()).select_from(accounts)):
            return {}
    passwords = {username: new_password(dice) for username in DEFAULTS}
    for username, (name, role) in DEFAULTS.items():
        create_account(engine, username=username, name=name, role=role, password=passwords[username])
    return passwords


def log_in(context: Context, username: str, password: str) -> tuple[Login, Officer | None]:
    """Check a password; an unknown name takes as long as a wrong password."""
    if not USERNAME.fullmatch(username):  # nobody's; and PostgreSQL would not even take some as a question
        _hasher.hash(password)
        return Login.WRONG, None
    with context.engine.begin() as connection:
        wanted = lock_row(sa.select(accounts).where(accounts.c.username == username, accounts.c.disabled_at.is_(None)))
        row = connection.execute(wanted).first()
        if row is None:
            _hasher.hash(password)
            return Login.WRONG, None
        if row.locked_until and row.locked_until > context.stamp():
            return Login.PAUSED, None
        correct = _fits(row.password_hash, password)
        tries = 0 if correct else row.failed_logins + 1
        pause = stamp(context.now() + PAUSE) if tries >= TRIES else None
        change = {"failed_logins": 0 if pause else tries, "locked_until": pause}
        connection.execute(accounts.update().where(accounts.c.username == username).values(**change))
    if correct:
        return Login.OK, Officer(username=username, name=row.display_name, role=Role(row.role))
    return (Login.PAUSED if pause else Login.WRONG), None


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def find_officer(engine: sa.Engine, username: str) -> Officer | None:
    """An officer who still may work; asked at every request, so that disabling acts at once."""
    known = sa.select(accounts).where(accounts.c.username == username, accounts.c.disabled_at.is_(None))
    with engine.connect() as connection:
        row = connection.execute(known).first()
    return None if row is None else Officer(username=row.username, name=row.display_name, role=Role(row.role))


def disable(context: Context, username: str) -> bool:
    """From now on no login and no page. False when unknown."""
    with context.engine.begin() as connection:
        done = accounts.update().where(accounts.c.username == username).values(disabled_at=context.stamp())
        return connection.execute(done).rowcount == 1
