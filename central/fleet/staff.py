"""The desa's staff: who may help at a kiosk. PINs are shown once and kept as argon2id; the roster goes out signed.

A kiosk checks PINs without a line, so it holds the hashes: they cost three passes over 64 MiB, 0.2 s each, and lie
inside its encrypted store. A PIN that may be known is replaced with ``staff pin``.
"""

import re
from dataclasses import dataclass, field

import sqlalchemy as sa
from argon2 import PasswordHasher

from adminduk.messages import LARGEST_ROSTER, SignedRoster, StaffRoster, sign_roster
from adminduk.names import check_existing
from adminduk.tickets import new_pin
from central.context import Context
from central.schema import audit, desa_staff, kiosks

_hasher = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
LAST_NUMBER = 9999
ACTOR = "konsol"  # whoever has the server's command line


class StaffError(ValueError):
    """``code``: ``desa_salah``, ``nama_salah``, ``petugas_tidak_dikenal``, ``penuh``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One person of a desa's staff."""

    staff_id: str
    name: str
    desa: str
    active: bool
    changed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPin:
    """What is told once, and kept nowhere."""

    staff_id: str
    pin: str = field(repr=False)


def add(context: Context, *, desa: str, name: str) -> NewPin:
    """A new person with a first PIN. Raises StaffError."""
    if not re.fullmatch(r"[0-9]{10}", desa):
        raise StaffError("desa_salah")
    if not (checked := check_existing(name)).ok:
        raise StaffError("nama_salah")
    pin = new_pin(context.dice)
    hashed = _hasher.hash(pin)
    with context.engine.begin() as connection:
        staff_id = _next_id(connection, desa)
        row = {"staff_id": staff_id, "name": checked.value, "desa": desa, "pin_hash": hashed, "active": True}
        connection.execute(desa_staff.insert().values(**row, changed_at=context.stamp()))
        _note(context, connection, "petugas_ditambah", staff_id)
    return NewPin(staff_id=staff_id, pin=pin)


def _next_id(connection: sa.Connection, desa: str) -> str:
    """Numbers go up and are never given again, so that an old act never looks like a new person's."""
    number = int(str(connection.scalar(sa.select(sa.func.max(desa_staff.c.staff_id))) or "P-0000")[2:]) + 1
    mine = sa.select(sa.func.count()).select_from(desa_staff).where(desa_staff.c.desa == desa)
    if number > LAST_NUMBER or (connection.scalar(mine) or 0) >= LARGEST_ROSTER:
        raise StaffError("penuh")
    return f"P-{number:04d}"


def disable(context: Context, staff_id: str) -> None:
    """From the next roster on, no unlock. The row stays: old acts name it. Raises StaffError."""
    _change(context, staff_id, "petugas_dinonaktifkan", active=False)


def renew_pin(context: Context, staff_id: str) -> NewPin:
    """A new PIN; the old one ends with the next roster. Raises StaffError."""
    pin = new_pin(context.dice)
    _change(context, staff_id, "petugas_pin_baru", pin_hash=_hasher.hash(pin))
    return NewPin(staff_id=staff_id, pin=pin)


def _change(context: Context, staff_id: str, what: str, **values: object) -> None:
    with context.engine.begin() as connection:
        change = desa_staff.update().where(desa_staff.c.staff_id == staff_id)
        if connection.execute(change.values(**values, changed_at=context.stamp())).rowcount != 1:
            raise StaffError("petugas_tidak_dikenal")
        _note(context, connection, what, staff_id)


def _note(context: Context, connection: sa.Connection, what: str, staff_id: str) -> None:
    connection.execute(audit.insert().values(at=context.stamp(), actor=ACTOR, what=what, target=staff_id))


def everybody(context: Context) -> tuple[Staff, ...]:
    """All desa, in the order of their numbers."""
    with context.engine.connect() as connection:
        rows = connection.execute(sa.select(desa_staff).order_by(desa_staff.c.staff_id)).all()
    return tuple(
        Staff(staff_id=row.staff_id, name=row.name, desa=row.desa, active=row.active, changed_at=row.changed_at)
        for row in rows
    )


def roster(context: Context, kiosk_id: str) -> SignedRoster:
    """The staff of that kiosk's desa, signed now; the disabled too, so that the kiosk can say so."""
    with context.engine.connect() as connection:
        desa = str(connection.scalar(sa.select(kiosks.c.desa).where(kiosks.c.id == kiosk_id)))
        mine = sa.select(desa_staff).where(desa_staff.c.desa == desa).order_by(desa_staff.c.staff_id)
        rows = connection.execute(mine).all()
    staff: tuple[dict[str, str | bool], ...] = tuple(
        {"id": row.staff_id, "name": row.name, "pin_hash": row.pin_hash, "active": row.active} for row in rows
    )
    days = context.settings.staff_valid_days
    message = StaffRoster(desa=desa, issued_at=context.stamp(), valid_days=days, staff=staff)
    return sign_roster(message, context.keys.receipt)


def is_of(connection: sa.Connection, staff_id: str, desa: str) -> bool:
    """Whether that person was ever of that desa's staff: a packet may come long after somebody left."""
    known = sa.select(desa_staff.c.staff_id).where(desa_staff.c.staff_id == staff_id, desa_staff.c.desa == desa)
    return connection.scalar(known) is not None
