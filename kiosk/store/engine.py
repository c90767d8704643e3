"""Opens the encrypted file: SQLCipher with a raw key, WAL, synchronous=EXTRA; one pool for threads of one process.

sqlcipher3's own SQLite (3.53) is used, never the system's: Debian 12's has the WAL-reset bug (fixed in 3.51.3).
"""

import os
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

# The timeout comes first: the other process may hold the lock while this one asks for WAL.
PRAGMAS = (
    "busy_timeout=10000",
    "cipher_log_level=NONE",
    "journal_mode=WAL",
    "synchronous=EXTRA",
    "foreign_keys=ON",
    "secure_delete=ON",
)
# SQLite's primary result codes (sqlite.org/rescode.html); the low byte of an extended code.
CODES = {5: "sibuk", 6: "sibuk", 8: "rusak", 14: "rusak", 10: "rusak", 11: "rusak", 13: "penuh", 26: "kunci_salah"}
_SPOILT = (11, 26)  # SQLITE_CORRUPT, SQLITE_NOTADB
_BESIDE_BYTES = 64 * 1024  # the index and the log beside the store, which even a reader makes


class StoreError(Exception):
    """The store cannot be used now. ``code``: ``kunci_salah`` (or not a store), ``rusak``, ``penuh``, ``sibuk``.

    ``spoilt``: what lies in the file itself is bad. A disk that takes nothing says ``rusak`` too, and spoils nothing.
    """

    def __init__(self, code: str, *, spoilt: bool = False) -> None:
        super().__init__(code)
        self.code, self.spoilt = code, spoilt


def store_error(error: sa.exc.DBAPIError) -> StoreError | None:
    """What SQLite's result code means for us; None for a mistake of ours, which is to crash."""
    number = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    code = CODES.get(number)
    return None if code is None else StoreError(code, spoilt=number in _SPOILT)


def _opening_error(error: sa.exc.DBAPIError, path: Path) -> Exception:
    """SQLite calls it a disk's error when there is no room for its index; the driver does not say which one it was."""
    found = store_error(error)
    if found is None or found.code != "rusak" or found.spoilt:
        return found or error
    room = os.statvfs(path.parent)
    return StoreError("penuh") if room.f_bavail * room.f_frsize < _BESIDE_BYTES else found


def open_engine(path: Path, key: bytes) -> sa.Engine:
    """An engine whose transactions take the write lock at once, so that two processes never upgrade into a deadlock.

    Raises:
        StoreError: ``kunci_salah`` when the key does not open the file.
    """
    import sqlcipher3.dbapi2

    path.touch(mode=0o660, exist_ok=True)
    url = sa.URL.create("sqlite+pysqlcipher", password=f"x'{key.hex()}'", database=str(path))
    engine = sa.create_engine(url, module=sqlcipher3.dbapi2, poolclass=QueuePool, pool_size=4, max_overflow=8)
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin_immediate)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM sqlite_master")
    except sa.exc.DBAPIError as error:
        engine.dispose()
        raise _opening_error(error, path) from None
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin behind SQLAlchemy's back
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
