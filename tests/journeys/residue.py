"""Looks for a visitor wherever an appliance could keep one: files, raw disk images, memory. One search for all of them.

Words are looked for in the disguises they travel in, pages by pieces of their bytes. What is said is where something lay and
which needle it was (its number), never what lay there. GNU grep does the looking: 400 MB for 60 needles in 1.2 s of processor,
where `needle in content` took 9.
"""

import base64
import gzip
import mmap
import os
import subprocess
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy as np

LEAST = 6  # bytes of a needle: shorter ones lie everywhere
PIECE = 40  # bytes of a page that are looked for
BLOCK = 1 << 28  # bytes of a mapping that are asked for at once


def spellings(word: str) -> set[str]:
    """As people, forms and addresses write it: digits in groups, a telephone's +62, spaces quoted."""
    if not word.isdigit():
        return {word, word.title(), quote(word), quote_plus(word), word.replace(" ", "_")}
    groups = [word[at : at + 4] for at in range(0, len(word), 4)]
    return {word, " ".join(groups), "-".join(groups), " ".join(word), "+62" + word.removeprefix("0")}


def encoded(raw: bytes) -> Iterator[bytes]:
    """The bytes, in hex of both cases, and in base64 at its three alignments, for files and for addresses."""
    yield raw
    yield raw.hex().encode()
    yield raw.hex().upper().encode()
    for shift in range(3):
        cut = base64.b64encode(bytes(shift) + raw)
        plain = cut[-(-shift * 8 // 6) + (1 if shift else 0) : -4]
        yield plain
        yield plain.translate(bytes.maketrans(b"+/", b"-_"))


def disguises(word: str) -> Iterator[bytes]:
    """Each case and spelling as UTF-8 and as UTF-16 of either end (the NULs around it left out); the cases also encoded."""
    for text in (word, word.lower(), word.upper()):
        for raw in (text.encode(), text.encode("utf-16-le")):
            yield from encoded(raw)
    for text in (word, word.lower(), word.upper(), *spellings(word)):
        yield text.encode()
        yield text.encode("utf-16-le")[:-1]


def pieces(content: bytes, *, count: int = 2) -> list[bytes]:
    """Telling runs out of a page's bytes, encoded or raw pixels: many different values, and no line's end, at which grep cuts."""
    starts = (
        len(content) * number // (count + 1) + step for number in range(1, count + 1) for step in range(0, 8000, 7)
    )
    cuts = (content[at : at + PIECE] for at in starts)
    telling = (cut for cut in cuts if len(cut) == PIECE and len(set(cut)) > PIECE // 4 and b"\n" not in cut)
    found = list(dict.fromkeys(telling))
    return found[:: max(1, len(found) // count)][:count]


def needles(words: Iterable[str], pages: Iterable[bytes] = ()) -> list[bytes]:
    """Everything to look for; ``pages``: pieces of them."""
    made = [needle for word in words for needle in disguises(word)]
    made += [needle for piece in pages for needle in encoded(piece)]
    named = [needle for needle in dict.fromkeys(made) if len(needle) >= LEAST and b"\n" not in needle]
    return [needle for needle in named if needle[-1]]  # UTF-16 that ends in NUL: its shorter one says it too


def sift(parts: Iterable[tuple[str, bytes]], wanted: Sequence[bytes]) -> list[str]:
    """``name: number`` for each needle in each part. Parts are looked at one after another, so that few are held at once."""
    listed, answer = os.memfd_create("needles"), os.memfd_create("found")
    os.write(listed, b"\n".join(wanted))
    words = ("grep", "-aobF", "-f", f"/proc/self/fd/{listed}")
    names, starts, at = [], [], 0
    with subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=answer, pass_fds=(listed,), env={"LC_ALL": "C", "PATH": os.defpath}
    ) as grep:
        assert grep.stdin is not None
        for name, content in parts:
            names.append(name)
            starts.append(at)
            grep.stdin.write(content)
            at += grep.stdin.write(b"\n") + len(content)
        grep.stdin.close()
        assert grep.wait(300) in (0, 1), "grep found nothing, or something, but did not look"
    said = Path(f"/proc/self/fd/{answer}").read_bytes()
    os.close(listed)
    os.close(answer)
    number = {needle: place for place, needle in enumerate(wanted)}
    hits = (line.split(b":", 1) for line in said.split(b"\n") if line)
    return list(dict.fromkeys(f"{names[bisect_right(starts, int(at)) - 1]}: {number[hit]}" for at, hit in hits))


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes, and what they unpack to when they are gzip or zlib."""
    yield content
    for unpack in (gzip.decompress, zlib.decompress):
        with suppress(OSError, EOFError, zlib.error):
            yield unpack(content)


def files(folders: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Every file below the folders, what it unpacks to, and its name."""
    for path in (path for folder in folders for path in folder.rglob("*") if path.is_file()):
        yield f"name of {path}", os.fsencode(path)
        with suppress(FileNotFoundError):  # a process that lives may have erased it meanwhile
            for part in unpacked(path.read_bytes()):
                yield str(path), part


def image(path: Path) -> Iterator[tuple[str, bytes]]:
    """A raw image (a disk, a swap): files, erased blocks, the file system's journal; not the holes that were never written."""
    with path.open("rb", buffering=0) as disk, suppress(OSError):  # ENXIO: nothing but a hole follows
        end = 0
        while True:
            begin = os.lseek(disk.fileno(), end, os.SEEK_DATA)
            end = os.lseek(disk.fileno(), begin, os.SEEK_HOLE)
            yield f"{path.name} at {begin}", os.pread(disk.fileno(), end - begin, begin)


def written(pid: int) -> Iterator[tuple[int, int, str]]:
    """(begin, end, name) of what is there of a process's writable memory: WebKit reserves gigabytes and writes megabytes."""
    with Path(f"/proc/{pid}/pagemap").open("rb", buffering=0) as pages:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            places, rights, _, _, _, *name = line.split(maxsplit=5)
            begin, end = (int(place, 16) for place in places.split("-"))
            for at in range(begin, end if rights.startswith("rw") else begin, BLOCK):
                count = (min(end, at + BLOCK) - at) // mmap.PAGESIZE
                entries = np.frombuffer(os.pread(pages.fileno(), count * 8, at // mmap.PAGESIZE * 8), np.uint64)
                for first, last in runs(entries >> np.uint64(62) != 0):  # in memory, or in swap
                    yield at + first * mmap.PAGESIZE, at + last * mmap.PAGESIZE, name[0] if name else "anonymous"


def runs(there: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> Iterator[tuple[int, int]]:
    """(first, behind the last) of each run of pages that are there."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], there, [0])))).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


def memory(pid: int) -> Iterator[tuple[str, bytes]]:
    """A process's memory that was ever written, but for pages of zeros; nothing of one that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError), Path(f"/proc/{pid}/mem").open("rb", buffering=0) as held:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        for begin, end, mapping in written(pid):
            with suppress(OSError, ValueError, OverflowError):  # the kernel's own pages, or gone meanwhile
                content = os.pread(held.fileno(), end - begin, begin)
                filled = np.frombuffer(content, np.uint64).reshape(-1, mmap.PAGESIZE // 8).any(axis=1)
                for first, last in runs(filled):
                    yield f"{mapping} of {name} {pid}", content[first * mmap.PAGESIZE : last * mmap.PAGESIZE]


def traces(folders: Iterable[Path], words: Iterable[str], pages: Iterable[bytes] = ()) -> list[str]:
    """Files that hold any of the words or of the pieces of pages, in any disguise. File names count too."""
    return list(dict.fromkeys(hit.rpartition(": ")[0] for hit in sift(files(folders), needles(words, pages))))


def in_memory(pid: int | Iterable[int], wanted: Sequence[bytes]) -> list[str]:
    """Where the writable memory of one process or of several holds any of these bytes."""
    asked = (pid,) if isinstance(pid, int) else tuple(pid)
    return sift((part for one in asked for part in memory(one)), wanted)
