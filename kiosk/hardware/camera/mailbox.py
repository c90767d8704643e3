"""One place in memory where the grabber lays the newest frame and the kiosk picks it up; nothing queues.

Anonymous memory (memfd) shared by two processes: no name, no file, gone with its last owner, so that no page outlives a
visit. Three slots: while one is written, the newest stays whole, and a reader who was too slow notices and reads again.
"""

import mmap
import os
import struct
import zlib
from dataclasses import dataclass

import numpy as np

from kiosk.hardware.camera.protocol import Frame, Image
from kiosk.hardware.camera.watch import Sighting, Status

SLOTS = 3
SLOT_BYTES = 48 * 1024 * 1024  # 16 megapixels; memory that is never written is never taken
HEADER_BYTES = 4096
LAYOUT = struct.Struct("<IQIIddddd")  # status, number, height, width, woke, frame, changed, lit, beat
CHECK = struct.Struct("<I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What lies beside the picture. ``beat_at``: when the grabber was last seen between two calls into its driver."""

    status: Status
    number: int
    height: int
    width: int
    woke_at: float
    frame_at: float
    changed_at: float
    lit_at: float
    beat_at: float

    @property
    def sighting(self) -> Sighting:
        return Sighting(
            status=self.status,
            woke_at=self.woke_at,
            frame_at=self.frame_at,
            changed_at=self.changed_at,
            lit_at=self.lit_at,
        )


def fresh(now: float, *, number: int = 0, status: Status = Status.OPENING) -> Header:
    """The header of a grabber that has just been told to begin; ``status``: what was known before."""
    return Header(
        status=status,
        number=number,
        height=0,
        width=0,
        woke_at=now,
        frame_at=now,
        changed_at=now,
        lit_at=now,
        beat_at=now,
    )


class Mailbox:
    """The shared memory, by file descriptor. One side writes, the other reads."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, HEADER_BYTES + SLOTS * SLOT_BYTES)

    @classmethod
    def make(cls) -> "Mailbox":
        descriptor = os.memfd_create("camera", os.MFD_CLOEXEC)
        os.ftruncate(descriptor, HEADER_BYTES + SLOTS * SLOT_BYTES)
        return cls(descriptor)

    def write(self, header: Header, image: Image | None = None) -> None:
        """Lay down a picture, then the header that names it."""
        if image is not None:
            start = _slot(header.number)
            self._memory[start : start + image.nbytes] = image.reshape(-1).data
        packed = LAYOUT.pack(
            header.status,
            header.number,
            header.height,
            header.width,
            header.woke_at,
            header.frame_at,
            header.changed_at,
            header.lit_at,
            header.beat_at,
        )
        self._memory[: LAYOUT.size + CHECK.size] = packed + CHECK.pack(zlib.crc32(packed))

    def header(self) -> Header | None:
        """The newest header; None when it is just being written."""
        packed = self._memory[: LAYOUT.size]
        if self._memory[LAYOUT.size : LAYOUT.size + CHECK.size] != CHECK.pack(zlib.crc32(packed)):
            return None
        status, number, height, width, *times = LAYOUT.unpack(packed)
        woke, frame, changed, lit, beat = times
        return Header(
            status=Status(status),
            number=number,
            height=height,
            width=width,
            woke_at=woke,
            frame_at=frame,
            changed_at=changed,
            lit_at=lit,
            beat_at=beat,
        )

    def frame(self, header: Header) -> Frame | None:
        """The picture that ``header`` names; None when there is none or it was overwritten meanwhile."""
        size = header.height * header.width * 3
        if not 0 < size <= SLOT_BYTES:
            return None
        pixels = np.frombuffer(self._memory, np.uint8, size, _slot(header.number)).copy()
        after = self.header()
        if after is None or after.number - header.number >= SLOTS - 1:
            return None
        return Frame(pixels.reshape(header.height, header.width, 3), header.frame_at, header.number)

    def close(self) -> None:
        """Let go of the memory; the last owner's close erases it. Safe to repeat."""
        if not self._memory.closed:
            self._memory.close()
            os.close(self.descriptor)


def _slot(number: int) -> int:
    return HEADER_BYTES + number % SLOTS * SLOT_BYTES
