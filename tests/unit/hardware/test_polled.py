"""A device that hangs never hangs the screen: its last word stands for a while, then it is told as silent."""

import logging
from collections.abc import Iterator
from threading import Event

import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.polled import Polled
from kiosk.hardware.power.polled import PolledPower
from kiosk.hardware.power.simulated import SimulatedPower
from kiosk.hardware.scanner.polled import PolledScanner
from kiosk.hardware.scanner.simulated import SimulatedScanner
from tests.devices.simulators import until

HUNG = Health(Condition.FAULT, "disk.errors")
FULL = Health(Condition.FAULT, "disk.full")


class Device:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.go, self.answer = Event(), FULL

    def ask(self) -> Health:
        self.go.wait()
        return self.answer


@pytest.fixture
def device() -> Iterator[Device]:
    made = Device()
    yield made
    made.go.set()


def test_a_device_that_hangs_is_told_as_silent_and_its_next_word_counts_again(device: Device) -> None:
    clock = ManualClock()
    polled = Polled(device.ask, first=READY, silent=HUNG, clock=clock, every_s=0.01, patience_s=30)
    assert polled.latest() == READY
    clock.advance(31)
    assert polled.latest() == HUNG
    device.go.set()
    until(lambda: polled.latest() == FULL, what="its answer")
    polled.close()


def test_a_new_word_is_seen_and_closing_ends_the_asking(device: Device) -> None:
    device.go.set()
    polled = Polled(device.ask, first=READY, silent=HUNG, clock=ManualClock(), every_s=0.01)
    until(lambda: polled.latest() == FULL)
    device.answer = READY
    until(lambda: polled.latest() == READY)
    polled.close()


def test_a_question_that_fails_is_silence_and_the_device_is_seen_when_it_is_back(
    device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread ended with the first exception: whatever came back afterwards was told as broken until the next start."""
    clock, torn_out = ManualClock(), Event()

    def ask() -> Health:
        if torn_out.is_set():
            raise OSError(19, "No such device")
        return device.ask()

    device.go.set()
    polled = Polled(ask, first=READY, silent=HUNG, clock=clock, every_s=0.01, patience_s=30)
    until(lambda: polled.latest() == FULL)
    torn_out.set()
    until(lambda: "poll_failed kind=OSError" in caplog.text)
    assert polled.latest() == FULL
    clock.advance(31)
    assert polled.latest() == HUNG
    torn_out.clear()
    until(lambda: polled.latest() == FULL)
    polled.close()


def test_a_device_that_is_gone_for_a_week_fills_no_journal(caplog: pytest.LogCaptureFixture) -> None:
    """One line for each kind of failure, one when it is well again, and then anew."""
    caplog.set_level(logging.INFO)
    asked = iter([*[OSError(), ValueError(), ValueError()] * 5, None, None, ValueError()])

    def ask() -> Health:
        if (wrong := next(asked, None)) is not None:
            raise wrong
        return READY

    polled = Polled(ask, first=READY, silent=HUNG, clock=ManualClock(), every_s=0.001)
    until(lambda: caplog.text.count("poll_answered") == 2, what="the second recovery")
    polled.close()
    assert [record.getMessage() for record in caplog.records] == [
        "poll_failed kind=OSError", "poll_failed kind=ValueError", "poll_answered failed_before=OSError,ValueError",
        "poll_failed kind=ValueError", "poll_answered failed_before=ValueError",
    ]  # fmt: skip


def test_a_polled_scanner_is_the_scanner_itself_but_for_its_presence() -> None:
    clock, scanner = ManualClock(), SimulatedScanner()
    polled = PolledScanner(scanner, clock=clock)
    until(lambda: polled.state() == READY)
    assert len(polled.scan().pages) == 1
    scanner.unplug()
    until(lambda: polled.state().code == "scanner.absent")
    polled.close()
    assert polled.scan().code == "scanner.stopped"


def test_polled_power_says_what_the_ups_says() -> None:
    clock = ManualClock()
    power = SimulatedPower(clock=clock)
    polled = PolledPower(power, clock=clock)
    power.wear_out()
    until(lambda: polled.state().health.code == "power.replace_battery")
    polled.close()
