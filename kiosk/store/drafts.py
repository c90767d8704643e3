"""Drafts that wait for their owner: which there are and when they go. Their sealed content lies in a vault of its own.

By a clock that is not believed no draft is over; one that was saved by such a clock gets its whole time again.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from adminduk.clock import NOT_AFTER, NOT_BEFORE, Clock, read_stamp, stamp, trusted
from kiosk.store.prints import PrintJob, PrintKind, intend
from kiosk.store.schema import drafts

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
_UNBELIEVED = sa.or_(drafts.c.saved_at < stamp(NOT_BEFORE), drafts.c.saved_at >= stamp(NOT_AFTER))


class DraftShelf:
    """``store.drafts``: every method is one transaction. Raises StoreError."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        self._transaction, self._clock = transaction, clock

    def keep(self, draft_id: str, *, days: float) -> PrintJob:
        """The row and the intent to print its slip, together."""
        now = self._clock.now()
        row = {"id": draft_id, "saved_at": stamp(now), "expires_at": now.timestamp() + days * 86400}
        with self._transaction() as connection:
            connection.execute(drafts.insert().values(**row))
            return intend(connection, PrintKind.DRAFT, draft_id, at=stamp(now))

    def take_up(self, draft_id: str, *, days: float) -> None:
        """One whose row was lost with an older store: it gets its whole time again."""
        now = self._clock.now()
        row = {"id": draft_id, "saved_at": stamp(now), "expires_at": now.timestamp() + days * 86400}
        with self._transaction() as connection:
            connection.execute(drafts.insert().values(**row))

    def alive(self, draft_id: str) -> bool:
        """Whether it is kept and not over."""
        with self._transaction() as connection:
            return (
                connection.scalar(sa.select(drafts.c.id).where(drafts.c.id == draft_id, sa.not_(self._over())))
                is not None
            )

    def _over(self) -> sa.ColumnElement[bool]:
        now = self._clock.now()
        if not trusted(now):
            return sa.false()
        return sa.and_(drafts.c.expires_at <= now.timestamp(), sa.not_(_UNBELIEVED))

    def forget(self, draft_id: str) -> None:
        with self._transaction() as connection:
            connection.execute(drafts.delete().where(drafts.c.id == draft_id))

    def over(self) -> frozenset[str]:
        """Ids whose time is over; the caller erases their content, then forgets them."""
        with self._transaction() as connection:
            self._believe(connection)
            return frozenset(map(str, connection.scalars(sa.select(drafts.c.id).where(self._over()))))

    def _believe(self, connection: sa.Connection) -> None:
        """The clock is right again: what was saved while it was not, counts from now."""
        now = self._clock.now()
        if not trusted(now):
            return
        for row in connection.execute(sa.select(drafts).where(_UNBELIEVED)).all():
            whole = row.expires_at - read_stamp(row.saved_at).timestamp()
            since = {"saved_at": stamp(now), "expires_at": now.timestamp() + whole}
            connection.execute(drafts.update().where(drafts.c.id == row.id).values(**since))

    def ids(self) -> frozenset[str]:
        """Every draft that has a row."""
        with self._transaction() as connection:
            return frozenset(map(str, connection.scalars(sa.select(drafts.c.id))))
