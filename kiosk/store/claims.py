"""Prints of documents that the centre shall hear of: written with the intent to print, told when it is known what came.

A power cut between print and report loses nothing: the ledger calls the print doubtful at the next start, and so it is told.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adminduk.changes import Outcome
from kiosk.store import downlink
from kiosk.store.prints import PrintState
from kiosk.store.schema import claims, prints

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
_OUTCOMES = {
    PrintState.CONFIRMED: Outcome.CAME,
    PrintState.DOUBTFUL: Outcome.DOUBTFUL,
    PrintState.REFUSED: Outcome.LOST,
}


@dataclass(frozen=True, slots=True)
class NewClaim:
    """Who prints: a fresh UUIDv7 and the ticket that the paper showed."""

    id: str
    ticket: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueClaim:
    """A print that the centre does not know like that yet."""

    id: str
    document: str
    ticket: str
    at: str
    clock_trusted: bool
    outcome: Outcome


def record(connection: sa.Connection, new: NewClaim, document: str, job: int, *, at: str, clock_trusted: bool) -> None:
    """In the transaction of the print's intent."""
    row = {
        "id": new.id,
        "document": document,
        "ticket": new.ticket,
        "at": at,
        "clock_trusted": clock_trusted,
        "job": job,
    }
    connection.execute(claims.insert().values(**row))


def settle(connection: sa.Connection, job: int, state: PrintState) -> None:
    """In the transaction that settles the print: what came out is on paper, and this kiosk knows it at once."""
    if state is PrintState.CONFIRMED:
        for document in connection.scalars(sa.select(claims.c.document).where(claims.c.job == job)).all():
            downlink.mark_printed(connection, str(document))


class ClaimShelf:
    """``store.claims``: every method is one transaction. Raises StoreError."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def due(self) -> tuple[DueClaim, ...]:
        """What is to be told, oldest first. What never reached paper and was never told goes here, silently."""
        with self._transaction() as connection:
            refused = sa.select(prints.c.id).where(prints.c.state == PrintState.REFUSED)
            connection.execute(claims.delete().where(claims.c.told == "", claims.c.job.in_(refused)))
            wanted = (
                sa.select(claims, prints.c.state)
                .join(prints, prints.c.id == claims.c.job)
                .where(prints.c.state.in_(tuple(_OUTCOMES)))
                .order_by(claims.c.id)
            )
            found = [_due(row) for row in connection.execute(wanted)]
            return tuple(due for due, told in found if due.outcome != told)

    def told(self, claim_id: str, outcome: Outcome) -> None:
        """The centre has it. A print in doubt is kept until somebody settles it."""
        with self._transaction() as connection:
            if outcome is Outcome.DOUBTFUL:
                connection.execute(claims.update().where(claims.c.id == claim_id).values(told=outcome))
            else:
                connection.execute(claims.delete().where(claims.c.id == claim_id))

    def drop(self, claim_id: str) -> None:
        """The centre knows no such document."""
        with self._transaction() as connection:
            connection.execute(claims.delete().where(claims.c.id == claim_id))


def _due(row: Any) -> tuple[DueClaim, str]:
    due = DueClaim(
        id=row.id, document=row.document, ticket=row.ticket, at=row.at, clock_trusted=row.clock_trusted,
        outcome=_OUTCOMES[PrintState(row.state)],
    )  # fmt: skip
    return due, row.told
