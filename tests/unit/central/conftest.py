"""A centre on SQLite and on PostgreSQL, with real keys, a clock that stands still, and a kiosk that signs."""

import secrets
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from adminduk.clock import ManualClock, SystemClock
from adminduk.services import Catalogue
from central import claims, keys
from central.accounts import passwords
from central.app import create_app
from central.blobs import FolderBlobs
from central.context import Context
from central.documents.authority import create_test_authority
from central.engine import open_engine, upgrade
from central.fleet import staff
from central.settings import Settings
from content.loader import load
from tests import postgres
from tests.unit.central.people import Kiosk


@pytest.fixture(autouse=True)
def cheap_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The least that argon2 takes, except where the cost itself is looked at: half of these tests' time went there."""
    if "real_cost" not in request.keywords:
        for module in (claims, passwords, staff):
            monkeypatch.setattr(module, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load("wonogiri")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set-up folder to copy: keys, the signer, a migrated SQLite database."""
    folder = tmp_path_factory.mktemp("prepared")
    keys.make(folder / "keys")
    create_test_authority(folder / "authority", now=SystemClock().now())
    engine = open_engine(Settings(dir=folder).database)
    upgrade(engine)
    engine.dispose()
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.PostgreSQL]:
    if not postgres.installed():
        pytest.skip("no PostgreSQL here that could be started")
    with postgres.running() as running:
        engine = open_engine(running.create("migrated"))
        upgrade(engine)
        engine.dispose()
        yield running


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(prepared, tmp_path / "centre"))


@pytest.fixture
def sqlite_url() -> str:
    """Nothing: the settings' own file."""
    return ""


@pytest.fixture(scope="session")
def shared(server: postgres.PostgreSQL) -> tuple[str, str]:
    """(name, URL) of the database that tests take turns with."""
    return server.copy("migrated")


@pytest.fixture
def postgresql_url(server: postgres.PostgreSQL, shared: tuple[str, str]) -> str:
    server.empty(shared[0])
    return shared[1]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def clock() -> ManualClock:
    """Stands at the real present, because signatures are checked against the machine's clock."""
    return ManualClock(at=SystemClock().now())


def make_context(folder: Path, database_url: str, catalogue: Catalogue, clock: ManualClock) -> Context:
    settings = Settings(dir=folder, database_url=database_url, largest_packet=1_000_000)
    return Context(
        settings=settings, engine=open_engine(settings.database), keys=keys.load(settings.keys),
        blobs=FolderBlobs(folder / "documents"), catalogue=catalogue, clock=clock, dice=secrets,
    )  # fmt: skip


@pytest.fixture
def context(folder: Path, database_url: str, catalogue: Catalogue, clock: ManualClock) -> Iterator[Context]:
    """On each engine in turn."""
    made = make_context(folder, database_url, catalogue, clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def light(folder: Path, catalogue: Catalogue, clock: ManualClock) -> Iterator[Context]:
    """On SQLite only, where the database makes no difference."""
    made = make_context(folder, "", catalogue, clock)
    yield made
    made.engine.dispose()


@pytest.fixture
def app(context: Context) -> Flask:
    return create_app(context)


@pytest.fixture
def kiosk(app: Flask, context: Context) -> Kiosk:
    return Kiosk.enrol(app, context)


@pytest.fixture
def light_app(light: Context) -> Flask:
    return create_app(light)


@pytest.fixture
def light_kiosk(light_app: Flask, light: Context) -> Kiosk:
    return Kiosk.enrol(light_app, light)


def rows(context: Context, statement: sa.Select[tuple[object, ...]]) -> list[sa.Row[tuple[object, ...]]]:
    with context.engine.connect() as connection:
        return list(connection.execute(statement))


def faulty(context: Context, **changes: object) -> Context:
    """The same centre with something replaced."""
    return replace(context, **changes)  # type: ignore[arg-type]  # fields of the context, by name
