"""The visit is a table: no event sequence gets stuck, and anything + left is home."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.session.steps import (
    CAPTURE_IDLE_S,
    HOME_IDLE_S,
    IDLE_S,
    RESULT_IDLE_S,
    TABLE,
    WARNING_S,
    Event,
    Step,
    after,
    idle_limit,
)

events = st.lists(st.sampled_from(Event), max_size=40)


def reached(start: Step, sequence: list[Event]) -> Step:
    step = start
    for event in sequence:
        step = after(step, event)
    return step


def home_without_leaving(start: Step) -> bool:
    """Whether a person comes home by the buttons alone, never by the time-out or the way out."""
    seen, open_ones = {start}, [start]
    while open_ones:
        step = open_ones.pop()
        if step is Step.HOME:
            return True
        for (at, event), to in TABLE.items():
            if at is step and event is not Event.LEFT and to not in seen:
                seen.add(to)
                open_ones.append(to)
    return False


@given(events)
def test_any_sequence_of_events_ends_at_a_step_with_a_way_home(sequence: list[Event]) -> None:
    assert home_without_leaving(reached(Step.HOME, sequence))


@given(events)
def test_anything_and_left_is_home(sequence: list[Event]) -> None:
    assert after(reached(Step.HOME, sequence), Event.LEFT) is Step.HOME


@given(st.sampled_from(Step), st.sampled_from(Event))
def test_an_event_that_means_nothing_at_a_step_leaves_it_there(step: Step, event: Event) -> None:
    if (step, event) not in TABLE:
        assert after(step, event) is step


@pytest.mark.parametrize("step", Step)
def test_every_step_is_reached_from_home(step: Step) -> None:
    found, grew = {Step.HOME}, True
    while grew:
        more = {to for (at, _event), to in TABLE.items() if at in found} - found
        found |= more
        grew = bool(more)
    assert step in found


@pytest.mark.parametrize("event", [event for event in Event if event is not Event.LEFT])
def test_every_event_leads_somewhere(event: Event) -> None:
    assert [at for at, on in TABLE if on is event]


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.HOME])
def test_only_sent_leads_to_the_receipt_and_only_from_the_review(step: Step) -> None:
    ways = [(at, event) for (at, event), to in TABLE.items() if to is Step.RECEIPT]
    assert ways == [(Step.REVIEW, Event.SENT)]


def test_papers_in_the_hand_get_more_time_than_a_question() -> None:
    assert idle_limit(Step.QUESTION) == IDLE_S == 90
    assert idle_limit(Step.CAPTURE) == idle_limit(Step.CORNERS) == CAPTURE_IDLE_S == 180
    assert idle_limit(Step.THANKS) == RESULT_IDLE_S < IDLE_S


def test_the_warning_stays_longer_than_the_twenty_seconds_of_wcag() -> None:
    assert WARNING_S >= 20
    assert HOME_IDLE_S >= 20
