"""A verb sent by script is answered with the next screen itself; everything else stays as it was."""

import pytest
from werkzeug.test import TestResponse

from kiosk.session import Step
from tests.unit.session.world import World
from tests.unit.ui.hand import Hand

TURNING = {"Turning": "1"}


def sent(hand: Hand, path: str, headers: dict[str, str] | None = TURNING, **fields: str) -> TestResponse:
    return hand.client.post(path, data=fields, base_url=hand.pages.origin, headers=headers)


def test_the_answer_to_a_verb_is_the_next_screen_and_names_its_address(hand: Hand, world: World) -> None:
    answer = sent(hand, "/langkah/apply", kunjungan=world.kiosk.visit.id)
    assert (answer.status_code, answer.headers["Content-Location"]) == (200, "/")
    assert answer.text == hand.look()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]


def test_without_scripts_the_window_is_sent_there(hand: Hand, world: World) -> None:
    answer = sent(hand, "/langkah/apply", None, kunjungan=world.kiosk.visit.id)
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Content-Location" not in answer.headers


def test_a_refused_answer_keeps_its_status(hand: Hand, world: World) -> None:
    hand.to_questions(world.parts.catalogue.services["AKL"])
    answer = sent(hand, "/langkah/answer", kunjungan=world.kiosk.visit.id, jawaban="123")
    assert answer.status_code == 422
    assert world.step is Step.QUESTION


def test_the_bell_s_answer_is_the_page_of_help(hand: Hand, world: World) -> None:
    answer = sent(hand, "/bantuan", kunjungan=world.kiosk.visit.id)
    assert (answer.status_code, answer.headers["Content-Location"]) == (200, "/bantuan")
    assert answer.text == hand.get("/bantuan").text


@pytest.mark.parametrize("path", ["/langkah/tidak_ada", "/sentuh"])
def test_what_leads_nowhere_leads_nowhere(hand: Hand, path: str) -> None:
    assert sent(hand, path, kunjungan="x").status_code in (404, 409)


def test_a_stranger_s_window_is_given_no_screen(hand: Hand) -> None:
    stranger = hand.pages.app.test_client()
    answer = stranger.post("/langkah/apply", data={}, base_url=hand.pages.origin, headers=TURNING)
    assert answer.status_code == 403
    assert "data-visit" not in answer.text
