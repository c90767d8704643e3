"""The grabber's loop and its mailbox, with a camera that does as it is told and a clock that is moved by hand."""

import mmap
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.camera.grabber import Grabber
from kiosk.hardware.camera.mailbox import Mailbox, fresh
from kiosk.hardware.camera.sources import UnknownCamera, opener, present
from kiosk.hardware.camera.watch import Status, health

BRIGHT = np.full((4, 6, 3), 120, np.uint8)
DARK = np.zeros((4, 6, 3), np.uint8)


class EndedError(Exception):
    """The scripted camera has nothing more to do."""


class Scripted:
    """A camera that delivers what stands in its script: pictures, None, or seconds for which it says nothing."""

    def __init__(self, script, clock):
        self.script, self.clock, self.closed, self.opened = list(script), clock, 0, 0

    def open(self):
        self.opened += 1
        if not self.script:
            raise EndedError
        return self if self.script.pop(0) == "open" else None

    def read(self):
        if not self.script:
            raise EndedError
        step = self.script.pop(0)
        if isinstance(step, float):
            self.clock.advance(step)
            return None
        self.clock.advance(0.1)
        return step

    def close(self):
        self.closed += 1


@pytest.fixture
def mailbox():
    made = Mailbox.make()
    yield made
    made.close()


@pytest.fixture
def clock():
    return ManualClock()


def play(mailbox, clock, *script, begin=None):
    """Run the grabber over a script. The camera, and what the mailbox says at the end."""
    camera, pauses = Scripted(script, clock), []

    def sleep(seconds):
        pauses.append(seconds)
        clock.advance(seconds)
        return False

    with pytest.raises(EndedError):
        Grabber(mailbox, now=clock.monotonic, sleep=sleep, begin=begin).run(camera.open)
    camera.pauses = [pause for pause in pauses if pause]
    return camera, mailbox.header()


def lively(count):
    return [np.full((4, 6, 3), 100 + number, np.uint8) for number in range(count)]


def test_the_newest_picture_lies_in_the_mailbox(mailbox, clock):
    _, header = play(mailbox, clock, "open", *lively(5))

    frame = mailbox.frame(header)

    assert frame.number == 5
    assert frame.image.tolist() == np.full((4, 6, 3), 104).tolist()
    assert header.status == Status.STREAMING


def test_a_camera_that_cannot_be_opened_is_absent(mailbox, clock):
    _, header = play(mailbox, clock, "gone", "gone")

    assert header.status == Status.ABSENT


def test_a_camera_that_stops_delivering_is_lost_and_let_go_of(mailbox, clock):
    camera, header = play(mailbox, clock, "open", BRIGHT, None, "gone")

    assert header.status == Status.LOST
    assert camera.closed == 1


def test_a_read_that_fails_late_is_a_hung_driver(mailbox, clock):
    _, header = play(mailbox, clock, "open", BRIGHT, 2.0)

    assert header.status == Status.HUNG


def test_a_camera_that_comes_back_streams_on_with_the_next_number(mailbox, clock):
    _, header = play(mailbox, clock, "open", BRIGHT, None, "gone", "gone", "open", BRIGHT, DARK)

    assert header.status == Status.STREAMING
    assert header.number == 3


def test_a_grabber_that_takes_over_counts_on_and_remembers_the_loss(mailbox, clock):
    begin = fresh(clock.monotonic(), number=40, status=Status.LOST)

    _, header = play(mailbox, clock, "gone", begin=begin)
    assert (header.status, header.number) == (Status.LOST, 40)
    _, header = play(mailbox, clock, "open", BRIGHT, begin=begin)
    assert (header.status, header.number) == (Status.STREAMING, 41)


def test_opening_is_tried_for_ever_with_pauses_that_stay_bounded(mailbox, clock):
    camera, _ = play(mailbox, clock, *["gone"] * 40)

    assert camera.opened == 41
    assert max(camera.pauses) <= 0.5  # it still beats while it waits
    assert clock.monotonic() - 1000 < 40 * 6


def test_the_grabber_beats_while_it_waits(mailbox, clock):
    play(mailbox, clock, *["gone"] * 10)

    assert clock.monotonic() - mailbox.header().beat_at <= 0.5


def test_pictures_that_are_all_alike_freeze_and_a_new_one_thaws(mailbox, clock):
    _, header = play(mailbox, clock, "open", *[BRIGHT] * 35)
    assert health(header.sighting, clock.monotonic()).code == "camera.frozen"

    _, header = play(mailbox, clock, "open", *[BRIGHT] * 35, *lively(1))
    assert health(header.sighting, clock.monotonic()).code == ""


def test_dark_pictures_are_black_until_light_falls_in(mailbox, clock):
    _, header = play(mailbox, clock, "open", BRIGHT, *[DARK] * 15)
    assert health(header.sighting, clock.monotonic()).code == "camera.black"

    _, header = play(mailbox, clock, "open", BRIGHT, *[DARK] * 15, BRIGHT)
    assert health(header.sighting, clock.monotonic()).code == ""


def test_a_camera_that_comes_back_with_the_same_picture_is_not_frozen_at_once(mailbox, clock):
    _, header = play(mailbox, clock, "open", BRIGHT, None, *["gone"] * 6, "open", BRIGHT)

    assert health(header.sighting, clock.monotonic()).code == ""


def test_a_reader_that_was_overtaken_gets_nothing_rather_than_half_of_two_pictures(mailbox):
    old = fresh(0.0, number=7)
    mailbox.write(replace_size(fresh(0.0, number=9)), BRIGHT)

    assert mailbox.frame(replace_size(old)) is None


def replace_size(header):
    return replace(header, height=4, width=6)


def test_a_header_that_is_half_written_is_not_read(mailbox):
    mailbox.write(fresh(1.0, number=3))
    mailbox._memory[5] ^= 1

    assert mailbox.header() is None


def test_a_mailbox_without_a_picture_gives_none(mailbox):
    mailbox.write(fresh(1.0))

    assert mailbox.frame(mailbox.header()) is None


def test_the_mailbox_has_no_name_and_ends_with_its_owner():
    mailbox = Mailbox.make()
    descriptor = mailbox.descriptor
    assert str(Path(f"/proc/self/fd/{descriptor}").readlink()).startswith("/memfd:")

    mailbox.close()
    mailbox.close()

    with pytest.raises(OSError):
        mmap.mmap(descriptor, 4096)


@pytest.mark.parametrize(
    "url", ["", "usb:0", "v4l2://video0", "v4l2:///etc/passwd", "mjpeg://localhost", "folder://", "http://127.0.0.1/"]
)
def test_a_camera_address_of_no_known_form_is_refused(url):
    with pytest.raises(UnknownCamera):
        opener(url)


def test_a_missing_usb_camera_is_known_to_be_missing_without_opening_it():
    assert present("v4l2:///dev/v4l/by-id/usb-none") is False
    assert opener("v4l2:///dev/v4l/by-id/usb-none")() is None


def test_a_network_camera_at_rest_is_neither_there_nor_not():
    assert present("mjpeg://127.0.0.1:9") is None
