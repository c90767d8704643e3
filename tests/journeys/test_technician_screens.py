"""The technician's pages in the browser: some are measured by day; all, by axe too, and photographed, at night."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from uuid6 import uuid7

from kiosk.errands import Phase, Verb
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.session import Step
from kiosk.store import NewClaim, PrintJob, PrintKind, PrintState
from kiosk.ui import errands
from tests.journeys.browser import arrive, chromium, keep
from tests.layout.measure import axed, ruled
from tests.layout.test_layout import PANELS
from tests.unit.session.test_sendings import wait
from tests.unit.session.workshop import WHO, code_picture, laid, sheet
from tests.unit.session.world import World, new_world
from tests.unit.ui.harness import Pages, served

pytestmark = pytest.mark.journey
ADDRESSES = {
    "receipt": "serial:///dev/serial/by-id/usb-CONTOH_TM-T20II_J5TF001122-if00-port0?baud=38400&model=TM-T20II",
    "paper": "ipp://localhost/printers/A4?device=ipp://192.168.7.20/ipp/print",
    "scanner": "sane:epson2?model=DS-1630&serial=X1&source=flatbed", "codes": "serial:///dev/ttyUSB0?baud=9600",
    "camera": "v4l2:///dev/v4l/by-id/usb-Contoh_DocCam_4K_0001-video-index0", "power": "nut://127.0.0.1:3493/ups",
    "disk": "/var/lib/kios",
}  # fmt: skip
PULSE = "**/teknisi/denyut"
NIGHT = pytest.mark.nightly


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@dataclass(slots=True)
class Rounds:
    """A technician's hands: presses, measures, photographs."""

    world: World
    pages: Pages
    page: Page
    folder: Path
    panel: str
    thorough: bool

    def do(self, verb: str, **fields: str) -> None:
        """As the form would send it; then the page as the window shows it."""
        form = {"kunjungan": self.world.kiosk.visit.id, **fields}
        answer = self.page.request.post(f"{self.pages.origin}/teknisi/{verb}", form=form, max_redirects=0)
        assert answer.status == 303

    def carried(self, verb: Verb, phase: Phase, **told: Any) -> None:
        """The carrier's turn."""
        tray = errands.tray(self.world.kiosk)
        asked = tray.take(verb)
        assert asked is not None
        tray.tell(asked, phase, **told)

    def take(self, name: str, *, always: bool = False) -> None:
        """One page: nothing small, nothing off the glass, nothing that axe finds. ``always``: by day too."""
        if not (always or self.thorough):
            return
        self.page.goto(f"{self.pages.origin}/teknisi", wait_until="commit")
        arrive(self.page)
        found = ruled(self.page)
        if self.thorough:
            keep(self.page, self.folder / f"{self.panel}-technician-{name}.png")
            found += axed(self.page)
        assert found == [], (name, found)


def made(folder: Path) -> World:
    world = new_world(folder, scanner=SimulatedScanner())
    addresses = {**ADDRESSES, "disk": str(folder)}
    object.__setattr__(world.parts, "toolbox", replace(world.parts.toolbox, addresses=addresses))
    return world


@pytest.mark.parametrize(
    ("panel", "thorough"),
    [
        ("15-landscape", False), pytest.param("15-landscape", True, marks=NIGHT),
        pytest.param("21-portrait", True, marks=NIGHT), pytest.param("32-portrait", True, marks=NIGHT),
    ],
)  # fmt: skip
def test_a_technicians_rounds(browser: Browser, tmp_path: Path, screens: Path, panel: str, thorough: bool) -> None:
    with ThreadPoolExecutor(1) as pool:
        world = pool.submit(made, tmp_path).result()
    glass, problems = PANELS[panel], list[str]()
    with served(world, panel=glass) as pages:
        context = browser.new_context(viewport={"width": glass.width, "height": glass.height}, locale="id-ID")
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.route(PULSE, lambda route: route.abort())  # or the page goes on while it is measured
        page.request.get(pages.address())  # the cookie alone: a visitor's screen would go on by itself
        world.kiosk.officer, world.kiosk.visit.step = WHO, Step.STAFF
        rounds = Rounds(world, pages, page, screens, panel.partition("-")[2], thorough)
        rounds.do("buka")
        for part in (in_trouble, receipt, paper, others, mat, standing, leaving, report):
            part(rounds)
        context.close()
    assert problems == []


def in_trouble(rounds: Rounds) -> None:
    """Several states at once; a reader on a name that is not stable, held by somebody else."""
    world = rounds.world
    world.receipt.run_low()
    world.paper.jam()
    world.codes.be_held_by("ModemManager 712")
    with world.kiosk.lock:
        world.clock.advance(100)
    rounds.take("overview-trouble", always=True)
    rounds.do("show", halaman="device", perangkat="codes")
    rounds.take("device", always=True)
    world.receipt.refill()
    world.paper.clear_jam()
    world.codes.plug_in()


def receipt(rounds: Rounds) -> None:
    """The slip is laid down, and the page goes on by itself."""
    world, page = rounds.world, rounds.page
    rounds.do("begin", perangkat="receipt")
    rounds.take("slip", always=True)
    world.camera.lay_paper(laid(code_picture(world.receipt.codes[-1])))
    page.unroute(PULSE)
    page.wait_for_selector("main.tidy")
    page.route(PULSE, lambda route: route.abort())
    rounds.take("slip-cut")
    rounds.do("say", kata="tidak_rapi")
    rounds.take("slip-failed")


def paper(rounds: Rounds) -> None:
    world = rounds.world
    rounds.do("begin", perangkat="paper")
    world.camera.lay_paper(laid(sheet(world.paper.printed[-1]), at=(50, 300)))
    rounds.take("sheet")
    rounds.do("check")
    rounds.take("sheet-passed", always=True)


def others(rounds: Rounds) -> None:
    for device in ("codes", "power", "scanner"):
        rounds.do("begin", perangkat=device)
        rounds.take(device)


def mat(rounds: Rounds) -> None:
    """The handles begin where they were left: inside the picture, where the ruler has nothing to say of them."""
    rounds.do("show", halaman="mat")
    rounds.take("mat")
    rounds.do("photograph")
    rounds.do("place", corners="0.15,0.12;0.85,0.12;0.85,0.88;0.15,0.88")
    rounds.do("photograph")
    rounds.take("mat-corners", always=True)


IDENTITY = {
    "centre": "https://adminduk.wonogirikab.example.go.id", "storage": "host", "heard_at": "2026-11-21T02:58:00.000000Z",
    "fingerprint": "482 193", "next_key": False, "content": 7, "content_until": "2026-11-28T02:00:00Z", "line": "up",
    "line_code": "", "skew_s": 0,
}  # fmt: skip
TROUBLE = {
    "line": "refused",
    "line_code": "kios_tidak_dikenal",
    "skew_s": 412,
    "next_key": True,
    "content_until": "2026-11-20T02:00:00Z",
}


def standing(rounds: Rounds) -> None:
    """Who this kiosk is: all well, and everything at once."""
    rounds.do("identify")
    rounds.take("identity-asked")
    rounds.carried(Verb.IDENTITY, Phase.DONE, **{**IDENTITY, **TROUBLE})
    rounds.take("identity-trouble", always=True)
    rounds.do("identify")
    rounds.carried(Verb.IDENTITY, Phase.DONE, **IDENTITY)
    rounds.take("identity")


def leaving(rounds: Rounds) -> None:
    """The check-list: everything pending at once, drained, pressed, refused."""
    store = rounds.world.parts.store
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(unfinished, rounds.world).result()
    rounds.do("show", halaman="move")
    rounds.take("move-pending", always=True)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(finished, rounds.world, job).result()
    rounds.do("move")
    rounds.take("move-sure", always=True)
    rounds.do("move")
    rounds.take("move-asked")
    words = "Pusat masih menunggu permohonan dari kios ini. Biarkan kurir mengirimnya dahulu. (masih_ada_titipan)"
    rounds.carried(Verb.MOVE, Phase.REFUSED, code="masih_ada_titipan", words=words)
    rounds.take("move-refused")
    assert not any(store.unfinished().values())


def unfinished(world: World) -> PrintJob:
    store = world.parts.store
    wait(world, 1)
    store.ask("q", b"sealed")
    store.add_survey("s", b"{}")
    store.drafts.keep("d", days=7)
    return store.intend_print(PrintKind.DOCUMENT, "dok", claim=NewClaim(str(uuid7()), "001748219365"))


def finished(world: World, job: PrintJob) -> None:
    store = world.parts.store
    for item in store.waiting():
        store.receive(item.id, "{}")
        store.purge(item.id)
    store.forget_questions()
    store.remove_survey("s")
    store.drafts.forget("d")
    store.settle_print(job, PrintState.REFUSED)
    for doubtful in store.doubtful_prints():
        store.settle_print(doubtful, PrintState.CONFIRMED)


def report(rounds: Rounds) -> None:
    rounds.do("show", halaman="device", perangkat="paper")
    rounds.take("device-tested")
    rounds.do("show", halaman="report")
    rounds.take("report", always=True)
    rounds.do("show", halaman="overview")
    rounds.take("overview")
    rounds.do("tutup")
    rounds.page.goto(f"{rounds.pages.origin}/teknisi")
    assert rounds.page.get_attribute("body", "data-step") == "staff"
