"""Every screen, photographed in both orientations from the running kiosk; `make screens` keeps them in docs/screens/."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys import desk
from tests.journeys.browser import WARGA, Screen, chromium, keep, photograph
from tests.journeys.stack import Stack, set_up

pytestmark = pytest.mark.journey

STEPS = {
    "home", "services", "requirements", "notice", "question", "capture", "page", "corners", "review", "receipt", "survey",
    "thanks", "ticket", "pin", "status", "document", "printed", "unprinted", "doubtful", "no_answer",
}  # fmt: skip


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = set_up(tmp_path / "all", "--panel-port", str(_panel_port()))
    text = Path(made.settings).read_text()
    made.panel_port = int(text.split("[panel]\nport = ")[1].split("\n")[0])
    try:
        made.start("centre", "worker", "courier", "kiosk")
        made.wait_centre()
        made.wait_kiosk()
        yield made
    finally:
        made.stop()


def _panel_port() -> int:
    from tests.devices.simulators import free_port

    return free_port()


class Album:
    """Takes photographs and remembers which steps it has seen."""

    def __init__(self, stack: Stack, screen: Screen, folder: Path, panel: str) -> None:
        self.stack, self.screen, self.folder, self.panel = stack, screen, folder, panel
        self.seen: set[str] = set()

    def take(self, name: str) -> None:
        self.screen.page.wait_for_timeout(150)  # fonts and pictures are local; the camera's stream needs a frame
        keep(self.screen.page, self.folder / f"{self.panel}-{name}.png")
        self.seen.add(self.screen.step)

    def hand(self, path: str) -> None:
        """The device panel."""
        url = f"http://127.0.0.1:{self.stack.panel_port}{path}"
        urllib.request.urlopen(urllib.request.Request(url, method="POST", data=b""), timeout=20).close()


def apply(album: Album) -> tuple[str, str]:
    """The application's screens; (ticket, PIN)."""
    screen = album.screen
    album.take("home")
    screen.do("apply")
    album.take("groups")
    screen.do("group", kelompok="keluarga")
    album.take("services")
    screen.do("choose", layanan="KK-UBAH-3")
    album.take("requirements")
    screen.do("have_papers")
    album.take("notice")
    screen.do("agree")
    album.take("question-nik")
    screen.fill("33121201")
    album.take("question-nik-wrong")
    for answer, name in zip(WARGA.values(), ("kk", "nama", "hp", "milik"), strict=True):
        screen.fill(answer)
        album.take(f"question-{name}")
    screen.do("answer", jawaban="sendiri")
    album.take("question-elemen")
    screen.do("answer", jawaban="pekerjaan")
    screen.fill("PELAJAR")
    screen.fill("PETANI")
    screen.do("answer", jawaban="tidak")
    album.hand("/papers/kk")
    screen.page.wait_for_timeout(700)
    album.take("capture")
    screen.do("take")
    album.take("page")
    screen.do("adjust")
    album.take("corners")
    screen.do("adjusted")
    screen.do("use")
    if screen.page.locator("form[action$='/enough']").count():
        screen.do("enough")
    album.hand("/papers/blurred")
    screen.do("take")
    album.take("page-blurred")
    screen.do("retake")
    album.hand("/papers/birth")
    photograph(screen)
    album.take("review")
    screen.do("submit")
    album.take("receipt")
    ticket, pin = (text.strip() for text in screen.page.locator(".number").all_inner_texts()[:2])
    screen.do("to_survey")
    album.take("survey")
    screen.do("end_survey")
    album.take("thanks")
    screen.do("finish")
    return ticket, pin


def collect(album: Album, browser: Browser, ticket: str, pin: str) -> None:
    """Status and print, with the mishaps."""
    screen = album.screen
    desk.publish(browser, album.stack)
    screen.do("check")
    album.take("ticket")
    screen.press(ticket.replace("-", ""))
    screen.go_on("ticket")
    album.take("pin")
    screen.press(pin.replace(" ", ""))
    screen.go_on("pin")
    screen.reach("status")
    album.take("status")
    screen.do("document")
    screen.reach("document")
    album.take("document")
    album.hand("/hands/paper/run_out_of_paper")
    screen.do("print")
    album.take("unprinted")
    album.hand("/hands/paper/refill")
    screen.do("back")
    album.hand("/hands/paper/jam_during_the_next_job")
    screen.do("print")
    album.take("doubtful")
    album.hand("/hands/paper/clear_jam")
    screen.do("nothing_came_out")
    screen.do("print")
    album.take("printed")
    screen.do("finish")
    screen.do("finish")


def without_a_line(album: Album, ticket: str, pin: str) -> None:
    screen = album.screen
    album.stack.kill("centre")
    screen.do("check")
    screen.press(ticket.replace("-", ""))
    screen.go_on("ticket")
    screen.press(pin.replace(" ", ""))
    screen.go_on("pin")
    screen.reach("no_answer")
    album.take("no_answer")


def photograph_desk(stack: Stack, browser: Browser, folder: Path) -> None:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()
    desk.log_in(page, stack, "verifikator")
    keep(page, folder / "desk-queue.png")
    desk.open_first(page)
    keep(page, folder / "desk-case.png")
    page.context.close()


@pytest.mark.nightly  # by day the ruler and axe look at the same screens: tests/layout
@pytest.mark.parametrize("panel", ["portrait", "landscape"])
def test_every_screen_can_be_seen(stack: Stack, screens: Path, panel: str) -> None:
    with chromium() as browser:
        album = Album(stack, Screen.open(browser, stack.wait_kiosk(), panel), screens, panel)
        ticket, pin = apply(album)
        if panel == "portrait":
            photograph_desk(stack, browser, screens)
        collect(album, browser, ticket, pin)
        without_a_line(album, ticket, pin)
        assert album.screen.problems == []
    assert STEPS - album.seen == set()
