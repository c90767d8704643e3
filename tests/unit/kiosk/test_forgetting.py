"""What a process frees is overwritten: looked at from inside a process that was begun anew."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk import forgetting
from tests.journeys.residue import in_memory

TOP = Path(__file__).parents[3]
# a text of ten thousand letters is made, told apart from this program's own constants, and let go; then its place is read
FREED = """
import ctypes, sys
def made():
    text = "".join(chr(ord(letter) + 1) for letter in "RAHASIA") * size
    return id(text), sys.getsizeof(text)
for size in (3, 40, 100, 1500):
    place, length = made()
    assert b"SBIBTJB" * 3 not in ctypes.string_at(place, length), size
print("forgotten")
"""
CYCLE = """
import gc
from kiosk import forgetting
class Ring: pass
def leave():
    ring = Ring(); ring.self = ring; gone.append(__import__("weakref").ref(ring))
gone = []; gc.disable(); forgetting.settle(); leave()
assert gone[0]() is not None
broom = forgetting.Broom()
assert not broom.sweep_if_left(); assert gone[0]() is not None
broom.left(); assert broom.sweep_if_left(); assert gone[0]() is None
leave(); assert broom.sweep_if_left(); assert gone[1]() is None  # let go behind the first: its last request was still held
while broom.sweep_if_left(): pass
leave(); assert not broom.sweep_if_left(); assert gone[2]() is not None
print("swept")
"""
STACK = """
import ctypes, threading
from kiosk import forgetting
TURN = bytes(byte ^ 1 for byte in range(256))
SIZE = 3 << 20
class Marked(ctypes.Structure): _fields_ = [("text", ctypes.c_char * 4096)]
def marks():  # of the worker's stack, whose size nothing else has
    found = 0
    for line in open("/proc/self/maps"):
        begin, end = (int(one, 16) for one in line.split()[0].split("-"))
        if end - begin == SIZE:
            with open("/proc/self/mem", "rb", buffering=0) as memory:
                memory.seek(begin)
                found += memory.read(SIZE).translate(TURN).count(b"SBIBTJB" * 9)
    return found
left, go, blank = threading.Event(), threading.Event(), threading.Event()
def work():
    ctypes.CDLL(None).getpid(Marked((b"SBIBTJB" * 9).translate(TURN)))
    left.set(); go.wait()
    forgetting.blank_stack()
    blank.set(); left.wait()
threading.stack_size(SIZE)
threading.Thread(target=work, daemon=True).start()
left.wait(); before = marks(); go.set(); blank.wait()
print(before > 0, marks())
"""
WEBKIT = """
import gc, sys, gi
gi.require_version("JavaScriptCore", "4.1")
from gi.repository import JavaScriptCore
word = sys.stdin.readline().strip()[::-1]
def typed():
    said = JavaScriptCore.Context().evaluate("[...'" + word[::-1] + "'].reverse().join('').repeat(30)", -1)
    assert len(said.to_string()) == 30 * len(word)
def tell(text):
    gc.collect(); print(text, flush=True); sys.stdin.readline()
typed(); del word; tell("let go")
"""
AGAIN = "from kiosk import forgetting; forgetting.begin_anew('platform', []); print('stayed')"


def run(program: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in forgetting.WIPING}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=TOP, env=kept | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_text_that_was_let_go_cannot_be_read_where_it_lay() -> None:
    assert run(FREED, **forgetting.WIPING) == "forgotten\n"


def test_without_it_the_same_look_finds_the_text() -> None:
    with pytest.raises(AssertionError, match=r"AssertionError: \d"):  # the look's own, not any end of the process
        run(FREED)


def left_by_webkit(**environment: str) -> list[str]:
    """Where a text that a page held lies in the process that made it, when the page is gone."""
    kept = {name: value for name, value in os.environ.items() if name not in forgetting.WIPING}
    word = secrets.token_hex(8)
    with subprocess.Popen(
        [sys.executable, "-c", WEBKIT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=kept | environment, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{word[::-1]}\n")
        process.stdin.flush()
        assert process.stdout.readline() == "let go\n"
        found = in_memory(process.pid, [(word * 3).encode()])
        process.communicate("\n")
    return found


def test_what_a_page_held_is_overwritten_though_webkit_has_an_allocator_of_its_own() -> None:
    """A visitor's name lay in the window's process after his visit: what stood around the cursor is told to it."""
    assert left_by_webkit(**forgetting.WIPING) == []
    without = {name: value for name, value in forgetting.WIPING.items() if name != "Malloc"}
    assert left_by_webkit(**without), "the same look finds it"


def test_what_only_holds_itself_goes_when_a_visit_has_ended_and_not_before() -> None:
    assert run(CYCLE) == "swept\n"


def test_a_process_that_forgets_nothing_begins_anew_once() -> None:
    assert "stayed" not in run(AGAIN)
    assert run(AGAIN, **forgetting.WIPING) == "stayed\n"


def test_what_a_thread_left_on_its_stack_is_overwritten() -> None:
    assert run(STACK, **forgetting.WIPING) == "True 0\n"
