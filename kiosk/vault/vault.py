"""Sealed packets on disk: write, sync, rename, sync the folder; erase. A power cut leaves the whole packet or none.

The files are readable by the group, because the screen writes them and the courier sends and erases them.
"""

import errno
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from kiosk.durable import sync_folder, write_synced

_SUFFIX, _DRAFT = ".packet", ".tmp"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class VaultError(OSError):
    """A packet that cannot be kept or found. ``code``: ``penuh``, ``rusak`` (the disk fails), ``hilang``, ``sudah_ada``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@contextmanager
def disk_troubles() -> Iterator[None]:
    """The system's error numbers to our codes."""
    try:
        yield
    except VaultError:
        raise
    except FileNotFoundError:
        raise VaultError("hilang") from None
    except OSError as error:
        raise VaultError("penuh" if error.errno in _FULL else "rusak") from None


class Vault:
    """A folder of packets, each named by its id."""

    def __init__(self, folder: Path) -> None:
        """Raises VaultError ``penuh``, ``rusak`` where the folder is missing and cannot be made."""
        self._folder = folder
        with disk_troubles():
            folder.mkdir(mode=0o2770, parents=True, exist_ok=True)

    def put(self, packet_id: str, sealed: bytes) -> None:
        """Keep it durably; returns only when a power cut can no longer take it.

        Raises:
            VaultError: ``penuh`` or ``rusak`` (nothing is left behind), ``sudah_ada`` with other bytes.
        """
        path = self._path(packet_id)
        if path.exists():
            self._demand_same(path, sealed)
        else:
            self._write(path, sealed)
        self._sync_folder()

    def replace(self, packet_id: str, sealed: bytes) -> None:
        """Put a packet in the place of a damaged one, or of none. Raises VaultError ``penuh``, ``rusak``."""
        self._write(self._path(packet_id), sealed)
        self._sync_folder()

    @staticmethod
    def _demand_same(path: Path, sealed: bytes) -> None:
        with disk_troubles():
            if path.read_bytes() != sealed:
                raise VaultError("sudah_ada")

    @staticmethod
    def _write(path: Path, sealed: bytes) -> None:
        draft = path.with_suffix(_DRAFT)
        with disk_troubles():
            try:
                write_synced(draft, sealed)
                draft.rename(path)
            except OSError:
                draft.unlink(missing_ok=True)
                raise

    def size(self, packet_id: str) -> int:
        """Bytes. Raises VaultError, as every reader here does: ``hilang``, ``rusak``."""
        with disk_troubles():
            return self._path(packet_id).stat().st_size

    def read(self, packet_id: str, offset: int, length: int) -> bytes:
        """A slice; shorter at the end."""
        with disk_troubles(), self._path(packet_id).open("rb") as file:
            file.seek(offset)
            return file.read(length)

    def sha256(self, packet_id: str) -> str:
        with disk_troubles(), self._path(packet_id).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def has(self, packet_id: str) -> bool:
        return self._path(packet_id).exists()

    def erase(self, packet_id: str) -> None:
        """Gone, durably; gone already is fine."""
        with disk_troubles():
            self._path(packet_id).unlink(missing_ok=True)
        self._sync_folder()

    def ids(self) -> frozenset[str]:
        return frozenset(path.stem for path in self._folder.glob(f"*{_SUFFIX}"))

    def clean_up(self, known: frozenset[str]) -> frozenset[str]:
        """Only the screen, at its start, before it serves: it alone puts packets. Returns the ids that were erased.

        Torn drafts go, and so do packets without a row: the power went between rename and transaction, so no receipt was
        printed and nobody was told that anything was sent. Called while packets are put, it would erase them.
        """
        for draft in self._folder.glob(f"*{_DRAFT}"):
            draft.unlink(missing_ok=True)
        orphans = self.ids() - known
        for packet_id in orphans:
            self.erase(packet_id)
        return orphans

    def _path(self, packet_id: str) -> Path:
        return self._folder / f"{UUID(packet_id)}{_SUFFIX}"

    def _sync_folder(self) -> None:
        with disk_troubles():
            sync_folder(self._folder)
