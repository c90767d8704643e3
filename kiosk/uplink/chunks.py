"""How much of a packet goes in one request, and in what pieces: what the line bears, learned from what it did.

A chunk (one request) takes about 8 s: more, and a person who asks at the screen waits too long; less, and headers and round
trips cost too much. A piece is one TLS record: each costs 22 bytes, and the one under way when the line is cut is lost, so
sqrt(2 · 22 · bytes between two cuts) costs least (4.7 KB for a cut every 500 KB).
"""

from math import sqrt

from adminduk.clock import Clock

SMALLEST, FIRST, LARGEST = 16 * 1024, 64 * 1024, 256 * 1024
LINK_S = 8.0
GROWTH = 2.0  # a chunk is at most that much larger than the one before: after a cut, one that arrives is enough
RECORD_BYTES = 22  # TLS 1.3: five of header, one of type, sixteen of tag
SMALLEST_PIECE, LARGEST_PIECE = 2 * 1024, 16 * 1024
FIRST_GUESS = 1024 * 1024  # bytes between two cuts, before any


class Chunks:
    """Sizes in bytes, ``size`` of the next chunk and ``piece`` of its pieces. ``most_bytes_s``: what the kiosk may send at
    most, 0 for no limit; the first chunk then takes no longer than 8 s either."""

    def __init__(self, clock: Clock, *, most_bytes_s: float = 0.0) -> None:
        self._clock, self._most = clock, most_bytes_s * LINK_S or LARGEST
        self._size = _within(min(FIRST, self._most))
        self._rate, self._began = 0.0, clock.monotonic()
        self._apart, self._since_cut = float(FIRST_GUESS), 0.0

    @property
    def size(self) -> int:
        return self._size

    @property
    def piece(self) -> int:
        apart = max(self._apart, self._since_cut)
        return int(min(max(sqrt(2 * RECORD_BYTES * apart), SMALLEST_PIECE), LARGEST_PIECE))

    def begin(self) -> None:
        """A chunk begins to leave."""
        self._began = self._clock.monotonic()

    def arrived(self, count: int) -> None:
        """It is there. A packet's short last chunk says more about the way there and back than about the rate."""
        self._since_cut += count
        seconds = self._clock.monotonic() - self._began
        if count < SMALLEST:
            return
        if seconds > 0:
            rate = count / seconds
            self._rate = min(rate, (self._rate + rate) / 2) if self._rate else rate  # bad news is believed at once
        wanted = self._rate * LINK_S if self._rate else LARGEST
        self._size = _within(min(wanted, self._most, self._size * GROWTH))

    def cut(self) -> None:
        """It did not come to its end."""
        self._apart = (self._apart + self._since_cut + self._size / 2) / 2
        self._since_cut = 0.0
        self._size = _within(self._size / 2)


def _within(size: float) -> int:
    return int(min(max(size, SMALLEST), LARGEST))
