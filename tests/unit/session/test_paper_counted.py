"""Every print of the kiosk takes its paper from the count; staff says what was put in, and reads what is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adminduk.tickets import new_claim
from kiosk.appliance import tell_devices
from kiosk.hardware.health import Outcome
from kiosk.session import Event, Step
from kiosk.session.consumables import Outlook, new_roll
from kiosk.store import Supply
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.test_checking import to_document
from tests.unit.session.test_drafts import half_way
from tests.unit.session.test_staffing import acts, come
from tests.unit.session.world import World, new_world
from tests.unit.staff.hall import CENTRE_KEY, put, roster

A4 = (595.0, 842.0)


@pytest.fixture
def world(tmp_path: Path, office: Office) -> Iterator[World]:
    made = new_world(tmp_path / "kios", roots=office.pem, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    new_roll(made.parts)
    made.parts.store.supplies.renew(Supply.SHEETS, 100, at="2026-11-21T03:00:00.000000Z")
    yield made
    made.parts.store.close()


def left(world: World) -> tuple[int, int, int, int]:
    """Roll, roll at least, sheets, sheets at least."""
    found: dict[Supply, Outlook] = {one.supply: one for one in world.kiosk.paper()}
    roll, sheets = found[Supply.ROLL], found[Supply.SHEETS]
    assert None not in (roll.left, roll.least, sheets.left, sheets.least)
    return roll.left or 0, roll.least or 0, sheets.left or 0, sheets.least or 0


def test_a_receipt_takes_its_length(world: World) -> None:
    world.to_receipt()
    roll, least, *_ = left(world)
    assert 80 < 50_000 - roll < 250
    assert roll == least


def test_a_refused_receipt_takes_nothing(world: World) -> None:
    world.receipt.run_out_of_paper()
    world.to_receipt()
    assert left(world)[:2] == (50_000, 50_000)


def test_a_doubtful_receipt_is_told_apart_until_the_visitor_says_that_it_came(world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    roll, least, *_ = left(world)
    assert roll == 50_000 > least
    world.do(world.kiosk.slip_came_out())
    assert left(world)[:2] == (least, least)


def test_a_saved_draft_s_slip_takes_its_length(world: World) -> None:
    half_way(world)
    assert world.step is Step.SAVED
    assert 50_000 - left(world)[0] > 60


def test_a_document_takes_a_sheet_a_page(world: World, office: Office) -> None:
    to_document(world, new_claim(17, world.parts.dice).ticket, office.sign(blank_pdf(A4, A4)))
    world.do(world.kiosk.print_document())
    assert left(world)[2:] == (98, 98)


def test_a_document_in_doubt_that_did_not_come_gives_its_sheets_back(world: World, office: Office) -> None:
    world.paper.lose_the_next_answer()
    to_document(world, new_claim(17, world.parts.dice).ticket, office.sign(blank_pdf(A4, A4)))
    world.do(world.kiosk.print_document())
    assert left(world)[2:] == (100, 98)
    world.do(world.kiosk.document_came_out(came=False))
    assert left(world)[2:] == (100, 100)


def test_queue_numbers_and_the_day_s_numbers_are_counted(world: World) -> None:
    come(world)
    world.do(world.kiosk.walk_in())
    one = 50_000 - left(world)[0]
    assert one > 20
    world.do(Event.TO_SUMMARY, world.kiosk.print_summary())
    assert 50_000 - left(world)[0] > one


def test_staff_puts_in_a_roll_and_sheets_and_both_are_written_down(world: World) -> None:
    world.to_receipt()
    world.kiosk.leave()
    come(world)
    world.do(Event.TO_PAPER, world.kiosk.new_roll())
    assert world.kiosk.visit.note == "roll"
    world.do(world.kiosk.add_sheets(250))
    assert left(world) == (50_000, 50_000, 350, 350)
    assert [act for act, _ in acts(world)][-2:] == ["new_roll", "sheets_added"]


@pytest.mark.parametrize("sheets", [0, 9999])
def test_sheets_that_cannot_be_are_not_written_down(world: World, sheets: int) -> None:
    come(world)
    world.do(Event.TO_PAPER, world.kiosk.add_sheets(sheets))
    assert left(world)[2] == 100
    assert world.kiosk.visit.note == ""
    assert "sheets_added" not in [act for act, _ in acts(world)]


def test_nobody_changes_the_count_from_another_screen(world: World) -> None:
    world.do(world.kiosk.add_sheets(250), world.kiosk.new_roll())
    assert left(world)[2] == 100


def test_a_doubt_that_staff_settles_settles_the_paper(world: World) -> None:
    world.receipt.go_silent()
    world.to_receipt()
    assert world.kiosk.visit.slip_result is not None
    assert world.kiosk.visit.slip_result.outcome is Outcome.DOUBTFUL
    world.kiosk.leave()
    come(world)
    (job,) = world.kiosk.doubtful_prints()
    world.do(Event.TO_PRINTS, world.kiosk.settle_doubt(job.id, came=False, reason="macet"))
    assert left(world)[:2] == (50_000, 50_000)


def test_the_heartbeat_carries_roll_and_sheets_and_only_changes_are_written(world: World) -> None:
    told: dict[str, str] = {}
    tell_devices(world.kiosk, told)
    assert (told["roll"], told["sheets"]) == ("ready", "ready")
    world.receipt.run_low()
    tell_devices(world.kiosk, told)
    devices = world.parts.store.devices()
    assert (devices["receipt"], devices["roll"]) == ("receipt.paper_low", "receipt.roll_low_forecast")
    assert devices["sheets"] == "ready"
