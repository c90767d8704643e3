"""One screen follows another in the same window: what may go wrong on the way, in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Response, request
from playwright.sync_api import APIResponse, Browser, Page, Route

from kiosk.session import Step
from tests.devices.simulators import until
from tests.journeys.browser import arrive, chromium
from tests.journeys.eye import Checked
from tests.journeys.speaking_window import opened
from tests.journeys.test_services import Hall
from tests.journeys.traveller import Traveller
from tests.layout.test_layout import fresh
from tests.unit.ui.harness import Pages, served

pytestmark = pytest.mark.journey
PANEL = "21-portrait"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with served(fresh(tmp_path)) as made:
        yield made


@pytest.fixture
def visitor(browser: Browser, pages: Pages) -> Iterator[Traveller]:
    hall = Hall(browser, {PANEL: pages}, Checked(), [])
    yield hall.enter(PANEL, "id")
    hall.close()


def once(page: Page, address: str, how: Callable[[Route], object]) -> list[str]:
    """The next request there is treated so; those after it go through. Returns the addresses that were treated."""
    treated: list[str] = []

    def handle(route: Route) -> None:
        if treated:
            route.continue_()
            return
        treated.append(route.request.url)
        how(route)

    page.route(address, handle)
    return treated


def answer_is_lost(route: Route) -> None:
    """The kiosk has done it; nobody hears of it."""
    route.fetch(max_redirects=0)
    route.abort()


def test_a_visit_keeps_its_window_and_the_next_visitor_gets_one_without_a_memory(visitor: Traveller) -> None:
    page = visitor.page
    page.clock.install()
    page.evaluate("window.memory = 'a family'")
    visitor.choose("KONSOL")
    visitor.follow(page.locator("a[href^='/bantuan']"))
    assert page.url.endswith("/bantuan")
    visitor.follow(page.locator(".foot a"))
    visitor.enlarge("besar")
    assert page.evaluate("window.memory") == "a family"
    page.locator("form[data-ask] button").tap()
    visitor.tap(page.locator("#yakin-ya"))
    assert visitor.at(Step.HOME)
    page.clock.run_for(25_000)
    page.wait_for_function("() => window.memory === undefined")
    arrive(page)
    visitor.eye.assert_nothing_wrong()


def test_a_pulse_that_is_quicker_than_the_last_tap_s_answer_does_not_tear_the_window_away(visitor: Traveller) -> None:
    """The kiosk had ended the visit, its answer was on the way; the pulse saw another visit and loaded everything anew."""
    page, held = visitor.page, list[tuple[Route, APIResponse]]()
    visitor.choose("KONSOL")
    page.evaluate("window.memory = 'a family'")
    once(page, "**/selesai", lambda route: held.append((route, route.fetch(max_redirects=0))))
    page.locator("form[data-ask] button").tap()
    page.locator("#yakin-ya").tap()
    while not held:
        page.wait_for_timeout(20)
    for _ in range(2):  # the first may have been asked before
        page.wait_for_event("requestfinished", lambda request: request.url.endswith("/denyut"))
    ((route, answer),) = held
    route.fulfill(response=answer)
    arrive(page, step=Step.HOME)
    assert page.evaluate("window.memory") == "a family"
    visitor.eye.assert_nothing_wrong()


def test_a_last_tap_that_is_never_answered_keeps_nobodys_screen_for_the_next(visitor: Traveller) -> None:
    page, held = visitor.page, list[Route]()
    page.clock.install()
    visitor.choose("KONSOL")
    page.evaluate("window.memory = 'a family'")
    once(page, "**/selesai", lambda route: (route.fetch(max_redirects=0), held.append(route)))
    page.locator("form[data-ask] button").tap()
    page.locator("#yakin-ya").tap()
    while not held:
        page.wait_for_timeout(20)
    with page.expect_event("domcontentloaded"):
        for _ in range(11):
            with page.expect_event("requestfinished", lambda request: request.url.endswith("/denyut")):
                page.clock.run_for(1000)
    arrive(page, step=Step.HOME)
    assert page.evaluate("window.memory") is None


def test_a_visit_that_is_wiped_leaves_its_window(visitor: Traveller) -> None:
    page = visitor.page
    visitor.choose("KONSOL")
    page.evaluate("window.memory = 'a family'; document.documentElement.dataset.left = '1'")
    visitor.world.kiosk.leave()
    arrive(page, step=Step.HOME)
    assert page.evaluate("window.memory") is None


def test_a_tap_that_never_reached_the_kiosk_can_be_made_again(visitor: Traveller) -> None:
    page = visitor.page
    lost = once(page, "**/langkah/apply", lambda route: route.abort())
    visitor.follow(visitor.verb("apply"))
    assert len(lost) == 1
    assert visitor.at(Step.HOME)
    visitor.tap(visitor.verb("apply"))
    assert not visitor.at(Step.HOME)


def test_a_tap_whose_answer_was_lost_is_not_made_twice(visitor: Traveller) -> None:
    visitor.choose("KONSOL")
    version = visitor.world.kiosk.visit.version
    lost = once(visitor.page, "**/langkah/have_papers", answer_is_lost)
    visitor.tap(visitor.verb("have_papers"))
    assert len(lost) == 1
    assert visitor.at(Step.NOTICE)
    assert visitor.world.kiosk.visit.version == version + 1


def test_the_kiosk_s_server_comes_back_under_the_same_screen(visitor: Traveller) -> None:
    """Nothing answers for a while, the look at the screen neither."""
    visitor.choose("KONSOL")
    down: list[str] = []

    def handle(route: Route) -> None:
        down.append(route.request.url)
        if len(down) < 4:
            route.abort()
        else:
            route.continue_()

    visitor.page.route("**/*", handle)
    visitor.follow(visitor.verb("have_papers"))
    assert len(down) >= 4
    assert visitor.at(Step.REQUIREMENTS)


def test_an_answer_that_is_no_screen_leads_back_to_the_one_at_hand(visitor: Traveller) -> None:
    visitor.choose("KONSOL")
    once(visitor.page, "**/langkah/have_papers", lambda route: route.fulfill(status=500, body="Internal Server Error"))
    visitor.follow(visitor.verb("have_papers"))
    assert visitor.page.locator("body").get_attribute("data-step") == Step.REQUIREMENTS
    visitor.tap(visitor.verb("have_papers"))


def test_words_of_waiting_do_not_come_over_the_screen_that_follows(browser: Browser, pages: Pages) -> None:
    hall = Hall(browser, {PANEL: pages}, Checked(), [])
    visitor = hall.enter(PANEL, "id", still=True)
    visitor.choose("KONSOL")
    visitor.tap(visitor.verb("have_papers"))
    visitor.tap(visitor.verb("agree"))
    page = visitor.page
    assert page.locator("form[action$='/save'][data-wait]").count() == 1
    visitor.tap(visitor.verb("save"))
    page.clock.run_for(1000)
    assert page.locator("dialog[open]").count() == 0
    visitor.eye.assert_nothing_wrong()
    hall.close()


def test_the_next_visitor_who_is_quick_is_not_interrupted_and_the_window_is_renewed_after_him(
    visitor: Traveller,
) -> None:
    page = visitor.page
    page.clock.install()
    page.evaluate("window.memory = 'a family'")
    for _ in range(2):
        visitor.choose("KONSOL")
        page.clock.run_for(5000)
        assert page.evaluate("window.memory") == "a family"
        page.locator("form[data-ask] button").tap()
        visitor.tap(page.locator("#yakin-ya"))
    page.clock.run_for(25_000)
    page.wait_for_function("() => window.memory === undefined")
    arrive(page, step=Step.HOME)


# A hand in the window that villagers see: it taps once, and tells over the kiosk's own line what stood there then.
HAND = """
document.addEventListener("DOMContentLoaded", () => setTimeout(() => {
  window.memory = "same";
  document.querySelector("form[action$='/apply'] button").click();
}, 300));
document.addEventListener("layar", () => fetch("/sentuh", { method: "POST", body: new URLSearchParams(
  { kunjungan: document.body.dataset.visit, told: [window.memory, document.body.dataset.step, location.pathname].join(" ") }) }));
"""


def test_the_kiosk_s_own_window_turns_too(pages: Pages) -> None:
    """WebKitGTK by pywebview, as on a device; everything else here is Chromium."""
    told: list[str] = []

    def hand(answer: Response) -> Response:
        if request.path.endswith("/turning.js"):
            answer.direct_passthrough = False
            answer.set_data(answer.get_data(as_text=True) + HAND)
        told.extend(request.form.getlist("told"))
        return answer

    pages.app.after_request(hand)
    with opened(pages.address()):
        until(lambda: bool(told), seconds=60, what="another screen")
    assert told == ["same services /"]
