"""The photograph that takes itself, on a real screen: nobody touches the glass."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.session import Step
from tests.devices.simulators import until
from tests.journeys.browser import Screen, arrive, chromium
from tests.unit.session.world import World, birth_letter_on_desk, new_world
from tests.unit.ui.harness import served

pytestmark = pytest.mark.journey
BEAT_S = 0.1


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Screen]]:
    world = new_world(tmp_path_factory.mktemp("automatic"))
    with served(world) as pages, chromium() as browser:
        screen = Screen.open(browser, pages.address())
        world.to_questions()
        world.answer()
        arrive(screen.page, step=Step.CAPTURE)
        yield world, screen
        assert screen.problems == []
        screen.page.context.close()
    world.parts.store.close()


def passes(world: World, screen: Screen, *, until_says: str) -> None:
    """Let the kiosk's clock run until the live picture says so."""

    def said() -> bool:
        world.clock.advance(BEAT_S)
        return screen.page.locator(f"[data-cue='{until_says}']").is_visible()

    until(said, what=until_says)


def test_a_hand_that_only_lays_the_paper_down_gets_its_photograph(
    stand: tuple[World, Screen], pytestconfig: pytest.Config
) -> None:
    world, screen = stand
    passes(world, screen, until_says="no_sheet")
    world.camera.lay_paper(birth_letter_on_desk())

    def taken() -> bool:
        world.clock.advance(BEAT_S)
        return screen.step == Step.PAGE

    until(taken, what="the photograph")
    assert world.kiosk.visit.taken is not None
    assert world.kiosk.visit.taken.judgement.ok

    screen.do("retake")
    passes(world, screen, until_says="again")
    folder = pytestconfig.getoption("--screens", default=None)
    if folder:
        from tests.journeys.browser import keep

        keep(screen.page, Path(str(folder)) / "potret-sendiri.png")
