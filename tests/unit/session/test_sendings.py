"""What waits for the centre, as staff and villagers read it: why, since when, and that nothing is given up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adminduk.clock import stamp
from kiosk.session import Event, Step
from kiosk.session.sendings import unsent
from kiosk.store import Submission
from tests.unit.session.test_staffing import acts, come
from tests.unit.session.world import World, new_world
from tests.unit.staff.hall import CENTRE_KEY, put, roster
from tests.unit.store.making import numbered_id, submission


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    yield made
    made.parts.store.close()


def wait(world: World, number: int, *, sealed_at: str = "") -> Submission:
    """A packet of this kiosk, sealed now."""
    given = submission(number, packet_id=numbered_id(number))
    values = {name: getattr(given, name) for name in given.__slots__}
    made = Submission(**{**values, "sealed_at": sealed_at or stamp(world.clock.now())})
    world.parts.store.record_submission(made)
    return made


def at_outbox(world: World) -> None:
    come(world)
    world.do(Event.TO_SUMMARY, Event.TO_OUTBOX)
    assert world.step is Step.STAFF_OUTBOX


def test_each_waiting_packet_says_why_how_often_and_when_next(world: World) -> None:
    given = wait(world, 1)
    world.parts.store.claim()
    world.parts.store.set_back(given.id, "waktu_habis")
    (row,) = world.kiosk.sendings()
    assert (row.ticket, row.attempts, row.code, row.stuck) == (given.ticket, 1, "waktu_habis", False)
    assert row.error is not None
    assert row.error.staff.startswith("Internet terlalu lambat")
    assert row.since == given.sealed_at
    assert row.next_try > stamp(world.clock.now())
    world.clock.advance(700)
    assert world.kiosk.sendings()[0].next_try == ""  # due


def test_one_that_was_never_tried_and_one_of_a_dead_clock_say_so(world: World) -> None:
    wait(world, 1, sealed_at="1970-01-01T00:00:00.000000Z")
    (row,) = world.kiosk.sendings()
    assert (row.since, row.code, row.next_try) == ("", "", "")
    assert row.error is not None
    assert row.error.staff.startswith("Belum dicoba")


def test_what_needs_a_person_stands_first_and_goes_again_by_an_act(world: World) -> None:
    wait(world, 1)
    stuck = wait(world, 2)
    world.parts.store.need_attention(stuck.id, "terlalu_besar")
    assert [row.id for row in world.kiosk.sendings()] == [stuck.id, numbered_id(1)]
    assert world.kiosk.stuck() == 1
    at_outbox(world)
    world.do(world.kiosk.send_again(stuck.id))
    assert world.kiosk.stuck() == 0
    assert world.kiosk.visit.note == "dicoba_lagi"
    assert acts(world)[-1] == ("sent_again", stuck.id)
    assert "sent_again" in world.parts.catalogue.acts


def test_what_goes_by_itself_is_not_pushed_and_writes_no_act(world: World) -> None:
    given = wait(world, 1)
    at_outbox(world)
    before = acts(world)
    for packet_id in (given.id, numbered_id(7), "x"):
        world.do(world.kiosk.send_again(packet_id))
    assert acts(world) == before
    world.do(Event.BACK)
    assert world.step is Step.STAFF


def test_only_the_screen_kiriman_sends_again(world: World) -> None:
    stuck = wait(world, 1)
    world.parts.store.need_attention(stuck.id, "terlalu_besar")
    world.do(world.kiosk.send_again(stuck.id))
    assert world.kiosk.stuck() == 1


# --- villagers ------------------------------------------------------------------------------------------------------------


def test_who_asks_without_a_line_reads_that_it_was_not_sent_yet(world: World) -> None:
    given = wait(world, 1)
    world.to_waiting(given.ticket)
    question = world.parts.store.next_question()
    assert question is not None
    world.parts.store.fail(question.id, "tidak_tersambung")
    world.kiosk.look()
    assert world.step is Step.NO_ANSWER
    assert world.kiosk.visit.asking is not None
    assert world.kiosk.visit.asking.code == "belum_terkirim"


def test_a_centre_that_never_heard_of_it_does_not_make_the_pin_wrong(world: World) -> None:
    given = wait(world, 1)
    world.to_waiting(given.ticket)
    world.centre_answers(code="salah")
    assert world.step is Step.NO_ANSWER
    assert world.kiosk.visit.asking is not None
    assert world.kiosk.visit.asking.code == "belum_terkirim"


def test_a_wrong_pin_of_one_that_arrived_stays_a_wrong_pin(world: World) -> None:
    given = wait(world, 1)
    world.parts.store.receive(given.id, "{}")
    world.to_waiting(given.ticket)
    world.centre_answers(code="salah")
    assert world.step is Step.PIN


def test_one_that_waits_for_a_person_says_so_to_its_owner(world: World) -> None:
    given = wait(world, 1)
    world.parts.store.need_attention(given.id, "isi_berbeda")
    assert unsent(world.parts, given.ticket) == "belum_terkirim_periksa"
    assert unsent(world.parts, "001700000000") == ""
    world.parts.store.need_attention(given.id, "nobody_worded_this")
    assert unsent(world.parts, given.ticket) == "belum_terkirim"
