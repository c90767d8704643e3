"""The driver's process: killed, stopped, orphaned. A folder of pictures stands in for the device."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from adminduk.clock import SystemClock
from kiosk.hardware.camera import connect
from kiosk.hardware.camera.driver import GrabbedCamera
from kiosk.hardware.camera.not_fitted import NoCamera
from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.hardware.camera.sources import UnknownCamera
from kiosk.hardware.health import Condition
from tests.devices.camera_bench import eventually

pytestmark = pytest.mark.devices


@pytest.fixture
def folder(tmp_path):
    for number in range(4):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((40, 60, 3), 60 + number * 30, np.uint8))
    return tmp_path


@pytest.fixture
def camera(folder):
    made = GrabbedCamera(f"folder://{folder}", clock=SystemClock())
    yield made
    made.close()


def ready(camera):
    return eventually(lambda: camera.latest() is not None and camera.state().condition == Condition.READY)


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_grabber_that_crashes_is_started_again(camera):
    assert ready(camera)
    first = camera.pid
    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: camera.state().code == "camera.lost")
    assert ready(camera)
    assert camera.pid != first


def test_a_grabber_that_hangs_in_its_driver_is_killed_and_replaced(camera):
    assert ready(camera)
    first = camera.pid
    os.kill(first, signal.SIGSTOP)

    assert eventually(lambda: camera.state().code == "camera.hung")
    assert camera.latest() is None
    assert ready(camera)
    assert camera.pid != first
    assert not runs(first)


def test_rest_ends_the_process_and_frees_the_memory(camera):
    assert ready(camera)
    pid = camera.pid
    camera.rest()

    assert camera.pid is None
    assert not runs(pid)
    assert not [place for place in Path("/proc/self/fd").iterdir() if _points_to(place).startswith("/memfd:camera")]


def _points_to(place):
    try:
        return str(place.readlink())
    except FileNotFoundError:
        return ""


ORPHAN = """
import sys
from adminduk.clock import SystemClock
from kiosk.hardware.camera.driver import GrabbedCamera
from kiosk.hardware.camera.not_fitted import NoCamera
from tests.devices.camera_bench import eventually
camera = GrabbedCamera(sys.argv[1], clock=SystemClock())
assert eventually(lambda: camera.latest() is not None)
print(camera.pid, flush=True)
sys.stdin.read()
"""


def test_no_grabber_outlives_a_kiosk_that_was_killed(folder):
    command = [sys.executable, "-c", ORPHAN, f"folder://{folder}"]
    kiosk = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    pid = int(kiosk.stdout.readline())
    assert runs(pid)
    kiosk.kill()
    kiosk.communicate()

    assert eventually(lambda: not runs(pid))


def test_numbers_go_on_rising_across_a_crash(camera):
    assert ready(camera)
    before = camera.latest().number
    os.kill(camera.pid, signal.SIGKILL)
    assert eventually(lambda: camera.state().code == "camera.lost")

    assert ready(camera)
    assert camera.latest().number > before


def test_an_empty_folder_is_an_absent_camera_until_pictures_come(tmp_path):
    camera = GrabbedCamera(f"folder://{tmp_path}", clock=SystemClock())
    try:
        assert eventually(lambda: camera.latest() is None and camera.state().code == "camera.absent")
        for level in (60, 90):
            cv2.imwrite(str(tmp_path / f"{level}.png"), np.full((40, 60, 3), level, np.uint8))
        assert ready(camera)
    finally:
        camera.close()


def test_a_folder_of_one_picture_is_a_frozen_camera(tmp_path):
    cv2.imwrite(str(tmp_path / "one.png"), np.full((40, 60, 3), 90, np.uint8))
    camera = GrabbedCamera(f"folder://{tmp_path}", clock=SystemClock())
    try:
        assert eventually(lambda: camera.latest() is not None and camera.state().code == "camera.frozen")
    finally:
        camera.close()


def test_a_missing_usb_camera_is_absent_even_at_rest():
    camera = GrabbedCamera("v4l2:///dev/v4l/by-id/usb-none", clock=SystemClock())

    assert camera.state().code == "camera.absent"
    assert camera.pid is None


def test_a_network_camera_at_rest_is_unknown_but_worth_a_try():
    camera = GrabbedCamera("mjpeg://127.0.0.1:9", clock=SystemClock())

    assert camera.state().condition == Condition.UNKNOWN
    assert camera.state().usable


def test_a_woken_camera_costs_less_than_a_second_of_processor_until_its_first_picture(camera):
    """Opening the device comes on top; what can be counted on any machine is the grabber's own work."""
    assert eventually(lambda: camera.latest() is not None)
    fields = Path(f"/proc/{camera.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()

    assert (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") < 1.0


def test_a_light_burns_from_before_the_opening_until_after_the_letting_go(folder, tmp_path_factory):
    leds = tmp_path_factory.mktemp("leds")
    light = leds / "kamera" / "brightness"
    light.parent.mkdir()
    light.write_text("1")  # of a kiosk that was killed
    camera = connect(f"folder://{folder}?light={leds}/kamera", leds=leds)
    try:
        assert light.read_text() == "0"
        camera.latest()
        assert light.read_text() == "1"
        camera.rest()
        assert light.read_text() == "0"
    finally:
        camera.close()


def test_connect_gives_the_twin_or_the_driver_by_address(folder):
    assert isinstance(connect("simulated://"), SimulatedCamera)
    assert isinstance(connect(f"folder://{folder}"), GrabbedCamera)
    assert isinstance(connect("none:"), NoCamera)
    with pytest.raises(UnknownCamera):
        connect("gphoto2://")


@pytest.mark.parametrize("address", ["v4l2:///dev/video0", "v4l2:///dev/video12?width=1280"])
def test_a_name_that_may_be_another_camera_tomorrow_is_refused_with_the_one_to_use(address):
    with pytest.raises(UnknownCamera, match="by-id"):
        connect(address)


@pytest.mark.parametrize("name", ["by-id/usb-Contoh-video-index0", "by-path/pci-0000:00:14.0-usb-0:2:1.0-video-index0"])
def test_a_name_that_stays_with_the_camera_or_its_socket_is_taken(name):
    assert connect(f"v4l2:///dev/v4l/{name}").state().code == "camera.absent"


@pytest.mark.parametrize("place", ["/etc/passwd", "/sys/class/leds", "../leds/kamera"])
def test_a_light_that_is_no_led_is_refused(folder, place):
    with pytest.raises(ValueError, match="light"):
        connect(f"folder://{folder}?light={place}")


def test_the_rest_of_the_kiosk_never_loads_opencv_through_the_camera():
    code = "import sys, kiosk.hardware.camera as c; c.connect('mjpeg://127.0.0.1:9'); print('cv2' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert said.strip() == "False"
