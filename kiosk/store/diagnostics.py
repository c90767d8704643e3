"""What technicians tested, and how it went: rows that are only added to. Order is by id, never by clock.

A village PC's clock may run ahead and back again: the newest test is the one that was written last, and each row says
whether its clock could be believed.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from adminduk.clock import Clock, stamp, trusted
from kiosk.store.schema import diagnostics

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
MOST_KEPT = 1000  # rows; the newest of each test stays however old it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One test as it was written. ``code``: why it failed, empty when it passed; ``numbers``: what was measured, as JSON."""

    id: int
    at: str
    clock_trusted: bool
    device: str
    kind: str
    passed: bool
    code: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    staff_id: str


class DiagnosticShelf:
    """``store.diagnostics``: every method is one transaction. Raises StoreError."""

    def __init__(self, transaction: Transaction, clock: Clock, *, kept: int = MOST_KEPT) -> None:
        self._transaction, self._clock, self._kept = transaction, clock, kept

    def add(
        self,
        device: str,
        kind: str,
        *,
        passed: bool,
        staff_id: str,
        code: str = "",
        numbers: Mapping[str, Any] | None = None,
    ) -> Diagnostic:
        """Write a test down, durably on return. Raises ValueError for numbers that are none (NaN)."""
        now, measured = self._clock.now(), json.dumps(dict(numbers or {}), sort_keys=True, allow_nan=False)
        row = {
            "at": stamp(now), "clock_trusted": trusted(now), "device": device, "kind": kind, "passed": passed,
            "code": code, "numbers": measured, "staff_id": staff_id,
        }  # fmt: skip
        with self._transaction() as connection:
            written = connection.execute(diagnostics.insert().values(**row).returning(diagnostics)).one()
            _forget(connection, written.id - self._kept)
            return _diagnostic(written)

    def latest(self) -> tuple[Diagnostic, ...]:
        """The newest of each test of each device, oldest of them first."""
        with self._transaction() as connection:
            rows = connection.execute(
                sa.select(diagnostics).where(diagnostics.c.id.in_(_newest())).order_by(diagnostics.c.id)
            )
            return tuple(map(_diagnostic, rows))

    def history(self, device: str, *, most: int) -> tuple[Diagnostic, ...]:
        """The last tests of one device, newest first."""
        with self._transaction() as connection:
            mine = sa.select(diagnostics).where(diagnostics.c.device == device)
            return tuple(map(_diagnostic, connection.execute(mine.order_by(diagnostics.c.id.desc()).limit(most))))


def _newest() -> sa.Select[tuple[int]]:
    return sa.select(sa.func.max(diagnostics.c.id)).group_by(diagnostics.c.device, diagnostics.c.kind)


def _forget(connection: sa.Connection, last: int) -> None:
    old = (diagnostics.c.id <= last, diagnostics.c.id.not_in(_newest()))
    connection.execute(diagnostics.delete().where(*old))


def _diagnostic(row: sa.Row[Any]) -> Diagnostic:
    values = dict(row._mapping)
    return Diagnostic(**{**values, "numbers": json.loads(values["numbers"])})
