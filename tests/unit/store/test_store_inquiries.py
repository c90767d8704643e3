"""Sealed questions and answers, and survey answers, on their way through the kiosk's file."""

from pathlib import Path

import pytest

from adminduk.clock import ManualClock
from kiosk.store import Store
from kiosk.store.inquiries import STALE_S
from kiosk.store.outbox import LONGEST_WAIT_S
from tests.unit.store.making import numbered_id, open_store


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Store:
    return open_store(tmp_path, clock=clock)


def asked(store: Store) -> str | None:
    question = store.next_question()
    return None if question is None else question.id


def test_a_question_is_pending_until_something_is_known(store: Store) -> None:
    store.ask("q1", b"sealed")
    reply = store.reply("q1")
    assert reply is not None
    assert reply.pending


def test_the_courier_gets_the_sealed_bytes_as_they_are(store: Store) -> None:
    store.ask("q1", b"\x00\xff sealed")
    question = store.next_question()
    assert question is not None
    assert question.sealed == b"\x00\xff sealed"


def test_an_answer_reaches_the_screen_and_is_not_asked_again(store: Store) -> None:
    store.ask("q1", b"sealed")
    store.answer("q1", b"opaque")
    reply = store.reply("q1")
    assert reply is not None
    assert (reply.sealed, reply.code, reply.pending) == (b"opaque", "", False)
    assert asked(store) is None


def test_a_failure_reaches_the_screen_with_its_code(store: Store) -> None:
    store.ask("q1", b"sealed")
    store.fail("q1", "tidak_tersambung")
    reply = store.reply("q1")
    assert reply is not None
    assert (reply.sealed, reply.code, reply.pending) == (None, "tidak_tersambung", False)
    assert asked(store) is None


def test_the_person_who_asked_last_is_served_first(store: Store) -> None:
    store.ask(numbered_id(1), b"of somebody who left")
    store.ask(numbered_id(2), b"of somebody who waits")
    assert asked(store) == numbered_id(2)


def test_a_question_that_nobody_waits_for_any_more_is_gone(store: Store, clock: ManualClock) -> None:
    store.ask("q1", b"sealed")
    clock.advance(STALE_S + 1)
    assert asked(store) is None
    assert store.reply("q1") is None


def test_a_question_is_still_fresh_at_the_end_of_its_time(store: Store, clock: ManualClock) -> None:
    store.ask("q1", b"sealed")
    clock.advance(STALE_S - 1)
    assert asked(store) == "q1"


def test_a_clock_that_falls_back_fifty_years_leaves_no_question_for_fifty_years(
    store: Store, clock: ManualClock
) -> None:
    store.ask("q1", b"sealed")
    clock.jump(clock.at.replace(year=1976))
    assert asked(store) is None
    assert store.reply("q1") is None


def test_an_answer_to_a_question_that_was_withdrawn_goes_nowhere(store: Store) -> None:
    store.ask("q1", b"sealed")
    store.forget_questions()
    store.answer("q1", b"opaque")
    store.fail("q1", "x")
    assert store.reply("q1") is None


def test_the_end_of_a_visit_leaves_no_questions_and_no_answers(tmp_path: Path, store: Store) -> None:
    store.ask("q1", b"MARK-OF-A-QUESTION")
    store.ask("q2", b"sealed")
    store.answer("q2", b"MARK-OF-AN-ANSWER")
    store.forget_questions()
    assert asked(store) is None
    assert (store.reply("q1"), store.reply("q2")) == (None, None)
    with store._engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM inquiries").scalar() == 0


def test_looking_for_a_question_costs_no_write_when_there_is_none(tmp_path: Path, store: Store) -> None:
    store.next_question()
    before = (tmp_path / "store.db-wal").stat()
    for _ in range(20):
        store.next_question()
        store.claim()
        store.next_survey()
    after = (tmp_path / "store.db-wal").stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_survey_answers_leave_in_order_and_once(store: Store) -> None:
    store.add_survey(numbered_id(2), b'{"b":1}')
    store.add_survey(numbered_id(1), b'{"a":1}')
    assert store.next_survey() == (numbered_id(1), b'{"a":1}')
    store.remove_survey(numbered_id(1))
    assert store.next_survey() == (numbered_id(2), b'{"b":1}')
    store.remove_survey(numbered_id(2))
    assert store.next_survey() is None


def test_a_postponed_survey_answer_waits_and_comes_back(store: Store, clock: ManualClock) -> None:
    store.add_survey("s1", b"{}")
    store.postpone_survey("s1")
    assert store.next_survey() is None
    clock.advance(LONGEST_WAIT_S)
    assert store.next_survey() == ("s1", b"{}")


def test_a_postponed_survey_answer_does_not_wait_fifty_years_for_a_clock(store: Store, clock: ManualClock) -> None:
    store.add_survey("s1", b"{}")
    store.postpone_survey("s1")
    clock.jump(clock.at.replace(year=1976))
    assert store.next_survey() == ("s1", b"{}")
