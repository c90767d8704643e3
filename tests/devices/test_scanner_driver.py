"""What the scanner's driver does when things go badly: hang, spin, flood, vanish, come back under another name, die with us.

The real scanimage where SANE can be made to fail so; otherwise programs of the tests' own that misbehave in its place.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adminduk.clock import SystemClock
from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner import connect
from kiosk.hardware.scanner.child import Limits
from kiosk.hardware.scanner.listing import Listed, Wanted, find, parse
from kiosk.hardware.scanner.models import find as habits_of
from kiosk.hardware.scanner.protocol import ScanResult, Source
from kiosk.hardware.scanner.reasons import from_exit, last_line
from kiosk.hardware.scanner.sane_driver import SaneScanner, Setup
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.hardware.scanner.usb import Machine
from kiosk.hardware.scanner.workplace import sweep, workplace
from tests.devices.simulators import TOP, answers, running, until

pytestmark = pytest.mark.devices

SANED_PORT = 6566  # SANE's net backend knows no other
LIMITS = Limits(deadline_s=60.0, silence_s=30.0)
HASTY = Limits(deadline_s=20.0, silence_s=0.7, grace_s=0.3)  # for what is meant to hang
# In scanimage's place: lists what a file says, notes its words, then does `scan` in its working folder.
STAND_IN = """#!/bin/sh
if [ "$1" = -f ]; then {listing}; exit 0; fi
for word in "$@"; do echo "$word"; done > {folder}/words
{scan}
"""
PAGE = "echo sheet-{n} > page-{n}.jpg.part; mv page-{n}.jpg.part page-{n}.jpg\n"
SPIN = "while :; do :; done"


def stand_in(folder: Path, scan: str, *, listing: str = "") -> Path:
    """A program of ours. It lists ``folder/listed``."""
    program = folder / "scanimage"
    program.write_text(STAND_IN.format(folder=folder, scan=scan, listing=listing or f"cat {folder}/listed"))
    program.chmod(0o755)
    if not (folder / "listed").exists():
        lists(folder, "x:libusb:001:004")
    return program


def lists(folder: Path, *names: str) -> None:
    (folder / "listed").write_text("".join(f"{name}\tBrand\tModel 1\n" for name in names))


def runtime(folder: Path) -> Path:
    path = folder / "runtime"
    path.mkdir(exist_ok=True)
    return path


def machine(folder: Path, serials: dict[str, str] | None = None) -> Machine:
    """A computer whose USB devices are files: ``serials`` by place, as in {"001/004": "S1"}."""
    for place, serial in (serials or {"001/004": "S1"}).items():
        bus, device = place.split("/")
        (folder / "usb" / bus).mkdir(parents=True, exist_ok=True)
        (folder / "usb" / place).touch()
        facts = folder / "facts" / f"{bus}-{device}"
        facts.mkdir(parents=True, exist_ok=True)
        for name, value in {"busnum": int(bus), "devnum": int(device), "serial": serial}.items():
            (facts / name).write_text(f"{value}\n")
    return Machine(devices=folder / "usb", facts=folder / "facts")


def scanner(
    folder: Path, scan: str, *, listing: str = "", source: Source = Source.FLATBED, **how: object
) -> SaneScanner:
    usual = {"wanted": Wanted("x"), "scan_limits": LIMITS, "listing_limits": LIMITS, "fresh_s": 0.0}
    setup = Setup(
        **{**usual, "machine": machine(folder), **how}, runtime=runtime(folder), source=source,
        program=str(stand_in(folder, scan, listing=listing)),
    )  # fmt: skip
    return SaneScanner(setup, clock=SystemClock())


def gone(pid: int) -> bool:
    """Ended; perhaps not yet buried by whoever inherited it."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


def noted_pid(path: Path) -> int:
    return int(path.read_text())


# --- hangs --------------------------------------------------------------------------------------------------------------


def test_a_scanner_that_spins_and_ignores_the_first_signal_is_killed_with_its_helper(tmp_path: Path) -> None:
    spins = f"trap '' TERM; echo $$ > {tmp_path}/me; sleep 600 & echo $! > {tmp_path}/helper; {SPIN}"
    result = scanner(tmp_path, spins, scan_limits=HASTY).scan()
    assert result == ScanResult(code="scanner.hung", evidence="cut: hung")
    assert gone(noted_pid(tmp_path / "me"))
    until(lambda: gone(noted_pid(tmp_path / "helper")), seconds=5.0)
    assert list(runtime(tmp_path).iterdir()) == []


def test_a_scanner_that_heeds_the_first_signal_brings_its_carriage_home_and_is_still_no_success(tmp_path: Path) -> None:
    heeds = f"{PAGE.format(n=1)} trap 'touch {tmp_path}/home; exit 0' TERM; while :; do sleep 0.02; done"
    limits = replace(HASTY, grace_s=20.0)  # it ends by itself
    result = scanner(tmp_path, heeds, source=Source.FEEDER, scan_limits=limits).scan()
    assert (result.code, result.pages, result.paper_left) == ("scanner.hung", (b"sheet-1\n",), True)
    assert (tmp_path / "home").exists()


def test_a_scanner_that_drips_for_ever_ends_by_the_whole_deadline(tmp_path: Path) -> None:
    drips = "while :; do echo x; sleep 0.05; done > page-1.jpg.part"
    limits = Limits(deadline_s=0.6, silence_s=0.4, grace_s=0.1)
    assert scanner(tmp_path, drips, scan_limits=limits).scan().code == "scanner.hung"


def test_a_scanner_that_pours_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    limits = Limits(deadline_s=10.0, silence_s=10.0, grace_s=0.1, most_bytes=1 << 20)
    result = scanner(tmp_path, "cat /dev/zero > page-1.jpg.part", scan_limits=limits).scan()
    assert result == ScanResult(code="scanner.failed", evidence="cut: flood")


def test_a_helper_that_outlives_its_scanimage_is_not_waited_for(tmp_path: Path) -> None:
    result = scanner(tmp_path, f"{PAGE.format(n=1)} sleep 600 & echo $! > {tmp_path}/helper").scan()
    assert (result.ok, result.pages) == (True, (b"sheet-1\n",))
    until(lambda: gone(noted_pid(tmp_path / "helper")), seconds=5.0)


def test_a_listing_that_hangs_is_said_and_the_next_look_heals(tmp_path: Path) -> None:
    slow = f"test -e {tmp_path}/healed || sleep 600; cat {tmp_path}/listed"
    broken = scanner(tmp_path, PAGE.format(n=1), listing=slow, listing_limits=HASTY)
    assert broken.state() == Health(Condition.FAULT, "scanner.hung", "cut: hung")
    assert not broken.state().usable
    assert broken.scan().code == "scanner.hung"
    (tmp_path / "healed").touch()
    assert broken.scan().ok
    assert broken.state() == READY


def test_a_scan_waits_for_a_look_at_the_state_and_is_not_refused(tmp_path: Path) -> None:
    slow = f"touch {tmp_path}/looking; while [ ! -e {tmp_path}/go ]; do sleep 0.02; done; cat {tmp_path}/listed"
    limits = Limits(deadline_s=20.0, silence_s=20.0)
    ours = scanner(tmp_path, PAGE.format(n=1), listing=slow, listing_limits=limits)
    with ThreadPoolExecutor(2) as pool:
        state = pool.submit(ours.state)
        until((tmp_path / "looking").exists)
        assert ours.state() == Health(Condition.UNKNOWN, evidence="looking")  # and does not wait
        scanning = pool.submit(ours.scan)
        until(lambda: ours.state().condition is Condition.BUSY)
        (tmp_path / "go").touch()
        assert scanning.result(timeout=20.0).ok
        assert state.result(timeout=20.0).condition in (Condition.READY, Condition.BUSY)


@contextmanager
def network_scanner(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """saned with the test backend on loopback, and the configuration that finds it."""
    assert not answers(SANED_PORT), "another saned runs here"
    for name, files in {
        "saned": {"dll.conf": "test\n", "saned.conf": "127.0.0.1\n"},
        "net": {"net.conf": "127.0.0.1\n"},
    }.items():
        (folder / name / "dll.d").mkdir(parents=True)
        for file, text in files.items():
            (folder / name / file).write_text(text)
    environment = {"SANE_CONFIG_DIR": str(folder / "saned")}
    words = ("/usr/sbin/saned", "-l", "-e", "-d", "9", "-b", "127.0.0.1")
    with running(*words, log=folder / "saned.log", environment=environment) as daemon:
        until(lambda: answers(SANED_PORT), what="saned")
        yield daemon, str(folder / "net")


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def page_writers(place: Path) -> tuple[str, ...]:
    """Who else has the first page's pipe open: a scan has begun."""
    pipes = list(place.glob("*/page-1.jpg.part"))
    own = f"[{os.getpid()}]"
    return tuple(who for pipe in pipes for who in Machine().holders(pipe) if not who.endswith(own))


def test_the_cable_is_pulled_in_the_middle_of_a_scan(tmp_path: Path) -> None:
    """The real trap: scanimage with its net backend spins at 100 % CPU for ever, and leaves with 0 when told to end."""
    with network_scanner(tmp_path) as (daemon, configuration), ThreadPoolExecutor(1) as visitor:
        setup = Setup(
            wanted=Wanted("net", model="frontend-tester"), runtime=runtime(tmp_path), configuration=configuration,
            options=("--read-delay=yes", "--read-delay-duration=200000"), fresh_s=0.0,
            scan_limits=Limits(deadline_s=20.0, silence_s=2.0, grace_s=0.5),
        )  # fmt: skip
        driver = SaneScanner(setup, clock=SystemClock())
        assert driver.state() == READY
        scanning = visitor.submit(driver.scan)
        log = tmp_path / "saned.log"
        until(
            lambda: log.read_text(errors="replace").count("wrote 8192") >= 3,
            seconds=10.0,
            what="the picture's first lines",
        )
        writer = page_writers(runtime(tmp_path))[0]
        for pid in (*children(daemon.pid), daemon.pid):
            os.kill(pid, 9)
        result = scanning.result(timeout=20.0)
        assert result == ScanResult(code="scanner.hung", evidence=result.evidence)
        assert result.evidence.startswith("cut: hung")
        assert gone(int(writer.rpartition("[")[2].rstrip("]")))
        assert list(runtime(tmp_path).iterdir()) == []
        assert driver.scan().code == "scanner.absent"
        assert driver.state().code == "scanner.absent"


# --- who it is ----------------------------------------------------------------------------------------------------------


def device_asked(folder: Path) -> str:
    words = (folder / "words").read_text().splitlines()
    return next(word for word in words if word.startswith("--device-name=")).removeprefix("--device-name=")


def test_after_a_power_cycle_it_has_another_number_and_is_found_by_its_serial_number(tmp_path: Path) -> None:
    places = {"001/004": "S1", "001/005": "S2", "001/009": "S1"}
    ours = scanner(tmp_path, PAGE.format(n=1), wanted=Wanted("x", "model 1", "S1"), machine=machine(tmp_path, places))
    lists(tmp_path, "x:libusb:001:005", "x:libusb:001:004")
    assert ours.scan().ok
    assert device_asked(tmp_path) == "x:libusb:001:004"
    lists(tmp_path, "x:libusb:001:005", "x:libusb:001:009")
    assert ours.scan().ok
    assert device_asked(tmp_path) == "x:libusb:001:009"
    lists(tmp_path, "x:libusb:001:005")
    assert ours.scan() == ScanResult(code="scanner.absent", evidence="not listed")


def test_a_power_cycle_between_two_looks_is_noticed_by_the_new_number(tmp_path: Path) -> None:
    places = {"001/004": "S1", "001/009": "S1"}
    ours = scanner(tmp_path, "exit 6", source=Source.FEEDER, machine=machine(tmp_path, places))
    assert ours.scan() == ScanResult(code="scanner.jam", evidence="exit 6", paper_left=True)
    lists(tmp_path, "x:libusb:001:009")
    assert ours.state() == Health(Condition.ATTENTION, "scanner.paper_left")
    assert ours.scan().code == "scanner.paper_left"


def test_a_pulled_cable_is_seen_at_once_though_the_listing_is_fresh(tmp_path: Path) -> None:
    ours = scanner(tmp_path, PAGE.format(n=1), fresh_s=600.0)
    assert ours.state() == READY
    lists(tmp_path)
    assert ours.state() == READY  # believed
    (tmp_path / "usb/001/004").unlink()
    assert ours.state() == Health(Condition.ABSENT, "scanner.absent", "not listed")


def test_the_model_is_a_part_of_its_name_and_a_network_scanner_may_carry_its_number_in_the_name() -> None:
    listed = parse(
        "airscan:e0:Lobby\tBrand\tMFP 300\nairscan:e1:SN77\tBrand\tMFP 300\nx:1\tBrand\tMFP 300\nno device\n"
    )
    assert find(listed, Wanted("airscan"), Machine()) == Listed("airscan:e0:Lobby", "Brand", "MFP 300")
    assert find(listed, Wanted("airscan", "mfp 300", "SN77"), Machine()) == listed[1]
    assert find(listed, Wanted("airscan", "MFP 400"), Machine()) is None
    assert find(listed, Wanted("epson2"), Machine()) is None


def test_no_other_backend_is_even_loaded(tmp_path: Path) -> None:
    (tmp_path / "etc/dll.d").mkdir(parents=True)
    (tmp_path / "etc/dll.conf").write_text("pnm\n")
    (tmp_path / "etc/dll.d/more").write_text("pnm\n")
    with workplace(runtime(tmp_path), backend="test") as place:
        environment = {**os.environ, "SANE_CONFIG_DIR": f"{place.folder}:{tmp_path}/etc"}
        run = subprocess.run(["scanimage", "-f", "%d%n"], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["test:0", "test:1"]


def test_who_holds_a_busy_device_stands_in_the_evidence(tmp_path: Path) -> None:
    ours = scanner(tmp_path, "exit 3")
    assert ours.scan() == ScanResult(code="scanner.busy", evidence="exit 3 held by nobody we see")
    with (tmp_path / "usb/001/004").open():
        held = ours.scan()
    assert held.code == "scanner.busy"
    assert f"[{os.getpid()}]" in held.evidence


# --- what comes ---------------------------------------------------------------------------------------------------------


def test_a_jam_at_the_third_sheet_keeps_the_two_before_it(tmp_path: Path) -> None:
    jams = PAGE.format(n=1) + PAGE.format(n=2) + "echo half > page-3.jpg.part; exit 6"
    result = scanner(tmp_path, jams, source=Source.FEEDER).scan()
    assert result.pages == (b"sheet-1\n", b"sheet-2\n")
    assert (result.code, result.paper_left) == ("scanner.jam", True)


@pytest.mark.parametrize("end", ["exit 7", "echo 'sane_start: Document feeder out of documents' >&2; exit 0"])
def test_a_stack_ends_with_the_last_sheet(tmp_path: Path, end: str) -> None:
    result = scanner(tmp_path, PAGE.format(n=1) + PAGE.format(n=2) + end, source=Source.FEEDER).scan()
    assert result == ScanResult((b"sheet-1\n", b"sheet-2\n"))


def test_a_stack_that_breaks_off_with_exit_0_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    """Seen with scanimage 1.2.1: after a broken pipe it says "aborting" and leaves with 0."""
    breaks = PAGE.format(n=1) + "echo 'scanimage: aborting' >&2; exit 0"
    result = scanner(tmp_path, breaks, source=Source.FEEDER).scan()
    assert result == ScanResult((b"sheet-1\n",), "scanner.failed", "broke off; scanimage: aborting", paper_left=True)


def test_a_stack_above_the_limit_stops_and_says_that_more_lies_there(tmp_path: Path) -> None:
    setup = Setup(wanted=Wanted("test"), runtime=runtime(tmp_path), source=Source.FEEDER, most_sheets=3)
    result = SaneScanner(setup, clock=SystemClock()).scan()
    assert (len(result.pages), result.code, result.paper_left) == (3, "scanner.paper_left", True)


def test_a_scan_that_brings_nothing_is_no_success(tmp_path: Path) -> None:
    assert scanner(tmp_path, "exit 0").scan() == ScanResult(code="scanner.failed", evidence="no picture came")


@pytest.mark.parametrize("words", ["--status-eof=yes", "--status-accessdenied=yes", "--no-such-option"])
def test_scanimage_itself_fails_in_more_ways_than_have_a_name(tmp_path: Path, words: str) -> None:
    paper = tmp_path / "glass.pgm"
    paper.write_bytes(b"P5\n100 100\n255\n" + bytes(10_000))
    setup = Setup(wanted=Wanted("pnm"), runtime=runtime(tmp_path), options=(f"--filename={paper}", words))
    result = SaneScanner(setup, clock=SystemClock()).scan()
    assert (result.code, result.pages) == ("scanner.failed", ())
    assert result.evidence.startswith("exit ")


def test_a_kiosk_without_scanimage_says_so(tmp_path: Path) -> None:
    setup = Setup(wanted=Wanted("pnm"), runtime=runtime(tmp_path), program="/nowhere/scanimage")
    state = SaneScanner(setup, clock=SystemClock()).state()
    assert (state.condition, state.code) == (Condition.FAULT, "scanner.failed")
    assert "/nowhere/scanimage" in state.evidence


@pytest.mark.parametrize(
    ("status", "said", "code"),
    [
        (0, "", ""),
        (1, "scanimage: open of device x:0 failed: Device busy\n", "scanner.busy"),
        (1, "scanimage: open of device x:0 failed: Error during device I/O\n", "scanner.absent"),
        (1, "scanimage: open of device x:0 failed: Invalid argument\n", "scanner.absent"),
        (1, "scanimage: open of device x:0 failed: Access to resource has been denied\n", "scanner.failed"),
        (2, "", "scanner.stopped"),
        (3, "", "scanner.busy"),
        (6, "", "scanner.jam"),
        (7, "", "scanner.no_paper"),
        (8, "", "scanner.cover_open"),
        (9, "", "scanner.io_error"),
        (10, "", "scanner.failed"),
        (139, "", "scanner.failed"),
    ],
)
def test_each_end_of_scanimage_has_one_meaning(status: int, said: str, code: str) -> None:
    assert from_exit(status, said) == code


def test_a_device_that_did_not_open_has_moved_no_paper(tmp_path: Path) -> None:
    refuses = "echo 'scanimage: open of device x:0 failed: Out of memory' >&2; exit 1"
    result = scanner(tmp_path, refuses, source=Source.FEEDER).scan()
    assert (result.code, result.paper_left) == ("scanner.failed", False)
    assert result.evidence == "exit 1; scanimage: open of device x:0 failed: Out of memory"


def test_the_evidence_is_the_last_line_that_is_news() -> None:
    assert last_line("Scanning page 1\nscanimage: sane_read: Jam\nBatch terminated, 1 page scanned\n") == (
        "scanimage: sane_read: Jam"
    )
    assert last_line("") == ""


def test_each_model_is_asked_in_its_own_words(tmp_path: Path) -> None:
    lists(tmp_path, "fujitsu:fi-7160:1")
    ours = scanner(tmp_path, PAGE.format(n=1), source=Source.FEEDER, wanted=Wanted("fujitsu"), options=("--ald=yes",))
    ours.scan()
    words = (tmp_path / "words").read_text().splitlines()
    assert {"--source=ADF Front", "--page-height=297", "--resolution=300", "--ald=yes", "--format=jpeg"} <= set(words)
    assert habits_of("airscan").words(Source.FLATBED)[0] == "--source=Flatbed"


# --- nothing is left ----------------------------------------------------------------------------------------------------

KIOSK = """
from pathlib import Path
from adminduk.clock import SystemClock
from kiosk.hardware.scanner.listing import Wanted
from kiosk.hardware.scanner.protocol import Source
from kiosk.hardware.scanner.sane_driver import SaneScanner, Setup
setup = Setup(wanted=Wanted("x"), runtime=Path({runtime!r}), program={program!r}, source=Source.FEEDER)
SaneScanner(setup, clock=SystemClock()).scan()
"""


def test_the_kiosk_dies_in_the_middle_of_a_stack(tmp_path: Path) -> None:
    """scanimage dies with it, no picture is left, and the next kiosk asks for a look into the feeder."""
    reads = f"echo NIK > page-1.jpg.part; echo $$ > {tmp_path}/me; touch {tmp_path}/reading; exec sleep 600"
    code = KIOSK.format(runtime=str(runtime(tmp_path)), program=str(stand_in(tmp_path, reads)))
    kiosk = subprocess.Popen([sys.executable, "-c", code], cwd=TOP)
    try:
        until((tmp_path / "reading").exists, seconds=30.0)
    finally:
        kiosk.kill()
        kiosk.wait()
    until(lambda: gone(noted_pid(tmp_path / "me")), seconds=5.0)
    left = [path for path in runtime(tmp_path).rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["dll.conf"]
    after = scanner(tmp_path, PAGE.format(n=1) + "exit 7", source=Source.FEEDER)
    assert list(runtime(tmp_path).iterdir()) == []
    assert after.state() == Health(Condition.ATTENTION, "scanner.paper_left")
    assert after.scan().code == "scanner.paper_left"
    assert after.scan() == ScanResult((b"sheet-1\n",))
    assert after.state() == READY


def test_a_sweep_leaves_the_folder_of_a_scan_that_runs(tmp_path: Path) -> None:
    with workplace(tmp_path, backend="x", purpose=Source.FEEDER, pages=2) as place:
        assert not sweep(tmp_path)
        assert place.folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_no_descriptor_is_left_open_after_scans_of_all_sorts(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - its own descriptor counts the same both times
    for scan in (PAGE.format(n=1), "exit 6", "sleep 600"):
        scanner(tmp_path, scan, source=Source.FEEDER, scan_limits=HASTY).scan()
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208 - as above


def test_a_change_is_logged_once_and_a_page_never(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    ours = scanner(tmp_path, PAGE.format(n=1))
    with caplog.at_level(logging.INFO):
        ours.state(), ours.state()
        result = ours.scan()
    assert [record.message.split()[0] for record in caplog.records] == ["scanner_state", "scanner_scan"]
    assert "sheet-1" not in caplog.text + repr(result)


# --- URLs ---------------------------------------------------------------------------------------------------------------


def test_a_url_names_the_backend_the_device_and_the_usual_source(tmp_path: Path) -> None:
    assert isinstance(connect("simulated://?source=adf"), SimulatedScanner)
    real = connect("sane:test?model=frontend-tester&source=adf&option=--test-picture=Grid", runtime=tmp_path)
    assert "SaneScanner test" in repr(real)
    assert len(real.scan().pages) == 10


@pytest.mark.parametrize(
    "url", ["twain:x", "sane:", "sane:../x", "sane:test?source=tray", "sane:test?modle=x", "simulated://?option=-x&a=b"]
)
def test_a_url_with_a_typing_error_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        connect(url)
