"""Paper that gets less: what was put in, and what each print took of it. SQL and counting; ``kiosk.session`` decides.

Nothing is a difference of two readings, so no clock and no restart makes a use negative; order is by id, days are only for
the forecast. A print's use is written when it is handed over, not sure yet, in the ledger's own transaction, and settled
with it: what came is sure, what did not takes nothing, what is in doubt stays unsure and is told apart.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kiosk.store.prints import PrintState
from kiosk.store.schema import supplies, supply_uses

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
KEPT = 20_000  # uses: years of a village's prints, and more than any roll or tray lasts


class Supply(StrEnum):
    ROLL = "roll"  # millimetres of receipt paper
    SHEETS = "sheets"  # of A4


@dataclass(frozen=True, slots=True)
class Use:
    """What one print takes. ``day``: the kabupaten's date (ISO), empty when the clock cannot be believed."""

    supply: Supply
    amount: int
    day: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Millimetres or sheets. ``filled``: None until staff has said what was put in; ``used`` and ``maybe`` since then;
    ``days``: what each day took, the doubtful too."""

    filled: int | None = None
    used: int = 0
    maybe: int = 0
    days: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> int | None:
        """None when nobody knows: never told, or more came out than was put in (somebody filled and did not say so)."""
        return None if self.filled is None or self.used > self.filled else self.filled - self.used

    @property
    def least(self) -> int | None:
        """What is left if every doubtful print came out."""
        return None if self.left is None else max(0, self.left - self.maybe)


class SupplyShelf:
    """``store.supplies``: every method is one transaction. Raises StoreError."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def renew(self, supply: Supply, amount: int, *, at: str) -> None:
        """What was there is gone, ``amount`` is there now: a new roll, or an emptied tray. ``at``: UTC stamp."""
        with self._transaction() as connection:
            _fill(connection, supply, amount, at)

    def add(self, supply: Supply, amount: int, *, at: str) -> None:
        """``amount`` more on top of what is there; all that there is, when nobody knew what was."""
        with self._transaction() as connection:
            now = read(connection, supply)
            if now.left is None:
                _fill(connection, supply, amount, at)
                return
            more = supplies.update().where(supplies.c.supply == supply)
            connection.execute(more.values(filled=supplies.c.filled + amount, filled_at=at))

    def at_most(self, supply: Supply, most: int, *, at: str) -> bool:
        """The device's own sensor: not more than ``most`` can be there. Whether that corrected the count."""
        with self._transaction() as connection:
            left = read(connection, supply).left
            if left is not None and left <= most:
                return False
            _fill(connection, supply, most, at)
            return True

    def take(self, use: Use, *, sure: bool) -> None:
        """Of a print that stands in no ledger."""
        with self._transaction() as connection:
            _insert(connection, use, None, sure=sure)

    def stock(self, supply: Supply, *, since: str = "") -> Stock:
        """Now; ``days`` from that date on."""
        with self._transaction() as connection:
            return read(connection, supply, since=since)


def settle(connection: sa.Connection, job_id: int, state: PrintState, use: Use | None = None) -> None:
    """In the ledger's transaction: ``use`` is written down for a job that is handed over, and settled when the job is."""
    if use is not None:
        _insert(connection, use, job_id, sure=False)
    mine = supply_uses.update().where(supply_uses.c.job == job_id)
    if state is PrintState.CONFIRMED:
        connection.execute(mine.values(sure=True))
    elif state is PrintState.REFUSED:
        connection.execute(mine.values(amount=0, sure=True))


def read(connection: sa.Connection, supply: Supply, *, since: str = "") -> Stock:
    """One supply's numbers; ``days`` only from ``since`` on, none for an empty one."""
    row = connection.execute(sa.select(supplies).where(supplies.c.supply == supply)).first()
    sums = sa.select(supply_uses.c.sure, sa.func.sum(supply_uses.c.amount)).group_by(supply_uses.c.sure)
    mine = (supply_uses.c.supply == supply, supply_uses.c.id > (row.since if row else 0))
    counted = {bool(sure): int(amount) for sure, amount in connection.execute(sums.where(*mine))}
    return Stock(
        filled=row.filled if row else None, used=counted.get(True, 0), maybe=counted.get(False, 0),
        days=_days(connection, supply, since) if since else {},
    )  # fmt: skip


def _days(connection: sa.Connection, supply: Supply, since: str) -> dict[str, int]:
    mine = (supply_uses.c.supply == supply, supply_uses.c.day >= since, supply_uses.c.amount > 0)
    sums = sa.select(supply_uses.c.day, sa.func.sum(supply_uses.c.amount)).where(*mine).group_by(supply_uses.c.day)
    return {day: int(amount) for day, amount in connection.execute(sums)}


def _fill(connection: sa.Connection, supply: Supply, amount: int, at: str) -> None:
    last = connection.scalar(sa.select(sa.func.max(supply_uses.c.id))) or 0
    values = {"filled": amount, "since": last, "filled_at": at}
    row = insert(supplies).values(supply=supply, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["supply"], set_=values))
    connection.execute(supply_uses.delete().where(supply_uses.c.id <= last - KEPT))


def _insert(connection: sa.Connection, use: Use, job_id: int | None, *, sure: bool) -> None:
    values = {"supply": use.supply, "job": job_id, "day": use.day, "amount": max(0, use.amount), "sure": sure}
    connection.execute(supply_uses.insert().values(**values))
