"""The screen's start with new content, and its end between two visits so that the next start takes what waits.

Content is tried by loading it whole. What does not load is sent back in the same start; what kills or hangs the process is
sent back by the count of its starts.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from kiosk.updates.shelf import Shelf

log = logging.getLogger(__name__)

Loaded = TypeVar("Loaded")


@dataclass(frozen=True, slots=True)
class Running:
    """The content that this process runs with; number 0 is what was installed."""

    shelf: Shelf
    number: int

    def confirm(self) -> None:
        """It serves. A disk that takes nothing more does not stop that: the next start counts on."""
        try:
            self.shelf.confirm(self.number)
        except OSError as error:
            log.warning("content_unconfirmed number=%d errno=%s", self.number, error.errno)

    def send_back(self) -> None:
        self.shelf.send_back(self.number)

    @property
    def outdated(self) -> bool:
        """Whether the next start would take another."""
        return self.shelf.waiting() != 0

    @property
    def reverted(self) -> int:
        return self.shelf.book.reverted


def begin(shelf: Shelf, boot: str, load: Callable[[Path], Loaded], *, installed: Path) -> tuple[Loaded, Running]:
    """Load the newest content that holds: what waits, else what ran, else what was installed.

    Raises:
        Exception: what ``load`` raises for the installed content; there is nothing to go back to then.
    """
    while number := _counted(shelf, boot):
        try:
            return load(shelf.path(number)), Running(shelf, number)
        except Exception as error:  # noqa: BLE001 - whatever new content makes the loader raise, service goes on
            log.error("content_does_not_load number=%d error=%s", number, type(error).__name__)  # noqa: TRY400 - words of content
            if not _sent_back(shelf, number):
                break
    return load(installed), Running(shelf, 0)


def _counted(shelf: Shelf, boot: str) -> int:
    """A disk that takes no count takes nothing on trial: what served last goes on."""
    try:
        return shelf.begin(boot)
    except OSError as error:
        log.error("content_unbegun errno=%s", error.errno)  # noqa: TRY400 - the number says it
        return shelf.standing


def _sent_back(shelf: Shelf, number: int) -> bool:
    try:
        shelf.send_back(number)
    except OSError as error:
        log.error("content_not_sent_back number=%d errno=%s", number, error.errno)  # noqa: TRY400 - the same
        return False
    return shelf.book.current != number
