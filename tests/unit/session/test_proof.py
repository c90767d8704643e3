"""Paper in doubt is shown to the camera: its own code settles it, somebody else's does not."""

import io

import pytest
import segno
import typst

from adminduk.tickets import claim_code, new_claim
from kiosk.hardware.health import Outcome
from kiosk.session import Step, proof
from kiosk.store import PrintState
from tests.unit.documents.paperwork import Office
from tests.unit.session.test_checking import to_document
from tests.unit.session.test_mishaps import slip_states
from tests.unit.session.world import World, qr_on_desk


def qr_pdf(*codes: str) -> bytes:
    """A4, one page a code; an empty code is a page without."""
    pages, pictures = [], {}
    for number, code in enumerate(codes):
        if code:
            picture = io.BytesIO()
            segno.make(code, error="m", micro=False).save(picture, kind="svg", border=4)
            pictures[f"c{number}"] = picture.getvalue().decode()
            pages.append(f'#image(bytes(sys.inputs.c{number}), format: "svg", width: 60mm)')
        else:
            pages.append("tanpa kode")
    text = '#set page("a4")\n' + "\n#pagebreak()\n".join(pages)
    content: bytes = typst.compile(text.encode(), sys_inputs=pictures)
    return content


def doubtful_receipt(world: World) -> str:
    """The code of a slip of which nobody knows whether it came out."""
    world.receipt.go_silent()
    world.to_receipt()
    visit = world.kiosk.visit
    assert visit.slip_result is not None
    assert visit.slip_result.outcome is Outcome.DOUBTFUL
    assert visit.claim is not None
    return claim_code(visit.claim)


def doubtful_document(world: World, pdf: bytes) -> None:
    world.paper.lose_the_next_answer()
    to_document(world, new_claim(17, world.parts.dice).ticket, pdf)
    world.do(world.kiosk.print_document())
    assert world.step is Step.DOUBTFUL


def show(world: World, code: str) -> None:
    world.camera.lay_paper(qr_on_desk(code))
    world.kiosk.look()


def test_a_doubtful_slip_under_the_camera_has_come_out(world: World) -> None:
    code, version = doubtful_receipt(world), world.kiosk.visit.version
    world.camera.take_away()
    world.kiosk.look()
    assert slip_states(world) == [PrintState.DOUBTFUL]
    show(world, code)
    assert slip_states(world) == [PrintState.CONFIRMED]
    assert world.kiosk.visit.version == version + 1
    assert proof.wanted(world.kiosk.visit) == frozenset()


def test_somebody_else_s_slip_proves_nothing(world: World) -> None:
    doubtful_receipt(world)
    show(world, claim_code(new_claim(17, world.parts.dice)))
    assert slip_states(world) == [PrintState.DOUBTFUL]


def test_a_slip_that_came_out_is_not_looked_for(world: World) -> None:
    world.to_receipt()
    assert proof.wanted(world.kiosk.visit) == frozenset()


def test_a_doubtful_document_is_settled_by_its_own_code(trusting: World, office: Office) -> None:
    doubtful_document(trusting, office.sign(qr_pdf("SAH CONTOH 1")))
    show(trusting, "SAH CONTOH 2")
    assert trusting.step is Step.DOUBTFUL
    show(trusting, "SAH CONTOH 1")
    assert trusting.step is Step.PRINTED
    assert [job.state for job in trusting.parts.store.prints_of("d1")] == [PrintState.CONFIRMED]


def test_of_two_sheets_both_must_be_seen(trusting: World, office: Office) -> None:
    doubtful_document(trusting, office.sign(qr_pdf("LEMBAR 1", "LEMBAR 2")))
    show(trusting, "LEMBAR 2")
    assert trusting.step is Step.DOUBTFUL
    show(trusting, "LEMBAR 1")
    assert trusting.step is Step.PRINTED


@pytest.mark.parametrize("codes", [("",), ("LEMBAR 1", "")], ids=["none", "one of two"])
def test_a_sheet_without_a_code_is_asked_of_the_visitor_alone(
    trusting: World, office: Office, codes: tuple[str, ...]
) -> None:
    doubtful_document(trusting, office.sign(qr_pdf(*codes)))
    assert proof.wanted(trusting.kiosk.visit) == frozenset()
    show(trusting, "LEMBAR 1")
    assert trusting.step is Step.DOUBTFUL


def test_what_was_seen_is_forgotten_with_the_visit(trusting: World, office: Office) -> None:
    doubtful_document(trusting, office.sign(qr_pdf("LEMBAR 1", "LEMBAR 2")))
    show(trusting, "LEMBAR 2")
    old = trusting.kiosk.visit
    trusting.kiosk.leave()
    assert old.proven == set()
