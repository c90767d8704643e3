"""Official forms from the kiosk: printed filled, signed by hand, laid under the camera again; every mishap of the printer."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from kiosk.session import Event, Step, sheets
from kiosk.store import PrintKind, PrintState
from tests.layout.scenes import under_which_asked
from tests.unit.session.test_mishaps import with_store
from tests.unit.session.test_staffing import acts, come
from tests.unit.session.world import NIK, World, birth_letter_on_desk, new_world
from tests.unit.staff.hall import CENTRE_KEY, put, roster


@pytest.fixture
def staffed(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path / "staffed", staff_key=CENTRE_KEY.public_key().public_bytes_raw())
    put(made.parts.store, roster(made.clock.now()))
    yield made
    made.parts.store.close()


def to_forms(world: World, service: str = "SKPWNI", **wanted: str) -> None:
    world.to_review(service, **wanted)
    world.do(Event.TO_FORMS)
    assert world.step is Step.FORMS


def printed(world: World) -> list[str]:
    """The texts of what came out of the A4 printer."""
    return ["".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages) for pdf in world.paper.printed]


def ledger(world: World, form: str) -> list[tuple[PrintKind, int, PrintState]]:
    jobs = world.parts.store.prints_of(f"{form} {world.kiosk.visit.id}")
    return [(job.kind, job.copy, job.state) for job in jobs]


def test_a_form_comes_out_with_the_answers_on_it(world: World) -> None:
    to_forms(world)
    world.do(world.kiosk.print_form("F-1.03"))
    (text,) = printed(world)
    assert "F-1.03" in text
    assert NIK in text.replace(" ", "").replace("\n", "")
    assert (world.kiosk.visit.note, world.kiosk.visit.complaint) == ("F-1.03", "")
    assert ledger(world, "F-1.03") == [(PrintKind.FORM, 1, PrintState.CONFIRMED)]


def test_a_form_printed_twice_is_two_copies(world: World) -> None:
    to_forms(world)
    world.do(world.kiosk.print_form("F-1.03"), world.kiosk.print_form("F-1.03"))
    assert [copy for _, copy, _ in ledger(world, "F-1.03")] == [1, 2]


@pytest.mark.parametrize("form", ["F-2.01", "F-9.99", ""])
def test_a_form_of_another_service_is_not_printed(world: World, form: str) -> None:
    to_forms(world)
    world.do(world.kiosk.print_form(form))
    assert printed(world) == []


def test_a_form_whose_paper_is_not_asked_for_is_not_offered(world: World) -> None:
    """A birth with both papers needs no SPTJM."""
    world.to_questions("AKL")
    visit = world.kiosk.visit
    assert visit.service is not None
    needing = {paper.form for paper in visit.service.papers if paper.form}
    asked = {paper.form for paper in visit.service.papers_for(visit.draft.answers) if paper.form}
    assert needing - asked
    assert set(sheets.offered(visit, world.parts)) == set(visit.service.forms) - (needing - asked)


def test_without_paper_the_words_say_so_and_the_answers_stay(world: World) -> None:
    to_forms(world)
    world.paper.run_out_of_paper()
    world.do(world.kiosk.print_form("F-1.03"))
    assert (world.kiosk.visit.note, world.kiosk.visit.complaint) == ("", "paper.paper_out")
    assert ledger(world, "F-1.03") == [(PrintKind.FORM, 1, PrintState.REFUSED)]
    assert world.kiosk.visit.draft.answers["nik"] == NIK
    world.paper.refill()
    world.do(world.kiosk.print_form("F-1.03"))
    assert world.kiosk.visit.note == "F-1.03"


def test_a_jam_is_left_for_staff_to_settle(world: World) -> None:
    to_forms(world)
    world.paper.jam_during_the_next_job()
    world.do(world.kiosk.print_form("F-1.03"))
    assert world.kiosk.visit.complaint == "paper.jam"
    assert [job.kind for job in world.parts.store.doubtful_prints()] == [PrintKind.FORM]


def test_a_form_that_cannot_be_made_is_refused_with_words(world: World) -> None:
    to_forms(world)
    service = world.kiosk.visit.service
    assert service is not None
    world.kiosk.visit.service = replace(service, forms=("F-1.99",))
    object.__setattr__(world.parts, "forms", {"F-1.99": world.parts.forms["F-1.03"]})
    world.do(world.kiosk.print_form("F-1.99"))
    assert world.kiosk.visit.complaint == "formulir_gagal"
    assert world.parts.catalogue.complaints["formulir_gagal"]


def test_a_full_disk_prints_nothing_that_nobody_could_settle(world: World) -> None:
    to_forms(world)
    with_store(world, "intend_print")
    world.do(world.kiosk.print_form("F-1.03"))
    assert printed(world) == []
    assert world.kiosk.visit.complaint == "paper.spooler_down"


def test_signed_forms_go_with_the_application(world: World) -> None:
    to_forms(world)
    world.do(world.kiosk.print_form("F-1.03"), world.kiosk.attach_forms())
    assert (world.step, world.kiosk.visit.at) == (Step.CAPTURE, "formulir")
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take(), world.kiosk.use_page(another=True))
    world.do(world.kiosk.take(), world.kiosk.use_page())
    assert world.step is Step.REVIEW
    world.do(world.kiosk.submit())
    (packet,) = world.packets()
    assert len(packet.papers["formulir"]) == 2


def test_nobody_is_asked_for_signed_forms(world: World) -> None:
    world.to_receipt("SKPWNI")
    (packet,) = world.packets()
    assert "formulir" not in packet.papers


def test_signed_forms_are_replaced_from_the_review(world: World) -> None:
    to_forms(world)
    world.do(world.kiosk.attach_forms())
    world.camera.lay_paper(birth_letter_on_desk())
    world.do(world.kiosk.take(), world.kiosk.use_page(), world.kiosk.change_paper("formulir"))
    assert world.step is Step.CAPTURE
    world.do(world.kiosk.take(), world.kiosk.use_page())
    assert len(world.kiosk.visit.draft.pages["formulir"]) == 1


def test_back_from_the_camera_without_a_signed_form_loses_nothing(world: World) -> None:
    to_forms(world)
    world.do(world.kiosk.attach_forms(), world.kiosk.back())
    assert world.step is Step.REVIEW
    assert "formulir" not in world.kiosk.visit.draft.pages


def test_a_service_without_forms_takes_none(world: World) -> None:
    to_forms(world)
    service = world.kiosk.visit.service
    assert service is not None
    world.kiosk.visit.service = replace(service, signed=None)
    world.do(world.kiosk.attach_forms())
    assert world.step is Step.FORMS


def test_the_form_to_sign_is_printed_where_it_is_asked_for(world: World) -> None:
    """At the camera: who has no SPTJM yet prints it, signs it, and lays it down."""
    world.to_questions("AKL")
    visit = world.kiosk.visit
    assert visit.service is not None
    paper = next(paper for paper in visit.service.papers if paper.form)
    visit.draft.answers.update(under_which_asked(visit.service, paper.code))
    visit.step, visit.at = Step.CAPTURE, paper.code
    world.do(world.kiosk.print_form(paper.form))
    assert visit.note == paper.form
    assert paper.form in printed(world)[0]
    assert world.step is Step.CAPTURE


# --- the poster -----------------------------------------------------------------------------------------------------------


def test_staff_prints_the_poster_and_the_act_is_written_down(staffed: World) -> None:
    come(staffed)
    staffed.do(staffed.kiosk.print_poster())
    (text,) = printed(staffed)
    assert "Desa Contoh" in text
    assert (staffed.kiosk.visit.note, staffed.kiosk.visit.complaint) == ("poster", "")
    assert acts(staffed)[-1] == ("poster", "")


def test_without_paper_no_poster_and_the_words_say_why(staffed: World) -> None:
    come(staffed)
    staffed.paper.run_out_of_paper()
    staffed.do(staffed.kiosk.print_poster())
    assert (printed(staffed), staffed.kiosk.visit.note) == ([], "")
    assert staffed.kiosk.visit.complaint == "paper.paper_out"


def test_a_citizen_prints_no_poster(world: World) -> None:
    world.do(world.kiosk.print_poster())
    assert printed(world) == []
