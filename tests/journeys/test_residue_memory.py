"""One kiosk, its real windows, and its state on a disk of its own; four visits, ended in every way a visit can end. Then the
visitor is looked for in the memory of each process, in each file, and on the raw disk with what was erased there."""

import base64
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import cv2
import pytest
from playwright.sync_api import Error, Playwright, sync_playwright

from kiosk import imaging
from kiosk.imaging import Image
from kiosk.panel import specimens
from kiosk.session.steps import CAPTURE_IDLE_S, WARNING_S
from tests.devices.simulators import answers, free_port, until
from tests.journeys.browser import ARGUMENTS, Screen, photograph, taken, to_papers
from tests.journeys.kiosk_window import KioskProcess, WebkitHands
from tests.journeys.raw_disk import make_disk, mounted, settle
from tests.journeys.residue import image, in_memory, needles, pieces, sift, traces
from tests.journeys.stack import set_up
from tests.journeys.xvfb import Display, display
from tests.small_disk import needs_root

pytestmark = pytest.mark.journey

# nobody of the demo's own synthetic papers, whose words stand in the program
WHO = {"nik": "3312125508929917", "kk": "3312120908139918", "nama": "LESTARI UJIMEMORI", "hp": "081355709919"}
WORDS = (*WHO.values(), WHO["hp"].removeprefix("0"))
NOBODY: list[str] = []


@dataclass(slots=True)
class Story:
    """``there``: what was found of the visitor while the visit lasted; ``left``: where, by place, after it."""

    there: dict[str, set[str]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    web_processes: list[set[int]] = field(default_factory=list)
    pages: list[bytes] = field(default_factory=list)


def camera(folder: Path) -> list[bytes]:
    """Two pictures of a family card, as a camera gives them in turn; pieces of their pixels, and of the flat page's."""
    folder.mkdir()
    found: list[bytes] = []
    for number in range(2):
        scene, _ = specimens.on_desk(specimens.kk_page(), size=(1280, 960), seed=1, noise=2.0 + number)
        path = folder / f"{number}.jpg"
        cv2.imwrite(str(path), scene, [cv2.IMWRITE_JPEG_QUALITY, 90])
        frame = cv2.imread(str(path))
        found += [*pieces(frame.tobytes()), *pieces(flat(frame).tobytes())]
    return found


def flat(frame: Image) -> Image:
    sheet = imaging.find_sheet(frame)
    assert sheet is not None
    return imaging.flatten(frame, sheet.corners)


class Tale:
    """Tells the story: one stack, one kiosk at a time."""

    def __init__(self, folder: Path, glass: Display, pixels: Sequence[bytes]) -> None:
        self.folder, self.glass, self.pixels, self.told = folder, glass, tuple(pixels), Story()
        self.stack = set_up(folder / "all", "--camera", f"folder://{folder.parent / 'camera'}")
        self.home = folder / "home"
        self.home.mkdir()
        self.port = free_port()

    @property
    def wanted(self) -> list[bytes]:
        return needles(WORDS, (*self.pixels, *self.told.pages))

    def kiosk(self, shell: str) -> KioskProcess:
        """Whatever it may write beside its state lies on the disk, too."""
        chromium = self.home / "bin" / "chromium"  # the shell's own flags, and a port for our hands
        chromium.parent.mkdir(exist_ok=True)
        extra = " ".join((*ARGUMENTS, f"--remote-debugging-port={self.port}"))
        program = "/usr/lib/chromium/chromium-headless-shell"  # the script in /usr/bin would outlive the shell's kill
        chromium.write_text(f'#!/bin/sh\nexec {program} {extra} "$@"\n')
        chromium.chmod(0o755)
        path = f"{chromium.parent}:{os.environ['PATH']}"
        places = {"HOME": str(self.home), "TMPDIR": str(self.home), "PATH": path}
        return KioskProcess(self.stack, shell, {**self.glass.environment, **places})

    def log(self) -> str:
        """What the kiosk's journal would hold."""
        return (self.stack.folder / "kiosk.log").read_text()

    def sweeps(self) -> int:
        return self.log().count("memory_swept")

    def see(self, name: str, kiosk: KioskProcess) -> None:
        wanted = self.wanted
        seen = {wanted[int(place.rpartition(" ")[2])] for place in in_memory(kiosk.pid, wanted)}
        kinds = {"words": needles(WORDS), "pixels": self.pixels, "page": self.told.pages[-2:]}
        self.told.there[name] = {kind for kind, one in kinds.items() if seen & set(one)}

    def search_memory(self, when: str, kiosk: KioskProcess) -> None:
        """The kiosk's, that of everything below it, and the courier's. What is let go this moment may take a sweep more."""
        processes = (kiosk.pid, self.stack.processes["courier"].pid, *kiosk.children())

        def found() -> list[str]:
            self.told.left[f"memory {when}"] = in_memory(processes, self.wanted)
            return self.told.left[f"memory {when}"]

        with suppress(AssertionError):
            until(lambda: found() == NOBODY, seconds=20, what="an empty memory")

    # -- the visits

    def in_webkit(self) -> None:
        """The window of a device. One visit is abandoned, in another the kiosk is killed; each has just taken a page."""
        kiosk = self.kiosk("pywebview")
        hands = WebkitHands(kiosk)
        until(lambda: "window_hardened" in self.log(), seconds=90, what="the window")
        hands.reach("home")
        before = self.sweeps()
        self.to_a_picture(hands)
        self.note_web_processes(kiosk)
        self.see("who will walk away", kiosk)
        hands.leave()
        hands.reach("home")
        self.over(before, "after who walked away", kiosk)
        self.to_a_picture(hands)
        self.note_web_processes(kiosk)
        self.see("who will be cut off", kiosk)
        self.stack.kill("kiosk")

    def to_a_picture(self, hands: WebkitHands) -> None:
        to_papers(hands, WHO)
        until(lambda: taken(hands), seconds=30, what="a picture")
        self.told.pages += [piece for run in hands.page() for piece in pieces(run, count=1)]

    def in_chromium(self) -> None:
        """The process that follows the killed one, with the other window: one visit is finished, one left to time out."""
        kiosk = self.kiosk("chromium")
        with sync_playwright() as playwright:
            self.search_memory("after the cut, of the next process", kiosk)
            for end in (self.finished, self.timed_out):
                screen, before = self.attached(playwright), self.sweeps()
                to_papers(screen, WHO)
                until(lambda screen=screen: taken(screen), seconds=30, what="a picture")
                answer = screen.page.request.get(screen.page.url.rstrip("/") + "/halaman")
                self.told.pages += pieces(answer.body())
                self.note_web_processes(kiosk)
                end(kiosk, screen)
                self.over(before, f"after {end.__name__}", kiosk)
            self.attached(playwright)
            self.note_web_processes(kiosk)

    def finished(self, kiosk: KioskProcess, screen: Screen) -> None:
        self.see("who will finish", kiosk)
        screen.do("use")
        if screen.offers("enough"):
            screen.do("enough")
        photograph(screen)
        screen.do("submit")
        screen.reach("receipt")
        with suppress(Error):  # the browser ends with the visit, under our hands
            screen.do("finish")
            screen.do("finish")

    def timed_out(self, kiosk: KioskProcess, _screen: Screen) -> None:
        kiosk.later(CAPTURE_IDLE_S + WARNING_S + 5)
        until(lambda: "visit_timed_out" in self.log(), what="the end of the visit's time")

    def over(self, before: int, when: str, kiosk: KioskProcess) -> None:
        until(lambda: self.sweeps() > before, seconds=60, what="the sweep after the visit")
        assert kiosk.children("camera.grabber") == set(), "the camera rests"
        self.search_memory(when, kiosk)

    def note_web_processes(self, kiosk: KioskProcess) -> None:
        """The ones that draw the page now, of either window."""
        self.told.web_processes.append(kiosk.children("WebKitWebProcess") | kiosk.children("headless"))

    def attached(self, playwright: Playwright) -> Screen:
        """Hands in the browser that runs now."""
        address = f"http://127.0.0.1:{self.port}"
        until(lambda: answers(self.port), seconds=60, what="the browser")
        page = playwright.chromium.connect_over_cdp(address).contexts[0].pages[0]
        page.set_default_timeout(20_000)
        screen = Screen(page, [])
        screen.reach("home")
        return screen

    def end(self) -> None:
        vault = self.stack.kiosk / "state" / "vault"
        until(lambda: not list(vault.glob("*.packet")), seconds=60, what="the courier's delivery")
        self.stack.stop()
        assert any((self.stack.kiosk / "state").rglob("kiosk.db"))
        assert (self.stack.folder / "kiosk.log").stat().st_size > 0
        self.told.left["files"] = traces([self.folder, Path("/dev/shm")], WORDS, (*self.pixels, *self.told.pages))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("appliance")
    pixels = camera(folder / "camera")
    raw, disk = folder / "disk.img", folder / "disk"
    with ExitStack() as opened:
        if os.geteuid() == 0:
            make_disk(raw, megabytes=1024)
            opened.enter_context(mounted(raw, disk))
        disk.mkdir(exist_ok=True)
        tale = Tale(disk, opened.enter_context(display(1080, 1920)), pixels)
        opened.callback(lambda: sys.stdout.write(tale.stack.logs()))
        opened.callback(tale.stack.stop)
        tale.stack.start("centre", "worker", "courier")
        tale.stack.wait_centre()
        tale.in_webkit()
        tale.in_chromium()
        tale.end()
        if raw.exists():
            settle(disk)
            tale.told.left["raw disk"] = sift(image(raw), tale.wanted)
    return tale.told


def test_the_search_finds_who_is_there(story: Story) -> None:
    """In the midst of a visit: the words, the page as it will be sent, and the pixels of the picture it was made of."""
    assert list(story.there.values()) == [{"words", "pixels", "page"}] * 3


def test_nobody_is_in_the_memory_of_any_process_after_his_visit(story: Story) -> None:
    remains = {place: found for place, found in story.left.items() if place.startswith("memory")}
    assert [found for found in remains.values() if found] == NOBODY, remains
    assert len(remains) == 4


def test_no_file_knows_him(story: Story) -> None:
    """State, logs (what the journal would hold), run folder, home, temporary files, browsers' profiles, shared memory."""
    assert story.left["files"] == NOBODY


@needs_root
def test_the_raw_disk_knows_him_neither_where_files_were_erased(story: Story) -> None:
    assert story.left["raw disk"] == NOBODY


def test_each_visitor_has_a_web_process_that_ends_with_him(story: Story) -> None:
    assert all(story.web_processes)
    for one, next_one in pairwise(story.web_processes):
        assert not one & next_one


# --- planted leaks: the same search finds them ------------------------------------------------------------------------

HOLDER = """
import base64, sys
held = base64.b64decode(sys.stdin.readline())
print('held', flush=True); sys.stdin.read(); del held"""


def disguised(number: int) -> bytes:
    """A spelling of the name and a coat over it, so that each place meets another."""
    coats = (
        WHO["nama"].encode("utf-16-le"),
        b"x" + base64.b64encode(b"{" + WHO["nik"].encode()),
        b"&nama=LESTARI+UJIMEMORI&",
        b"hp: +6281355709919",
        b"NIK 3312 1255 0892 9917",
    )
    return coats[number % len(coats)]


@pytest.mark.parametrize("number", range(5))
def test_a_leak_planted_in_another_process_is_found(number: int) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(base64.b64encode(b"..." + disguised(number)) + b"\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"held\n"
        assert in_memory(process.pid, needles(WORDS))
        assert in_memory(process.pid, needles(["nobody of this name"])) == NOBODY
        process.communicate(b"")


def test_a_page_s_pixels_left_in_memory_are_found(tmp_path: Path) -> None:
    wanted = needles([], camera(tmp_path / "camera"))
    held = flat(cv2.imread(str(tmp_path / "camera" / "0.jpg")))
    assert in_memory(os.getpid(), wanted)
    del held


@needs_root
def test_a_leak_that_was_erased_again_is_found_on_the_raw_disk_alone(tmp_path: Path) -> None:
    raw, page = tmp_path / "disk.img", os.urandom(3000)
    make_disk(raw, megabytes=8)
    with mounted(raw, tmp_path / "disk") as disk:
        for number in range(5):
            (disk / f"{number}.log").write_bytes(b"0" * 5000 + disguised(number))
        (disk / "page.avif").write_bytes(page)
        settle(disk)
        for file in disk.glob("*.*"):
            file.unlink()
        settle(disk)
        assert traces([disk], WORDS, pieces(page)) == NOBODY
    wanted = needles(WORDS, pieces(page))
    numbers = {int(found.rpartition(" ")[2]) for found in sift(image(raw), wanted)}
    assert len(numbers) >= 5 + len(pieces(page))


def test_a_file_of_any_name_and_place_is_found(tmp_path: Path) -> None:
    for number, name in enumerate(
        ("kiosk.log", "run/visit-1/Default/Cache/f_01", "spool/d00001-001", "drafts/x", ".a/b")
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"\0\n" + disguised(number) + b"\n")
    assert len(traces([tmp_path], WORDS)) == 5
