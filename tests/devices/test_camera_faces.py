"""The camera before the face: the same faults under its own name, or none at all."""

import logging

import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.camera import connect_face
from kiosk.hardware.camera.faces import FaceCamera
from kiosk.hardware.camera.lamp import LedLamp
from kiosk.hardware.camera.not_fitted import NoCamera
from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.hardware.health import READY, Condition
from tests.devices.camera_bench import PAPER


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def twin(clock):
    made = SimulatedCamera(clock=clock)
    made.lay_paper(PAPER)
    return made


@pytest.fixture
def face(twin):
    return FaceCamera(twin)


def ailing(face, clock, seconds=4.0):
    face.latest()
    clock.advance(seconds)
    face.latest()
    return face.state().code


def test_a_face_camera_that_works_is_simply_ready(face):
    assert face.latest().image.shape == PAPER.shape
    assert face.state() == READY


def test_an_unplugged_face_camera_is_absent_under_its_own_name(face, twin):
    twin.unplug()

    assert face.state().code == "selfie.absent"
    assert face.state().condition == Condition.ABSENT


def test_a_face_camera_whose_cable_is_pulled_is_lost(face, twin, clock):
    face.latest()
    twin.unplug()

    assert ailing(face, clock) == "selfie.lost"


def test_a_face_camera_that_stops_answering_is_hung(face, twin, clock):
    face.latest()
    twin.hang()

    assert ailing(face, clock) == "selfie.hung"
    assert face.latest() is None


def test_a_face_camera_that_shows_one_picture_for_ever_is_frozen(face, twin, clock):
    face.latest()
    twin.freeze()

    assert ailing(face, clock) == "selfie.frozen"


def test_a_shutter_before_the_face_cameras_lens_is_black(face, twin, clock):
    face.latest()
    twin.cover_lens()

    assert ailing(face, clock, 1.5) == "selfie.black"
    assert face.state().usable


def test_it_rests_and_closes_as_the_camera_inside_does(face, twin):
    face.latest()
    assert face.live
    face.rest()
    assert not face.live
    face.close()

    assert face.latest() is None
    assert "closed" in repr(face)


def test_a_kiosk_without_one_has_nothing_broken():
    face = connect_face("none:")

    assert isinstance(face.camera, NoCamera)
    assert (face.state().condition, face.state().code, face.state().usable) == (Condition.ABSENT, "", False)
    assert (face.latest(), face.live) == (None, False)
    face.rest()
    face.close()


def test_two_cameras_are_told_apart_by_their_names():
    assert connect_face("v4l2:///dev/v4l/by-id/usb-none").state().code == "selfie.absent"


def test_a_light_that_cannot_be_written_is_told_once_and_holds_nothing_up(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        light = LedLamp(tmp_path / "missing")
        light.shine(on=True)
        light.shine(on=False)

    assert [record.getMessage().split()[0] for record in caplog.records] == ["camera_light_failed"]


def test_a_light_is_written_only_when_it_changes(tmp_path):
    light = LedLamp(tmp_path)
    light.shine(on=True)
    (tmp_path / "brightness").write_text("seen")
    light.shine(on=True)

    assert (tmp_path / "brightness").read_text() == "seen"
