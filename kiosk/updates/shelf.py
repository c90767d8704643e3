"""The folder of content that was brought: who puts something there, who takes it, and how it goes back.

The courier alone puts (``stage``); the screen alone takes (``begin``, ``confirm``, ``send_back``) and clears away. What
carries its number in its name is whole, synced and was found sound; what ends in ``.tmp`` never counts. ``current`` and
``last-good`` are links for people to look at; ``book.json`` decides.
"""

import errno
import fcntl
import logging
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk.durable import point, sync_folder, write_synced
from kiosk.updates import book
from kiosk.updates.book import Book
from kiosk.updates.errors import REFUSED, UNKEPT, UpdateError

log = logging.getLogger(__name__)

Judge = Callable[[Path], str]
"""Looks at a content folder; empty when it is sound, else the first mistake in words."""
_STAGED = re.compile(r"content-([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class Shelf:
    """``folder`` is made when something is put there."""

    folder: Path

    @property
    def book(self) -> Book:
        return book.read(self._page)

    def number(self) -> int:
        """What the screen was last started with; 0 is what was installed."""
        return self.book.current

    def path(self, number: int) -> Path:
        return self.folder / f"content-{number}"

    def staged(self) -> tuple[int, ...]:
        """Numbers that lie here whole, lowest first."""
        found = (_STAGED.fullmatch(path.name) for path in self._there())
        return tuple(
            sorted(int(match.group(1)) for match in found if match and self.path(int(match.group(1))).is_dir())
        )

    def waiting(self) -> int:
        """The number that the next start will take; 0 when it goes on with what it has."""
        return self._fresh(self.book)

    def _fresh(self, known: Book) -> int:
        return max((one for one in self.staged() if one > known.current and one not in known.bad), default=0)

    def wants(self, number: int) -> bool:
        """Whether a release is news here."""
        known = self.book
        return number > max(known.current, *self.staged(), 0) and number not in known.bad

    # --- the courier --------------------------------------------------------------------------------------------------

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One at a time fetches or puts: the courier, or a technician with a stick. Raises BlockingIOError, UpdateError."""
        try:
            self.folder.mkdir(mode=0o2770, parents=True, exist_ok=True)
            (self.folder / "lock").touch()
        except OSError as error:
            raise UpdateError(UNKEPT, errno.errorcode.get(error.errno or 0, "")) from None
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for leftover in self.folder.glob("content-*.tmp"):
                shutil.rmtree(leftover, ignore_errors=True)
            yield

    def stage(self, number: int, files: Mapping[str, bytes], judge: Judge) -> None:
        """Write, sync, look, rename, sync: after that it waits for the next start.

        Raises:
            UpdateError: REFUSED with the judge's words, UNKEPT; nothing is left behind.
        """
        draft = self.folder / f"content-{number}.tmp"
        try:
            self._write(draft, files)
            if mistake := judge(draft):
                raise UpdateError(REFUSED, mistake)
            draft.rename(self.path(number))
            sync_folder(self.folder)
        except OSError as error:
            raise UpdateError(UNKEPT, errno.errorcode.get(error.errno or 0, "")) from None
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    @staticmethod
    def _write(draft: Path, files: Mapping[str, bytes]) -> None:
        folders = {draft}
        draft.mkdir(mode=0o2770)
        for name, content in files.items():
            path = draft / name
            path.parent.mkdir(mode=0o2770, parents=True, exist_ok=True)
            write_synced(path, content)
            folders.update(parent for parent in path.parents if draft in parent.parents)
        for folder in sorted(folders, reverse=True):
            sync_folder(folder)

    # --- the screen ---------------------------------------------------------------------------------------------------

    def begin(self, boot: str) -> int:
        """The number that this start loads, counted before it is loaded; 0 is what was installed."""
        before = self.book
        known = self._present(before)
        if known.current and known.spent(boot):
            known = self._present(known.sent_back())
        elif fresh := self._fresh(known):
            known = known.switched(fresh)
        if known.current:
            known = known.begun(boot)
        if known != before:
            self._turn(known)
        return known.current

    @property
    def standing(self) -> int:
        """What served last and is still there; 0 is what was installed."""
        good = self.book.good
        return good if good and self.path(good).is_dir() else 0

    def _present(self, known: Book) -> Book:
        while known.current and not self.path(known.current).is_dir():
            known = known.lost()
        return known

    def confirm(self, number: int) -> None:
        """What runs serves: from now on it is what to come back to. What is older than that goes."""
        known = self.book
        if not number or number != known.current or known == known.confirmed():
            return
        self._turn(known.confirmed())
        kept = (known.current, self.book.back)
        for old in self.staged():
            if old not in kept and (old < known.current or old in known.bad):
                shutil.rmtree(self.path(old), ignore_errors=True)

    def send_back(self, number: int) -> None:
        """It does not serve: never again, and at the next start what served before."""
        known = self.book
        if number and number == known.current:
            self._turn(known.sent_back())

    def _turn(self, known: Book) -> None:
        """The book decides; the links follow."""
        if known.reverted != self.book.reverted and known.reverted:
            log.error("content_reverted number=%d to=%d", known.reverted, known.current)
        book.write(self._page, known)
        for name, number in (("current", known.current), ("last-good", known.back)):
            if number:
                point(self.folder / name, self.path(number).name)
            else:
                (self.folder / name).unlink(missing_ok=True)

    @property
    def _page(self) -> Path:
        return self.folder / "book.json"

    def _there(self) -> tuple[Path, ...]:
        with suppress(OSError):
            return tuple(self.folder.iterdir())
        return ()
