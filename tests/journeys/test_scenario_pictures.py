"""What a farmer sees when something breaks: the scenarios are played and their named moments photographed, for the manual.

The manual's pictures come of the same files that test the mishaps. By day two of them are photographed, by night all.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from content.loader import ROOT
from kiosk.scenarios import Playing, load
from tests.journeys.browser import PANELS as SIZES
from tests.journeys.browser import chromium, keep
from tests.layout.measure import ruled
from tests.scenarios.theatre import Theatre
from tests.unit.documents.paperwork import Office
from tests.unit.ui.harness import LANDSCAPE, served

pytestmark = pytest.mark.journey
SCENARIOS = {
    code: scenario
    for code, scenario in load(ROOT / "scenarios").items()
    if "line" not in scenario.needs and any(turn.picture for turn in scenario.turns)
}
BY_DAY = ("02-struk-tidak-jelas-keluar", "17-listrik-padam-baterai-habis")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize(
    "code", [pytest.param(one, marks=[] if one in BY_DAY else [pytest.mark.nightly]) for one in SCENARIOS]
)
def test_the_screen_says_the_right_thing_and_is_photographed(
    code: str, browser: Browser, tmp_path: Path, screens: Path
) -> None:
    width, height = SIZES["landscape"]
    stage = Theatre(tmp_path, office=Office.open())
    playing = Playing(SCENARIOS[code], stage)
    try:
        # the browser has an event loop on this thread, and signatures want one of their own
        with served(stage.world, panel=LANDSCAPE) as pages, ThreadPoolExecutor(1) as hands:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(pages.address())
            while (turn := hands.submit(playing.step).result()) is not None:
                if turn.picture:
                    page.goto(pages.origin + "/")
                    keep(page, screens / f"kejadian-{turn.picture}.png")
                    assert ruled(page) == []
            page.close()
    finally:
        stage.close()
