"""The shells without a display: what may be opened, and how the browser is started, ended and forgotten."""

import stat
import threading
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from kiosk.shell import connect
from kiosk.shell.chromium import ChromiumShell, flags
from kiosk.shell.headless import HeadlessShell
from kiosk.shell.webkit import WebkitShell, allowed

ORIGIN = "http://127.0.0.1:8700"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://127.0.0.1:8700/layanan", True),
        ("about:blank", True),
        ("about:srcdoc", True),
        ("http://127.0.0.1:8701/", False),
        ("https://127.0.0.1:8700/", False),
        ("http://127.0.0.1:8700.contoh.id/", False),
        ("http://user@127.0.0.1:8700/", False),
        ("http://127.0.0.2:8700/", False),
        ("file:///etc/passwd", False),
        ("data:text/html,hai", False),
        ("javascript:1", False),
        ("about:config", False),
    ],
)
def test_the_window_goes_only_to_our_own_pages(address: str, expected: bool) -> None:
    assert allowed(address, ORIGIN) is expected


def test_the_setting_chooses_the_shell(tmp_path: Path) -> None:
    kinds = {
        kind: type(connect(kind, address=str, origin=ORIGIN, width=1, height=1, profile=tmp_path))
        for kind in ("pywebview", "chromium", "none")
    }
    assert kinds == {"pywebview": WebkitShell, "chromium": ChromiumShell, "none": HeadlessShell}


def test_closing_and_renewing_before_anything_is_open_is_harmless(tmp_path: Path) -> None:
    for kind in ("pywebview", "chromium", "none"):
        shell = connect(kind, address=str, origin=ORIGIN, width=1, height=1, profile=tmp_path)
        shell.renew()
        shell.close()
        shell.close()


def test_the_headless_shell_waits_until_closed() -> None:
    shell = HeadlessShell()
    thread = threading.Thread(target=shell.run)
    thread.start()
    assert thread.is_alive()
    shell.close()
    thread.join(5)
    assert not thread.is_alive()


def test_the_browser_phones_nobody() -> None:
    assert {"--disable-background-networking", "--disable-component-update", "--disable-sync", "--incognito"} <= set(
        flags()
    )


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)


class Browser:
    """A stand-in program that writes down how it was called and stays, as a browser does."""

    def __init__(self, folder: Path) -> None:
        self.calls = folder / "calls"
        self.program = folder / "browser"
        self.program.write_text(f'#!/bin/sh\necho "$@" >> {self.calls}\nexec sleep 600\n')
        self.program.chmod(stat.S_IRWXU)

    def seen(self) -> list[list[str]]:
        return [line.split() for line in self.calls.read_text().splitlines()] if self.calls.exists() else []


def test_each_visit_gets_a_fresh_address_and_a_fresh_profile_that_is_removed(tmp_path: Path) -> None:
    browser, visits = Browser(tmp_path), count(1)
    root = tmp_path / "run"
    root.mkdir()
    shell = ChromiumShell(
        address=lambda: f"{ORIGIN}/masuk/{next(visits)}", profile=root, width=9, height=8, program=str(browser.program)
    )
    thread = threading.Thread(target=shell.run)
    thread.start()
    until(lambda: len(browser.seen()) == 1)
    shell.renew()
    until(lambda: len(browser.seen()) == 2)
    shell.close()
    thread.join(20)
    first, second = browser.seen()
    assert (first[-1], second[-1]) == (f"{ORIGIN}/masuk/1", f"{ORIGIN}/masuk/2")
    profiles = {argument for call in (first, second) for argument in call if argument.startswith("--user-data-dir=")}
    assert len(profiles) == 2
    assert list(root.iterdir()) == []


def test_the_profile_of_a_visit_in_which_the_kiosk_was_killed_goes_at_the_next_start(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    left, other = tmp_path / "visit-abc" / "Default", tmp_path / "address"
    left.mkdir(parents=True)
    (left / "History").write_text("nik")
    other.write_text("not a profile")
    shell = ChromiumShell(address=lambda: ORIGIN, profile=tmp_path, width=9, height=8, program=str(browser.program))
    thread = threading.Thread(target=shell.run)
    thread.start()
    until(lambda: len(browser.seen()) == 1)
    assert not left.parent.exists()
    assert other.exists()
    shell.close()
    thread.join(20)


def test_a_browser_that_dies_comes_back(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    browser.program.write_text(f'#!/bin/sh\necho "$@" >> {browser.calls}\n')
    shell = ChromiumShell(address=lambda: ORIGIN, profile=tmp_path, width=9, height=8, program=str(browser.program))
    thread = threading.Thread(target=shell.run)
    thread.start()
    until(lambda: len(browser.seen()) >= 2)
    shell.close()
    thread.join(20)
    assert not thread.is_alive()
