"""What the screen knows about its content, in one small file that is replaced whole: the one rename that switches.

``current``: the number to load, 0 is what was installed. ``good``: the last that served, ``before``: the one before that;
``starts``: the boots in which ``current`` was begun and not yet found sound; ``bad``: numbers that never come again;
``reverted``: the last that was sent back, until a later one serves.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kiosk.durable import replace_file

PER_BOOT, IN_ALL = 2, 5
"""Starts without a confirmation after which content is bad: in one boot, where nothing but a fault explains the second; over
all boots, where a village's power may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    current: int = 0
    good: int = 0
    before: int = 0
    starts: tuple[str, ...] = ()
    bad: tuple[int, ...] = ()
    reverted: int = 0

    @property
    def back(self) -> int:
        """Where it goes back to: what served before."""
        return self.good if self.current != self.good else self.before

    def spent(self, boot: str) -> bool:
        """Whether ``current`` had its chances."""
        return self.starts.count(boot) >= PER_BOOT or len(self.starts) >= IN_ALL

    def begun(self, boot: str) -> "Book":
        return replace(self, starts=(*self.starts, boot))

    def switched(self, number: int) -> "Book":
        return replace(self, current=number, starts=())

    def confirmed(self) -> "Book":
        """It serves. A release that was sent back is history when a later one serves."""
        reverted = 0 if self.current > self.reverted else self.reverted
        return replace(self, good=self.current, before=self.back, starts=(), reverted=reverted)  # twice is once

    def lost(self) -> "Book":
        """Its folder is gone: back, but it may come again."""
        before = self.before if self.back != self.before else 0
        return replace(self, current=self.back, good=self.back, before=before, starts=())

    def sent_back(self) -> "Book":
        return replace(self.lost(), bad=tuple(sorted({*self.bad, self.current})), reverted=self.current)


def read(path: Path) -> Book:
    """An empty one where there is none, or none that can be read: then what lies there is tried anew."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        book = Book(**{**data, "starts": tuple(data["starts"]), "bad": tuple(data["bad"])})
    except (OSError, ValueError, TypeError, KeyError):
        return Book()
    numbers = (book.current, book.good, book.before, book.reverted, *book.bad)
    sound = all(type(number) is int and number >= 0 for number in numbers)
    return book if sound and all(isinstance(boot, str) for boot in book.starts) else Book()


def write(path: Path, book: Book) -> None:
    """Durable when it returns. Raises OSError; the old one stays then."""
    replace_file(path, json.dumps(asdict(book)).encode())
