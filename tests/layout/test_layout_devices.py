"""What devices change on a screen, under the ruler: the scanner's buttons, a dead camera, an alarm, a closed kiosk."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.session import Step
from tests.journeys.browser import chromium
from tests.layout.measure import axed, ruled
from tests.layout.scenes import Prepare, Scene
from tests.layout.test_layout import ALL, PANELS, kind, matrix, opened, prepare, show
from tests.unit.session.world import World, new_world
from tests.unit.ui.harness import served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]
ALARMS = ("power.on_battery", "power.low", "disk.full", "disk.read_only")
LANGUAGES = ("", "jv", "en")


class Disk:
    """Says what it is told to."""

    def __init__(self) -> None:
        self.reading = READY

    def __call__(self) -> Health:
        return self.reading

    def fail(self, code: str) -> None:
        self.reading = Health(Condition.FAULT, code)


def at(step: Step) -> Prepare:
    def go(visit: object) -> None:
        visit.step = step  # type: ignore[attr-defined]  # a Visit

    return go


def papers() -> list[Scene]:
    """Some screens of photographing: the longest names, a form to print first."""
    found = [scene for scene in ALL if kind(scene) == "foto"]
    return found[:: max(1, len(found) // 6)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as made:
        yield made


def situations(world: World, disk: Disk) -> Mapping[str, tuple[list[Scene], Callable[[], None]]]:
    """Name → what is looked at, and what the devices do then."""
    question = [scene for scene in ALL if kind(scene) == "tanya"][:3]
    home = [scene for scene in ALL if kind(scene) == "awal"][:1]
    scanning = [Scene("pindai", at(Step.SCANNING))]
    return {
        "a scanner beside the camera": ([*papers(), *scanning], lambda: None),
        "a scanner instead of the camera": (papers(), world.camera.unplug),
        "a sheet left in the scanner": (papers()[:2], lambda: None),
        **{code: ([*question, *home], lambda code=code: disk.fail(code)) for code in ALARMS},
    }


@pytest.mark.parametrize(
    ("panel", "modes"), matrix(), ids=lambda value: value if isinstance(value, str) else "-".join(value)
)
def test_what_devices_change_fits_the_glass_and_the_hand(
    browser: Browser, tmp_path: Path, panel: str, modes: tuple[str, ...]
) -> None:
    disk = Disk()
    with ThreadPoolExecutor(1) as pool:
        world = pool.submit(lambda: new_world(tmp_path, scanner=SimulatedScanner(), disk=disk)).result()
    wrong: list[str] = []
    with served(world, panel=PANELS[panel]) as pages:
        page = opened(browser, pages, PANELS[panel])
        for name, (scenes, happen) in situations(world, disk).items():
            happen()
            for number, scene in enumerate(scenes):
                prepare(world, scene, modes)
                world.kiosk.visit.display["bahasa"] = LANGUAGES[number % len(LANGUAGES)]
                world.kiosk.visit.complaint = "scanner.paper_left" if "sheet left" in name else ""
                show(page)
                found = [*ruled(page), *(axed(page) if number == 0 and not modes else [])]
                wrong += [f"{name}, {scene.name}: {one}" for one in found[:4]]
        page.context.close()
    assert not wrong, "\n".join(wrong)
