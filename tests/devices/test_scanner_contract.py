"""One contract for the scanner's twin and for the real driver in front of scanimage with SANE's pnm and test backends."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from adminduk.clock import SystemClock
from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner.child import Limits
from kiosk.hardware.scanner.listing import Wanted
from kiosk.hardware.scanner.protocol import Scanner, ScanResult, Source
from kiosk.hardware.scanner.sane_driver import SaneScanner, Setup
from kiosk.hardware.scanner.simulated import SimulatedScanner, blank
from kiosk.imaging.codec import decode_upload, jpeg
from tests.devices.simulators import until

pytestmark = pytest.mark.devices

QUICK = Limits(deadline_s=60.0, silence_s=2.5, grace_s=0.2)
# A hand on the real scanimage: more words for it from a file, another program in its place, no backend at all.
HAND = """#!/bin/sh
here={folder}
if [ -e $here/unplugged ]; then export SANE_CONFIG_DIR=$here/nowhere; fi
if [ -e $here/hung ] && [ "$1" != -f ]; then trap '' TERM; touch $here/scanning; while :; do sleep 1; done; fi
exec scanimage $(cat $here/words) "$@"
"""
PNM_WORDS = {
    "scanner.jam": "--status-jammed=yes", "scanner.no_paper": "--status-nodocs=yes",
    "scanner.cover_open": "--status-coveropen=yes", "scanner.io_error": "--status-ioerror=yes",
    "scanner.failed": "--status-nomem=yes",
}  # fmt: skip
RETURN = "--read-return-value=SANE_STATUS_"
TEST_WORDS = {
    "scanner.jam": RETURN + "JAMMED", "scanner.no_paper": RETURN + "NO_DOCS", "scanner.cover_open": RETURN + "COVER_OPEN",
    "scanner.io_error": RETURN + "IO_ERROR", "scanner.failed": RETURN + "NO_MEM", "scanner.busy": RETURN + "DEVICE_BUSY",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bench:
    """A scanner, and what hands do to it. ``breaks(code)`` lets each scan from now on end so; ``slow`` lets it last."""

    scanner: Scanner
    breaks: Callable[[str], None]
    mend: Callable[[], None]
    slow: Callable[[], None]
    scanning: Callable[[], bool]
    unplug: Callable[[], None]
    plug_in: Callable[[], None]


def sheet() -> np.ndarray:
    """An A4 page at 300 dpi with a dark bar across its upper third; BGR."""
    page = np.full((3508, 2480, 3), 250, np.uint8)
    page[1000:1100, 200:2200] = (120, 40, 20)
    return page


@cache
def laid() -> bytes:
    return jpeg(sheet(), quality=95)


white = cache(blank)


def twin_bench(source: Source) -> Bench:
    twin = SimulatedScanner(source=source)
    twin.lay(laid())
    twin.feed(*[white()] * 10)
    hands = {
        "scanner.jam": twin.jam, "scanner.no_paper": twin.empty_feeder, "scanner.cover_open": twin.open_cover,
        "scanner.io_error": twin.break_line, "scanner.failed": twin.fail, "scanner.busy": twin.hold,
        "scanner.hung": twin.hang,
    }  # fmt: skip

    def mend() -> None:
        twin.mend()
        twin.empty_feeder()
        twin.feed(*[white()] * 10)

    return Bench(
        twin, lambda code: hands[code](), mend,
        lambda: twin.take_its_time(30.0), lambda: twin.state().condition is Condition.BUSY, twin.unplug, twin.plug_in,
    )  # fmt: skip


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sheet as pnm's scanner sees it."""
    path = tmp_path_factory.mktemp("paper") / "a4.ppm"
    assert cv2.imwrite(str(path), sheet())
    return path


def sane_bench(folder: Path, backend: str, source: Source, words: dict[str, str], usual: str = "") -> Bench:
    hand, said, runtime = folder / "scanimage", folder / "words", folder / "runtime"
    for path in (runtime, folder / "nowhere" / "dll.d"):
        path.mkdir(parents=True)
    (folder / "nowhere" / "dll.conf").write_text("")
    hand.write_text(HAND.format(folder=folder))
    hand.chmod(0o755)
    said.write_text(usual)
    unplugged, hung = folder / "unplugged", folder / "hung"
    setup = Setup(
        wanted=Wanted(backend), runtime=runtime, source=source, program=str(hand), scan_limits=QUICK, fresh_s=0.0
    )

    def breaks(code: str) -> None:
        if code == "scanner.hung":
            hung.touch()
        else:
            said.write_text(f"{usual} {words[code]}")

    def mend() -> None:
        hung.unlink(missing_ok=True)
        said.write_text(usual)

    return Bench(
        SaneScanner(setup, clock=SystemClock()), breaks, mend, hung.touch,
        (folder / "scanning").exists, unplugged.touch, unplugged.unlink,
    )  # fmt: skip


@pytest.fixture(params=["twin", "pnm"])
def glass(request: pytest.FixtureRequest, tmp_path: Path, paper: Path) -> Bench:
    """The sheet lies on it."""
    if request.param == "twin":
        return twin_bench(Source.FLATBED)
    return sane_bench(tmp_path, "pnm", Source.FLATBED, PNM_WORDS, usual=f"--filename={paper}")


@pytest.fixture(params=["twin", "test"])
def feeder(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """Ten sheets lie in it."""
    twin = request.param == "twin"
    return twin_bench(Source.FEEDER) if twin else sane_bench(tmp_path, "test", Source.FEEDER, TEST_WORDS)


@pytest.fixture
def visitor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


# --- the glass ----------------------------------------------------------------------------------------------------------


def test_a_sheet_on_the_glass_comes_as_one_whole_a4_picture(glass: Bench) -> None:
    result = glass.scanner.scan()
    assert (result.ok, result.code, result.paper_left, len(result.pages)) == (True, "", False, 1)
    picture = decode_upload(result.pages[0])
    assert picture.shape == (3508, 2480, 3)
    assert np.abs(picture[1050, 1200].astype(int) - (120, 40, 20)).max() < 8
    assert np.abs(picture[100, 100].astype(int) - 250).max() < 8
    assert glass.scanner.state() == READY


@pytest.mark.parametrize("code", ["scanner.jam", "scanner.cover_open", "scanner.io_error", "scanner.failed"])
def test_a_fault_is_said_remembered_and_forgotten_after_a_good_scan(glass: Bench, code: str) -> None:
    glass.breaks(code)
    result = glass.scanner.scan()
    assert (result.pages, result.code, result.paper_left) == ((), code, False)
    assert glass.scanner.state() == Health(Condition.ATTENTION, code)
    assert glass.scanner.state().usable
    glass.mend()
    assert glass.scanner.scan().ok
    assert glass.scanner.state() == READY


def test_a_hung_scanner_ends_by_the_deadline(glass: Bench) -> None:
    glass.breaks("scanner.hung")
    assert glass.scanner.scan().code == "scanner.hung"
    assert glass.scanner.state() == Health(Condition.ATTENTION, "scanner.hung")
    glass.mend()
    assert glass.scanner.scan().ok


def test_the_cable_is_pulled_and_put_back(glass: Bench) -> None:
    assert glass.scanner.state() == READY
    glass.unplug()
    state = glass.scanner.state()
    assert (state.condition, state.code, state.usable) == (Condition.ABSENT, "scanner.absent", False)
    assert glass.scanner.scan().code == "scanner.absent"
    glass.plug_in()
    assert glass.scanner.state() == READY
    assert glass.scanner.scan().ok


def test_a_visitor_leaves_in_the_middle_of_a_scan(glass: Bench, visitor: ThreadPoolExecutor) -> None:
    glass.slow()
    scanning = visitor.submit(glass.scanner.scan)
    until(glass.scanning, seconds=10.0)
    assert glass.scanner.state().condition is Condition.BUSY
    assert glass.scanner.scan() == ScanResult(code="scanner.busy", evidence="this kiosk is scanning")
    glass.scanner.stop()
    result = scanning.result(timeout=5.0)
    assert (result.pages, result.code, result.paper_left) == ((), "scanner.stopped", False)
    assert glass.scanner.state() == READY


def test_a_stop_when_nothing_is_scanned_spoils_no_later_scan(glass: Bench) -> None:
    glass.scanner.stop()
    assert glass.scanner.scan().ok


def test_a_closed_scanner_scans_no_more(glass: Bench) -> None:
    glass.scanner.close()
    glass.scanner.close()
    assert glass.scanner.scan() == ScanResult(code="scanner.stopped", evidence="closed")
    assert "closed" in repr(glass.scanner)


# --- the feeder ---------------------------------------------------------------------------------------------------------


def test_a_stack_comes_sheet_by_sheet_until_the_feeder_is_empty(feeder: Bench) -> None:
    result = feeder.scanner.scan()
    assert (result.code, len(result.pages), result.paper_left) == ("", 10, False)
    assert {decode_upload(page).ndim for page in result.pages} == {3}
    assert feeder.scanner.state() == READY


def test_an_empty_feeder_is_no_fault_of_the_scanner(feeder: Bench) -> None:
    feeder.breaks("scanner.no_paper")
    result = feeder.scanner.scan()
    assert (result.pages, result.code, result.paper_left) == ((), "scanner.no_paper", False)
    assert feeder.scanner.state() == READY


def test_another_program_has_the_scanner(feeder: Bench) -> None:
    feeder.breaks("scanner.busy")
    result = feeder.scanner.scan()
    assert (result.pages, result.code, result.paper_left) == ((), "scanner.busy", False)
    feeder.mend()
    assert feeder.scanner.scan().ok


@pytest.mark.parametrize("code", ["scanner.jam", "scanner.cover_open", "scanner.io_error", "scanner.hung"])
def test_a_stack_that_stops_says_that_paper_may_be_inside_until_one_goes_through(feeder: Bench, code: str) -> None:
    feeder.breaks(code)
    result = feeder.scanner.scan()
    assert (result.code, result.paper_left) == (code, True)
    assert feeder.scanner.state() == Health(Condition.ATTENTION, code)
    feeder.mend()
    assert len(feeder.scanner.scan().pages) == 10  # it was said: the next try is not refused
    assert feeder.scanner.state() == READY


def test_the_glass_may_be_used_while_a_sheet_is_stuck_in_the_feeder(feeder: Bench) -> None:
    feeder.breaks("scanner.jam")
    feeder.scanner.scan()
    feeder.mend()
    result = feeder.scanner.scan(Source.FLATBED)
    assert (result.code, len(result.pages), result.paper_left) == ("", 1, True)
    assert feeder.scanner.state() == Health(Condition.ATTENTION, "scanner.paper_left")


def test_after_a_reconnect_nobody_gets_the_sheet_of_the_visitor_before(feeder: Bench) -> None:
    feeder.breaks("scanner.jam")
    feeder.scanner.scan()
    feeder.unplug()
    assert feeder.scanner.state().condition is Condition.ABSENT
    feeder.plug_in()
    feeder.mend()
    assert feeder.scanner.state() == Health(Condition.ATTENTION, "scanner.paper_left")
    refused = feeder.scanner.scan()
    assert (refused.pages, refused.code, refused.paper_left) == ((), "scanner.paper_left", True)
    assert feeder.scanner.scan().ok  # somebody has looked inside
    assert feeder.scanner.state() == READY


def test_a_visitor_leaves_while_the_stack_is_being_read(feeder: Bench, visitor: ThreadPoolExecutor) -> None:
    feeder.slow()
    scanning = visitor.submit(feeder.scanner.scan)
    until(feeder.scanning, seconds=10.0)
    feeder.scanner.stop()
    result = scanning.result(timeout=5.0)
    assert (result.pages, result.code, result.paper_left) == ((), "scanner.stopped", True)
    assert feeder.scanner.state() == Health(Condition.ATTENTION, "scanner.paper_left")


def test_the_twin_jams_at_the_third_sheet_and_keeps_what_lies_behind_it() -> None:
    twin = SimulatedScanner(source=Source.FEEDER, most_sheets=4)
    twin.feed(*[f"{number}".encode() for number in range(6)])
    twin.jam(after=2)
    assert twin.scan() == ScanResult((b"0", b"1"), "scanner.jam", paper_left=True)
    twin.mend()
    assert twin.scan() == ScanResult((b"2", b"3", b"4", b"5"), "scanner.paper_left", paper_left=True)
    assert twin.scan().code == "scanner.no_paper"
    assert twin.state() == READY


def test_an_empty_glass_scans_white() -> None:
    picture = decode_upload(SimulatedScanner().scan().pages[0])
    assert (picture.shape, picture.min()) == ((3508, 2480, 3), 255)
