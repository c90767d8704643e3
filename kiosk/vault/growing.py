"""Files that arrive piece by piece: each piece synced, whole only when its SHA-256 says so, then renamed into the vault.

A power cut leaves a shorter part, which goes on from there, or the whole file.
"""

import hashlib
import os
import shutil
from pathlib import Path

from kiosk.vault.vault import Vault, VaultError, disk_troubles

_PART = ".part"


class GrowingVault(Vault):
    """A vault whose packets are not put but grow. Only one process lets them grow and erases them; any may read.

    ``least_free``: bytes; where fewer are free, nothing should begin to grow: that room is for what people bring.
    """

    def __init__(self, folder: Path, *, least_free: int = 0) -> None:
        super().__init__(folder)
        self._least_free = least_free

    def full(self) -> bool:
        """Whether nothing should begin to grow. Raises VaultError when the disk does not say."""
        with disk_troubles():
            return shutil.disk_usage(self._folder).free < self._least_free

    def held(self, name: str, sha256: str) -> int:
        """How many bytes of exactly that file are here already."""
        try:
            return self._part(name, sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def grow(self, name: str, sha256: str, offset: int, piece: bytes) -> int:
        """Write a piece at its place, durably; the new length. What lay beyond ``offset`` goes. Raises VaultError."""
        with disk_troubles():
            handle = os.open(self._part(name, sha256), os.O_WRONLY | os.O_CREAT, 0o640)
            with os.fdopen(handle, "r+b") as file:
                file.truncate(offset)
                file.seek(offset)
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        return offset + len(piece)

    def finish(self, name: str, sha256: str) -> bool:
        """Into the vault, if it is whole; else it goes. Durable on return. Raises VaultError."""
        part = self._part(name, sha256)
        with disk_troubles(), part.open("rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        with disk_troubles():
            if whole:
                part.rename(self._path(name))
            else:
                part.unlink()
        self._sync_folder()
        return whole

    def keep_only(self, whole: frozenset[str], growing: frozenset[tuple[str, str]]) -> frozenset[str]:
        """Everything else goes, parts too. ``growing``: (name, SHA-256). Returns the names of what was erased whole."""
        parts = {self._part(*one).name for one in growing}
        for part in self._folder.glob(f"*{_PART}"):
            if part.name not in parts:
                with disk_troubles():
                    part.unlink(missing_ok=True)
        return self.clean_up(whole)

    def _part(self, name: str, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise VaultError("rusak")
        return self._path(name).with_suffix(f".{sha256[:16]}{_PART}")
