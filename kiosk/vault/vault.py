"""Sealed packets on disk: write, sync, rename, sync the folder; erase. A power cut leaves the whole packet or none.

The files are readable by the group, because the screen writes them and the courier sends and erases them.
"""

import errno
import hashlib
import os
from pathlib import Path
from uuid import UUID

_SUFFIX, _DRAFT = ".packet", ".tmp"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class VaultError(OSError):
    """A packet that cannot be kept or found. ``code``: ``penuh``, ``hilang``, ``sudah_ada``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Vault:
    """A folder of packets, each named by its id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o2770, parents=True, exist_ok=True)

    def put(self, packet_id: str, sealed: bytes) -> None:
        """Keep it durably; returns only when a power cut can no longer take it.

        Raises:
            VaultError: ``penuh`` (nothing is left behind), ``sudah_ada`` with other bytes.
        """
        path = self._path(packet_id)
        if path.exists():
            if path.read_bytes() != sealed:
                raise VaultError("sudah_ada")
            return
        draft = path.with_suffix(_DRAFT)
        try:
            _write_synced(draft, sealed)
            draft.rename(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            if error.errno in _FULL:
                raise VaultError("penuh") from None
            raise
        self._sync_folder()

    def size(self, packet_id: str) -> int:
        return self._found(packet_id).stat().st_size

    def read(self, packet_id: str, offset: int, length: int) -> bytes:
        """A slice; shorter at the end."""
        with self._found(packet_id).open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def sha256(self, packet_id: str) -> str:
        with self._found(packet_id).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def has(self, packet_id: str) -> bool:
        return self._path(packet_id).exists()

    def erase(self, packet_id: str) -> None:
        """Gone, durably; gone already is fine."""
        self._path(packet_id).unlink(missing_ok=True)
        self._sync_folder()

    def ids(self) -> frozenset[str]:
        return frozenset(path.stem for path in self._folder.glob(f"*{_SUFFIX}"))

    def clean_up(self, known: frozenset[str]) -> frozenset[str]:
        """At start: torn drafts go, and so do packets without a row: the power went between rename and transaction, no
        receipt was printed, and the visitor's draft was still on the screen. Returns the ids that were erased."""
        for draft in self._folder.glob(f"*{_DRAFT}"):
            draft.unlink(missing_ok=True)
        orphans = self.ids() - known
        for packet_id in orphans:
            self.erase(packet_id)
        return orphans

    def _found(self, packet_id: str) -> Path:
        path = self._path(packet_id)
        if not path.exists():
            raise VaultError("hilang")
        return path

    def _path(self, packet_id: str) -> Path:
        return self._folder / f"{UUID(packet_id)}{_SUFFIX}"

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_synced(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
