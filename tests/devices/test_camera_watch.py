"""Every state of a camera, from numbers alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hardware.camera.grabber import pause_after
from kiosk.hardware.camera.watch import Sighting, Status, health, is_black
from kiosk.hardware.health import READY, Condition

NOW = 1000.0
CODES = {"", "camera.absent", "camera.lost", "camera.hung", "camera.frozen", "camera.black"}


def seen(status=Status.STREAMING, *, woke=60.0, frame=0.05, changed=0.05, lit=0.05):
    return Sighting(status=status, woke_at=NOW - woke, frame_at=NOW - frame, changed_at=NOW - changed, lit_at=NOW - lit)


def code(sighting):
    return health(sighting, NOW).code


def test_fresh_lively_frames_are_a_ready_camera():
    assert health(seen(), NOW) == READY


@pytest.mark.parametrize(
    ("status", "expected"),
    [(Status.ABSENT, "camera.absent"), (Status.LOST, "camera.lost"), (Status.HUNG, "camera.hung")],
)
def test_what_the_grabber_says_of_itself_is_believed(status, expected):
    assert code(seen(status)) == expected


def test_a_camera_that_is_just_waking_is_busy():
    assert health(seen(Status.OPENING, woke=1), NOW).condition == Condition.BUSY


def test_a_camera_that_never_finishes_waking_is_hung():
    assert code(seen(Status.OPENING, woke=8.1)) == "camera.hung"


def test_two_seconds_without_a_frame_are_hung_and_one_is_not():
    assert code(seen(frame=2.1, changed=2.1, lit=2.1)) == "camera.hung"
    assert code(seen(frame=1.0, changed=1.0, lit=1.0)) == ""


def test_three_seconds_of_one_picture_are_frozen_and_two_are_not():
    assert code(seen(changed=3.2)) == "camera.frozen"
    assert code(seen(changed=2.0)) == ""


def test_a_second_of_darkness_is_black_and_the_first_dark_frames_of_a_waking_sensor_are_not():
    assert code(seen(lit=1.2)) == "camera.black"
    assert code(seen(lit=0.5)) == ""


def test_a_covered_lens_is_not_called_frozen():
    assert code(seen(lit=9, changed=9)) == "camera.black"


def test_a_hung_camera_is_not_called_black_or_frozen():
    assert code(seen(frame=5, lit=30, changed=30)) == "camera.hung"


times = st.floats(0, 10_000)


@given(st.sampled_from(Status), times, times, times, times)
def test_every_sighting_has_a_state_with_a_known_code(status, woke, frame, changed, lit):
    verdict = health(seen(status, woke=woke, frame=frame, changed=changed, lit=lit), NOW)

    assert verdict.code in CODES
    assert (verdict.code == "") == (verdict.condition in (Condition.READY, Condition.BUSY))


@pytest.mark.parametrize(("mean", "spread", "black"), [(0, 0, True), (6, 3, True), (6, 20, False), (40, 1, False)])
def test_a_dark_room_with_shapes_in_it_is_not_black(mean, spread, black):
    assert is_black(mean, spread) is black


@given(st.integers(1, 10_000))
def test_pauses_grow_to_a_limit_and_never_end(failures):
    assert 0.2 < pause_after(failures) <= 5.0
    assert pause_after(failures) <= pause_after(failures + 1)
