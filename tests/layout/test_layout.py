"""Every screen that the content can make, in a real browser on the supported panels: nothing small, nothing off the glass."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from kiosk.ui.sizes import PanelSize
from tests.journeys.browser import arrive, chromium
from tests.layout.measure import axed, ruled
from tests.layout.scenes import Scene, scenes
from tests.unit.session.world import CATALOGUE, World, new_world
from tests.unit.ui.harness import Pages, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(900)]  # hundreds of screens, on a busy machine
PANELS = {
    "21-portrait": PanelSize(diagonal_inch=21.5, width=1080, height=1920),
    "32-portrait": PanelSize(diagonal_inch=32, width=1080, height=1920),
    "15-landscape": PanelSize(diagonal_inch=15.6, width=1280, height=800),
}
MODES = ((), ("besar",), ("rendah",), ("besar", "rendah"))
# of how many screens one is measured: most on the lowest panel, samples of the rest; all of them at night
EVERY = {
    ("21-portrait", ()): 8, ("15-landscape", ()): 4, ("32-portrait", ()): 19,
    ("21-portrait", ("besar",)): 11, ("15-landscape", ("besar",)): 5, ("32-portrait", ("besar",)): 23,
    ("21-portrait", ("rendah",)): 13, ("32-portrait", ("rendah",)): 21, ("21-portrait", ("besar", "rendah")): 12,
}  # fmt: skip
ALL = list(scenes(CATALOGUE))


def kind(scene: Scene) -> str:
    return scene.name.split()[0]


def sample(every: int) -> list[Scene]:
    """One screen of so many, and never a kind of screen left out."""
    first = {kind(scene): scene for scene in reversed(ALL)}
    return [scene for at, scene in enumerate(ALL) if at % every == 0 or first[kind(scene)] is scene]


def matrix() -> list[tuple[str, tuple[str, ...]]]:
    """Every panel in every mode; a lying panel has no lower layout."""
    return [(panel, modes) for panel in PANELS for modes in MODES if "portrait" in panel or "rendah" not in modes]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def opened(browser: Browser, pages: Pages, panel: PanelSize) -> Page:
    context = browser.new_context(
        viewport={"width": panel.width, "height": panel.height}, locale="id-ID", reduced_motion="reduce"
    )
    page = context.new_page()
    # no pulse: the page would go on to what is prepared while it is measured
    page.route("**/denyut", lambda route: route.abort())
    page.goto(pages.address())
    arrive(page)
    return page


def show(page: Page) -> None:
    """The screen of now, as a tap would bring it."""
    page.evaluate("() => { document.documentElement.dataset.left = '1'; kios.turn('/'); }")
    arrive(page)


def fresh(folder: Path) -> World:
    """A kiosk of its own thread: SQLite's connections stay where they were made."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(new_world, folder).result()


def wrong_on(browser: Browser, folder: Path, panel: str, modes: tuple[str, ...], every: int) -> str:
    """What the ruler finds, a line a screen."""
    world, wrong = fresh(folder), dict[str, list[str]]()
    with served(world, panel=PANELS[panel]) as pages:
        page = opened(browser, pages, PANELS[panel])
        for scene in sample(every):
            prepare(world, scene, modes)
            show(page)
            if found := ruled(page):
                wrong[scene.name] = found
        page.context.close()
    return "\n".join(f"{name}: {'; '.join(found[:4])}" for name, found in wrong.items())


def prepare(world: World, scene: Scene, modes: Iterable[str]) -> None:
    scene.prepare(world.kiosk.visit)
    world.kiosk.visit.display.update(dict.fromkeys(modes, True))
    world.kiosk.visit.touched = world.clock.monotonic()


@pytest.mark.parametrize(
    ("panel", "modes"), list(EVERY), ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_every_screen_fits_the_glass_and_the_hand(
    browser: Browser, tmp_path: Path, panel: str, modes: tuple[str, ...]
) -> None:
    wrong = wrong_on(browser, tmp_path, panel, modes, EVERY[panel, modes])
    assert not wrong, wrong


def test_every_kind_of_screen_is_measured_on_every_panel_by_day() -> None:
    for (panel, modes), every in EVERY.items():
        assert {kind(scene) for scene in sample(every)} == {kind(scene) for scene in ALL}, (panel, modes)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("panel", "modes"), matrix(), ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_every_screen_fits_in_every_mode_too(
    browser: Browser, tmp_path: Path, panel: str, modes: tuple[str, ...]
) -> None:
    wrong = wrong_on(browser, tmp_path, panel, modes, 1)
    assert not wrong, wrong


@pytest.mark.parametrize(
    ("panel", "mode"),
    [
        ("21-portrait", "besar"),
        ("15-landscape", "kontras"),
        pytest.param("21-portrait", "kontras", marks=pytest.mark.nightly),
        pytest.param("15-landscape", "besar", marks=pytest.mark.nightly),
    ],
)
def test_axe_finds_nothing_in_large_letters_and_in_contrast(
    browser: Browser, tmp_path: Path, panel: str, mode: str
) -> None:
    """In usual letters every screen of every journey is looked at: tests/journeys/test_services.py."""
    kinds = dict[str, list[Scene]]()
    for scene in ALL:
        kinds.setdefault(kind(scene), []).append(scene)
    world, wrong = fresh(tmp_path), dict[str, list[str]]()
    with served(world, panel=PANELS[panel]) as pages:
        page = opened(browser, pages, PANELS[panel])
        for scene in [scene for group in kinds.values() for scene in group[:: max(1, len(group) // 5)]]:
            prepare(world, scene, [mode])
            show(page)
            if found := axed(page):
                wrong[scene.name] = found
        page.context.close()
    assert not wrong, "\n".join(f"{name}: {'; '.join(found)}" for name, found in wrong.items())


def test_a_button_above_reach_a_small_one_and_small_letters_are_found(browser: Browser, tmp_path: Path) -> None:
    """The ruler's own alarm."""
    world = fresh(tmp_path)
    with served(world, panel=PANELS["32-portrait"]) as pages:
        page = opened(browser, pages, PANELS["32-portrait"])
        prepare(world, ALL[0], ["rendah"])
        show(page)
        assert ruled(page) == []
        page.evaluate(
            """() => {
              const button = document.querySelector('main .btn'), lead = document.querySelector('.lead');
              const high = button.cloneNode(true);
              high.style.cssText = 'position: fixed; top: 0; left: 0; width: 40px; height: 40px; min-width: 0; min-height: 0; font-size: 12px';
              document.querySelector('main').append(high);
              lead.style.height = '4000px';
              const under = lead.cloneNode(true);
              under.style.cssText = 'position: fixed; top: -20px; height: 40px';
              document.querySelector('main').append(under);
              document.querySelector('main > .do').lastElementChild.style.cssText = 'position: relative; top: -900px';
            }"""
        )
        told = " ".join(ruled(page))
        page.context.close()
    alarms = ("above reach", "small: ", "letters of ", "overflows: ", "under the header: ", "words over each other: ")
    assert [alarm for alarm in alarms if alarm not in told] == []
