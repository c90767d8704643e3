"""One visit at a time: who may act on it, how long it lasts, and that nothing of it stays."""

import gc
import sys
from collections.abc import Iterable
from types import FrameType, ModuleType
from typing import Any

import pytest

from adminduk.services import Service
from kiosk.session import Event, Step
from kiosk.session.steps import CAPTURE_IDLE_S, HOME_IDLE_S, IDLE_S, WARNING_S
from tests.unit.session.world import NIK, World


def reachable(root: object) -> Iterable[object]:
    """Every object that ``root`` leads to, without walking into modules, classes and the running frames."""
    seen, open_ones = {id(root), *(id(vars(module)) for module in sys.modules.values())}, [root]
    while open_ones:
        one = open_ones.pop()
        yield one
        for next_one in gc.get_referents(one):
            if id(next_one) not in seen and not isinstance(next_one, (ModuleType, type, FrameType)):
                seen.add(id(next_one))
                open_ones.append(next_one)


def holds(value: Any, text: str) -> bool:
    if isinstance(value, str):
        return text in value
    return isinstance(value, (bytes, bytearray)) and text.encode() in bytes(value)


# --- stale pages --------------------------------------------------------------------------------------------------------


def test_a_page_of_an_earlier_visit_changes_nothing(world: World) -> None:
    stale = world.kiosk.visit.id
    world.to_questions()
    world.kiosk.leave()
    world.to_questions()
    assert not world.kiosk.act(stale, world.kiosk.answer(NIK))
    assert world.kiosk.visit.draft.answers == {}


def test_a_page_of_an_earlier_visit_keeps_nobody_awake(world: World) -> None:
    stale = world.kiosk.visit.id
    world.kiosk.leave()
    assert not world.kiosk.touch(stale)


def test_each_visit_has_its_own_random_id(world: World) -> None:
    ids = set()
    for _ in range(20):
        ids.add(world.kiosk.visit.id)
        world.kiosk.leave()
    assert len(ids) == 20
    assert all(len(one) == 32 for one in ids)


def test_a_verb_of_another_step_changes_nothing(world: World) -> None:
    world.to_questions()
    before = world.step, world.kiosk.visit.at
    world.do(world.kiosk.submit(), world.kiosk.take(), world.kiosk.give_pin("123456"), world.kiosk.score(4))
    assert (world.step, world.kiosk.visit.at) == before
    assert world.parts.vault.ids() == frozenset() or not list(world.parts.vault.ids())


def test_a_service_that_does_not_exist_is_not_chosen(world: World) -> None:
    world.do(Event.APPLY, world.kiosk.choose("TIDAK-ADA"))
    assert world.step is Step.SERVICES


# --- time ---------------------------------------------------------------------------------------------------------------


def test_nobody_at_home_is_never_timed_out(world: World) -> None:
    world.clock.advance(100_000)
    assert world.kiosk.seconds_left() is None
    assert world.wiped == []


def test_a_question_waits_ninety_seconds_then_warns_for_thirty(world: World) -> None:
    world.to_questions()
    world.clock.advance(IDLE_S)
    assert world.kiosk.seconds_left() == WARNING_S
    world.clock.advance(WARNING_S - 0.1)
    assert world.step is Step.QUESTION
    world.clock.advance(0.2)
    assert world.kiosk.seconds_left() is None
    assert world.step is Step.HOME


def test_laying_papers_under_the_camera_may_take_three_minutes(world: World) -> None:
    world.to_questions()
    world.answer()
    world.clock.advance(CAPTURE_IDLE_S + WARNING_S - 1)
    assert world.kiosk.seconds_left() == pytest.approx(1)


def test_still_here_gives_the_whole_time_again(world: World) -> None:
    world.to_questions()
    world.clock.advance(IDLE_S + WARNING_S - 1)
    assert world.kiosk.touch(world.kiosk.visit.id)
    assert world.kiosk.seconds_left() == IDLE_S + WARNING_S


def test_still_here_may_be_said_ten_times_and_more(world: World) -> None:
    world.to_questions()
    for _ in range(12):
        world.clock.advance(IDLE_S + WARNING_S - 1)
        assert world.kiosk.seconds_left() is not None
        world.kiosk.touch(world.kiosk.visit.id)
    assert world.step is Step.QUESTION


def test_a_print_that_takes_minutes_is_no_idleness(world: World) -> None:
    world.to_questions()
    world.do(lambda _visit: world.clock.advance(600))
    assert world.kiosk.seconds_left() == IDLE_S + WARNING_S


def test_a_wrong_wall_clock_times_nobody_out(world: World) -> None:
    world.to_questions()
    world.clock.jump(world.clock.at.replace(year=2099))
    assert world.kiosk.seconds_left() == IDLE_S + WARNING_S


def test_letters_made_large_at_home_go_back_when_nobody_stays(world: World) -> None:
    world.do(lambda visit: visit.display.update(besar=True))
    world.clock.advance(HOME_IDLE_S + 1)
    world.kiosk.seconds_left()
    assert world.kiosk.visit.display == {}


def test_stepping_back_home_keeps_large_letters_and_language(world: World) -> None:
    world.do(lambda visit: visit.display.update(besar=True, bahasa="en"))
    world.do(Event.APPLY, world.kiosk.back())
    assert world.step is Step.HOME
    assert world.kiosk.visit.display == {"besar": True, "bahasa": "en"}


def test_going_home_at_the_end_resets_letters(world: World) -> None:
    world.to_receipt()
    world.do(lambda visit: visit.display.update(besar=True))
    world.do(Event.FINISH, Event.FINISH)
    assert world.kiosk.visit.display == {}


# --- the wipe -----------------------------------------------------------------------------------------------------------


def test_an_idle_visit_leaves_no_nik_in_reach_of_the_kiosk(world: World) -> None:
    world.to_review()
    assert any(holds(one, NIK) for one in reachable(world.kiosk))
    world.clock.advance(IDLE_S + WARNING_S + 1)
    world.kiosk.seconds_left()
    assert not [one for one in reachable(world.kiosk) if holds(one, NIK)]


def test_a_mistyped_nik_does_not_stay_either(world: World) -> None:
    world.to_questions()
    world.do(world.kiosk.answer("3312120101909" + "9"))
    assert world.kiosk.visit.typed
    world.kiosk.leave()
    assert not [one for one in reachable(world.kiosk) if holds(one, "33121201019099")]


def test_ticket_pin_and_secret_do_not_stay(world: World) -> None:
    world.to_receipt()
    claim = world.kiosk.visit.claim
    assert claim is not None
    secret, pin = bytes(claim.secret), claim.pin
    del claim
    world.kiosk.leave()
    left = list(reachable(world.kiosk.visit))
    assert not [one for one in left if holds(one, pin) or (isinstance(one, bytes) and secret in one)]


def test_pages_are_overwritten_not_only_dropped(world: World) -> None:
    world.to_review()
    pages = [page for kept in world.kiosk.visit.draft.pages.values() for page in kept]
    assert pages
    assert all(any(page) for page in pages)
    world.kiosk.leave()
    assert not any(any(page) for page in pages)


def test_the_picture_in_work_is_overwritten(world: World) -> None:
    from tests.unit.session.world import birth_letter_on_desk

    world.to_questions()
    world.answer()
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take())
    taken = world.kiosk.visit.taken
    assert taken is not None
    frame = taken.frame
    world.kiosk.leave()
    assert not frame.any()


def test_the_camera_rests_and_leftovers_are_cancelled_after_each_visit(world: World) -> None:
    world.to_questions()
    before = world.paper.cancelled
    world.kiosk.leave()
    assert world.paper.cancelled == before + 1
    assert world.wiped == [None]


def test_an_empty_visit_costs_nothing(world: World) -> None:
    world.kiosk.leave()
    assert world.wiped == []
    assert world.paper.cancelled == 0


def test_questions_to_the_centre_are_forgotten_with_the_visit(world: World) -> None:
    world.to_waiting("001700000018")
    assert world.step is not Step.HOME
    world.kiosk.leave()
    assert world.parts.store.next_question() is None


def test_a_service_is_shared_content_and_may_stay(world: World) -> None:
    world.to_questions()
    service = world.kiosk.visit.service
    world.kiosk.leave()
    assert isinstance(service, Service)
    assert world.kiosk.visit.service is None


def test_the_visits_repr_names_nobody(world: World) -> None:
    world.to_review()
    assert NIK not in repr(world.kiosk.visit)
    assert "WARGA CONTOH" not in repr(world.kiosk.visit)
