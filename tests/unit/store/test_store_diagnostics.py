"""The technician's records: in the order in which they were written, whatever the clock said, and never changed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from adminduk.clock import ManualClock
from kiosk.store import Diagnostic, Store, StoreError
from kiosk.store.diagnostics import DiagnosticShelf
from kiosk.store.schema import diagnostics
from tests.unit.store.making import open_store


def add(
    store: Store, device: str = "receipt", kind: str = "print", *, passed: bool = True, **more: object
) -> Diagnostic:
    return store.diagnostics.add(device, kind, passed=passed, staff_id="P-0007", **more)  # type: ignore[arg-type]  # a test's shorthand


def test_a_record_says_what_was_measured_by_whom_and_whether_the_clock_was_believed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    written = add(store, passed=False, code="garis", numbers={"line": 0.31, "scale": [1.0, 0.98], "black": None})
    assert store.diagnostics.latest() == (written,)
    assert (written.passed, written.code, written.staff_id, written.clock_trusted) == (False, "garis", "P-0007", True)
    assert written.numbers == {"line": 0.31, "scale": [1.0, 0.98], "black": None}


def test_a_clock_that_ran_ahead_and_back_does_not_make_an_old_test_the_newest(tmp_path: Path) -> None:
    clock = ManualClock()
    store = open_store(tmp_path, clock=clock)
    clock.jump(datetime(2031, 1, 1, tzinfo=UTC))
    add(store, passed=False, code="garis")
    clock.jump(datetime(2026, 11, 21, 4, tzinfo=UTC))
    add(store)
    (newest,) = store.diagnostics.latest()
    assert newest.passed
    assert [one.passed for one in store.diagnostics.history("receipt", most=5)] == [True, False]


def test_a_test_under_a_dead_clock_battery_says_that_its_time_is_not_believed(tmp_path: Path) -> None:
    clock = ManualClock(at=datetime(1970, 1, 1, tzinfo=UTC))
    store = open_store(tmp_path, clock=clock)
    assert not add(store).clock_trusted
    clock.jump(datetime(2026, 11, 21, tzinfo=UTC))
    assert add(store).clock_trusted


def test_the_newest_of_each_test_of_each_device_is_found(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for device, kind in (("camera", "target"), ("camera", "mat"), ("receipt", "print"), ("camera", "target")):
        add(store, device, kind)
    assert [(one.device, one.kind) for one in store.diagnostics.latest()] == [
        ("camera", "mat"), ("receipt", "print"), ("camera", "target"),
    ]  # fmt: skip
    assert [one.kind for one in store.diagnostics.history("camera", most=2)] == ["target", "mat"]


@pytest.mark.parametrize("statement", ["UPDATE diagnostics SET passed = 1", "UPDATE diagnostics SET at = '2020'"])
def test_the_database_itself_refuses_to_make_a_failure_a_pass(tmp_path: Path, statement: str) -> None:
    store = open_store(tmp_path)
    add(store, passed=False, code="pucat")
    with pytest.raises(sa.exc.DBAPIError), store._engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert not store.diagnostics.latest()[0].passed


def test_old_tests_go_but_the_last_of_each_stays_however_old(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.diagnostics = DiagnosticShelf(store._transaction, ManualClock(), kept=5)
    add(store, "camera", "mat")
    for _ in range(8):
        add(store)
    with store._engine.connect() as connection:
        assert list(connection.scalars(sa.select(diagnostics.c.id))) == [1, 5, 6, 7, 8, 9]


def test_what_is_no_number_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with pytest.raises(ValueError, match="Out of range"):
        add(store, numbers={"line": float("nan")})
    assert store.diagnostics.latest() == ()


def test_a_full_disk_gives_a_code(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.close()
    sa.event.listen(store._engine, "connect", lambda connection, _: connection.execute("PRAGMA max_page_count = 1"))
    with pytest.raises(StoreError) as caught:
        fill(store)
    assert caught.value.code == "penuh"


def fill(store: Store) -> None:
    for _ in range(2000):
        add(store, numbers={"reasons": ["x" * 4000]})


def test_a_store_of_the_fifth_revision_gets_the_shelf(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.note("before")
    later = set(sa.inspect(store._engine).get_table_names()) - OF_THE_FIFTH
    with store._engine.begin() as connection:
        for table in later:
            connection.exec_driver_sql(f"DROP TABLE {table}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0005'")
    store.close()
    again = open_store(tmp_path)
    assert add(again).id == 1
    assert again.events()[0] == ("before", "", "")


OF_THE_FIFTH = {
    "alembic_version", "acts", "counters", "devices", "diary", "drafts", "inquiries", "outbox", "prints", "staff",
    "staff_attempts", "supplies", "supply_uses", "surveys",
}  # fmt: skip
