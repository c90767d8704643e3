"""Looks at the outbox: what waits, how much, since when, and one row. Nothing here changes anything."""

from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.outbox import UNRECEIVED, UNSENT, Item, Phase, item_of
from kiosk.store.prints import PrintState
from kiosk.store.schema import outbox, prints


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A waiting row as people see it: why it waits and until when (seconds since 1970)."""

    id: str
    ticket: str
    state: Phase
    code: str
    attempts: int
    last_error: str
    next_try: float
    sealed_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How much the centre has not: packets, and since when the oldest waits (a UTC stamp that a trusted clock made, empty when
    there is none). ``stuck``: those that wait for a person."""

    queue: int
    stuck: int
    oldest: str


def unsent(connection: sa.Connection) -> tuple[Item, ...]:
    """Every packet without a receipt, oldest first: what a USB stick may carry and a second copy must hold."""
    wanted = sa.select(outbox).where(outbox.c.state.in_(UNSENT), UNRECEIVED).order_by(outbox.c.id)
    return tuple(item_of(row) for row in connection.execute(wanted))


def find(connection: sa.Connection, item_id: str) -> Item | None:
    """One row, tombstones too."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == item_id)).first()
    return None if row is None else item_of(row)


def unsent_ticket(connection: sa.Connection, ticket: str) -> Waiting | None:
    """The packet of this ticket while the centre has not given a receipt for it."""
    wanted = sa.select(outbox).where(outbox.c.ticket == ticket, outbox.c.state.in_(UNSENT), UNRECEIVED)
    row = connection.execute(wanted).first()
    return None if row is None else _waiting(row)


def backlog(connection: sa.Connection) -> Backlog:
    """In one look, whatever the length of the queue. Stamps of a clock that was not trusted tell no age."""
    mine = (outbox.c.state.in_(UNSENT), UNRECEIVED)
    believed, stuck = outbox.c.clock_trusted, outbox.c.state == Phase.NEEDS_ATTENTION
    row = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.sum(sa.case((stuck, 1), else_=0)), 0),
            sa.func.min(sa.case((believed, outbox.c.sealed_at), else_=None)),
        )
        .select_from(outbox)
        .where(*mine)
    ).one()
    return Backlog(queue=row[0], stuck=row[1], oldest=row[2] or "")


def waiting(connection: sa.Connection) -> tuple[Waiting, ...]:
    """Everything that is not at the centre yet, oldest first."""
    rows = connection.execute(sa.select(outbox).where(outbox.c.state != Phase.PURGED).order_by(outbox.c.id))
    return tuple(_waiting(row) for row in rows)


def _waiting(row: sa.Row[tuple[object, ...]]) -> Waiting:
    values = row._mapping
    return Waiting(
        id=values["id"], ticket=values["ticket"], state=Phase(values["state"]), code=values["code"],
        attempts=values["attempts"], last_error=values["last_error"], next_try=values["next_try"],
        sealed_at=values["sealed_at"],
    )  # fmt: skip


def packet_ids(connection: sa.Connection) -> frozenset[str]:
    """Ids whose packet must be in the vault."""
    kept = sa.select(outbox.c.id).where(outbox.c.state != Phase.PURGED)
    return frozenset(connection.scalars(kept))


def unpromised(connection: sa.Connection, held: frozenset[str]) -> tuple[str, ...]:
    """Ids of packets without a receipt that are not among ``held``, and of whose slip not a byte was sent."""
    handed_over = sa.exists().where(prints.c.subject == outbox.c.id, prints.c.state != PrintState.INTENT)
    intended = sa.exists().where(prints.c.subject == outbox.c.id)
    wanted = sa.select(outbox.c.id).where(outbox.c.state.in_(UNSENT), UNRECEIVED, intended, sa.not_(handed_over))
    return tuple(one for one in connection.scalars(wanted) if one not in held)
