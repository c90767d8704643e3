"""The staff's roster, the counted tries of their PINs, and what they did: SQL and counting; ``kiosk.staff`` decides.

Two clocks matter. A roster ages by the latest time that was ever seen: the wall clock may go back, the record of it does
not. A lock-out is measured on the kernel's monotonic clock of one boot; after another boot it begins anew in full, because
nobody knows how long the machine was off.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from adminduk.clock import read_stamp, stamp, trusted
from adminduk.messages import StaffRoster
from kiosk.store.schema import acts, staff, staff_attempts

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
TRIES = 3
FIRST_LOCK_S, LONGEST_LOCK_S = 60.0, 3600.0
ACTS_KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRoster:
    """The roster as the centre signed it, and the latest time seen since (UTC stamp)."""

    signed: str
    seen_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A counted try. ``wait_s``: the lock-out that runs (not ``allowed``), or that runs unless this PIN is right."""

    allowed: bool
    wait_s: float


class StaffShelf:
    """``store.staff``: every method is one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def take_roster(self, roster: StaffRoster, signed: str) -> bool:
        """Replace the roster, whose signature and desa the caller has checked. False when a newer one is here.

        A newer one is the centre's word on the time: it sets right what a clock that ran ahead left behind, and acts age
        by it. The same again changes nothing, so that a replay buys no time.
        """
        row = {"desa": roster.desa, "issued_at": roster.issued_at, "signed": signed, "seen_at": roster.issued_at}
        with self._transaction() as connection:
            newest = connection.scalar(sa.select(staff.c.issued_at).where(staff.c.desa == roster.desa))
            if newest is not None and newest >= roster.issued_at:
                return bool(newest == roster.issued_at)
            connection.execute(staff.delete())
            connection.execute(staff.insert().values(**row))
            forgotten = stamp(read_stamp(roster.issued_at) - ACTS_KEPT)
            connection.execute(acts.delete().where(acts.c.vouched_at < forgotten))
        return True

    def roster(self, now: datetime) -> StoredRoster | None:
        """What is held, after ``now`` was seen; a clock that cannot be right says nothing."""
        with self._transaction() as connection:
            if trusted(now):
                connection.execute(staff.update().where(staff.c.seen_at < stamp(now)).values(seen_at=stamp(now)))
            row = connection.execute(sa.select(staff)).first()
        return None if row is None else StoredRoster(signed=row.signed, seen_at=row.seen_at)

    def begin_try(self, staff_id: str, *, boot: str, monotonic: float) -> Try:
        """Count a try before its PIN is looked at: a power cut in between has used it up.

        The third wrong one locks: 60 s, then twice as long each time, to an hour, until a right PIN.
        """
        with self._transaction() as connection:
            row = connection.execute(sa.select(staff_attempts).where(staff_attempts.c.staff_id == staff_id)).first()
            if row is not None and (left := _lock_left(row, boot, monotonic)) > 0:
                _write(connection, staff_id, boot=boot, locked_until=monotonic + left)
                return Try(allowed=False, wait_s=left)
            wrong, locks = (1, 0) if row is None else (row.wrong + 1, row.locks)
            if wrong < TRIES:
                _write(connection, staff_id, wrong=wrong, locks=locks, boot=boot, locked_until=None)
                return Try(allowed=True, wait_s=0)
            wait = lock_s(locks + 1)
            _write(connection, staff_id, wrong=0, locks=locks + 1, boot=boot, locked_until=monotonic + wait)
            return Try(allowed=True, wait_s=wait)

    def forgive(self, staff_id: str) -> None:
        """The PIN was right: nothing is counted any more."""
        with self._transaction() as connection:
            connection.execute(staff_attempts.delete().where(staff_attempts.c.staff_id == staff_id))

    def end_lockouts(self, *, boot: str, monotonic: float) -> None:
        """Write down which lock-outs are over, so that the next boot does not begin them anew. Call it now and then."""
        over = (staff_attempts.c.boot == boot, staff_attempts.c.locked_until <= monotonic)
        with self._transaction() as connection:
            connection.execute(staff_attempts.update().where(*over).values(locked_until=None))

    def add_act(self, now: datetime, **values: str) -> None:
        """One more act. ``vouched_at`` is the centre's latest word on the time, so that no clock can hurry its end."""
        with self._transaction() as connection:
            vouched = connection.scalar(sa.select(staff.c.issued_at)) or stamp(now)
            row = {"at": stamp(now), "clock_trusted": trusted(now), "vouched_at": vouched, **values}
            connection.execute(acts.insert().values(**row))

    def acts_between(self, start: datetime, end: datetime) -> tuple[sa.RowMapping, ...]:
        """From ``start`` to before ``end`` by the clock of the day, in the order they were done."""
        inside = (acts.c.at >= stamp(start), acts.c.at < stamp(end))
        with self._transaction() as connection:
            return tuple(row._mapping for row in connection.execute(sa.select(acts).where(*inside).order_by(acts.c.id)))


def lock_s(locks: int) -> float:
    """How long the ``locks``-th lock-out takes."""
    return float(min(LONGEST_LOCK_S, FIRST_LOCK_S * 2.0 ** min(locks - 1, 20)))


def _lock_left(row: sa.Row[Any], boot: str, monotonic: float) -> float:
    """Seconds. Another boot, or a monotonic clock that went back, begins the lock-out anew."""
    if row.locked_until is None:
        return 0.0
    whole = lock_s(row.locks)
    left = float(row.locked_until - monotonic)
    return left if row.boot == boot and left <= whole else whole


def _write(connection: sa.Connection, staff_id: str, **values: object) -> None:
    row = insert(staff_attempts).values(staff_id=staff_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["staff_id"], set_=values))
