"""Every screen that the content can make, in a real browser on the supported panels: nothing small, nothing off the glass."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kiosk.ui.sizes import PanelSize
from tests.journeys.browser import chromium
from tests.layout.measure import axed, ruled
from tests.layout.scenes import scenes
from tests.unit.session.world import CATALOGUE, World, new_world
from tests.unit.ui.harness import Pages, served

pytestmark = pytest.mark.journey
PANELS = {
    "21-portrait": PanelSize(diagonal_inch=21.5, width=1080, height=1920),
    "32-portrait": PanelSize(diagonal_inch=32, width=1080, height=1920),
    "15-landscape": PanelSize(diagonal_inch=15.6, width=1280, height=800),
}
ALL = list(scenes(CATALOGUE))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def opened(browser: Browser, pages: Pages, panel: PanelSize) -> Page:
    context = browser.new_context(
        viewport={"width": panel.width, "height": panel.height}, locale="id-ID", reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(pages.address())
    return page


def show(page: Page, pages: Pages) -> None:
    page.goto(f"{pages.origin}/", wait_until="commit")
    page.locator("html[data-ready]").wait_for(state="attached")


def fresh(folder: Path) -> World:
    """A kiosk of its own thread: SQLite's connections stay where they were made."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(new_world, folder).result()


@pytest.mark.parametrize(
    ("panel", "modes", "every"),
    [("21-portrait", (), 1), ("15-landscape", (), 1), ("32-portrait", (), 7), ("21-portrait", ("besar",), 2), ("15-landscape", ("besar",), 2)],
    ids=["21", "15", "32", "21-large", "15-large"],
)  # fmt: skip
def test_every_screen_fits_the_glass_and_the_finger(
    browser: Browser, tmp_path: Path, panel: str, modes: tuple[str, ...], every: int
) -> None:
    world = fresh(tmp_path)
    with served(world, panel=PANELS[panel]) as pages:
        page = opened(browser, pages, PANELS[panel])
        wrong = {}
        for scene in ALL[::every]:
            scene.prepare(world.kiosk.visit)
            world.kiosk.visit.display.update(dict.fromkeys(modes, True))
            world.kiosk.visit.touched = world.clock.monotonic()
            show(page, pages)
            if found := ruled(page):
                wrong[scene.name] = found
        page.context.close()
    assert not wrong, "\n".join(f"{name}: {'; '.join(found[:4])}" for name, found in wrong.items())


@pytest.mark.parametrize("mode", ["", "besar", "kontras"])
@pytest.mark.parametrize("panel", ["21-portrait", "15-landscape"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, panel: str, mode: str) -> None:
    world = fresh(tmp_path)
    kinds = {}
    for scene in ALL:
        kinds.setdefault(" ".join(scene.name.split()[:1]), []).append(scene)
    chosen = [scene for group in kinds.values() for scene in group[:: max(1, len(group) // 6)]]
    with served(world, panel=PANELS[panel]) as pages:
        page = opened(browser, pages, PANELS[panel])
        wrong = {}
        for scene in chosen:
            scene.prepare(world.kiosk.visit)
            world.kiosk.visit.display.update({mode: True} if mode else {})
            show(page, pages)
            if found := axed(page):
                wrong[scene.name] = found
        page.context.close()
    assert not wrong, "\n".join(f"{name}: {'; '.join(found)}" for name, found in wrong.items())
