"""The centre in the guest: gunicorn as `python -m central serve` runs it, and the worker."""

import os
import socket
import time
from pathlib import Path
from threading import Event

import gunicorn.app.base
import gunicorn.workers.gthread  # noqa: F401
import sqlalchemy as sa
from argon2 import PasswordHasher

from central import claims, engine, server, worker
from central.app import set_up_logging
from central.context import open_context
from central.schema import packets
from central.settings import Settings
from tests.powercuts.people import PORT

SETTINGS = Settings(dir=Path("/run/centre/data"), regions_file=Path("/run/none"))


def serve() -> None:
    server.run(SETTINGS, port=PORT, threads=8, workers=1)


def work() -> None:
    claims._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # as in tests/unit/central
    set_up_logging()
    worker.run(open_context(SETTINGS), Event())


def wait_until_it_answers() -> None:
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", PORT)) == 0:
                return
        time.sleep(0.1)


def drained() -> bool:
    """Whether every packet that it knows of is an application."""
    made = sa.create_engine(SETTINGS.database)
    with made.connect() as connection:
        left = connection.scalar(sa.select(sa.func.count()).select_from(packets).where(packets.c.state != "admitted"))
    made.dispose()
    return left == 0


def trust_the_cache() -> None:
    """A centre that syncs nothing: what the test must notice."""
    engine._PRAGMAS = tuple(word.replace("=EXTRA", "=OFF") for word in engine._PRAGMAS)  # type: ignore[assignment]
    os.fsync = lambda _file: None
