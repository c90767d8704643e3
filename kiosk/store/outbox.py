"""The queue of sealed packets: one SQL claim that holds the policy, a lease, capped backoff, no maximum of retries.

States: SEALED → ANNOUNCED → UPLOADING → RECEIVED → PURGED; side exit NEEDS_ATTENTION(code). Wall clocks of village PCs
jump: a time further ahead than the longest wait cannot be true, so it counts as due.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from adminduk.tickets import Dice
from kiosk.store.schema import outbox

LEASE_S, GRACE_S = 120.0, 3.0
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 600.0
MISSING = "brankas_hilang"
LONGEST_TRUE_S = LONGEST_WAIT_S + 1  # a wait or lease beyond this is a clock that jumped


class Phase(StrEnum):
    SEALED = "SEALED"
    ANNOUNCED = "ANNOUNCED"
    UPLOADING = "UPLOADING"
    RECEIVED = "RECEIVED"
    PURGED = "PURGED"
    NEEDS_ATTENTION = "NEEDS_ATTENTION"


WAITING = (Phase.SEALED, Phase.ANNOUNCED, Phase.UPLOADING, Phase.RECEIVED)
UNSENT = (Phase.SEALED, Phase.ANNOUNCED, Phase.UPLOADING, Phase.NEEDS_ATTENTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What the store learns of a sealed packet. ``sealed_at`` is a UTC stamp."""

    id: str
    sha256: str
    size: int
    ticket: str
    service: str
    sealed_at: str
    clock_trusted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A claimed row of the outbox."""

    id: str
    state: Phase
    sha256: str
    size: int
    offset: int
    receipt: str | None

    @property
    def stuck(self) -> bool:
        """Whether it waits for a person."""
        return self.state is Phase.NEEDS_ATTENTION


def insert(connection: sa.Connection, submission: Submission) -> None:
    """Raises sqlalchemy.exc.IntegrityError when the id or the ticket is there already."""
    connection.execute(
        outbox.insert().values(
            id=submission.id,
            state=Phase.SEALED,
            sha256=submission.sha256,
            size=submission.size,
            ticket=submission.ticket,
            service=submission.service,
            sealed_at=submission.sealed_at,
            clock_trusted=submission.clock_trusted,
        )
    )


def known(connection: sa.Connection, packet_id: str) -> bool:
    """Whether that packet was ever recorded, tombstones too."""
    return connection.scalar(sa.select(outbox.c.id).where(outbox.c.id == packet_id)) is not None


def ticket_taken(connection: sa.Connection, ticket: str) -> bool:
    return connection.scalar(sa.select(outbox.c.id).where(outbox.c.ticket == ticket)) is not None


def _due(column: sa.Column[float], now: float) -> sa.ColumnElement[bool]:
    return sa.or_(column <= now, column > now + LONGEST_TRUE_S)


def claim(connection: sa.Connection, now: float, states: Sequence[Phase] = WAITING) -> Item | None:
    """The oldest due packet in one of ``states`` that nobody holds; held for LEASE_S. A crash lets the lease run out,
    nothing else is needed."""
    free = (outbox.c.state.in_(states), _due(outbox.c.next_try, now), _due(outbox.c.leased_until, now))
    oldest = sa.select(outbox.c.id).where(*free).order_by(outbox.c.id).limit(1).scalar_subquery()
    row = connection.execute(
        outbox.update()
        .where(outbox.c.id == oldest)
        .values(leased_until=now + LEASE_S, attempts=outbox.c.attempts + 1)
        .returning(outbox)
    ).first()
    return None if row is None else item_of(row)


# What a receipt on a USB stick has settled stays settled, whatever the courier was doing with it meanwhile.
UNRECEIVED = outbox.c.receipt.is_(None)


def item_of(row: sa.Row[tuple[object, ...]]) -> Item:
    values = row._mapping
    return Item(
        id=values["id"], state=Phase(values["state"]), sha256=values["sha256"], size=values["size"],
        offset=values["offset"], receipt=values["receipt"],
    )  # fmt: skip


def advance(connection: sa.Connection, item_id: str, state: Phase, *, offset: int, now: float) -> None:
    """The lease is renewed. ``offset`` (bytes at the centre) beyond the furthest so far is progress: the waits begin anew.

    An announcement that is taken again is no progress, nor is a lost upload that is sent a second time: a line that lets
    small requests through and cuts big ones must not be hammered.
    """
    progress = offset > outbox.c.offset
    connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id, UNRECEIVED)
        .values(
            state=state,
            leased_until=now + LEASE_S,
            offset=sa.case((progress, offset), else_=outbox.c.offset),
            setbacks=sa.case((progress, 0), else_=outbox.c.setbacks),
            last_error=sa.case((progress, ""), else_=outbox.c.last_error),
        )
    )


def release(connection: sa.Connection, item_id: str) -> None:
    """Give back a claim."""
    connection.execute(outbox.update().where(outbox.c.id == item_id).values(leased_until=0))


def shorten_leases(connection: sa.Connection, now: float) -> None:
    """A courier that just started has claimed nothing: what a killed one held is free in a moment. Not at once, so that a
    packet which kills every courier that touches it lets the others pass."""
    held = (outbox.c.leased_until > now + GRACE_S, outbox.c.leased_until <= now + LONGEST_TRUE_S)
    connection.execute(outbox.update().where(*held).values(leased_until=now + GRACE_S))


def receive(connection: sa.Connection, item_id: str, receipt: str) -> bool:
    """The centre's signed receipt is ours; only now may the packet be erased. By the line or by a USB stick: the first counts,
    and False is said to the second."""
    done = connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id, UNRECEIVED)
        .values(state=Phase.RECEIVED, receipt=receipt, code="", last_error="", setbacks=0, next_try=0)
    )
    return done.rowcount == 1


def purge(connection: sa.Connection, item_id: str) -> None:
    """The packet is erased; the row stays as a tombstone (id, hash, receipt), so that a restored disk cannot resend."""
    connection.execute(
        outbox.update().where(outbox.c.id == item_id).values(state=Phase.PURGED, leased_until=0, code="")
    )


def drop(connection: sa.Connection, item_id: str) -> None:
    """No row, no tombstone: it was never anybody's."""
    connection.execute(outbox.delete().where(outbox.c.id == item_id, UNRECEIVED))


def wait_s(setbacks: int, dice: Dice) -> float:
    """Exponential, capped, with full jitter above a floor of one second."""
    ceiling: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(setbacks, 20))
    return 1.0 + (ceiling - 1.0) * dice.randbelow(1000) / 1000


def asked_wait_s(wait: float, dice: Dice) -> float:
    """What the centre asked for and up to a quarter more, so that a thousand kiosks do not come back in one second."""
    return min(max(1.0, wait) * (1 + dice.randbelow(250) / 1000), LONGEST_WAIT_S)


def set_back(
    connection: sa.Connection, item_id: str, error: str, *, now: float, dice: Dice, wait: float | None = None
) -> None:
    """Not now: try again later, for ever. ``wait`` is what the centre asked for (seconds)."""
    setbacks = connection.scalar(sa.select(outbox.c.setbacks).where(outbox.c.id == item_id)) or 0
    pause = wait_s(setbacks, dice) if wait is None else asked_wait_s(wait, dice)
    connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id, outbox.c.state != Phase.PURGED)
        .values(setbacks=setbacks + 1, last_error=error, next_try=now + pause, leased_until=0)
    )


def need_attention(connection: sa.Connection, item_id: str, code: str) -> bool:
    """A person must look; nothing is erased. A packet whose receipt is here may be missing: then nobody must."""
    missing = code == MISSING
    done = connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id, outbox.c.state != Phase.PURGED, UNRECEIVED if missing else sa.true())
        .values(state=Phase.NEEDS_ATTENTION, code=code, last_error=code, leased_until=0)
    )
    return done.rowcount == 1


def try_again(connection: sa.Connection, item_id: str) -> bool:
    """A person looked: back into the queue, from the announcement on; from the receipt on where it is here. False when it
    needs nobody."""
    done = connection.execute(
        outbox.update()
        .where(outbox.c.id == item_id, outbox.c.state == Phase.NEEDS_ATTENTION)
        .values(
            state=sa.case((UNRECEIVED, Phase.SEALED), else_=Phase.RECEIVED),
            code="", setbacks=0, next_try=0, leased_until=0,
        )
    )  # fmt: skip
    return done.rowcount == 1
