"""After a visit nothing of the visitor is on the kiosk's disk: state, run folder, logs, browser profile."""

import base64
import gzip
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.devices.simulators import until
from tests.journeys.browser import ARGUMENTS, WARGA, Screen, photograph, to_papers
from tests.journeys.residue import traces
from tests.journeys.stack import Stack, set_up
from tests.journeys.visitor import ANSWERS

pytestmark = pytest.mark.journey

WORDS = (*WARGA.values(), WARGA["hp"].removeprefix("0"))


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = set_up(tmp_path / "all")
    port = made.panel_port
    settings = made.kiosk / "kiosk.toml"
    settings.write_text(settings.read_text().replace("[panel]\nport = 0", f"[panel]\nport = {port}"))
    try:
        made.start("centre", "worker", "courier", "kiosk")
        made.wait_centre()
        yield made
    finally:
        made.stop()


def lay_a_paper(stack: Stack) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{stack.panel_port}/papers/kk", method="POST", data=b"")
    urllib.request.urlopen(request, timeout=20).close()


def visits(stack: Stack, profile: Path) -> None:
    """One visit that finishes, one that is abandoned, one in the middle of which the kiosk is killed."""
    with sync_playwright() as playwright:
        window = playwright.chromium.launch_persistent_context(
            str(profile), executable_path="/usr/bin/chromium", args=ARGUMENTS, viewport={"width": 1080, "height": 1920}
        )
        page = window.pages[0]
        page.set_default_timeout(20_000)
        screen = Screen(page, [])
        page.goto(stack.wait_kiosk())
        screen.settle()
        lay_a_paper(stack)
        to_papers(screen)
        for _ in range(2):
            photograph(screen)
        screen.do("submit")
        screen.reach("receipt")
        screen.do("finish")
        screen.do("finish")
        to_papers(screen)
        page.locator("form[action$='/selesai'] button").first.click()
        page.locator("#yakin-ya").click()
        screen.reach("home")
        to_papers(screen)
        stack.kill("kiosk")
        window.close()


def test_nothing_of_the_visitor_stays_on_the_disk(stack: Stack, tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    visits(stack, profile)
    until(
        lambda: not list((stack.kiosk / "state" / "vault").glob("*.packet")), seconds=60, what="the courier's delivery"
    )
    for name in list(stack.processes):
        stack.kill(name)
    assert any((stack.kiosk / "state").rglob("kiosk.db"))
    assert traces([stack.kiosk, stack.folder, profile], WORDS) == []


def test_the_waiting_packet_is_closed_to_the_kiosk_too(tmp_path: Path) -> None:
    """The line is down: the packet waits on the disk, and tells nothing."""
    made = set_up(tmp_path / "all")
    run = subprocess.run([sys.executable, "-m", "tests.journeys.visitor", made.settings, "2"], check=False, timeout=60)
    assert run.returncode == 0
    assert len(list((made.kiosk / "state" / "vault").glob("*.packet"))) == 2
    words = [value for value in ANSWERS.values() if len(value) > 7] + ["halaman contoh"]
    assert traces([made.kiosk], words) == []


@pytest.mark.parametrize(
    "leak",
    [
        WARGA["nik"].encode(),
        WARGA["nama"].lower().encode(),
        WARGA["nama"].encode("utf-16-le"),
        base64.b64encode(b"nik=" + WARGA["nik"].encode() + b"&x"),
        gzip.compress(b"log: " + WARGA["nama"].encode()),
        WARGA["kk"].encode().hex().encode(),
    ],
    ids=["plain", "other case", "wide", "base64", "gzip", "hex"],
)
def test_the_same_search_finds_a_planted_leak(tmp_path: Path, leak: bytes) -> None:
    (tmp_path / "deep" / "down").mkdir(parents=True)
    (tmp_path / "deep" / "down" / "page.cache").write_bytes(b"\0\1" * 50 + leak if leak[:2] != b"\x1f\x8b" else leak)
    assert len(traces([tmp_path], WORDS)) == 1


def test_a_file_named_after_a_person_is_found(tmp_path: Path) -> None:
    (tmp_path / f"scan-{WARGA['nik']}.jpg").write_bytes(b"x")
    assert traces([tmp_path], WORDS) == [f"name of {tmp_path}/scan-{WARGA['nik']}.jpg"]
