"""tus 1.0 (core, creation), thin: the file's length on disk is the offset, so it survives any kill.

PATCH streams to disk in small blocks, syncs as it goes and keeps every byte it got even when the line dies. HEAD takes the
same lock, so that a client never measures while an older PATCH still drains. Locks are fcntl's: they work across workers.
"""

import base64
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol
from uuid import UUID

from central.context import Context
from central.errors import WireError
from central.files import sync_folder
from central.intake import packets

TUS_VERSION = "1.0.0"
BLOCK, SYNC_EVERY = 4 * 1024, 64 * 1024  # a line that is reset takes along what the web server held of one block
LOCK_WAIT_S, LOCK_POLL_S = 10.0, 0.05


class Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Uploads:
    """Partial files, one per announced packet, named by its id."""

    def __init__(self, context: Context, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._context, self._folder, self._pause = context, context.settings.uploads, pause
        self._folder.mkdir(parents=True, exist_ok=True)

    @property
    def largest(self) -> int:
        """Bytes of the largest packet that is taken."""
        return self._context.settings.largest_packet

    def path(self, packet_id: str) -> Path:
        return self._folder / packet_id

    def held(self, packet_id: str) -> int:
        """Bytes on disk; 0 when nothing was created."""
        try:
            return self.path(packet_id).stat().st_size
        except FileNotFoundError:
            return 0

    def create(self, kiosk_id: str, length: int, metadata: str) -> str:
        """Idempotent: the same packet gives the same upload. Raises WireError."""
        if length > self.largest:
            raise WireError(413, "terlalu_besar")
        packet_id = _metadata_id(metadata)
        row = packets.find(self._context, kiosk_id, packet_id)
        if row is None:
            raise WireError(404, "belum_diumumkan")
        if row.size != length:
            raise WireError(409, "isi_berbeda")
        if row.state == packets.ANNOUNCED:
            self.path(packet_id).touch(mode=0o640)
            sync_folder(self._folder)
        return packet_id

    def offset(self, kiosk_id: str, upload_id: str) -> tuple[int, int]:
        """(offset, length). Raises WireError 404, 423."""
        length = self._length(kiosk_id, upload_id)
        with self.locked(upload_id) as file:
            return os.fstat(file.fileno()).st_size, length

    def append(self, kiosk_id: str, upload_id: str, offset: int, stream: Stream) -> int:
        """Write what comes; returns the new offset. Raises WireError 404, 409, 413, 423."""
        length = self._length(kiosk_id, upload_id)
        with self.locked(upload_id) as file:
            at = file.seek(0, os.SEEK_END)
            if at != offset:
                raise WireError(409, "posisi_salah")
            try:
                return _pour(stream, file, at, length)
            finally:
                os.fsync(file.fileno())

    def lay(self, packet_id: str, source: Stream, size: int) -> None:
        """A whole packet that came by another way than the line. What the line had sent so far is the same, or is replaced;
        an upload that goes on finds its offset moved and asks anew. Raises WireError 423 while a PATCH is draining; 413
        where the source has more than ``size`` bytes."""
        self.path(packet_id).touch(mode=0o640)
        sync_folder(self._folder)
        with self.locked(packet_id) as file:
            file.truncate(0)
            _pour(source, file, 0, size)
            os.fsync(file.fileno())

    def _length(self, kiosk_id: str, upload_id: str) -> int:
        row = packets.find(self._context, kiosk_id, upload_id)
        if row is None or row.state != packets.ANNOUNCED or not self.path(upload_id).exists():
            raise WireError(404, "tidak_ada")
        return int(row.size)

    @contextmanager
    def locked(self, packet_id: str) -> Iterator[IO[bytes]]:
        """The partial file, ours alone. Raises WireError 404, 423 after LOCK_WAIT_S."""
        try:
            file = self.path(packet_id).open("r+b", buffering=0)
        except FileNotFoundError:
            raise WireError(404, "tidak_ada") from None
        with file:
            self._lock(file)
            if not self._is_still(file, packet_id):  # received while we waited: what we hold is not an upload any more
                raise WireError(404, "tidak_ada")
            yield file

    def _is_still(self, file: IO[bytes], packet_id: str) -> bool:
        try:
            return os.path.samestat(os.fstat(file.fileno()), self.path(packet_id).stat())
        except FileNotFoundError:
            return False

    def _lock(self, file: IO[bytes]) -> None:
        for _ in range(int(LOCK_WAIT_S / LOCK_POLL_S)):
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                self._pause(LOCK_POLL_S)
            else:
                return
        raise WireError(423, "sedang_dipakai", retry_after=5)


def _pour(stream: Stream, file: IO[bytes], at: int, length: int) -> int:
    """Every byte that comes is kept, even when the line dies in the middle (OSError goes up after the sync)."""
    unsynced = 0
    while block := stream.read(BLOCK):
        if at + len(block) > length:
            raise WireError(413, "terlalu_besar")
        file.write(block)
        at, unsynced = at + len(block), unsynced + len(block)
        if unsynced >= SYNC_EVERY:
            os.fsync(file.fileno())
            unsynced = 0
    return at


def _metadata_id(metadata: str) -> str:
    """The ``id`` of tus metadata: ``id <base64>``, among others. Raises WireError 400."""
    for entry in metadata.split(","):
        key, _, value = entry.strip().partition(" ")
        if key == "id":
            try:
                return str(UUID(base64.b64decode(value, validate=True).decode("ascii")))
            except ValueError:  # not base64, not ASCII, no UUID
                break
    raise WireError(400, "kepala_salah")
