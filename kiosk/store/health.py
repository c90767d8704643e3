"""How the devices are, as the screen last said, and counters that outlive a restart: what the heartbeat carries."""

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kiosk.store.schema import counters
from kiosk.store.schema import devices as table


def report(connection: sa.Connection, role: str, code: str) -> None:
    """The newest word about one device replaces the last."""
    row = insert(table).values(role=role, code=code)
    connection.execute(row.on_conflict_do_update(index_elements=["role"], set_={"code": code}))


def devices(connection: sa.Connection) -> dict[str, str]:
    """Role → code."""
    return {row.role: row.code for row in connection.execute(sa.select(table).order_by(table.c.role))}


def next_number(connection: sa.Connection, name: str) -> int:
    """Counts up from 1."""
    row = insert(counters).values(counter=name, value=1)
    counted = row.on_conflict_do_update(index_elements=["counter"], set_={"value": counters.c.value + 1})
    value: int = connection.execute(counted.returning(counters.c.value)).scalar_one()
    return value
