"""Who handles papers touches no screen: what moves under the camera keeps the visit, within bounds."""

import numpy as np
import pytest

from kiosk.session import Step
from kiosk.session.paperwork import MOTION_MOST_S
from kiosk.session.steps import CAPTURE_IDLE_S, WARNING_S
from tests.unit.session.world import World, birth_letter_on_desk

MAT = np.full((1440, 1920, 3), 40, np.uint8)


@pytest.fixture
def capturing(world: World) -> World:
    world.to_questions()
    world.answer()
    assert world.step is Step.CAPTURE
    world.camera.lay_paper(MAT)
    world.kiosk.watch()
    return world


def handle(world: World, seconds: float) -> None:
    """Nobody touches; after some seconds a paper is laid down or taken away."""
    world.clock.advance(seconds)
    world.camera.lay_paper(birth_letter_on_desk() if world.camera.latest().image.mean() < 60 else MAT)  # type: ignore[union-attr]  # a mat lies there
    world.kiosk.watch()


def test_a_paper_that_is_laid_down_keeps_the_visit(capturing: World) -> None:
    handle(capturing, CAPTURE_IDLE_S)
    left = capturing.kiosk.seconds_left()
    assert left == CAPTURE_IDLE_S + WARNING_S


def test_a_still_picture_keeps_nobody(capturing: World) -> None:
    capturing.clock.advance(CAPTURE_IDLE_S)
    capturing.kiosk.watch()
    assert capturing.kiosk.seconds_left() == WARNING_S


def test_something_that_swings_for_ever_keeps_nobody_for_ever(capturing: World) -> None:
    for _ in range(int(MOTION_MOST_S // 100) + 4):
        handle(capturing, 100)
        capturing.kiosk.seconds_left()
    assert capturing.step is Step.HOME


def test_a_touch_begins_the_count_anew(capturing: World) -> None:
    for _ in range(5):
        handle(capturing, 100)
    capturing.kiosk.touch(capturing.kiosk.visit.id)
    for _ in range(5):
        handle(capturing, 100)
        assert capturing.kiosk.seconds_left() is not None
    assert capturing.step is Step.CAPTURE


def test_elsewhere_the_camera_is_not_looked_at(world: World) -> None:
    world.to_questions()
    world.camera.lay_paper(MAT)
    world.kiosk.watch()
    assert world.kiosk.visit.seen is None


def test_a_camera_that_is_gone_is_no_motion(capturing: World) -> None:
    capturing.camera.unplug()
    capturing.clock.advance(CAPTURE_IDLE_S)
    capturing.kiosk.watch()
    assert capturing.kiosk.seconds_left() == WARNING_S


def test_what_was_seen_goes_with_the_visit(capturing: World) -> None:
    visit = capturing.kiosk.visit
    assert visit.seen is not None
    capturing.kiosk.leave()
    assert visit.seen is None
