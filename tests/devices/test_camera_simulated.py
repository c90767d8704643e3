"""The twin's hands, which the demo's panel and the tests use."""

import numpy as np
import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.camera.simulated import SimulatedCamera, bare_desk
from kiosk.hardware.health import Condition
from kiosk.imaging import find_sheet
from tests.specimens import birth_letter, on_desk, overlap


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def camera(clock):
    return SimulatedCamera(clock=clock)


def test_an_empty_desk_is_seen_before_any_paper_lies_there(camera):
    assert (camera.latest().image == bare_desk()).all()
    assert find_sheet(camera.latest().image) is None


def test_a_paper_laid_down_is_seen_and_found(camera):
    photo, truth = on_desk(birth_letter(), seed=3)
    camera.lay_paper(photo)

    assert overlap(find_sheet(camera.latest().image).corners, truth) > 0.99


def test_a_paper_taken_away_is_gone(camera):
    camera.lay_paper(np.full((960, 1280, 3), 200, np.uint8))
    camera.take_away()

    assert (camera.latest().image == bare_desk()).all()


def test_a_frozen_camera_still_shows_the_paper_that_was_taken_away(camera, clock):
    camera.lay_paper(np.full((960, 1280, 3), 200, np.uint8))
    camera.latest()
    camera.freeze()
    camera.take_away()
    clock.advance(3.5)

    assert (camera.latest().image == 200).all()
    assert camera.state().code == "camera.frozen"


def test_a_thawed_camera_sees_the_desk_again(camera, clock):
    camera.lay_paper(np.full((960, 1280, 3), 200, np.uint8))
    camera.latest()
    camera.freeze()
    camera.take_away()
    clock.advance(3.5)
    camera.thaw()

    assert (camera.latest().image == bare_desk()).all()
    assert camera.state().condition == Condition.READY


def test_recovering_ends_freezing_and_hanging(camera, clock):
    camera.latest()
    camera.freeze()
    camera.hang()
    clock.advance(5)
    assert camera.state().code == "camera.hung"
    camera.recover()

    assert camera.latest() is not None
    assert camera.state().condition == Condition.READY


def test_a_covered_lens_sees_nothing_until_the_hand_is_taken_away(camera, clock):
    camera.latest()
    camera.cover_lens()
    clock.advance(1.5)
    assert not camera.latest().image.any()
    assert camera.state().code == "camera.black"
    camera.uncover_lens()

    assert camera.latest().image.any()
    assert camera.state().condition == Condition.READY


def test_an_unplugged_camera_at_rest_says_so_before_anyone_looks(camera):
    camera.unplug()

    assert camera.state().code == "camera.absent"


def test_frames_come_at_a_cameras_pace_and_not_at_the_lookers(camera, clock):
    first = camera.latest()
    assert camera.latest().number == first.number
    clock.advance(1.0)

    assert camera.latest().number == first.number + 15


def test_a_frozen_camera_is_still_frozen_at_the_next_visit(camera, clock):
    camera.latest()
    camera.freeze()
    camera.rest()
    camera.latest()
    clock.advance(3.5)

    assert camera.state().code == "camera.frozen"
