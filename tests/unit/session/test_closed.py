"""The mains go, the card fills up: who is here finishes, nobody new begins, and everything opens again by itself."""

from pathlib import Path

import pytest

from adminduk.tickets import claim_code
from kiosk.hardware.health import READY, Condition, Health
from kiosk.session import Event, Step, closed, notices
from tests.unit.session.world import World, new_world

FULL = Health(Condition.FAULT, "disk.full")
GRACE_S = 16


def power_cut(world: World) -> None:
    """The mains go, and stay away for longer than a flicker."""
    world.power.cut_mains()
    world.power.state()
    world.clock.advance(GRACE_S)


def power_back(world: World) -> None:
    world.power.restore_mains()
    world.power.state()
    world.clock.advance(GRACE_S)


@pytest.mark.parametrize("event", [Event.APPLY, Event.CHECK])
def test_on_battery_nobody_new_begins(world: World, event: Event) -> None:
    power_cut(world)
    world.do(world.kiosk.begin(event))
    assert world.step is Step.HOME
    assert world.kiosk.visit.complaint == "power.on_battery"
    assert notices(world.parts) == ("power.on_battery",)


def test_who_is_here_finishes_on_battery(world: World) -> None:
    world.to_questions()
    power_cut(world)
    world.answer()
    world.photograph()
    world.do(world.kiosk.submit())
    assert world.step is Step.RECEIPT
    assert len(world.packets()) == 1


def test_it_opens_again_by_itself(world: World) -> None:
    power_cut(world)
    power_back(world)
    assert closed(world.parts) == ""
    world.do(world.kiosk.begin(Event.APPLY))
    assert world.step is Step.SERVICES


def test_a_flicker_closes_nothing(world: World) -> None:
    assert closed(world.parts) == ""
    world.power.cut_mains()
    assert closed(world.parts) == ""
    world.power.restore_mains()
    world.clock.advance(GRACE_S)
    assert closed(world.parts) == ""


@pytest.mark.parametrize("code", ["disk.full", "disk.read_only"])
def test_a_disk_that_takes_nothing_closes_the_kiosk_before_anybody_types(tmp_path: Path, code: str) -> None:
    reading = [Health(Condition.FAULT, code)]
    world = new_world(tmp_path, disk=lambda: reading[0])
    world.do(world.kiosk.begin(Event.APPLY))
    assert world.step is Step.HOME
    assert notices(world.parts) == (code,)
    reading[0] = READY
    world.do(world.kiosk.begin(Event.APPLY))
    assert world.step is Step.SERVICES


def test_staff_may_look_something_up_while_the_kiosk_is_closed(tmp_path: Path) -> None:
    world = new_world(tmp_path, disk=lambda: FULL)
    world.kiosk.visit.step = Step.STAFF
    world.do(world.kiosk.begin(Event.CHECK))
    assert world.step is Step.TICKET


def test_what_was_never_fitted_is_no_device(world: World) -> None:
    assert set(world.kiosk.health()) == {"receipt", "paper", "camera", "codes", "power", "disk"}


# --- the code reader ----------------------------------------------------------------------------------------------------


def test_a_slip_before_the_code_reader_asks_the_centre(world: World) -> None:
    world.to_receipt()
    claim = world.kiosk.visit.claim
    assert claim is not None
    world.kiosk.leave()
    world.do(Event.CHECK)
    world.codes.scan(claim_code(claim))
    world.kiosk.look()
    assert world.step is Step.WAITING


def test_what_the_visitor_before_scanned_opens_nothing(world: World) -> None:
    world.to_receipt()
    claim = world.kiosk.visit.claim
    assert claim is not None
    world.codes.scan(claim_code(claim))
    world.kiosk.leave()
    world.do(Event.CHECK)
    world.kiosk.look()
    assert world.step is Step.TICKET
