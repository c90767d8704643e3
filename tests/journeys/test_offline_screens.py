"""The line is down: what a villager sees who applied, who asks, and whose document waits here; measured and photographed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from adminduk.clock import ManualClock
from adminduk.tickets import Claim, new_claim
from central.documents.rendering import Sheet, render
from kiosk.hardware.health import Outcome
from kiosk.session import Step
from tests.journeys.browser import Screen, chromium, keep
from tests.journeys.test_staff_screens import just_applied
from tests.layout.measure import axed, ruled
from tests.right_answers import all_right
from tests.unit.central.people import packet
from tests.unit.documents.paperwork import Office
from tests.unit.session.test_waiting import bring, line_is_down, show
from tests.unit.session.world import CATALOGUE, World, new_world
from tests.unit.ui.harness import PANELS, served

pytestmark = pytest.mark.journey
MODES = ((), ("besar",), ("rendah",), ("kontras",))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class Village:
    """A kiosk without a line, and its screen."""

    def __init__(self, world: World, screen: Screen, origin: str, folder: Path, panel: str) -> None:
        self.world, self.screen, self.origin = world, screen, origin
        self.folder, self.panel = folder, panel
        screen.page.route("**/denyut", lambda route: route.abort())  # or the page goes on while it is measured

    def at_hand(self, prepare: Callable[[World], None]) -> None:
        """In a thread of its own, as the kiosk's server does it: SQLite's connections stay where they were made."""
        with ThreadPoolExecutor(1) as pool:
            pool.submit(prepare, self.world).result()

    def take(self, name: str) -> None:
        """One picture; in every mode nothing small, nothing off the glass, nothing that axe finds."""
        for modes in MODES:
            if modes == ("rendah",) and self.panel == "landscape":
                continue
            self.world.kiosk.visit.display.clear()
            self.world.kiosk.visit.display.update(dict.fromkeys(modes, True))
            self.screen.page.goto(f"{self.origin}/")
            self.screen.settle()
            if not modes:
                keep(self.screen.page, self.folder / f"{self.panel}-{name}.png")
            found = ruled(self.screen.page) + axed(self.screen.page)
            assert found == [], (name, modes, found)
        self.world.kiosk.visit.display.clear()


@pytest.mark.nightly  # by day: the layout's scenes "putus", and the receipt at the end of the clerk's day
@pytest.mark.parametrize("panel", list(PANELS))
def test_a_day_without_a_line(browser: Browser, tmp_path: Path, screens: Path, panel: str) -> None:
    office = Office.open()
    with ThreadPoolExecutor(1) as pool:
        world = pool.submit(lambda: new_world(tmp_path / "kios", roots=office.pem)).result()
        pdf = pool.submit(lambda: office.sign(family_card())).result()
    with served(world, panel=PANELS[panel]) as pages:
        village = Village(world, Screen.open(browser, pages.address(), panel), pages.origin, screens, panel)
        for number, outcome in enumerate(Outcome, 1):
            village.at_hand(partial(just_applied, outcome=outcome, number=number))
            village.take("receipt-offline" if outcome is Outcome.OK else f"receipt-offline-{outcome}")
        village.at_hand(lambda world: asks(world, new_claim(17, world.parts.dice), pdf))
        village.take("status-dated")
        village.at_hand(opens)
        village.take("document-offline")
        village.at_hand(lambda world: asks(world, new_claim(17, world.parts.dice), None))
        village.take("status-dated-working")
        assert village.screen.problems == []
        village.screen.page.context.close()


def family_card() -> bytes:
    """As the centre makes it, marked as a specimen."""
    service = CATALOGUE.services["KK-UBAH-3"]
    output, now = service.outputs[0], ManualClock().now()
    asked = replace(packet("K-0017"), service=service.code, answers=all_right(service))
    sheet = Sheet(number="3312-KK-0001", output=output, packet=asked, signer="KEPALA DINAS CONTOH", signed_at=now)
    return render(CATALOGUE, sheet)


def asks(world: World, claim: Claim, pdf: bytes | None) -> None:
    world.kiosk.leave()
    bring(world, claim, pdf, state="SIAP_CETAK" if pdf else "DIPROSES")
    show(world, claim)
    line_is_down(world)
    assert world.step is Step.STATUS


def opens(world: World) -> None:
    asking = world.kiosk.visit.asking
    assert asking is not None
    assert asking.status is not None
    world.do(world.kiosk.open_document(asking.status.documents[0]["id"]))
    assert world.step is Step.DOCUMENT
