"""One contract for the code reader's twin and for the real driver: before emupos's scanner, and on a pty that can be pulled."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.hardware.codes import CodeReader, connect
from kiosk.hardware.codes.framing import PAUSE_S
from kiosk.hardware.codes.inbox import KEEP_S
from kiosk.hardware.codes.link import GRACE_S
from kiosk.hardware.codes.protocol import LONGEST
from kiosk.hardware.codes.simulated import SimulatedCodeReader
from kiosk.hardware.health import READY, Condition
from tests.devices.codes_bench import PtyBench, TwinBench, is_ready, scanned
from tests.devices.simulators import ReceiptEmulator, receipt_printer_emulator, until

CLAIM = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DRAFT = "KIOD1 0191e6a2-7c3b-7000-8000-1234567890ab ZYXWVUTSRQPONMLKJIHGFEDCBA"
GARBAGE = b"\x80\xfe\x00\xe0\r"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiptEmulator]:
    with receipt_printer_emulator(tmp_path_factory.mktemp("emupos")) as running:
        until(running.scanner_path.exists, what="the scanner's pty")
        yield running


@pytest.fixture(params=["twin", "pty"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TwinBench | PtyBench]:
    made = TwinBench() if request.param == "twin" else PtyBench(tmp_path)
    yield made
    made.close()


@pytest.fixture(params=["twin", "pty", pytest.param("emupos", marks=pytest.mark.devices)])
def hand(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[CodeReader, Callable[[str], None]]]:
    """A reader, and how to scan with it."""
    if request.param == "emupos":
        emulator: ReceiptEmulator = request.getfixturevalue("emulator")
        reader = connect(f"serial://{emulator.scanner_path}?baud=9600")
        until(lambda: is_ready(reader), what="the reader")
        yield reader, emulator.scan
        reader.close()
        return
    bench = TwinBench() if request.param == "twin" else PtyBench(tmp_path)
    yield bench.reader, lambda text: bench.send(text.encode() + b"\r")
    bench.close()


# --- scanning ---------------------------------------------------------------------------------------------------------


def test_a_scanned_slip_is_read_once(hand: tuple[CodeReader, Callable[[str], None]]) -> None:
    reader, scan = hand
    scan(CLAIM)
    assert scanned(reader) == CLAIM
    assert reader.next() is None


def test_a_code_longer_than_any_line_comes_whole(hand: tuple[CodeReader, Callable[[str], None]]) -> None:
    reader, scan = hand
    longest = "https://tte.kemendagri.go.id/" + "é" * (LONGEST - 29)
    scan(longest)
    assert scanned(reader) == longest


def test_before_anything_was_scanned_there_is_nothing_and_nobody_waits(bench: TwinBench | PtyBench) -> None:
    assert bench.reader.next() is None
    assert bench.reader.state() == READY


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_whatever_ends_a_line_ends_a_code(bench: TwinBench | PtyBench, end: bytes) -> None:
    for text in (CLAIM, DRAFT):
        bench.send(text.encode() + end)
        assert scanned(bench.reader) == text
    assert bench.reader.state() == READY


def test_of_two_untaken_codes_the_newest_counts(bench: TwinBench | PtyBench) -> None:
    bench.send(CLAIM.encode() + b"\r" + DRAFT.encode() + b"\r")
    assert scanned(bench.reader) == DRAFT
    assert bench.reader.next() is None


# --- the next villager ------------------------------------------------------------------------------------------------


def everything_arrived(bench: TwinBench | PtyBench) -> None:
    """Garbage after the codes shows that they are in."""
    bench.send(GARBAGE)
    until(lambda: bench.reader.state().code == "codes.garbled", what="the garbage")


def test_what_the_last_villager_scanned_opens_nothing_for_the_next(bench: TwinBench | PtyBench) -> None:
    bench.send(CLAIM.encode() + b"\r")
    everything_arrived(bench)
    bench.reader.clear()
    assert bench.reader.next() is None
    bench.send(DRAFT.encode() + b"\r")
    assert scanned(bench.reader) == DRAFT


def test_the_last_villagers_garbage_is_no_complaint_to_the_next(bench: TwinBench | PtyBench) -> None:
    everything_arrived(bench)
    bench.reader.clear()
    assert bench.reader.state() == READY


def test_a_code_that_nobody_takes_grows_stale(bench: TwinBench | PtyBench) -> None:
    bench.send(CLAIM.encode() + b"\r")
    everything_arrived(bench)
    bench.clock.advance(KEEP_S + 1)
    assert bench.reader.next() is None


# --- garbage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (GARBAGE, "not text"),
        (b"KIOS1\x00001748219365\r", "not text"),
        ("KIOS1\u202e001748219365\r".encode(), "not text"),
        ("KIOS1 é".encode("latin-1") + b"\r", "not text"),
        (b"x" * (LONGEST + 1) + b"\r", "too long"),
        (b"x" * (5 * LONGEST) + b"\r", "too long"),
    ],
)
def test_what_is_no_text_is_dropped_and_said(bench: TwinBench | PtyBench, data: bytes, why: str) -> None:
    for at in range(0, len(data), 1000):
        bench.send(data[at : at + 1000])
    until(lambda: bench.reader.state().code == "codes.garbled", what="the complaint")
    health = bench.reader.state()
    assert (health.condition, health.evidence) == (Condition.ATTENTION, why)
    assert bench.reader.next() is None


def test_a_good_code_ends_the_complaint(bench: TwinBench | PtyBench) -> None:
    everything_arrived(bench)
    bench.send(CLAIM.encode() + b"\r")
    assert scanned(bench.reader) == CLAIM
    assert bench.reader.state() == READY


def test_a_scanner_that_was_set_to_send_no_end_mark_is_found_out(bench: TwinBench | PtyBench) -> None:
    bench.send(CLAIM.encode())

    def complained() -> bool:
        bench.clock.advance(PAUSE_S + 1)
        return bench.reader.state().code == "codes.garbled"

    until(complained, what="the complaint")
    assert bench.reader.state().evidence == "no end mark"
    assert bench.reader.next() is None


# --- the cable --------------------------------------------------------------------------------------------------------


def test_a_pulled_cable_is_absent_and_comes_back_by_itself(bench: TwinBench | PtyBench) -> None:
    bench.unplug()
    bench.clock.advance(GRACE_S)
    until(lambda: bench.reader.state().code == "codes.absent", what="the loss")
    assert bench.reader.state().condition is Condition.ABSENT
    bench.plug_in()
    until(lambda: is_ready(bench.reader), what="the return")
    bench.send(CLAIM.encode() + b"\r")
    assert scanned(bench.reader) == CLAIM


def test_a_plug_that_is_touched_is_not_lost_yet(bench: TwinBench | PtyBench) -> None:
    bench.unplug()
    health = bench.reader.state()
    assert (health.condition, health.code) == (Condition.BUSY, "")
    bench.plug_in()
    until(lambda: is_ready(bench.reader), what="the return")


def test_half_a_code_at_the_pull_is_never_joined_to_the_next(bench: TwinBench | PtyBench) -> None:
    bench.send(GARBAGE + CLAIM[:20].encode())
    until(lambda: bench.reader.state().code == "codes.garbled", what="the first half")
    bench.unplug()
    bench.plug_in()
    until(lambda: bench.reader.state().usable, what="the return")
    bench.send(DRAFT.encode() + b"\r")
    assert scanned(bench.reader) == DRAFT


def test_closing_twice_is_harmless_and_is_for_good(bench: TwinBench | PtyBench) -> None:
    bench.reader.close()
    bench.reader.close()
    assert bench.reader.next() is None
    assert not bench.reader.state().code
    assert "closed" in repr(bench.reader)


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_a_code_stands_in_no_log_no_repr_and_no_evidence(
    bench: TwinBench | PtyBench, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[object] = []
    with caplog.at_level(logging.DEBUG):
        bench.send(f"{CLAIM}\r".encode() + b"\x00" + f"{DRAFT}\r{DRAFT}".encode())
        until(lambda: bench.reader.state().code == "codes.garbled", what="the complaint")
        seen += [bench.reader, bench.reader.state(), vars(bench.reader)]
        bench.unplug()
        bench.clock.advance(GRACE_S)
        until(lambda: bench.reader.state().code == "codes.absent", what="the loss")
        seen += [bench.reader, bench.reader.state(), vars(bench.reader)]
    told = caplog.text + repr(seen)
    assert "ABCDEF" not in told
    assert "ZYXWVU" not in told


# --- URLs -------------------------------------------------------------------------------------------------------------


def test_a_kiosk_without_a_reader_has_none_and_nothing_is_broken() -> None:
    reader = connect("none:")
    assert (reader.state().condition, reader.state().code, reader.next()) == (Condition.ABSENT, "", None)
    reader.clear()
    reader.close()


def test_the_twin_stands_behind_its_url() -> None:
    reader = connect("simulated://")
    assert isinstance(reader, SimulatedCodeReader)
    reader.scan(CLAIM)
    assert reader.next() == CLAIM


@pytest.mark.parametrize("name", ["/dev/ttyUSB0", "/dev/ttyACM3"])
def test_a_name_that_moves_on_replugging_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        connect(f"serial://{name}?baud=9600")


@pytest.mark.parametrize("url", ["usb://x", "serial:///dev/kios-codes?baud=fast"])
def test_a_url_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        connect(url)
