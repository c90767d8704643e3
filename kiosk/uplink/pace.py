"""How fast a packet's body may leave: a bucket of bytes that fills at the allowed rate, emptied block by block.

Only bodies of packets are held back. Questions, announcements and heartbeats go between two chunks, and a chunk is no more
than 8 s of the allowed rate (chunks.py) from 16 kbit/s up, which is the least that the settings take.
"""

import io
from collections.abc import Callable

from adminduk.clock import Clock

BURST_S = 1.0


class Cap:
    """``bytes_s``: bytes a second, 0 for no limit; after a rest one second's worth leaves at once."""

    def __init__(self, bytes_s: float, clock: Clock) -> None:
        self._rate, self._clock = bytes_s, clock
        self._free, self._at = bytes_s * BURST_S, clock.monotonic()

    def wait_s(self, count: int) -> float:
        """Take ``count`` bytes; how long to wait before they go."""
        if not self._rate:
            return 0.0
        now = self._clock.monotonic()
        self._free = min(self._rate * BURST_S, self._free + (now - self._at) * self._rate) - count
        self._at = now
        return max(0.0, -self._free / self._rate)


class Blocks(io.BytesIO):
    """A body that is read in blocks of at most ``block`` bytes; ``before`` hears of each one that is about to go."""

    def __init__(self, body: bytes, block: int, before: Callable[[int], None]) -> None:
        super().__init__(body)
        self._block, self._before = block, before

    def read(self, size: int | None = -1, /) -> bytes:
        block = super().read(self._block if size is None or size < 0 else min(size, self._block))
        if block:
            self._before(len(block))
        return block
