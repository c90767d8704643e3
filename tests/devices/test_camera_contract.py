"""What every camera does, the twin and the real driver alike. Named after what befalls a camera on a village desk."""

from functools import partial

import numpy as np
import pytest

from kiosk.hardware.health import Condition
from tests.devices.camera_bench import GSTREAMER, PAPER, DriverBench, TwinBench

gstreamer = pytest.mark.skipif(
    GSTREAMER is None, reason="gst-launch-1.0 is missing: apt-get install gstreamer1.0-tools"
)
BENCHES = [
    pytest.param(TwinBench, id="twin"),
    pytest.param(DriverBench, id="driver", marks=[pytest.mark.devices, gstreamer]),
]


DROWSY = [
    pytest.param(TwinBench, id="twin"),
    pytest.param(partial(DriverBench, standby_s=1.0), id="driver", marks=[pytest.mark.devices, gstreamer]),
]


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """What the cameras see."""
    return tmp_path_factory.mktemp("album")


@pytest.fixture(params=DROWSY)
def drowsy(request, album):
    """One that soon stands by."""
    made = request.param(album)
    yield made
    made.close()


@pytest.fixture(params=BENCHES)
def bench(request, album):
    made = request.param(album)
    yield made
    made.close()


def is_ready(bench):
    return bench.sees(lambda: bench.camera.state().condition == Condition.READY)


def says(bench, code):
    return bench.sees(lambda: bench.camera.state().code == code)


def test_a_camera_that_is_looked_at_wakes_and_shows_the_paper(bench):
    assert is_ready(bench)

    frame = bench.camera.latest()

    assert frame.image.shape == PAPER.shape
    assert frame.image.dtype == np.uint8
    assert np.abs(frame.image.mean(axis=(0, 1)) - PAPER.mean(axis=(0, 1))).max() < 6


def test_frames_are_numbered_upwards_and_dated(bench):
    assert is_ready(bench)
    first = bench.camera.latest()

    assert bench.sees(lambda: bench.camera.latest().number > first.number)
    assert bench.camera.latest().at > first.at


def test_a_frame_belongs_to_whoever_took_it(bench):
    assert is_ready(bench)
    frame = bench.camera.latest()
    frame.image[:] = 0

    assert bench.camera.latest().image.any()


def test_a_pulled_cable_is_lost_and_comes_back_by_itself(bench):
    assert is_ready(bench)
    bench.unplug()

    assert says(bench, "camera.lost")
    assert bench.camera.state().condition == Condition.ABSENT
    assert bench.camera.latest() is None
    bench.plug_in()
    assert is_ready(bench)


def test_a_camera_that_was_never_there_is_absent_until_it_is_plugged_in(bench):
    bench.unplug()

    assert says(bench, "camera.absent")
    assert bench.camera.latest() is None
    bench.plug_in()
    assert is_ready(bench)


def test_a_driver_that_stops_answering_is_hung_and_shows_no_old_picture(bench):
    assert is_ready(bench)
    bench.hang()

    assert says(bench, "camera.hung")
    assert bench.camera.state().condition == Condition.FAULT
    assert bench.camera.latest() is None
    bench.recover()
    assert is_ready(bench)


def test_one_picture_for_ever_is_a_frozen_camera(bench):
    assert is_ready(bench)
    bench.freeze()

    assert says(bench, "camera.frozen")
    assert not bench.camera.state().usable


def test_a_hand_on_the_lens_is_a_black_picture(bench):
    assert is_ready(bench)
    bench.cover()

    assert says(bench, "camera.black")
    assert bench.camera.state().condition == Condition.ATTENTION


def test_a_camera_at_rest_wakes_for_the_next_visit_and_counts_on(bench):
    assert is_ready(bench)
    number = bench.camera.latest().number
    bench.camera.rest()
    bench.camera.rest()

    assert bench.camera.state().usable
    assert is_ready(bench)
    assert bench.camera.latest().number > number


def test_a_camera_is_live_from_the_first_look_until_it_rests(bench):
    assert not bench.camera.live
    assert is_ready(bench)
    assert bench.camera.live

    bench.camera.rest()

    assert not bench.camera.live


def test_a_camera_at_which_nobody_looks_any_more_lets_go_by_itself_and_wakes_for_the_next_look(drowsy):
    assert is_ready(drowsy)
    number = drowsy.camera.latest().number

    assert drowsy.nobody_looks(until=lambda: not drowsy.camera.live)
    assert drowsy.camera.state().usable
    assert is_ready(drowsy)
    assert drowsy.camera.latest().number > number


def test_a_camera_in_trouble_goes_on_saying_so_though_nobody_looks(drowsy):
    """What ails it is worked on until the visit ends: a page that shows the trouble shows no picture."""
    assert is_ready(drowsy)
    drowsy.unplug()
    assert says(drowsy, "camera.lost")
    since = drowsy.clock.monotonic()

    assert drowsy.nobody_looks(until=lambda: drowsy.clock.monotonic() - since > drowsy.standby_s + 0.5)
    assert drowsy.camera.state().code == "camera.lost"
    drowsy.plug_in()
    assert drowsy.nobody_looks(until=lambda: not drowsy.camera.state().code)


def test_a_closed_camera_gives_nothing_and_can_still_be_named(bench):
    assert is_ready(bench)
    bench.camera.close()
    bench.camera.close()

    assert bench.camera.latest() is None
    assert "closed" in repr(bench.camera)
