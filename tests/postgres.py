"""A private PostgreSQL for tests: its own folder, a free loopback port, no durability; ended by its own pid file."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import sqlalchemy as sa

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
QUIET = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")


_LEAVE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_RESTART = "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"


def installed() -> bool:
    return bool(BINARIES) and shutil.which("runuser") is not None and os.geteuid() == 0


@dataclass
class PostgreSQL:
    """One server; ``copy`` gives a fresh database, ``empty`` makes one fresh again."""

    port: int
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def command(self, statement: str) -> None:
        engine = sa.create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def create(self, name: str, *, template: str = "template0") -> str:
        """A new database's URL; nobody may be connected to the template."""
        self.command(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        return self.url(name)

    def copy(self, template: str) -> tuple[str, str]:
        """(name, URL) of a fresh copy."""
        name = f"test_{next(self.numbers)}"
        return name, self.create(name, template=template)

    def empty(self, name: str) -> None:
        """As if just copied: no rows, sequences from one, nobody connected. A fifth of what a fresh copy costs."""
        engine = sa.create_engine(self.url(name), poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(_LEAVE)
            tables = connection.exec_driver_sql(_TABLES).scalars().all()
            used = [table for table in tables if connection.exec_driver_sql(f'SELECT 1 FROM "{table}" LIMIT 1').first()]  # noqa: S608 - PostgreSQL's own names
            if used:
                connection.exec_driver_sql("TRUNCATE " + ", ".join(f'"{table}"' for table in used) + " CASCADE")
            connection.exec_driver_sql(_RESTART)

    def drop(self, name: str) -> None:
        self.command(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def running() -> Iterator[PostgreSQL]:
    """From initdb to a fast stop; nothing stays."""
    folder = Path(tempfile.mkdtemp(prefix="kios-pg-"))
    try:
        shutil.chown(folder, "postgres")
        _as_postgres("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        port = _free_port()
        options = f"-p {port} -h 127.0.0.1 -c unix_socket_directories={folder}"
        options += "".join(f" -c {setting}" for setting in QUIET)
        _as_postgres("pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield PostgreSQL(port)
        finally:
            _as_postgres("pg_ctl", "-D", folder / "data", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres(program: str, *words: object) -> None:
    """The server's programs refuse to run as root."""
    command = ["runuser", "-u", "postgres", "--", str(BINARIES[-1] / program), *map(str, words)]
    done = subprocess.run(command, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} ended with {done.returncode}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
