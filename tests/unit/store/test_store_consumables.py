"""Paper is counted print by print: what came, what did not, what nobody knows."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.store import PrintKind, PrintState, Stock, Store, Supply, Use
from kiosk.store import consumables as module
from tests.unit.store.making import open_store

AT = "2026-11-21T03:00:00.000000Z"
MONDAY = "2026-11-16"
SLIP = Use(Supply.ROLL, 120, MONDAY)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path)


def roll(store: Store) -> Stock:
    return store.supplies.stock(Supply.ROLL, since="2026-11-01")


def printed(store: Store, state: PrintState, use: Use = SLIP, subject: str = "p1") -> None:
    """As the session prints: intent, handed over with what it takes, settled."""
    job = store.intend_print(PrintKind.SLIP, subject)
    store.settle_print(job, PrintState.HANDED_OVER, use=use)
    store.settle_print(job, state)


def test_nobody_knows_what_was_never_told(store: Store) -> None:
    printed(store, PrintState.CONFIRMED)
    assert (roll(store).left, roll(store).least) == (None, None)
    assert roll(store).days == {MONDAY: 120}


def test_a_new_roll_is_whole_whatever_the_old_one_took(store: Store) -> None:
    printed(store, PrintState.CONFIRMED)
    store.supplies.renew(Supply.ROLL, 50_000, at=AT)
    assert roll(store).left == 50_000
    printed(store, PrintState.CONFIRMED)
    assert roll(store).left == 49_880


def test_the_days_remember_what_the_old_roll_gave(store: Store) -> None:
    printed(store, PrintState.CONFIRMED)
    store.supplies.renew(Supply.ROLL, 50_000, at=AT)
    printed(store, PrintState.CONFIRMED)
    assert roll(store).days == {MONDAY: 240}


@pytest.mark.parametrize(
    ("state", "used", "maybe"),
    [
        (PrintState.CONFIRMED, 120, 0),
        (PrintState.DOUBTFUL, 0, 120),
        (PrintState.REFUSED, 0, 0),
    ],
)
def test_what_a_print_took_follows_what_became_of_it(store: Store, state: PrintState, used: int, maybe: int) -> None:
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    printed(store, state)
    assert (roll(store).used, roll(store).maybe) == (used, maybe)
    assert (roll(store).left, roll(store).least) == (1000 - used, 1000 - used - maybe)


@pytest.mark.parametrize(("came", "left"), [(PrintState.CONFIRMED, 880), (PrintState.REFUSED, 1000)])
def test_a_doubt_that_a_person_settles_settles_the_paper_too(store: Store, came: PrintState, left: int) -> None:
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    printed(store, PrintState.DOUBTFUL)
    (job,) = store.doubtful_prints()
    store.settle_print(job, came, "kata_petugas")
    assert (roll(store).left, roll(store).least) == (left, left)


def test_power_going_while_printing_leaves_paper_in_doubt(tmp_path: Path) -> None:
    before = open_store(tmp_path)
    before.supplies.renew(Supply.ROLL, 1000, at=AT)
    job = before.intend_print(PrintKind.SLIP, "p1")
    before.settle_print(job, PrintState.HANDED_OVER, use=SLIP)
    before.close()
    after = open_store(tmp_path)
    after.reconcile_prints()
    assert (roll(after).left, roll(after).least) == (1000, 880)


def test_a_print_that_never_reached_the_printer_takes_nothing(store: Store) -> None:
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    store.intend_print(PrintKind.SLIP, "p1")
    store.reconcile_prints()
    assert roll(store).least == 1000


def test_a_queue_number_in_no_ledger_is_counted(store: Store) -> None:
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    store.supplies.take(SLIP, sure=True)
    store.supplies.take(SLIP, sure=False)
    assert (roll(store).left, roll(store).least) == (880, 760)


def test_sheets_lie_on_top_of_what_is_there(store: Store) -> None:
    store.supplies.renew(Supply.SHEETS, 100, at=AT)
    store.supplies.take(Use(Supply.SHEETS, 30), sure=True)
    store.supplies.add(Supply.SHEETS, 250, at=AT)
    assert store.supplies.stock(Supply.SHEETS).left == 320


def test_sheets_on_top_of_nobody_knows_what_are_all_that_is_known(store: Store) -> None:
    store.supplies.take(Use(Supply.SHEETS, 30), sure=True)
    store.supplies.add(Supply.SHEETS, 250, at=AT)
    assert store.supplies.stock(Supply.SHEETS).left == 250


def test_a_tray_filled_without_a_word_is_unknown_not_below_nothing(store: Store) -> None:
    store.supplies.renew(Supply.SHEETS, 2, at=AT)
    for _ in range(3):
        store.supplies.take(Use(Supply.SHEETS, 1), sure=True)
    assert store.supplies.stock(Supply.SHEETS).left is None
    assert store.supplies.stock(Supply.SHEETS).least is None


def test_doubtful_paper_alone_makes_nothing_unknown(store: Store) -> None:
    store.supplies.renew(Supply.ROLL, 100, at=AT)
    store.supplies.take(SLIP, sure=False)
    assert (roll(store).left, roll(store).least) == (100, 0)


def test_the_printer_s_own_sensor_corrects_a_count_that_hoped_for_more(store: Store) -> None:
    store.supplies.renew(Supply.ROLL, 50_000, at=AT)
    assert store.supplies.at_most(Supply.ROLL, 2_500, at=AT)
    assert roll(store).left == 2_500
    printed(store, PrintState.CONFIRMED)
    assert not store.supplies.at_most(Supply.ROLL, 2_500, at=AT)
    assert roll(store).left == 2_380


def test_the_sensor_tells_something_of_a_roll_that_nobody_told_of(store: Store) -> None:
    assert store.supplies.at_most(Supply.ROLL, 2_500, at=AT)
    assert roll(store).left == 2_500


def test_one_supply_is_not_the_other(store: Store) -> None:
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    store.supplies.renew(Supply.SHEETS, 100, at=AT)
    printed(store, PrintState.CONFIRMED)
    assert store.supplies.stock(Supply.SHEETS).left == 100


def test_days_are_told_from_a_day_on_and_days_of_a_clock_not_believed_never(store: Store) -> None:
    for day in ("2026-11-13", MONDAY, "2026-11-17", ""):
        store.supplies.take(Use(Supply.ROLL, 120, day), sure=True)
    assert store.supplies.stock(Supply.ROLL, since=MONDAY).days == {MONDAY: 120, "2026-11-17": 120}
    assert store.supplies.stock(Supply.ROLL).days == {}


def test_old_uses_go_and_those_of_this_roll_stay(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 3)
    for _ in range(5):
        store.supplies.take(SLIP, sure=True)
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    store.supplies.take(SLIP, sure=True)
    assert roll(store).left == 880
    with store._engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM supply_uses")) == 4


def test_a_use_below_nothing_takes_nothing(store: Store) -> None:
    store.supplies.renew(Supply.ROLL, 1000, at=AT)
    store.supplies.take(Use(Supply.ROLL, -50), sure=True)
    assert roll(store).left == 1000


ACTS = st.one_of(
    st.tuples(st.just("renew"), st.integers(0, 500)),
    st.tuples(st.just("add"), st.integers(0, 500)),
    st.tuples(st.just("at_most"), st.integers(0, 50)),
    st.tuples(st.sampled_from([PrintState.CONFIRMED, PrintState.DOUBTFUL, PrintState.REFUSED]), st.integers(0, 90)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=12))
def test_whatever_happens_the_count_is_that_of_a_person_with_a_pencil(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]]
) -> None:
    store = open_store(tmp_path_factory.mktemp("pencil"))
    filled: int | None = None
    used = maybe = 0
    for what, amount in acts:
        left = None if filled is None or used > filled else filled - used
        match what:
            case "renew":
                store.supplies.renew(Supply.ROLL, amount, at=AT)
                filled, used, maybe = amount, 0, 0
            case "add":
                store.supplies.add(Supply.ROLL, amount, at=AT)
                filled, used, maybe = (amount, 0, 0) if left is None else ((filled or 0) + amount, used, maybe)
            case "at_most":
                store.supplies.at_most(Supply.ROLL, amount, at=AT)
                if left is None or left > amount:
                    filled, used, maybe = amount, 0, 0
            case state:
                printed(store, PrintState(state), Use(Supply.ROLL, amount, MONDAY))
                used += amount if state == PrintState.CONFIRMED else 0
                maybe += amount if state == PrintState.DOUBTFUL else 0
        expected = Stock(filled=filled, used=used, maybe=maybe)
        assert store.supplies.stock(Supply.ROLL) == expected
    store.close()
