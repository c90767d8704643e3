"""`chromium --kiosk`: the fallback window. One throw-away profile a visit, on tmpfs.

Debian's Chromium shows a translate bubble over the pages unless they say ``translate="no"`` (they do), and phones home
unless told not to; the flags below are what a closed network showed to be needed (recipes measured 2026-11).
"""

import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from threading import Event, Lock

from kiosk.shell import FreshAddress

log = logging.getLogger(__name__)

FLAGS = (
    "--kiosk",
    "--incognito",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-translate",
    "--disable-features=Translate,MediaRouter,AutofillServerCommunication",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--password-store=basic",
    "--lang=id",
    "--autoplay-policy=no-user-gesture-required",
)
PREFIX = "visit-"


def flags() -> tuple[str, ...]:
    """As root (a demo, a test; never the appliance, whose user is kios-ui) Chromium refuses its own sandbox."""
    if os.geteuid() != 0:
        return FLAGS
    log.warning("chromium_without_sandbox reason=root")
    return (*FLAGS, "--no-sandbox")


class ChromiumShell:
    """Starts the browser again whenever it ends, until closed."""

    def __init__(
        self, *, address: FreshAddress, profile: Path, width: int, height: int, program: str = "chromium"
    ) -> None:
        self._address, self._root, self._program = address, profile, program
        self._size = f"--window-size={width},{height}"
        self._closed, self._lock = Event(), Lock()
        self._browser: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        for left in self._root.glob(f"{PREFIX}*"):  # by a kiosk that was killed: the runtime folder outlives a restart
            shutil.rmtree(left, ignore_errors=True)
        while not self._closed.is_set():
            profile = Path(tempfile.mkdtemp(prefix=PREFIX, dir=self._root))
            try:
                self._show(profile)
            finally:
                shutil.rmtree(profile, ignore_errors=True)

    def _show(self, profile: Path) -> None:
        with self._lock:
            self._browser = subprocess.Popen(
                [self._program, *flags(), self._size, f"--user-data-dir={profile}", self._address()],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        self._browser.wait()
        self._closed.wait(0.5)  # a browser that cannot start must not spin

    def renew(self) -> None:
        with self._lock:
            if self._browser is not None and self._browser.poll() is None:
                self._browser.kill()

    def close(self) -> None:
        self._closed.set()
        self.renew()
