"""The sealed packet: what is in it, how it is sealed to the centre, how it is opened there.

Sealing is HPKE (RFC 9180, base mode): X25519, HKDF-SHA256, ChaCha20-Poly1305, from ``cryptography``. Layout: a 30-byte
header (``KIOS``, version, suite, key id, packet id), then ``enc || ciphertext``; the header is bound in as HPKE info.
The plaintext is a stored ZIP: ``packet.json`` and ``pages/<name>``. A packet never changes once sealed.
"""

import hashlib
import io
import json
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from adminduk.strict import StrictError, read_json

MAGIC, VERSION, SUITE_X25519 = b"KIOS", 1, 1
_HEADER = struct.Struct(">4sBB8s16s")
HEADER_SIZE = _HEADER.size
INFO = b"kios/packet/1/"
MAX_PAGES, MAX_PLAINTEXT = 64, 64 * 1024 * 1024
_PAGE_NAME = re.compile(r"[a-z0-9_]{1,40}-[0-9]{1,2}\.(avif|jpg|pdf)")
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
MEDIA_TYPES = {"avif": "image/avif", "jpg": "image/jpeg", "pdf": "application/pdf"}


class PacketError(ValueError):
    """A packet that cannot be made or opened. ``code``: ``bukan_paket``, ``versi``, ``kunci_lain``, ``segel_rusak``,
    ``isi_rusak``, ``terlalu_besar``, ``nama_halaman``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class SealingKey:
    """The centre's public key and its short name (first 8 bytes of its SHA-256)."""

    public: X25519PublicKey

    @classmethod
    def from_raw(cls, raw: bytes) -> "SealingKey":
        """From 32 raw bytes. Raises ValueError."""
        return cls(X25519PublicKey.from_public_bytes(raw))

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.public.public_bytes_raw()).digest()[:8]


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in the clear: which suite, which key, which packet."""

    suite: int
    key_id: bytes
    id: UUID

    def to_bytes(self) -> bytes:
        return _HEADER.pack(MAGIC, VERSION, self.suite, self.key_id, self.id.bytes)


def ending(content: bytes | bytearray) -> str:
    """``avif`` or ``jpg``, by a picture's first bytes: a kept draft may hold pages of the release before."""
    return "avif" if content[4:12] == b"ftypavif" else "jpg"


@dataclass(frozen=True, slots=True)
class Page:
    """One picture of a paper. ``name`` is paper code and number (``kk_lama-1.avif``): never personal."""

    name: str
    content: bytes = field(repr=False)

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.name.rsplit(".", 1)[-1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Packet:
    """One application as it left the kiosk. ``sealed_at`` is a UTC stamp; ``notice_version`` is what was agreed to.
    ``remarks``: what the kiosk told of a paper's picture and its owner kept it all the same (codes of complaints, by paper)."""

    id: UUID
    service: str
    kiosk_id: str
    desa: str
    sealed_at: str
    clock_trusted: bool
    ticket: str
    secret: bytes = field(repr=False)
    pin: str = field(repr=False)
    answers: Mapping[str, str] = field(repr=False)
    papers: Mapping[str, tuple[Page, ...]] = field(repr=False)
    notice_version: str
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replaces: UUID | None = None
    assisted_by: str | None = None


def seal(packet: Packet, key: SealingKey) -> bytes:
    """The packet, readable only by the centre. Raises PacketError (``nama_halaman``, ``terlalu_besar``)."""
    header = Header(SUITE_X25519, key.id, packet.id).to_bytes()
    with _to_zip(packet).getbuffer() as plain:
        try:
            return header + _SUITE.encrypt(plain, key.public, info=INFO + header)
        finally:
            plain[:] = bytes(len(plain))


def read_header(sealed: bytes) -> Header:
    """The header of a sealed packet. Raises PacketError (``bukan_paket``, ``versi``)."""
    if len(sealed) < HEADER_SIZE:
        raise PacketError("bukan_paket")
    magic, version, suite, key_id, packet_id = _HEADER.unpack_from(sealed)
    if magic != MAGIC:
        raise PacketError("bukan_paket")
    if version != VERSION or suite != SUITE_X25519:
        raise PacketError("versi")
    return Header(suite, key_id, UUID(bytes=packet_id))


def open_packet(sealed: bytes, private: X25519PrivateKey) -> Packet:
    """The packet again. Every flaw is a PacketError; nothing of the content stands in its text."""
    header = read_header(sealed)
    if header.key_id != SealingKey(private.public_key()).id:
        raise PacketError("kunci_lain")
    plaintext = _decrypt(private, sealed[HEADER_SIZE:], INFO + sealed[:HEADER_SIZE])
    packet = _from_zip(plaintext)
    if packet.id != header.id:
        raise PacketError("isi_rusak")
    return packet


def _decrypt(private: X25519PrivateKey, sealed: bytes, info: bytes) -> bytes:
    try:
        return _SUITE.decrypt(sealed, private, info=info)
    except (InvalidTag, ValueError):
        raise PacketError("segel_rusak") from None


def seal_to(public: X25519PublicKey, plaintext: bytes, info: bytes) -> bytes:
    """Seal a small message (an inquiry, an answer) to one key."""
    return _SUITE.encrypt(plaintext, public, info=info)


def unseal(private: X25519PrivateKey, sealed: bytes, info: bytes) -> bytes:
    """Open what ``seal_to`` sealed. Raises PacketError (``segel_rusak``)."""
    return _decrypt(private, sealed, info)


# --- the plaintext --------------------------------------------------------------------------------------------------

_TEXTS = ("service", "kiosk_id", "desa", "sealed_at", "ticket", "pin", "notice_version")


def _to_zip(packet: Packet) -> io.BytesIO:
    pages = [page for paper in packet.papers.values() for page in paper]
    _check_pages(pages)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, "packet.json", json.dumps(_manifest(packet), ensure_ascii=False).encode())
        for page in pages:
            _add(archive, f"pages/{page.name}", page.content)
    return buffer


def _check_pages(pages: list[Page]) -> None:
    names = [page.name for page in pages]
    if len(set(names)) != len(names) or not all(_PAGE_NAME.fullmatch(name) for name in names):
        raise PacketError("nama_halaman")
    if len(pages) > MAX_PAGES or sum(len(page.content) for page in pages) > MAX_PLAINTEXT:
        raise PacketError("terlalu_besar")


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """With a fixed date: the same packet gives the same plaintext."""
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


def _manifest(packet: Packet) -> dict[str, Any]:
    return {
        "v": VERSION,
        "id": str(packet.id),
        **{name: getattr(packet, name) for name in _TEXTS},
        "clock_trusted": packet.clock_trusted,
        "secret": packet.secret.hex(),
        "answers": dict(packet.answers),
        "papers": {code: [_entry(page) for page in pages] for code, pages in packet.papers.items()},
        "remarks": {code: list(told) for code, told in packet.remarks.items()},
        "replaces": None if packet.replaces is None else str(packet.replaces),
        "assisted_by": packet.assisted_by,
    }


def _entry(page: Page) -> dict[str, str]:
    return {"name": page.name, "sha256": hashlib.sha256(page.content).hexdigest()}


def _from_zip(plaintext: bytes) -> Packet:
    if len(plaintext) > MAX_PLAINTEXT + 1_000_000:
        raise PacketError("terlalu_besar")
    try:
        with zipfile.ZipFile(io.BytesIO(plaintext)) as archive:
            _check_archive(archive)
            return _from_manifest(read_json(archive.read("packet.json")), archive)
    except PacketError:
        raise
    except (zipfile.BadZipFile, StrictError, KeyError, TypeError, ValueError, AttributeError, OSError, RuntimeError):
        raise PacketError("isi_rusak") from None


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Stored only, so that nothing inflates; a bounded count; no surprising names."""
    entries = archive.infolist()
    if len(entries) > MAX_PAGES + 1 or sum(entry.file_size for entry in entries) > MAX_PLAINTEXT + 1_000_000:
        raise PacketError("terlalu_besar")
    for entry in entries:
        known = entry.filename == "packet.json" or _PAGE_NAME.fullmatch(entry.filename.removeprefix("pages/"))
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size or not known:
            raise PacketError("isi_rusak")


def _from_manifest(data: Any, archive: zipfile.ZipFile) -> Packet:
    expected = {"v", "id", *_TEXTS, "clock_trusted", "secret", "answers", "papers", "replaces", "assisted_by"}
    # packets of kiosks that know no remarks are still on their way
    if not isinstance(data, dict) or set(data) - {"remarks"} != expected or data["v"] != VERSION:
        raise PacketError("isi_rusak")
    if not all(isinstance(data[name], str) for name in _TEXTS) or not isinstance(data["clock_trusted"], bool):
        raise PacketError("isi_rusak")
    return Packet(
        id=UUID(data["id"]),
        **{name: data[name] for name in _TEXTS},
        clock_trusted=data["clock_trusted"],
        secret=bytes.fromhex(data["secret"]),
        answers={str(key): _text(value) for key, value in data["answers"].items()},
        papers={code: tuple(_page(entry, archive) for entry in pages) for code, pages in data["papers"].items()},
        remarks={code: _texts(told) for code, told in data.get("remarks", {}).items()},
        replaces=None if data["replaces"] is None else UUID(data["replaces"]),
        assisted_by=None if data["assisted_by"] is None else _text(data["assisted_by"]),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise PacketError("isi_rusak")
    return tuple(_text(one) for one in value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise PacketError("isi_rusak")
    return value


def _page(entry: Any, archive: zipfile.ZipFile) -> Page:
    content = archive.read(f"pages/{entry['name']}")
    if hashlib.sha256(content).hexdigest() != entry["sha256"] or not _PAGE_NAME.fullmatch(entry["name"]):
        raise PacketError("isi_rusak")
    return Page(entry["name"], content)
