"""The staff's shelf under several hands at once, and through an upgrade from before there was one."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from adminduk.clock import ManualClock
from kiosk.store import Store, StoreError
from kiosk.store.schema import acts, staff_attempts
from kiosk.store.staff import Try
from tests.unit.staff.hall import person, put, roster
from tests.unit.store.making import open_store

NOW = ManualClock().now()
ACT = {"staff_id": "P-0007", "subject": "", "service": "AKL", "action": "ajukan", "step": "review"}


def begin(store: Store, staff_id: str = "P-0007", monotonic: float = 100.0) -> Try:
    return store.staff.begin_try(staff_id, boot="boot-1", monotonic=monotonic)


def test_of_twenty_tries_at_the_same_moment_three_are_looked_at(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        tries = list(pool.map(lambda _: begin(store), range(20)))
    assert sum(one.allowed for one in tries) == 3
    assert {one.wait_s for one in tries if not one.allowed} == {60.0}


def test_two_processes_count_in_one_book(tmp_path: Path) -> None:
    screen, other = open_store(tmp_path), open_store(tmp_path)
    assert [begin(screen).wait_s, begin(other).wait_s, begin(screen).wait_s] == [0, 0, 60.0]
    assert begin(other) == Try(allowed=False, wait_s=60.0)


def test_forgiving_one_forgives_nobody_else(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for staff_id in ("P-0007", "P-0008"):
        begin(store, staff_id)
    store.staff.forgive("P-0007")
    with store._engine.connect() as connection:
        assert list(connection.scalars(sa.select(staff_attempts.c.staff_id))) == ["P-0008"]


def test_a_replacement_cut_in_the_middle_leaves_the_old_roster(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, roster(NOW, person(7)))

    class PowerGoesError(BaseException):
        pass

    def pull(_connection: sa.Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO staff "):
            raise PowerGoesError

    sa.event.listen(store._engine, "before_cursor_execute", pull)
    with pytest.raises(PowerGoesError):
        put(store, roster(NOW.replace(hour=4), person(8)))
    store.close()
    held = open_store(tmp_path).staff.roster(NOW)
    assert held is not None
    assert "P-0007" in held.signed


@pytest.mark.parametrize(
    "statement", ["UPDATE acts SET at = '2020'", "UPDATE acts SET staff_id = 'P-0008' WHERE id = 1"]
)
def test_the_database_itself_refuses_to_change_an_act(tmp_path: Path, statement: str) -> None:
    store = open_store(tmp_path)
    store.staff.add_act(NOW, **ACT)
    with pytest.raises(sa.exc.DBAPIError), store._engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with store._engine.connect() as connection:
        assert connection.scalar(sa.select(acts.c.staff_id)) == "P-0007"


def fill(store: Store) -> None:
    for number in range(10_000):
        begin(store, f"P-{number:04d}")


def test_a_full_disk_gives_a_code_and_no_free_try(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    sa.event.listen(store._engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreError) as caught:
        fill(store)
    assert caught.value.code == "penuh"


def test_a_store_of_the_second_revision_gets_the_shelf_and_keeps_its_diary(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.note("before")
    tables = [name for name in sa.inspect(store._engine).get_table_names() if name not in OF_THE_SECOND]
    with store._engine.begin() as connection:
        for table in tables:
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    store.close()
    again = open_store(tmp_path)
    assert put(again, roster(NOW))
    assert again.events()[0] == ("before", "", "")


OF_THE_SECOND = (
    "alembic_version", "counters", "devices", "diary", "inquiries", "outbox", "prints", "surveys",
)  # fmt: skip
