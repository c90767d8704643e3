"""Paper out, then paper in: what was refused prints without a hand on the screen, once; what is in doubt never does."""

import pytest

from adminduk.tickets import new_claim
from kiosk.hardware.health import Outcome
from kiosk.session import Step
from kiosk.session.refilled import MENDED_BY_HAND, MOST
from kiosk.store import PrintState
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.test_checking import to_document
from tests.unit.session.test_mishaps import slip_states
from tests.unit.session.world import World


def at_the_printer(world: World, office: Office) -> None:
    """A document that waits to be printed."""
    to_document(world, new_claim(17, world.parts.dice).ticket, office.sign(blank_pdf()))


@pytest.mark.parametrize(
    ("harm", "mend"),
    [("run_out_of_paper", "refill"), ("open_cover", "close_cover"), ("unplug", "plug_in")],
)
def test_the_slip_comes_out_when_the_printer_is_ready_again(world: World, harm: str, mend: str) -> None:
    getattr(world.receipt, harm)()
    world.to_receipt()
    version = world.kiosk.visit.version
    world.kiosk.look()
    assert world.receipt.printed == []
    getattr(world.receipt, mend)()
    world.kiosk.look()
    assert len(world.receipt.printed) == 1
    assert slip_states(world) == [PrintState.REFUSED, PrintState.CONFIRMED]
    assert world.kiosk.visit.version == version + 1
    world.kiosk.look()
    assert len(world.receipt.printed) == 1


def test_a_slip_in_doubt_is_not_sent_again_however_ready_the_printer_is(world: World) -> None:
    world.receipt.lose_power_after(100)
    world.to_receipt()
    result = world.kiosk.visit.slip_result
    assert result is not None
    assert result.outcome is Outcome.DOUBTFUL
    world.receipt.plug_in()
    world.kiosk.look()
    assert world.receipt.printed == []


def test_the_document_comes_out_when_the_tray_is_filled(trusting: World, office: Office) -> None:
    trusting.paper.run_out_of_paper()
    at_the_printer(trusting, office)
    trusting.do(trusting.kiosk.print_document())
    assert trusting.step is Step.UNPRINTED
    trusting.kiosk.look()
    assert trusting.step is Step.UNPRINTED
    trusting.paper.refill()
    trusting.kiosk.look()
    assert trusting.step is Step.PRINTED
    assert len(trusting.paper.printed) == 1
    states = [job.state for job in trusting.parts.store.prints_of("d1")]
    assert states == [PrintState.REFUSED, PrintState.CONFIRMED]


def test_nothing_prints_for_the_next_visitor(trusting: World, office: Office) -> None:
    trusting.paper.run_out_of_paper()
    at_the_printer(trusting, office)
    trusting.do(trusting.kiosk.print_document())
    trusting.kiosk.leave()
    trusting.paper.refill()
    trusting.kiosk.look()
    assert trusting.paper.printed == []


def test_after_some_tries_people_look_at_the_printer(trusting: World, office: Office) -> None:
    trusting.paper.run_out_of_paper()
    at_the_printer(trusting, office)
    trusting.do(trusting.kiosk.print_document())
    asking = trusting.kiosk.visit.asking
    assert asking is not None
    asking.tries = MOST
    trusting.paper.refill()
    trusting.kiosk.look()
    assert trusting.step is Step.UNPRINTED


def test_only_what_a_hand_mends_is_tried_again(world: World) -> None:
    assert MENDED_BY_HAND & set(world.parts.faults) >= {"receipt.paper_out", "paper.paper_out", "paper.jam"}
    assert not MENDED_BY_HAND & {
        "receipt.silent",
        "receipt.held",
        "paper.refused_format",
        "paper.timeout",
        "paper.aborted",
    }
