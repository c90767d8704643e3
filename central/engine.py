"""Opens the database: SQLite (WAL, synchronous=EXTRA) by default, PostgreSQL by URL; migrations from the first table on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
_PRAGMAS = ("journal_mode=WAL", "synchronous=EXTRA", "foreign_keys=ON", "busy_timeout=20000")


def open_engine(url: str) -> sa.Engine:
    """An engine whose errors quote no values.

    SQLite takes the write lock when a transaction begins, so that two writers queue and never deadlock.
    """
    if not url.startswith("sqlite"):
        return sa.create_engine(url, pool_size=20, max_overflow=40, pool_pre_ping=True, hide_parameters=True)
    engine = sa.create_engine(url, pool_size=20, max_overflow=200, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def loosely(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that may be lost with the power, together with the last ones like it, and never half: no sync of its own.
    It is durable with the next one that is synced. For what says itself again in five minutes."""
    with engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execute(sa.text("SET LOCAL synchronous_commit = off"))
            yield connection
            connection.commit()
            return
        raw = connection.connection.dbapi_connection
        if raw is None:
            raise RuntimeError("no connection")
        cursor = raw.cursor()
        cursor.execute("PRAGMA synchronous=NORMAL")  # outside of a transaction, or SQLite ignores it
        try:
            yield connection
            connection.commit()
        finally:
            connection.rollback()
            cursor.execute("PRAGMA synchronous=EXTRA")


def upgrade(engine: sa.Engine) -> None:
    """Bring the database to the newest revision; safe to run at every start."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def lock_row(statement: sa.Select[Any]) -> sa.Select[Any]:
    """FOR UPDATE where the database has it; SQLite's transaction holds the only write lock already."""
    return statement.with_for_update()
