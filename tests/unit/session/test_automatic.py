"""The photograph that takes itself, in a visit."""

import numpy as np
import pytest

from kiosk.session import Step
from tests.specimens import kk_page, on_desk
from tests.unit.session.world import World, birth_letter_on_desk


class Stream:
    """The live picture, drawn five times a second."""

    def __init__(self, world: World) -> None:
        self.world, self.seen = world, None

    def runs(self, seconds: float) -> str:
        for _ in range(round(seconds * 5)):
            self.world.clock.advance(0.2)
            jpeg, self.seen = self.world.kiosk.next_picture(self.seen)
            assert jpeg
        return self.world.kiosk.cue()


@pytest.fixture
def stream(world: World) -> Stream:
    world.to_questions()
    world.answer()
    return Stream(world)


def test_a_paper_laid_down_is_to_be_taken(stream: Stream) -> None:
    assert stream.runs(0.3) == "no_sheet"
    stream.world.camera.lay_paper(birth_letter_on_desk())
    assert stream.runs(0.3) == "steady"
    assert stream.runs(0.8) == "take"


def test_what_was_taken_is_not_asked_for_again_and_the_next_page_is(stream: Stream) -> None:
    world = stream.world
    world.camera.lay_paper(birth_letter_on_desk())
    stream.runs(1.2)
    world.do(world.kiosk.take())
    assert (world.step, world.kiosk.cue()) == (Step.PAGE, "")
    world.do(world.kiosk.use_page(another=True))
    assert stream.runs(2) == "taken_already"
    world.camera.lay_paper(on_desk(kk_page(), seed=3)[0])
    assert stream.runs(1.2) == "take"


def test_a_page_that_came_out_badly_is_taken_again_only_when_somebody_has_laid_it_better(stream: Stream) -> None:
    world = stream.world
    world.camera.lay_paper(birth_letter_on_desk())
    stream.runs(1.2)
    world.do(world.kiosk.take())
    world.clock.advance(5)
    world.do(world.kiosk.retake())
    assert stream.runs(2) == "again"
    world.camera.lay_paper(np.roll(birth_letter_on_desk(), 40, axis=1))
    assert stream.runs(0.3) != "again"
    assert stream.runs(1.2) == "take"


def test_nobody_looks_and_nothing_is_said(stream: Stream) -> None:
    stream.world.camera.lay_paper(birth_letter_on_desk())
    assert stream.runs(1.2) == "take"
    stream.world.clock.advance(2)
    assert stream.world.kiosk.cue() == ""


def test_a_frozen_camera_takes_nothing(stream: Stream) -> None:
    stream.world.camera.lay_paper(birth_letter_on_desk())
    stream.runs(0.2)
    stream.world.camera.freeze()
    assert stream.runs(4) == ""


def test_the_visit_forgets_what_it_watched(stream: Stream) -> None:
    stream.world.camera.lay_paper(birth_letter_on_desk())
    stream.runs(1.2)
    visit = stream.world.kiosk.visit
    stream.world.kiosk.leave()
    assert visit.watch.rest is None
    assert visit.watch.taken is None
