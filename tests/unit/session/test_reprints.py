"""A document printed again under staff's hands: with a reason, with the copy's number, and never by itself."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adminduk.tickets import new_claim
from kiosk import staff
from kiosk.session import Event, Step, forms
from kiosk.session.workday import REASONS
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.test_checking import encoded, to_document
from tests.unit.session.test_mishaps import with_store
from tests.unit.session.test_staffing import acts, come
from tests.unit.session.world import World, new_world
from tests.unit.staff.hall import CENTRE_KEY, put, roster


@pytest.fixture(scope="module")
def signed(office: Office) -> bytes:
    return office.sign(blank_pdf())


@pytest.fixture
def world(tmp_path: Path, office: Office) -> Iterator[World]:
    made = new_world(tmp_path / "kios", roots=office.pem, staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    yield made
    made.parts.store.close()


@pytest.fixture
def ticket(world: World) -> str:
    return new_claim(17, world.parts.dice).ticket


@pytest.fixture
def printed(world: World, ticket: str, signed: bytes) -> World:
    """Staff printed a visitor's document once, and looks at it again."""
    come(world)
    to_document(world, ticket, signed)
    world.do(world.kiosk.print_document())
    assert world.step is Step.PRINTED
    world.do(Event.TO_STATUS, world.kiosk.open_document("d1"))

    world.centre_answers(pdf=encoded(signed))
    return world


def test_the_first_print_needs_no_reason(printed: World, ticket: str) -> None:
    assert ("printed", ticket) in acts(printed)
    assert len(printed.paper.printed) == 1


def test_a_copy_asks_why_before_anything_is_printed(printed: World) -> None:
    printed.do(printed.kiosk.print_document())
    assert printed.step is Step.STAFF_REPRINT
    assert printed.kiosk.copies(printed.kiosk.visit) == 1
    assert len(printed.paper.printed) == 1


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_prints_the_copy_and_is_written_down_with_its_number(printed: World, ticket: str, reason: str) -> None:
    printed.do(printed.kiosk.print_document(), printed.kiosk.reprint(reason))
    assert printed.step is Step.PRINTED
    assert len(printed.paper.printed) == 2
    assert acts(printed)[-1] == (f"reprinted_{reason}", ticket)
    assert steps(printed)[-1] == "copy-2"
    assert f"reprinted_{reason}" in printed.parts.catalogue.acts


@pytest.mark.parametrize("reason", ["", "iseng"])
def test_no_reason_no_copy(printed: World, reason: str) -> None:
    printed.do(printed.kiosk.print_document(), printed.kiosk.reprint(reason))
    assert (printed.step, len(printed.paper.printed)) == (Step.STAFF_REPRINT, 1)


def test_thinking_better_of_it_goes_back_to_the_document(printed: World) -> None:
    printed.do(printed.kiosk.print_document(), printed.kiosk.back())
    assert (printed.step, len(printed.paper.printed)) == (Step.DOCUMENT, 1)


def test_a_copy_that_jams_is_settled_and_then_counted(printed: World, ticket: str) -> None:
    printed.paper.jam_during_the_next_job()
    printed.do(printed.kiosk.print_document(), printed.kiosk.reprint("macet"))
    assert printed.step is Step.DOUBTFUL
    assert acts(printed)[-1] == ("printed", ticket)
    printed.do(printed.kiosk.document_came_out(came=True))
    assert acts(printed)[-1] == ("reprinted_macet", ticket)


def test_without_paper_the_copy_is_refused_and_not_counted(printed: World) -> None:
    printed.paper.run_out_of_paper()
    printed.do(printed.kiosk.print_document(), printed.kiosk.reprint("rusak"))
    assert printed.step is Step.UNPRINTED
    assert "reprinted_rusak" not in [action for action, _ in acts(printed)]


def test_what_was_refused_before_is_no_copy(world: World, ticket: str, signed: bytes) -> None:
    come(world)
    to_document(world, ticket, signed)
    world.paper.run_out_of_paper()
    world.do(world.kiosk.print_document())
    assert world.step is Step.UNPRINTED
    world.paper.refill()
    world.do(Event.BACK, world.kiosk.print_document())
    assert world.step is Step.PRINTED


def test_a_citizen_prints_again_without_being_asked(world: World, ticket: str, signed: bytes) -> None:
    to_document(world, ticket, signed)
    world.do(world.kiosk.print_document(), Event.TO_STATUS)
    world.do(world.kiosk.open_document("d1"))

    world.centre_answers(pdf=encoded(signed))
    world.do(world.kiosk.print_document())
    assert world.step is Step.PRINTED
    job = world.kiosk.visit.asking.job  # type: ignore[union-attr]  # just printed
    assert job is not None
    assert job.copy == 2


def test_a_ledger_that_cannot_be_read_prints_nothing_unwritten(printed: World) -> None:
    with_store(printed, "prints_of", "intend_print")
    printed.do(printed.kiosk.print_document())
    assert (printed.step, len(printed.paper.printed)) == (Step.UNPRINTED, 1)


def steps(world: World) -> list[str]:
    done = staff.acts_of_day(world.parts.store, forms.today(world.parts), ZoneInfo("Asia/Jakarta"))
    return [each.act.step for each in done]


def test_what_never_came_out_makes_no_copy(world: World, ticket: str, signed: bytes) -> None:
    """Two tries that failed, then one sheet: the farmer was told of a third copy."""
    to_document(world, ticket, signed)
    world.paper.run_out_of_paper()
    world.do(world.kiosk.print_document())
    world.paper.refill()
    world.paper.jam_during_the_next_job()
    world.do(Event.BACK, world.kiosk.print_document(), world.kiosk.document_came_out(came=False))
    world.paper.clear_jam()
    world.do(world.kiosk.print_document())
    assert world.step is Step.PRINTED
    assert world.kiosk.copies(world.kiosk.visit) == 1
