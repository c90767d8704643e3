"""The serial driver in a world of other programs, and what its parts do with a clock in hand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk.clock import ManualClock
from kiosk.hardware.codes import connect
from kiosk.hardware.codes.framing import PAUSE_S, Framer
from kiosk.hardware.codes.serial_driver import LONGEST_PAUSE_S, SerialCodeReader, pause_after
from kiosk.hardware.codes.simulated import SimulatedCodeReader
from kiosk.hardware.health import Condition
from kiosk.hardware.holders import Holder, holders, named
from tests.devices.codes_bench import Cable, PtyBench, is_ready, scanned
from tests.devices.simulators import until

CODE = "KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ"
RIVAL = """
import fcntl, sys
with open(sys.argv[1], "rb+", 0) as device:
    fcntl.flock(device, fcntl.LOCK_EX)
    print("held", flush=True)
    input()
"""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[PtyBench]:
    made = PtyBench(tmp_path)
    yield made
    made.close()


@contextmanager
def rival(device: Path) -> Iterator[int]:
    """Another program that reads the same device; its pid."""
    words = [sys.executable, "-c", RIVAL, str(device)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process.pid
        process.communicate("\n")


# --- other programs ---------------------------------------------------------------------------------------------------


def test_a_device_in_other_hands_is_busy_and_says_whose_until_they_let_go(tmp_path: Path) -> None:
    cable, clock = Cable(tmp_path / "kios-codes"), ManualClock()
    reader = SerialCodeReader(str(cable.name), clock=clock, wait=lambda _: None)
    with rival(cable.name) as pid:
        until(lambda: reader.state().code == "codes.busy", what="the holder")
        health = reader.state()
        assert health.condition is Condition.FAULT
        assert Holder(pid, Path(f"/proc/{pid}/comm").read_text().strip()) in holders(cable.name)
        assert f" {pid}" in health.evidence
    until(lambda: is_ready(reader), what="the device")
    os.write(cable.scanner, f"{CODE}\r".encode())
    assert scanned(reader) == CODE
    reader.close()
    cable.pull()


def test_the_twin_is_busy_by_the_same_rule() -> None:
    clock = ManualClock()
    twin = SimulatedCodeReader(clock=clock)
    twin.be_held_by("ModemManager 712")
    clock.advance(5)
    assert (twin.state().condition, twin.state().code) == (Condition.FAULT, "codes.busy")
    assert twin.state().evidence == "held by ModemManager 712"


def test_two_readers_of_our_own_do_not_share_a_device(bench: PtyBench) -> None:
    second = SerialCodeReader(str(bench.path), clock=bench.clock, wait=lambda _: None)
    until(lambda: second.state().code == "codes.busy", what="the refusal")
    assert str(os.getpid()) in second.state().evidence
    second.close()
    bench.send(f"{CODE}\r".encode())
    assert scanned(bench.reader) == CODE


def test_a_closed_reader_lets_go_of_the_device(bench: PtyBench) -> None:
    bench.reader.close()
    second = SerialCodeReader(str(bench.path), clock=bench.clock, wait=lambda _: None)
    until(lambda: is_ready(second), what="the device")
    second.close()


def test_holders_are_named_by_their_processes(tmp_path: Path) -> None:
    cable = Cable(tmp_path / "kios-codes")
    with rival(cable.name) as pid:
        assert [holder.pid for holder in holders(cable.name)] == sorted([os.getpid(), pid])
        assert f" {pid}" in named(cable.name)
    cable.pull()


def test_a_process_that_ends_while_we_look_or_is_hidden_is_passed_over(tmp_path: Path) -> None:
    device = tmp_path / "tty"
    device.touch()
    for pid in ("7", "70", "700", "self"):
        (tmp_path / "proc" / pid / "fd").mkdir(parents=True)
    (tmp_path / "proc" / "70" / "fd" / "3").symlink_to(device)
    (tmp_path / "proc" / "700" / "fd" / "0").symlink_to(device)
    (tmp_path / "proc" / "700" / "comm").write_text("ModemManager\n")
    (tmp_path / "proc" / "7" / "fd").rmdir()
    found = holders(device, proc=tmp_path / "proc")
    assert found == (Holder(70, "?"), Holder(700, "ModemManager"))
    assert named(device, proc=tmp_path / "proc") == "held by ? 70, ModemManager 700"
    assert named(tmp_path / "other", proc=tmp_path / "proc") == "held by a process that we may not see"


# --- coming back ------------------------------------------------------------------------------------------------------


def test_it_looks_for_a_lost_reader_for_ever_and_ever_more_rarely(bench: PtyBench) -> None:
    bench.unplug()
    bench.pauses.clear()
    until(lambda: len(bench.pauses) > 12, what="many tries")
    assert bench.pauses == sorted(bench.pauses)
    assert bench.pauses[-1] == LONGEST_PAUSE_S
    bench.plug_in()
    until(lambda: is_ready(bench.reader), what="the return")


def test_after_a_return_the_next_loss_is_met_quickly_again(bench: PtyBench) -> None:
    for _ in range(2):
        bench.pauses.clear()
        bench.unplug()
        until(lambda: len(bench.pauses) > 3, what="some tries")
        assert bench.pauses[:2] == [pause_after(1), pause_after(1)]
        bench.plug_in()
        until(lambda: is_ready(bench.reader), what="the return")


def test_a_reader_that_was_never_there_is_absent_at_once(tmp_path: Path) -> None:
    reader = connect(f"serial://{tmp_path}/kios-codes", clock=ManualClock())
    until(lambda: reader.state().code == "codes.absent", what="the absence")
    assert reader.state().evidence == "ENOENT"
    assert reader.next() is None
    reader.clear()
    reader.close()


def test_a_name_that_is_no_serial_device_is_absent_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "kios-codes").touch()
    reader = connect(f"serial://{tmp_path}/kios-codes", clock=ManualClock())
    until(lambda: reader.state().code == "codes.absent", what="the absence")
    assert reader.state().evidence == "ENOTTY"
    reader.close()


def test_clearing_a_reader_whose_cable_was_just_pulled_is_harmless(bench: PtyBench) -> None:
    assert bench.cable is not None
    bench.cable.pull()
    bench.cable = None
    bench.reader.clear()
    until(lambda: not is_ready(bench.reader), what="the loss")


# --- cutting bytes into codes -----------------------------------------------------------------------------------------


@given(
    texts=st.lists(st.from_regex(r"[A-Za-z0-9 :/?&=é-]{1,40}", fullmatch=True), max_size=6),
    cuts=st.lists(st.integers(0, 250)),
)
def test_codes_come_out_as_they_went_in_however_the_cable_cuts_them(texts: list[str], cuts: list[int]) -> None:
    stream = "".join(text + "\r\n" for text in texts).encode()
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    framer = Framer()
    pieces = [piece for a, b in pairwise(edges) for piece in framer.feed(stream[a:b], 5.0)]
    assert [piece.text for piece in pieces] == texts


@given(st.lists(st.tuples(st.binary(max_size=80), st.floats(0, 100)), max_size=20))
def test_no_bytes_break_it_and_no_bytes_show(feeds: list[tuple[bytes, float]]) -> None:
    framer = Framer()
    for data, at in feeds:
        for piece in framer.feed(data, at):
            assert bool(piece.text) != bool(piece.trouble)
            assert repr(piece) == f"Piece(trouble={piece.trouble!r})"


def test_a_code_that_is_coming_in_at_the_change_of_villagers_is_dropped_to_its_end() -> None:
    framer = Framer()
    framer.feed(b"KIOS1 0017", 5.0)
    framer.forget()
    assert framer.feed(b"48219365 ABC\r", 5.1) == []
    assert [piece.text for piece in framer.feed(b"NEXT\r", 5.2)] == ["NEXT"]


def test_a_dropped_code_without_an_end_does_not_swallow_the_next_scan() -> None:
    framer = Framer()
    framer.feed(b"\x80\xfe", 5.0)
    framer.forget()
    assert [piece.text for piece in framer.feed(b"NEXT\r", 5.0 + PAUSE_S + 0.1)] == ["NEXT"]


def test_two_halves_with_a_long_pause_are_not_one_code() -> None:
    framer = Framer()
    assert framer.feed(b"KIOS1 0017", 5.0) == []
    late = framer.feed(b"48219365\r", 5.0 + PAUSE_S + 0.1)
    assert [(piece.text, piece.trouble) for piece in late] == [("", "no end mark"), ("48219365", "")]
