"""A web font in WOFF 1.0 → TrueType, which typst and everything else on paper reads (W3C, WOFF File Format 1.0, §3–5)."""

import struct
import zlib

_HEADER, _ENTRY, _FIRST = ">4s4sIH", ">4sIIII", 44


class NotWoffError(ValueError):
    """These bytes are no WOFF 1.0 file."""


def unpacked(woff: bytes) -> bytes:
    """The font that the file carries, byte for byte. Raises NotWoffError."""
    if woff[:4] != b"wOFF":
        raise NotWoffError("no WOFF 1.0 file")
    _, flavor, _, count = struct.unpack_from(_HEADER, woff)
    entries, body, at = b"", b"", 12 + 16 * count
    for number in range(count):
        tag, offset, packed, size, checksum = struct.unpack_from(_ENTRY, woff, _FIRST + 20 * number)
        entries += struct.pack(">4sIII", tag, checksum, at + len(body), size)
        body += _table(woff[offset : offset + packed], size)
    return _head(flavor, count) + entries + body


def _table(stored: bytes, size: int) -> bytes:
    """A table, unpacked where it was packed, filled up to four bytes."""
    data = zlib.decompress(stored) if len(stored) < size else stored
    return data + bytes(-size % 4)


def _head(flavor: bytes, count: int) -> bytes:
    """The font's own header; its three numbers after the count speed up searching."""
    steps = count.bit_length() - 1
    return struct.pack(">4sHHHH", flavor, count, 16 << steps, steps, (count << 4) - (16 << steps))
