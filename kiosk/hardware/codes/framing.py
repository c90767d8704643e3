"""Bytes of a serial scanner, cut into codes. Pure: the time is an argument.

A code ends with CR, LF or both. What is not text is dropped and said to be so: a wrong baud rate, two openers that each get
half of the bytes, a QR code of somebody's binary.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from kiosk.hardware.codes.protocol import LONGEST

PAUSE_S = 1.0  # a scanner sends a code in one breath: after this long the rest is not coming
_MOST_BYTES = 4 * LONGEST  # of UTF-8


@dataclass(frozen=True, slots=True)
class Piece:
    """A code, or what was wrong with it. The text stays out of the repr: it is a secret."""

    text: str = field(default="", repr=False)
    trouble: str = ""


class Framer:
    """Holds the beginning of the code that is coming in."""

    def __init__(self) -> None:
        self._held, self._overlong, self._skipping = b"", False, False
        self._last_at = 0.0

    def feed(self, data: bytes, at: float) -> list[Piece]:
        """``at``: monotonic seconds at which the bytes were there."""
        pieces = self.expire(at)
        self._last_at = at
        *ended, rest = re.split(rb"[\r\n]", data)
        for part in ended:
            self._add(part)
            pieces += self._end()
        self._add(rest)
        return pieces

    def expire(self, at: float) -> list[Piece]:
        """Give up a beginning whose end does not come: noise, or a scanner that is set to send no suffix."""
        if at - self._last_at <= PAUSE_S:
            return []
        unfinished = (self._held or self._overlong) and not self._skipping
        self.reset()
        return [Piece(trouble="no end mark")] if unfinished else []

    def forget(self) -> None:
        """Drop the code that is coming in, up to its end."""
        self._skipping = self._skipping or bool(self._held) or self._overlong
        self._held, self._overlong = b"", False

    def reset(self) -> None:
        """The line was lost: what comes next is the beginning of something."""
        self._held, self._overlong, self._skipping = b"", False, False

    def _add(self, part: bytes) -> None:
        self._overlong = self._overlong or len(self._held) + len(part) > _MOST_BYTES
        self._held = b"" if self._overlong else self._held + part

    def _end(self) -> list[Piece]:
        held, overlong, skipping = self._held, self._overlong, self._skipping
        self.reset()
        if skipping or not (held or overlong):
            return []
        return [Piece(trouble="too long") if overlong else judged(held)]


def judged(data: bytes) -> Piece:
    """Decoded without an exception, because that would carry the bytes."""
    text = data.decode("utf-8", errors="replace")
    if len(text) > LONGEST:
        return Piece(trouble="too long")
    if "\ufffd" in text or any(unicodedata.category(character).startswith("C") for character in text):
        return Piece(trouble="not text")
    return Piece(text)
