"""The encrypted file: its key, its pragmas, its tables, several processes at its door."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from kiosk.store import Store, StoreError
from kiosk.store.engine import open_engine
from kiosk.store.migrate import upgrade
from kiosk.store.schema import metadata
from tests.unit.store.making import KEY, lay_store, open_store, submission

TOP = Path(__file__).parents[3]
FIRST_TABLES = {"outbox", "prints", "inquiries", "surveys", "diary"}


def test_a_store_opens_again_with_its_key(tmp_path: Path) -> None:
    one = submission()
    first = open_store(tmp_path)
    first.record_submission(one)
    first.close()
    assert [row.id for row in open_store(tmp_path).waiting()] == [one.id]


def test_another_key_is_refused_with_a_code(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path, key=b"\xff" * 32)
    assert caught.value.code == "kunci_salah"


def test_a_file_that_is_no_store_is_refused_with_a_code(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(os.urandom(8192))
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path)
    assert caught.value.code == "kunci_salah"


def test_a_key_never_stands_in_the_error(tmp_path: Path) -> None:
    open_store(tmp_path).close()
    with pytest.raises(StoreError) as caught:
        open_store(tmp_path, key=b"\xab" * 32)
    assert "abab" not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", ["store.db", "store.db-wal"])
def test_the_disk_shows_nothing_of_what_was_written(tmp_path: Path, name: str) -> None:
    one = submission()
    store = open_store(tmp_path)
    store.record_submission(one)
    on_disk = (tmp_path / name).read_bytes()
    assert one.id.encode() not in on_disk
    assert one.ticket.encode() not in on_disk


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 3), ("foreign_keys", 1), ("busy_timeout", 10000), ("secure_delete", 1)],
)
def test_every_connection_has_the_durable_settings(tmp_path: Path, pragma: str, value: object) -> None:
    engine = open_engine(tmp_path / "store.db", KEY)
    with engine.connect() as one, engine.connect() as _other:
        assert one.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_the_sqlite_inside_has_no_wal_reset_bug(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "store.db", KEY)
    with engine.connect() as connection:
        version = str(connection.exec_driver_sql("SELECT sqlite_version()").scalar())
    assert tuple(map(int, version.split("."))) >= (3, 51, 3)


def test_the_migrations_make_exactly_the_tables_of_the_schema(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "store.db", KEY)
    upgrade(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []


def test_the_migrations_make_the_columns_and_defaults_of_the_schema(tmp_path: Path) -> None:
    migrated, made = (open_engine(tmp_path / name, KEY) for name in ("migrated.db", "made.db"))
    upgrade(migrated)
    metadata.create_all(made)
    assert {name: columns_of(migrated, name) for name in metadata.tables} == {
        name: columns_of(made, name) for name in metadata.tables
    }


def columns_of(engine: sa.Engine, table: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"PRAGMA table_xinfo({table})")]


def test_the_stores_that_tests_are_given_are_those_that_the_kiosk_makes(tmp_path: Path) -> None:
    made = open_engine(tmp_path / "made.db", KEY)
    upgrade(made)
    assert schema_of(open_engine(lay_store(tmp_path / "store.db"), KEY)) == schema_of(made)


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "store.db", KEY)
    upgrade(engine)
    before = schema_of(engine)
    upgrade(engine)
    assert schema_of(engine) == before


def test_a_store_of_the_first_revision_keeps_its_packets_through_the_upgrade(tmp_path: Path) -> None:
    one, store = submission(), open_store(tmp_path)
    store.record_submission(one)
    with store._engine.begin() as connection:
        for table in set(metadata.tables) - FIRST_TABLES:
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    store.close()
    again = open_store(tmp_path)
    assert [row.id for row in again.waiting()] == [one.id]
    assert again.next_number("heartbeat") == 1


def schema_of(engine: sa.Engine) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql("SELECT name, sql FROM sqlite_master ORDER BY name")]


def test_a_migration_cut_in_the_middle_leaves_nothing_half_made(tmp_path: Path) -> None:
    engine = open_engine(tmp_path / "store.db", KEY)

    def power_goes(_connection: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if "CREATE TABLE outbox" in statement:
            raise KeyboardInterrupt

    sa.event.listen(engine, "before_cursor_execute", power_goes)
    with pytest.raises(KeyboardInterrupt):
        upgrade(engine)
    sa.event.remove(engine, "before_cursor_execute", power_goes)
    assert schema_of(engine) == []
    upgrade(engine)
    assert set(metadata.tables) <= {str(name) for name, _ in schema_of(engine)}


NO_PLACE_FOR_THESE = ("nik", "name", "nama", "pin", "secret", "answers", "phone", "kk")


def test_no_column_is_a_place_for_personal_data() -> None:
    columns = {column.name for table in metadata.tables.values() for column in table.columns}
    assert columns.isdisjoint(NO_PLACE_FOR_THESE)


OPENING = """
import sys
from pathlib import Path
from adminduk.clock import ManualClock
from kiosk.store import Store
from tests.unit.store.making import KEY, FixedDice, submission
sys.stdin.readline()
store = Store.open(Path(sys.argv[1], "store.db"), KEY, clock=ManualClock(), dice=FixedDice())
store.record_submission(submission(int(sys.argv[2])))
"""


def test_screen_and_courier_may_open_a_new_store_at_the_same_moment(tmp_path: Path) -> None:
    words = [sys.executable, "-c", OPENING, str(tmp_path)]
    openers = [
        subprocess.Popen([*words, str(number)], cwd=TOP, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in range(1, 7)
    ]
    for opener in openers:
        assert opener.stdin
        opener.stdin.write("now\n")
        opener.stdin.flush()
    complaints = [opener.communicate(timeout=60)[1] for opener in openers]
    assert complaints == [""] * 6
    assert len(open_store(tmp_path).waiting()) == 6


def test_closing_twice_is_harmless(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    store.close()


def test_a_full_disk_is_a_code_and_the_store_goes_on_afterwards(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with limited(store):
        caught = fill(store)
    assert caught.code == "penuh"
    store.record_submission(submission(999_999))


class limited:  # noqa: N801 - reads as a phrase in `with`
    """SQLite's own page limit stands for the disk's end: the same SQLITE_FULL."""

    def __init__(self, store: Store) -> None:
        self._engine = store._engine

    def __enter__(self) -> None:
        self._set("PRAGMA max_page_count = 40")

    def __exit__(self, *_: object) -> None:
        self._set("PRAGMA max_page_count = 1000000")

    def _set(self, pragma: str) -> None:
        self._engine.dispose()
        if "1000000" in pragma:
            sa.event.remove(self._engine, "connect", self._limit)
        else:
            sa.event.listen(self._engine, "connect", self._limit)

    @staticmethod
    def _limit(connection: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        connection.cursor().execute("PRAGMA max_page_count = 40")


def fill(store: Store) -> StoreError:
    for number in range(100_000):
        try:
            store.note("disk_fills", "x" * 60, "y" * 120)
        except StoreError as error:
            return error
        assert number < 99_999, "the disk never filled"
    raise AssertionError
