"""Finished documents by content: the key is the SHA-256, so a blob is written once and cannot be changed unseen."""

import hashlib
import re
from pathlib import Path
from typing import Protocol

from central.files import write_durably


class BlobError(Exception):
    """``code``: ``tidak_ada``, ``rusak`` (the bytes are not what the key says)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Blobs(Protocol):
    """What the centre asks of a store; S3 is the other one it is made for."""

    def put(self, content: bytes) -> str: ...

    def get(self, key: str) -> bytes: ...


class FolderBlobs:
    """A folder, two hex digits a level so that no folder grows large."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Durable on return; the same content again costs nothing."""
        key = hashlib.sha256(content).hexdigest()
        path = self._path(key)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, content)
        return key

    def get(self, key: str) -> bytes:
        """Checked against its key. Raises BlobError."""
        try:
            content = self._path(key).read_bytes()
        except FileNotFoundError:
            raise BlobError("tidak_ada") from None
        if hashlib.sha256(content).hexdigest() != key:
            raise BlobError("rusak")
        return content

    def _path(self, key: str) -> Path:
        if not re.fullmatch(r"[0-9a-f]{64}", key):
            raise BlobError("tidak_ada")
        return self._folder / key[:2] / key
