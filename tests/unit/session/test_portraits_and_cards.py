"""A visit that photographs a face and a card: what is told, what is offered, what goes to the officer, what is forgotten."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.hardware.camera.faces import FaceCamera
from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.session import Event, Step, forms
from tests.devices.camera_bench import eventually
from tests.faces import Person, portrait
from tests.unit.session.test_nik_offer import ECHO
from tests.unit.session.world import World, birth_letter_on_desk, new_world

TYPED, ON_CARD = "3312120101909901", "3312120101909910"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path, read_nik=True)
    made.kiosk.visit.nik.command = (sys.executable, "-c", ECHO, ON_CARD)
    yield made
    made.kiosk.leave()
    made.parts.store.close()


@pytest.fixture
def facing(tmp_path: Path) -> Iterator[tuple[World, SimulatedCamera]]:
    """A kiosk with a camera before the face."""
    face = SimulatedCamera(clock=(made := new_world(tmp_path)).clock)
    made.kiosk.parts = made.parts = _with(made, FaceCamera(face))
    yield made, face
    made.parts.store.close()


def _with(world: World, camera: FaceCamera) -> object:
    from dataclasses import replace

    return replace(world.parts, selfie=camera)


def to_the_face(world: World) -> None:
    world.to_questions("AKUN")
    world.answer(nik=TYPED)
    world.camera.lay_paper(birth_letter_on_desk())
    while forms.current_paper(world.kiosk.visit).code != "swafoto":
        world.do(world.kiosk.take(), world.kiosk.use_page())


def to_the_review(world: World, **wanted: str) -> None:
    to_the_face(world)
    world.camera.lay_paper(portrait(Person()))
    world.do(world.kiosk.take(), world.kiosk.use_page())
    assert world.step is Step.REVIEW


def read_card(world: World) -> None:
    def done() -> bool:
        world.kiosk.look_at_cards()
        return not world.kiosk.visit.nik.busy

    assert eventually(done)


def test_a_masked_face_is_told_may_be_used_and_the_officer_reads_the_remark(world: World) -> None:
    to_the_face(world)
    world.camera.lay_paper(portrait(Person(mask=True)))
    world.do(world.kiosk.take())
    taken = world.kiosk.visit.taken
    assert taken is not None
    assert taken.told == ("wajah_bermasker",)

    world.do(world.kiosk.use_page(), world.kiosk.submit())

    assert world.packets()[0].remarks["swafoto"] == ("wajah_bermasker",)


def test_a_face_taken_again_without_the_mask_carries_no_remark(world: World) -> None:
    to_the_face(world)
    world.camera.lay_paper(portrait(Person(mask=True)))
    world.do(world.kiosk.take(), world.kiosk.use_page(), world.kiosk.change_paper("swafoto"))
    world.camera.lay_paper(portrait(Person()))
    world.do(world.kiosk.take(), world.kiosk.use_page(), world.kiosk.submit())

    assert "swafoto" not in world.packets()[0].remarks


def test_staffs_good_portrait_needs_no_question(world: World) -> None:
    to_the_face(world)
    world.kiosk.visit.assisted_by = "P-0007"
    world.camera.lay_paper(portrait(Person()))
    world.do(world.kiosk.take())

    assert world.step is Step.REVIEW


def test_staff_may_use_a_portrait_that_is_advised_against(world: World) -> None:
    to_the_face(world)
    world.kiosk.visit.assisted_by = "P-0007"
    world.camera.lay_paper(portrait(Person(sunglasses=True)))
    world.do(world.kiosk.take())
    assert world.step is Step.PAGE
    world.do(world.kiosk.use_page())

    assert world.step is Step.REVIEW


def test_a_face_is_seen_by_its_own_camera_and_rests_with_the_visit(facing: tuple[World, SimulatedCamera]) -> None:
    world, face = facing
    face.lay_paper(portrait(Person()))
    to_the_face(world)
    world.do(world.kiosk.take())

    assert world.kiosk.visit.taken is not None
    assert world.kiosk.visit.taken.told == ()
    assert face.live
    assert world.kiosk.live()
    world.kiosk.leave()
    assert not face.live


def test_a_broken_face_camera_leaves_the_one_over_the_papers(facing: tuple[World, SimulatedCamera]) -> None:
    world, face = facing
    face.unplug()
    to_the_face(world)
    world.camera.lay_paper(portrait(Person()))
    world.do(world.kiosk.take(), world.kiosk.use_page())

    assert world.step is Step.REVIEW
    assert world.kiosk.health()["selfie"].code == "selfie.absent"


def test_a_slip_in_the_nik_is_offered_at_the_review_and_mended_only_by_the_visitors_word(world: World) -> None:
    to_the_review(world)
    read_card(world)
    found = world.kiosk.card_offer()
    assert found is not None
    assert (found.key, found.number) == ("nik", ON_CARD)
    assert world.kiosk.visit.draft.answers["nik"] == TYPED

    world.do(world.kiosk.card_is_right())

    assert world.kiosk.visit.draft.answers["nik"] == ON_CARD
    assert world.kiosk.card_offer() is None
    assert world.step is Step.REVIEW


def test_a_visitor_who_typed_rightly_is_asked_once(world: World) -> None:
    to_the_review(world)
    read_card(world)
    world.do(world.kiosk.typed_is_right())

    assert world.kiosk.card_offer() is None
    assert world.kiosk.visit.draft.answers["nik"] == TYPED


def test_nobody_has_to_answer_before_sending(world: World) -> None:
    to_the_review(world)
    read_card(world)
    assert world.kiosk.card_offer()
    world.do(world.kiosk.submit())

    assert world.step is Step.RECEIPT


def test_a_number_that_comes_at_the_review_shows_itself(world: World) -> None:
    to_the_review(world)
    before = world.kiosk.visit.version
    read_card(world)

    assert world.kiosk.visit.version > before


def test_the_next_visitor_finds_nothing_of_the_card(world: World) -> None:
    to_the_review(world)
    read_card(world)
    old = world.kiosk.visit
    world.do(Event.LEFT)

    assert world.kiosk.visit is not old
    assert not old.nik.read


def test_a_kiosk_that_is_told_not_to_reads_no_card(tmp_path: Path) -> None:
    world = new_world(tmp_path, read_nik=False)
    to_the_review(world)

    assert not world.kiosk.visit.nik.busy
    world.parts.store.close()
