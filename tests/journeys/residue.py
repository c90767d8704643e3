"""Looks for a visitor in every file below some folders: the words themselves and the disguises they travel in."""

import base64
import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def disguises(word: str) -> Iterator[bytes]:
    """Plain, wide, hex and base64 at its three alignments, both cases."""
    for text in {word, word.lower(), word.upper()}:
        raw = text.encode()
        yield raw
        yield text.encode("utf-16-le")
        yield raw.hex().encode()
        for shift in range(3):
            cut = base64.b64encode(bytes(shift) + raw)
            start = -(-shift * 8 // 6)
            yield cut[start + (1 if shift else 0) : -4]


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes, and what they unpack to when they are gzip or zlib."""
    yield content
    for unpack in (gzip.decompress, zlib.decompress):
        try:
            yield unpack(content)
        except (OSError, EOFError, zlib.error):
            continue


def traces(folders: Iterable[Path], words: Iterable[str]) -> list[str]:
    """Files that hold any of the words, in any disguise. File names count too."""
    wanted = {needle for word in words for needle in disguises(word) if len(needle) >= 6}
    found = []
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(needle in part for part in unpacked(content) for needle in wanted):
            found.append(str(path))
        if any(needle in str(path).encode() for needle in wanted):
            found.append(f"name of {path}")
    return found


def in_memory(pid: int, wanted: Iterable[bytes]) -> list[str]:
    """Where a process's writable memory holds any of these bytes: the name of the mapping, never what lies around them."""
    found, asked = [], tuple(wanted)
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            places, rights, _, _, _, *name = line.split(maxsplit=5)
            if not rights.startswith("rw"):
                continue
            begin, end = (int(place, 16) for place in places.split("-"))
            try:
                memory.seek(begin)
                content = memory.read(end - begin)
            except (OSError, ValueError, OverflowError):  # the kernel's own pages, or gone meanwhile
                continue
            found += [
                f"{name[0] if name else 'anonymous'}: {number}"
                for number, needle in enumerate(asked)
                if needle in content
            ]
    return found
