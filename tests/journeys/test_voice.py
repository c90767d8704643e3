"""A page that speaks, in a real browser: each clip is played to its end, in the page's order, and every hand stops it."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Response, request
from playwright.sync_api import Browser, Page, sync_playwright

from adminduk.services import FieldKind
from kiosk.session import Event, forms
from tests.devices.simulators import until
from tests.journeys.browser import ARGUMENTS
from tests.journeys.speaking_window import opened
from tests.unit.session.world import World, new_world, right_answer
from tests.unit.ui.harness import Pages, served

pytestmark = pytest.mark.journey

# What the ears of the test note: each clip's address when it begins, and how it ended. Eight times as fast as a person.
EARS = """
(() => {
  const later = window.setTimeout;
  window.breaths = [450, 60, 1500]; // of voice.js
  window.setTimeout = (what, ms, ...rest) => later(what, breaths.includes(ms) ? ms / 8 : ms, ...rest);
  const heard = (line) => { document.documentElement.dataset.heard = (document.documentElement.dataset.heard || "") + line + "\\n"; };
  document.addEventListener("suara", ({ detail }) => {
    const name = new URL(detail.address, location.href).pathname;
    detail.sound.playbackRate = 8;
    heard("begun " + name);
    const lit = document.querySelector(".spoken");
    heard("lit " + (lit ? lit.innerText.trim().replace(/\\s+/g, " ") : "-"));
    detail.sound.addEventListener("ended", () => heard("ended " + name));
    detail.sound.addEventListener("error", () => heard("error " + name));
  });
})();
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        flags = [*ARGUMENTS, "--autoplay-policy=no-user-gesture-required"]
        made = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield made
        made.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield made
    made.parts.store.close()


@pytest.fixture
def kiosk(world: World) -> Iterator[Pages]:
    with served(world) as made:
        yield made


@pytest.fixture
def page(browser: Browser, kiosk: Pages) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True)
    context.add_init_script(EARS)
    made = context.new_page()
    made.set_default_timeout(20_000)
    made.goto(kiosk.address())
    settle(made)
    yield made
    context.close()


def settle(page: Page) -> None:
    page.locator("html[data-ready]").wait_for(state="attached")


def played(kiosk: Pages) -> list[float]:
    """The moments at which this window asks for clips; filled as it does."""
    moments: list[float] = []

    def note(answer: Response) -> Response:
        if request.path.startswith("/suara/"):
            moments.append(time.monotonic())
        return answer

    kiosk.app.after_request(note)
    return moments


def heard(page: Page, what: str) -> list[str]:
    """What was noted since this page came."""
    lines = (page.get_attribute("html", "data-heard") or "").splitlines()
    return [line.removeprefix(what + " ") for line in lines if line.startswith(what + " ")]


def listen(page: Page) -> None:
    """Ask to be spoken to; the page comes anew and speaks."""
    page.locator("#dengar").click()
    page.locator("body[data-speaks]").wait_for(state="attached")
    settle(page)


def silent(page: Page) -> None:
    page.locator("html:not([data-speaking])").wait_for(state="attached", timeout=60_000)


def expected(page: Page) -> list[str]:
    """The clips of the words that are seen, in the order of the page."""
    clips = json.loads(page.get_attribute("#suara", "data-clips") or "[]")
    marks = page.locator("main [data-say]:visible, .foot [data-say]:visible").all()
    return [clip for mark in marks for clip in clips[int(mark.get_attribute("data-say") or 0)]]


def test_the_first_screen_is_spoken_from_its_welcome_to_its_last_button(page: Page) -> None:
    assert heard(page, "begun") == []
    listen(page)
    page.locator("html[data-speaking]").wait_for(state="attached")
    assert page.locator("#dengar").inner_text() == "Berhenti"
    silent(page)
    assert page.locator("#dengar").inner_text() == "Dengarkan"
    assert heard(page, "begun") == expected(page)
    assert heard(page, "ended") == expected(page)
    assert heard(page, "error") == []
    assert len(expected(page)) > 5


def test_what_is_said_is_marked_and_its_words_are_on_the_screen(page: Page) -> None:
    listen(page)
    silent(page)
    lit = heard(page, "lit")
    assert lit[0] == page.locator("h1").inner_text() == "Sugeng rawuh"
    assert lit[1].startswith("Urus surat kependudukan")
    assert any(words.startswith("Ajukan dokumen") for words in lit)
    assert "-" not in lit
    assert page.locator(".spoken").count() == 0


def test_every_further_screen_speaks_by_itself(page: Page, world: World) -> None:
    listen(page)
    page.locator("form[action$='/apply'] button").click()
    page.locator("body[data-step=services]").wait_for(state="attached")
    until(lambda: bool(heard(page, "ended")), seconds=20, what="the next screen's first clip")
    assert "apa-yang-ingin-anda-urus" in heard(page, "begun")[0]


def test_a_tap_on_listen_says_it_again(page: Page) -> None:
    listen(page)
    silent(page)
    once = heard(page, "begun")
    page.locator("#dengar").click()
    until(lambda: len(heard(page, "begun")) > len(once), seconds=20, what="the first clip once more")
    assert heard(page, "begun")[len(once)] == once[0]
    assert page.locator("body[data-speaks]").count() == 1


def test_stop_ends_it_and_the_kiosk_is_silent_again(page: Page) -> None:
    listen(page)
    page.locator("html[data-speaking]").wait_for(state="attached")
    page.locator("#dengar").click()
    page.locator("body:not([data-speaks])").wait_for(state="attached")
    settle(page)
    assert heard(page, "begun") == []
    assert page.locator("#dengar").inner_text() == "Dengarkan"


def test_a_hand_on_a_key_ends_the_speech_and_the_key_of_a_nik_is_silent(page: Page, world: World) -> None:
    world.to_questions()
    page.locator("body[data-step=question]").wait_for(state="attached")
    settle(page)
    listen(page)
    page.locator("html[data-speaking]").wait_for(state="attached")
    page.locator("[data-key='3']").click()
    page.locator("html:not([data-speaking])").wait_for(state="attached")
    before = heard(page, "begun")
    for key in "312":
        page.locator(f"[data-key='{key}']").click()
    assert page.locator("#jawaban").input_value() == "3312"
    assert heard(page, "begun") == before
    assert all(not re.search(r"/\d{1,3}-", address) for address in before)


def test_the_key_of_a_date_says_its_digit(page: Page, world: World) -> None:
    world.to_questions("AKL")
    while forms.current_field(world.kiosk.visit).kind is not FieldKind.DATE:
        world.do(world.kiosk.answer(right_answer(forms.current_field(world.kiosk.visit))))
    page.locator("input[name=hari]").wait_for(state="attached")
    settle(page)
    listen(page)
    page.locator("[data-key='7']").click()
    until(lambda: any("/7-" in address for address in heard(page, "ended")), seconds=20, what="the digit seven")


def test_what_was_typed_stays_when_the_voice_is_asked_for(page: Page, world: World) -> None:
    world.to_questions()
    page.locator("#jawaban").wait_for(state="attached")
    settle(page)
    for key in "3312":
        page.locator(f"[data-key='{key}']").click()
    listen(page)
    assert page.locator("#jawaban").input_value() == "3312"


def test_the_warning_before_an_idle_visit_is_wiped_is_spoken(page: Page, world: World) -> None:
    world.do(Event.APPLY)
    page.locator("body[data-step=services]").wait_for(state="attached")
    settle(page)
    listen(page)
    silent(page)
    world.clock.advance(95)
    page.locator("#peringatan[open]").wait_for(state="attached")
    until(lambda: any("masih-di-sini" in a for a in heard(page, "ended")), seconds=20, what="the warning's words")
    page.locator("#masih").click()
    page.locator("#peringatan:not([open])").wait_for(state="attached")
    assert page.locator("body[data-step=services]").count() == 1


def test_a_clip_that_cannot_be_played_leaves_time_to_read_and_the_next_one_is_said(
    page: Page, browser: Browser, kiosk: Pages
) -> None:
    page.context.route("**/suara/id/sugeng-rawuh-*", lambda route: route.fulfill(body=b"no sound at all"))
    listen(page)
    silent(page)
    begun, ended = heard(page, "begun"), heard(page, "ended")
    assert "sugeng-rawuh" in begun[0]
    assert ended == begun[1:]


def test_who_is_being_spoken_to_is_not_idle(page: Page, world: World) -> None:
    world.do(Event.APPLY)
    page.locator("body[data-step=services]").wait_for(state="attached")
    settle(page)
    page.evaluate("window.breaths = []")  # it must speak for longer than touches are told apart
    listen(page)
    until(lambda: bool(heard(page, "begun")), seconds=20, what="the first clip")
    world.clock.advance(80)
    until(lambda: (world.kiosk.seconds_left() or 0) > 100, seconds=20, what="a touch that the voice makes")


def test_the_kiosks_own_window_speaks_without_a_finger(kiosk: Pages, world: World) -> None:
    """WebKit: the second clip is asked for when the first has ended, 1.7 s later; a window that refuses asks at once."""
    moments = played(kiosk)
    world.do(lambda visit: visit.display.update(suara=True))
    with opened(kiosk.address()):
        until(lambda: len(moments) > 1, seconds=60, what="the second clip")
    assert moments[1] - moments[0] > 1.7
