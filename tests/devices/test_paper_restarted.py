"""CUPS is restarted, in the middle of a document or between two, and its queue is stopped: nothing is lost, nothing comes twice."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from adminduk.clock import ManualClock, SystemClock
from kiosk.hardware.health import PRINTED, Condition, Outcome, PrintResult
from kiosk.hardware.paper.cups_driver import CupsPaperPrinter
from kiosk.hardware.paper.device import Device
from kiosk.hardware.paper.ipp import IppAddress, jobs_of
from kiosk.hardware.paper.spooler import MOST_RESUMES, Spooler
from tests.devices.simulators import TOP, PaperStack, a4_printer_stack, answers, free_port, until
from tests.devices.simulators import running as program
from tests.devices.test_paper_contract import a4, driver

pytestmark = pytest.mark.devices

KILLED, ENDED = signal.SIGKILL, signal.SIGTERM


@pytest.fixture(scope="module")
def running() -> Iterator[PaperStack]:
    with a4_printer_stack() as stack:
        yield stack


@pytest.fixture
def stack(running: PaperStack) -> Iterator[PaperStack]:
    running.heal()
    running.tray(200)
    yield running
    running.heal()
    until(lambda: quiet(running), what="the end of every job")


def addresses(stack: PaperStack) -> tuple[IppAddress, IppAddress]:
    return IppAddress("127.0.0.1", stack.cups_port, "/printers/A4"), IppAddress(
        "127.0.0.1", stack.device_port, "/ipp/print"
    )


def quiet(stack: PaperStack) -> bool:
    """Nothing waits or runs anywhere."""
    busy = any(jobs_of(address, "not-completed") for address in addresses(stack))
    return not busy and Device(addresses(stack)[1]).health().condition is Condition.READY


def sheets(stack: PaperStack) -> int:
    return len(stack.printed())


def in_a_thread(printer: CupsPaperPrinter, name: str) -> "Future[PrintResult]":
    """As the screen does it."""
    pool = ThreadPoolExecutor(1)
    made = pool.submit(printer.print, a4(name), job=name)
    pool.shutdown(wait=False)
    return made


def reached(stack: PaperStack, name: str) -> Callable[[], bool]:
    return lambda: Device(addresses(stack)[1]).job(name) is not None


MANY = pytest.mark.nightly


@pytest.mark.parametrize(
    ("how", "emptied"),
    [
        (KILLED, False), (ENDED, True), pytest.param(ENDED, False, marks=MANY), pytest.param(KILLED, True, marks=MANY),
    ],
)  # fmt: skip
def test_cups_is_restarted_while_the_device_prints(stack: PaperStack, how: signal.Signals, emptied: bool) -> None:
    """The device goes on by itself. A CUPS that kept its spool would send the document once more: it is cancelled there."""
    name, before = f"d-mid-{how}-{emptied}", sheets(stack)
    stack.fault("media-jam")  # it holds the first sheet
    made = in_a_thread(driver(stack, deadline_s=60.0), name)
    until(reached(stack, name), what="the job at the device")
    stack.stop_cups(how)
    stack.start_cups(emptied=emptied)
    until(lambda: stack.unfinished() == 0, what="the end of the document in the spool")
    stack.heal()
    assert made.result(60) == PRINTED
    until(lambda: quiet(stack))
    assert sheets(stack) == before + 1


class Looks:
    """How often the driver has looked; it rests in between."""

    def __init__(self) -> None:
        self.count = 0

    def rest(self, seconds: float) -> None:
        self.count += 1
        time.sleep(seconds)

    def again(self) -> None:
        """A whole look from now on."""
        begun = self.count
        until(lambda: self.count >= begun + 2, what="another look")


Far = tuple[CupsPaperPrinter, subprocess.Popen[bytes], Looks]


@pytest.fixture(scope="module")
def far(running: PaperStack) -> Iterator[Far]:
    """A queue that reaches the device by a way of its own, which can be blocked (SIGSTOP) while the device is well."""
    port, (queue, device) = free_port(), addresses(running)
    words = (f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", f"TCP:127.0.0.1:{running.device_port}")
    with program("socat", *words, log=running.folder / "way.log") as way:
        until(lambda: answers(port))
        make = ["sh", str(TOP / "provisioning" / "a4_queue.sh"), "FAR", f"ipp://127.0.0.1:{port}/ipp/print"]
        over_tcp = {**at(running), "CUPS_SERVER": f"127.0.0.1:{running.cups_port}"}  # lpoptions cannot ask a socket
        made = subprocess.run(make, env=over_tcp, check=False, capture_output=True, timeout=60, text=True)
        assert made.returncode == 0, made.stderr
        looks = Looks()
        queue = replace(queue, path="/printers/FAR")
        yield CupsPaperPrinter(queue, device, clock=SystemClock(), deadline_s=60.0, pause=looks.rest), way, looks


@pytest.mark.parametrize(
    ("how", "emptied"),
    [
        (KILLED, True), (ENDED, False), pytest.param(ENDED, True, marks=MANY), pytest.param(KILLED, False, marks=MANY),
    ],
)  # fmt: skip
def test_cups_is_restarted_before_the_device_has_heard_of_it(
    stack: PaperStack, far: Far, how: signal.Signals, emptied: bool
) -> None:
    """One that kept its spool sends it itself; one that forgot it is given it again, because nothing can be on paper."""
    (printer, way, looks), name, before = far, f"d-before-{how}-{emptied}", sheets(stack)
    way.send_signal(signal.SIGSTOP)
    try:
        made = in_a_thread(printer, name)
        until(lambda: stack.unfinished() == 1, what="the document in the spool")
        stack.stop_cups(how)
        stack.start_cups(emptied=emptied)
        looks.again()
    finally:
        way.send_signal(signal.SIGCONT)
    assert made.result(60) == PRINTED
    until(lambda: quiet(stack))
    assert sheets(stack) == before + 1


def test_cups_is_restarted_between_two_documents(stack: PaperStack) -> None:
    """As logrotate does at midnight: for some seconds it is a restart, not a fault."""
    printer = driver(stack)
    assert printer.state().condition is Condition.READY
    stack.stop_cups()
    assert printer.state().condition is Condition.READY
    stack.start_cups()
    before = sheets(stack)
    assert printer.print(a4("Sesudahnya"), job="d-after") == PRINTED
    assert sheets(stack) == before + 1


def test_cups_that_stays_away_is_a_fault_before_anybody_types(stack: PaperStack) -> None:
    clock = ManualClock()
    printer = CupsPaperPrinter(*addresses(stack), clock=clock, pause=clock.advance, restart_s=5.0)
    stack.stop_cups()
    try:
        assert printer.state().condition is Condition.READY
        clock.advance(6)
        health = printer.state()
        assert (health.condition, health.code) == (Condition.FAULT, "paper.spooler_down")
        assert printer.print(a4("Jangan"), job="d-no") == PrintResult(Outcome.REFUSED, "paper.spooler_down")
    finally:
        stack.start_cups()
    assert printer.state().condition is Condition.READY


def test_what_an_earlier_life_left_in_the_spool_is_cancelled_at_the_first_look(stack: PaperStack, far: Far) -> None:
    """The kiosk was killed after it had handed a document over, and CUPS was restarted with it."""
    (_printer, way, _looks), before = far, sheets(stack)
    queue = replace(addresses(stack)[0], path="/printers/FAR")
    way.send_signal(signal.SIGSTOP)
    try:
        Spooler(queue).submit(a4("Warga kemarin"), "d-earlier")
        stack.stop_cups(KILLED)
        stack.start_cups()
        until(lambda: stack.unfinished() == 1)
        again = CupsPaperPrinter(queue, addresses(stack)[1], clock=SystemClock())
        until(lambda: bool(again.state()) and stack.unfinished() == 0)
    finally:
        way.send_signal(signal.SIGCONT)
    until(lambda: quiet(stack))
    assert sheets(stack) == before


def test_a_queue_that_was_stopped_is_started_once_more_by_us(
    stack: PaperStack, caplog: pytest.LogCaptureFixture
) -> None:
    """The field's first failure: paper was refilled, and nothing printed until somebody opened the CUPS page."""
    printer, before = driver(stack), sheets(stack)
    subprocess.run(["cupsdisable", "A4"], env=at(stack), check=True)
    result = printer.print(a4("Jalan lagi"), job="d-resumed")
    assert (result.outcome, result.code) == (Outcome.OK, "")
    assert caplog.text.count("paper_queue_resumed") == 1
    assert sheets(stack) == before + 1


def test_a_queue_that_stops_in_the_middle_is_started_too(stack: PaperStack, far: Far) -> None:
    (printer, way, _looks), before = far, sheets(stack)
    way.send_signal(signal.SIGSTOP)
    try:
        made = in_a_thread(printer, "d-stopped")
        until(lambda: stack.unfinished() == 1)
        subprocess.run(["cupsdisable", "FAR"], env=at(stack), check=True)
    finally:
        way.send_signal(signal.SIGCONT)
    assert made.result(60) == PRINTED
    until(lambda: quiet(stack))
    assert sheets(stack) == before + 1


def test_a_queue_that_stops_again_and_again_is_a_matter_for_people(stack: PaperStack) -> None:
    spooler, printer = Spooler(addresses(stack)[0]), driver(stack)
    for _ in range(MOST_RESUMES):
        subprocess.run(["cupsdisable", "A4"], env=at(stack), check=True)
        assert spooler.trouble() == ""
    subprocess.run(["cupsdisable", "A4"], env=at(stack), check=True)
    assert spooler.trouble() == "paper.queue_stopped"
    spooler.worked()
    assert spooler.trouble() == ""
    assert printer.state().condition is Condition.READY


def test_a_cups_that_does_not_let_us_start_its_queue_is_told(stack: PaperStack) -> None:
    lpadmin = ("lpadmin", "-p", "A4", "-o")
    subprocess.run([*lpadmin, "printer-op-policy=strict"], env=at(stack), check=True, capture_output=True)
    subprocess.run(["cupsdisable", "A4"], env=at(stack), check=False, capture_output=True)
    try:
        printer = driver(stack)
        health = printer.state()
        assert (health.condition, health.code) == (Condition.FAULT, "paper.queue_stopped")
        assert printer.print(a4("Jangan"), job="d-stopped") == PrintResult(Outcome.REFUSED, "paper.queue_stopped")
    finally:
        subprocess.run([*lpadmin, "printer-op-policy=kios"], env=at(stack), check=True, capture_output=True)
        subprocess.run(["cupsenable", "A4"], env=at(stack), check=True)
    until(lambda: printer.state().condition is Condition.READY)


def at(stack: PaperStack) -> dict[str, str]:
    """A root's tools, on CUPS's own socket: there root needs no password."""
    return {
        **os.environ,
        "CUPS_SERVER": f"{stack.folder}/cups/run/cups.sock",
        "PATH": f"{os.environ['PATH']}:/usr/sbin",
    }
