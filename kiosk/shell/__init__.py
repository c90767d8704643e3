"""The window that shows the kiosk's pages: pywebview on WebKitGTK, or Chromium, by setting."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

FreshAddress = Callable[[], str]


class Shell(Protocol):
    """A full-screen window. ``run`` blocks on the main thread until ``close``; the others may be called anywhere."""

    def run(self) -> None: ...

    def renew(self) -> None:
        """End the web process of the last visit, forget its data, and open a fresh address."""
        ...

    def close(self) -> None: ...


def connect(kind: str, *, address: FreshAddress, origin: str, width: int, height: int, profile: Path) -> Shell:
    """The shell that the settings name. ``profile`` is a folder on tmpfs; only Chromium uses it."""
    if kind == "pywebview":
        from kiosk.shell.webkit import WebkitShell

        return WebkitShell(address=address, origin=origin, width=width, height=height)
    if kind == "chromium":
        from kiosk.shell.chromium import ChromiumShell

        return ChromiumShell(address=address, profile=profile, width=width, height=height)
    from kiosk.shell.headless import HeadlessShell

    return HeadlessShell()
