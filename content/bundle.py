"""A kabupaten's content as one file: the base and one profile, as a ZIP that is the same bytes for the same files.

What arrives is a stranger's until it was looked at: only names that content has, only so many, only so large.
"""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from content.file_checks import toml_files
from content.loader import ROOT, own_folder

MOST_FILES, LARGEST_FILE, LARGEST = 500, 1024 * 1024, 8 * 1024 * 1024
LARGEST_BUNDLE = 4 * 1024 * 1024
"""Bytes of the ZIP itself; content of 2026 is 70 KB."""
_NAME = re.compile(r"(base|profiles/[a-z0-9_]{1,60})/(services/)?[a-z0-9][a-z0-9_-]{0,60}\.toml")
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class BundleError(ValueError):
    """``code``: ``bukan_bundel``, ``terlalu_besar``, ``terlalu_banyak``, ``nama_terlarang``, ``nama_ganda``, ``tautan``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def pack(profile: str, *, root: Path = ROOT) -> bytes:
    """Raises ContentError ``profil_tidak_dikenal``, and BundleError for what no kiosk would take."""
    buffer = io.BytesIO()
    files = [*toml_files(root / "base"), *toml_files(own_folder(profile, root))]
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file.relative_to(root).as_posix(), _LONG_AGO)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o640 << 16
            archive.writestr(entry, file.read_bytes())
    data = buffer.getvalue()
    unpack(data)
    return data


def unpack(data: bytes) -> Mapping[str, bytes]:
    """Name → content, nothing written. Raises BundleError."""
    if len(data) > LARGEST_BUNDLE:
        raise BundleError("terlalu_besar")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries)
            return {entry.filename: _read(archive, entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, BundleError):
            raise
        raise BundleError("bukan_bundel") from None


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """By what the archive says of itself; what it says is held to when it is read."""
    names = [entry.filename for entry in entries]
    checks = (
        (0 < len(entries) <= MOST_FILES, "terlalu_banyak"),
        (all(_NAME.fullmatch(name) for name in names), "nama_terlarang"),
        (len(set(names)) == len(names), "nama_ganda"),
        (not any(stat.S_ISLNK(entry.external_attr >> 16) for entry in entries), "tautan"),
        (all(entry.compress_type in _WAYS for entry in entries), "bukan_bundel"),
        (all(entry.file_size <= LARGEST_FILE for entry in entries), "terlalu_besar"),
        (sum(entry.file_size for entry in entries) <= LARGEST, "terlalu_besar"),
    )
    for holds, code in checks:
        if not holds:
            raise BundleError(code)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        content = file.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise BundleError("bukan_bundel")
    return content
