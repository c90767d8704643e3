"""Drafts that wait for their owner: which there are and when they go. Their sealed content lies in a vault of its own."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from adminduk.clock import Clock, stamp
from kiosk.store.prints import PrintJob, PrintKind, intend
from kiosk.store.schema import drafts

Transaction = Callable[[], AbstractContextManager[sa.Connection]]


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
        mine = (drafts.c.id == draft_id, drafts.c.expires_at > self._clock.now().timestamp())
        with self._transaction() as connection:
            return connection.scalar(sa.select(drafts.c.id).where(*mine)) is not None

    def forget(self, draft_id: str) -> None:
        with self._transaction() as connection:
            connection.execute(drafts.delete().where(drafts.c.id == draft_id))

    def over(self) -> frozenset[str]:
        """Ids whose time is over; the caller erases their content, then forgets them."""
        with self._transaction() as connection:
            rows = connection.scalars(
                sa.select(drafts.c.id).where(drafts.c.expires_at <= self._clock.now().timestamp())
            )
            return frozenset(map(str, rows))

    def ids(self) -> frozenset[str]:
        """Every draft that has a row."""
        with self._transaction() as connection:
            return frozenset(map(str, connection.scalars(sa.select(drafts.c.id))))
