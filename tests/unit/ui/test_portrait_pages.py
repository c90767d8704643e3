"""What a visitor reads of a portrait and of a card's number, and which buttons stand there."""

import json

import pytest

from kiosk.session import Step, forms
from tests.faces import Person, portrait
from tests.unit.session.world import World, birth_letter_on_desk
from tests.unit.ui.hand import Hand

TYPED, ON_CARD = "3312120101909901", "3312120101909910"


@pytest.fixture
def at_face(world: World, hand: Hand) -> Hand:
    """At the portrait of an account, everything before it done."""
    world.to_questions("AKUN")
    world.answer(nik=TYPED)
    world.camera.lay_paper(birth_letter_on_desk())
    while forms.current_paper(world.kiosk.visit).code != "swafoto":
        world.do(world.kiosk.take(), world.kiosk.use_page())
    hand.look()
    return hand


def test_a_masked_visitor_reads_what_to_do_and_may_go_on(world: World, at_face: Hand) -> None:
    world.camera.lay_paper(portrait(Person(mask=True)))
    at_face.press("take")

    assert "Mohon lepas masker" in at_face.words
    assert not at_face.forms("adjust")
    at_face.press("use")
    assert world.step is Step.REVIEW


def test_a_good_portrait_is_called_good(world: World, at_face: Hand) -> None:
    world.camera.lay_paper(portrait(Person()))
    at_face.press("take")

    assert "Foto ini jelas" in at_face.words


def test_both_numbers_stand_side_by_side_and_one_touch_takes_the_cards(world: World, at_face: Hand) -> None:
    world.do(world.kiosk.take(), world.kiosk.use_page())
    world.kiosk.visit.nik.read["foto_ktp"] = [ON_CARD]
    at_face.look()

    assert "Apakah NIK di kartu yang benar?" in at_face.words
    assert "<u>1</u><u>0</u>" in at_face.page
    assert "<u>0</u><u>1</u>" in at_face.page
    at_face.press("card_is_right")
    assert world.kiosk.visit.draft.answers["nik"] == ON_CARD
    assert "NIK di kartu" not in at_face.words


def test_a_strangers_card_asks_to_look_again_and_offers_no_number(world: World, at_face: Hand) -> None:
    world.do(world.kiosk.take(), world.kiosk.use_page())
    world.kiosk.visit.nik.read["foto_ktp"] = ["5108014502859907"]
    at_face.look()

    assert "NIK di foto KTP-el berbeda" in at_face.words
    assert "5108" not in at_face.page
    at_face.press("typed_is_right")
    assert "NIK di foto" not in at_face.words


def test_the_pulse_says_when_a_camera_is_open(world: World, at_face: Hand) -> None:
    world.kiosk.preview()
    assert json.loads(at_face.get("/denyut").data)["live"] is True
    world.camera.rest()

    assert world.kiosk.live() is False
