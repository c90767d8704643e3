"""Whole visits by touch: services of different shapes, standing and lying panels, three languages; every screen is looked at.

Twelve services are travelled once, panels and languages taking turns; `make nightly` travels all of them on both, in all three.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from adminduk.tickets import new_ticket
from kiosk.session import Step
from tests.journeys.browser import chromium
from tests.journeys.eye import Checked, Eye, Tap
from tests.journeys.traveller import Traveller
from tests.unit.documents.paperwork import Office, blank_pdf
from tests.unit.session.world import new_world
from tests.unit.ui.harness import LANDSCAPE, PORTRAIT, Pages, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]  # a long visit, on a busy machine
TAPS = Path(__file__).parents[2] / "build" / "tests" / "tap-to-paint.json"
PANELS = {"21-portrait": PORTRAIT, "15-landscape": LANDSCAPE}
LANGUAGES = ("id", "jv", "en")
SHAPES: Mapping[str, Mapping[str, str]] = {
    "AKL": {},  # a child, parents, two witnesses
    "KK-UBAH-3": {"milik": "anggota", "elemen": "lainnya", "lagi": "ya"},  # several changes of another member
    "SKPWNI": {
        "yang_pindah": "sebagian",
        "jumlah_pindah": "2",
        "untuk": "kuasa",
    },  # members that move along, a place by steps
    "AKM": {},  # who died, parents, witnesses, two documents
    "AKW": {},  # two people and their parents, six papers
    "KTP-HR": {"sebab": "hilang"},  # a letter of the police, only when lost
    "KIA-BARU": {},  # a child's card
    "AKL-TRI": {},  # one application, three documents
    "AKUN": {},  # an account: four photos, an e-mail address
    "SKTT": {},  # a foreigner
    "AYO-SKAK": {},  # a death told by an heir
    "SK-LAHIR": {},  # a letter instead of a deed
    "KONSOL": {},  # data that do not match elsewhere: few questions
    "DOK-HR": {},  # a lost deed: which of six
}


BY_NIGHT = ("AKL-TRI", "SK-LAHIR")  # births too, like AKL


def square() -> Iterator[tuple[str, str, str]]:
    """(service, panel, language): each service once; panels and languages take turns, so that each pair is met."""
    panels = tuple(PANELS)
    for at, service in enumerate(service for service in SHAPES if service not in BY_NIGHT):
        yield service, panels[at % len(panels)], LANGUAGES[at % len(LANGUAGES)]


def rest() -> Iterator[tuple[str, str, str]]:
    """What the square leaves out."""
    done = set(square())
    all_of_them = ((service, panel, language) for service in SHAPES for panel in PANELS for language in LANGUAGES)
    return (one for one in all_of_them if one not in done)


@pytest.fixture(scope="module")
def office() -> Office:
    return Office.open()


@pytest.fixture(scope="module")
def signed(office: Office) -> bytes:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(office.sign, blank_pdf()).result()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def kiosks(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Pages]]:
    """One kiosk a panel, for all visitors of this file: what one leaves behind, the next one finds."""
    with ThreadPoolExecutor(1) as pool:  # SQLite's first connection stays in the thread that made it
        worlds = [pool.submit(new_world, tmp_path_factory.mktemp(name), roots=office.pem).result() for name in PANELS]
    with served(worlds[0], panel=PORTRAIT) as standing, served(worlds[1], panel=LANDSCAPE) as lying:
        yield dict(zip(PANELS, (standing, lying), strict=True))


@pytest.fixture(scope="module")
def checked() -> Checked:
    return Checked()


@pytest.fixture(scope="module")
def taps() -> Iterator[list[Tap]]:
    """All taps of the run; kept for bench/tap_to_paint.py, which reads them."""
    gathered: list[Tap] = []
    yield gathered
    TAPS.parent.mkdir(parents=True, exist_ok=True)
    TAPS.write_text(json.dumps([asdict(tap) for tap in gathered]))


class Hall:
    """Where visitors come in."""

    def __init__(
        self, browser: Browser, kiosks: Mapping[str, Pages], checked: Checked, taps: list[Tap], *, eye: type[Eye] = Eye
    ) -> None:
        self.browser, self.kiosks, self.checked, self.taps, self.eye = browser, kiosks, checked, taps, eye
        self.visitors: list[Traveller] = []

    def enter(
        self, panel: str, language: str, wanted: Mapping[str, str] | None = None, *, still: bool = False
    ) -> Traveller:
        """``still``: the page's clock is moved by the test alone."""
        pages = self.kiosks[panel]
        eye = self.eye.open(self.browser, panel, PANELS[panel], self.checked)
        visitor = Traveller(pages.world, eye, wanted or {}, all_nine=panel == "21-portrait")
        self.visitors.append(visitor)
        if still:
            eye.page.clock.install()
        eye.page.goto(pages.address())
        eye.page.locator("html[data-ready]").wait_for(state="attached")
        visitor.look()
        visitor.speak(language)
        return visitor

    def close(self) -> None:
        for visitor in self.visitors:
            self.taps += visitor.eye.taps
            visitor.eye.context.close()
            visitor.world.kiosk.leave()


@pytest.fixture
def hall(browser: Browser, kiosks: Mapping[str, Pages], checked: Checked, taps: list[Tap]) -> Iterator[Hall]:
    made = Hall(browser, kiosks, checked, taps)
    yield made
    made.close()


def travel(hall: Hall, service: str, panel: str, language: str) -> None:
    visitor = hall.enter(panel, language, SHAPES[service])
    visitor.choose(service)
    visitor.fill_in()
    visitor.send()
    visitor.eye.assert_nothing_wrong()


@pytest.mark.parametrize(("service", "panel", "language"), list(square()))
def test_a_service_is_finished_by_touch(hall: Hall, service: str, panel: str, language: str) -> None:
    travel(hall, service, panel, language)


@pytest.mark.nightly
@pytest.mark.parametrize(("service", "panel", "language"), list(rest()))
def test_a_service_is_finished_by_touch_in_the_other_languages_too(
    hall: Hall, service: str, panel: str, language: str
) -> None:
    travel(hall, service, panel, language)


def test_each_language_meets_each_panel_and_the_rest_is_travelled_at_night() -> None:
    meetings = list(square())
    assert len({service for service, _, _ in meetings}) >= 12
    for panel in PANELS:
        for language in LANGUAGES:
            assert sum((panel, language) == one[1:] for one in meetings) >= 2
    assert len(meetings) + len(list(rest())) == len(SHAPES) * len(PANELS) * len(LANGUAGES)


# --- beside the way -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("panel", "language"), [("21-portrait", "en"), ("15-landscape", "jv")])
def test_the_screens_beside_the_way_hold_too(hall: Hall, panel: str, language: str) -> None:
    """About, help, staff called, large letters, the question before all is thrown away, an abandoned visit."""
    visitor = hall.enter(panel, language)
    eye, page = visitor.eye, visitor.page
    visitor.follow(page.locator("a[href^='/tentang']"))
    visitor.follow(page.locator(".foot a"))
    visitor.choose("KONSOL")
    visitor.enlarge("besar")
    visitor.follow(page.locator("a[href^='/bantuan']"))
    visitor.follow(visitor.verb("bantuan"))
    assert page.locator(".band.good").count() == 1
    visitor.follow(page.locator(".foot a"))
    page.locator("form[data-ask] button").tap()
    eye.inspect("the question before all is thrown away")
    eye.language = "id"
    visitor.tap(page.locator("#yakin-ya"))
    assert visitor.at(Step.HOME)
    eye.assert_nothing_wrong()


@pytest.mark.parametrize("panel", list(PANELS))
def test_an_idle_screen_invites_and_goes_at_the_first_touch(hall: Hall, panel: str) -> None:
    visitor = hall.enter(panel, "id", still=True)
    page = visitor.page
    page.clock.fast_forward(46_000)
    page.locator("#undangan:not([hidden])").wait_for()
    visitor.eye.inspect("the invitation")
    page.locator("#undangan").tap()
    page.locator("#undangan[hidden]").wait_for(state="attached")
    visitor.eye.assert_nothing_wrong()


# --- asking and printing ------------------------------------------------------------------------------------------------

DOCUMENTS = ({"id": "d1", "output": "KK", "name": "Kartu Keluarga", "pages": "1"},)


@pytest.mark.parametrize(("panel", "language"), [("21-portrait", "jv"), ("15-landscape", "id")])
def test_a_document_is_asked_for_and_printed_by_touch(hall: Hall, signed: bytes, panel: str, language: str) -> None:
    visitor = hall.enter(panel, language)
    visitor.tap(visitor.verb("check"))
    visitor.press(new_ticket(17, visitor.world.parts.dice).replace("-", ""))
    visitor.go_on()
    visitor.press("482913")
    visitor.go_on()
    assert visitor.at(Step.WAITING)
    centre(visitor, state="SIAP_CETAK", words="Pengajuan sudah selesai", documents=DOCUMENTS)
    visitor.tap(visitor.verb("document"))
    centre(visitor, pdf=base64.b64encode(signed).decode())
    visitor.tap(visitor.verb("print"))
    assert visitor.at(Step.PRINTED)
    visitor.judge_and_leave()
    visitor.eye.assert_nothing_wrong()


def centre(visitor: Traveller, **answer: object) -> None:
    """What was asked is answered; the waiting screen gives way by itself."""
    # signatures are read in a loop of their own, and the browser's runs in this thread
    with ThreadPoolExecutor(1) as pool:
        pool.submit(visitor.world.centre_answers, **answer).result()
    visitor.page.locator("html[data-ready] body:not([data-step=waiting])").wait_for(state="attached")
    visitor.look()
