"""What a code reader is for, besides opening a receipt's status (test_closed.py): saved drafts, and proof of paper."""

from adminduk.tickets import claim_code, new_claim
from kiosk.hardware.codes.inbox import KEEP_S
from kiosk.session import Event, Step
from kiosk.store import PrintState
from tests.unit.documents.paperwork import Office
from tests.unit.session.test_drafts import half_way
from tests.unit.session.test_mishaps import slip_states
from tests.unit.session.test_proof import doubtful_document, doubtful_receipt, qr_pdf
from tests.unit.session.world import World


def scan(world: World, code: str) -> None:
    world.codes.scan(code)
    world.kiosk.look()


def test_a_saved_draft_s_slip_before_the_reader_opens_it(world: World) -> None:
    key = half_way(world)
    world.do(Event.FINISH, Event.CHECK)
    scan(world, key.code)
    assert world.step is Step.QUESTION
    assert world.kiosk.visit.at == "telepon"


def test_a_doubtful_slip_before_the_reader_has_come_out(world: World) -> None:
    code = doubtful_receipt(world)
    world.camera.unplug()
    scan(world, claim_code(new_claim(17, world.parts.dice)))
    assert slip_states(world) == [PrintState.DOUBTFUL]
    scan(world, code)
    assert slip_states(world) == [PrintState.CONFIRMED]
    (job,) = world.parts.store.prints_of(world.kiosk.visit.packet_id)
    assert job.code == "kode_terbaca"


def test_both_sheets_of_a_doubtful_document_go_before_the_reader(trusting: World, office: Office) -> None:
    doubtful_document(trusting, office.sign(qr_pdf("LEMBAR 1", "LEMBAR 2")))
    scan(trusting, "LEMBAR 1")
    assert trusting.step is Step.DOUBTFUL
    scan(trusting, "LEMBAR 2")
    assert trusting.step is Step.PRINTED


def test_a_code_scanned_long_before_the_doubt_proves_nothing(world: World) -> None:
    code = doubtful_receipt(world)
    world.codes.scan(code)
    world.clock.advance(KEEP_S + 1)
    world.kiosk.look()
    assert slip_states(world) == [PrintState.DOUBTFUL]


def test_where_nothing_is_in_doubt_a_scan_is_left_for_who_wants_it(world: World) -> None:
    world.to_receipt()
    scan(world, "KIOS1 SESUATU")
    assert world.codes.next() == "KIOS1 SESUATU"
