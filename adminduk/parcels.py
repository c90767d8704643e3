"""Sealed packets that travel on a USB stick, where no line does: the signed list beside them, and the folders' names.

``kios-kiriman/K-0017-0003/`` holds ``daftar.json`` (the SignedManifest) and ``<id>.packet``, written by the kiosk; the centre
puts ``tanda-terima/<id>.json`` (SignedReceipt) beside them. Nothing in a name is personal. What counts is the signature and
the hashes, never what a stick is called.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adminduk.messages import Announcement, Message, MessageError, _is_stamp, is_signed_by

FOLDER, MANIFEST, RECEIPTS = "kios-kiriman", "daftar.json", "tanda-terima"
MOST_PACKETS = 20_000
LARGEST_MANIFEST = 4 * 1024 * 1024  # bytes: a row takes 170
LARGEST_RECEIPT = 4 * 1024
_CONTEXT = b"kios/parcel/1\n"
_KIOSK = re.compile(r"[A-Za-z0-9-]{1,16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest(Message):
    """What a kiosk has laid on a stick. ``number``: 1, 2, 3 … for each kiosk; ``packets``: rows of id, sha256, size."""

    kiosk_id: str
    number: int
    made_at: str
    clock_trusted: bool
    packets: tuple[Mapping[str, str | int], ...]

    def check(self) -> None:
        self.demand("kiosk_id", holds=bool(_KIOSK.fullmatch(self.kiosk_id)))
        self.demand("number", holds=0 < self.number < 2**31)
        self.demand("made_at", holds=_is_stamp(self.made_at))
        self.demand("packets", holds=0 < len(self.packets) <= MOST_PACKETS)
        self.demand("packets", holds=len({row.get("id") for row in self.packets}) == len(self.packets))
        self.announcements()

    def announcements(self) -> tuple[Announcement, ...]:
        """Each packet as the line would announce it. Raises MessageError for a row that is none."""
        return tuple(Announcement.from_data({"v": self.v, **row}) for row in self.packets)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedManifest(Message):
    """``manifest``: the manifest's canonical JSON as text; ``signature``: Ed25519 over it by the kiosk's device key, base64."""

    manifest: str
    signature: str

    @property
    def claimed(self) -> str:
        """Which kiosk it says it is of: whose key to try, nothing more. Raises MessageError."""
        return Manifest.from_json(self.manifest.encode()).kiosk_id


def folder_name(kiosk_id: str, number: int) -> str:
    """``K-0017-0003``."""
    return f"{kiosk_id}-{number:04d}"


def packet_name(packet_id: str) -> str:
    return f"{packet_id}.packet"


def sign_manifest(manifest: Manifest, key: Ed25519PrivateKey) -> SignedManifest:
    text = manifest.to_json()
    signature = base64.b64encode(key.sign(_CONTEXT + text)).decode()
    return SignedManifest(manifest=text.decode(), signature=signature)


def verify_manifest(signed: SignedManifest, public: Ed25519PublicKey) -> Manifest:
    """The manifest, if that key signed it. Raises MessageError ``daftar_kiriman_palsu``; ``pesan_rusak``."""
    if not is_signed_by(public, signed.signature, _CONTEXT + signed.manifest.encode()):
        raise MessageError("daftar_kiriman_palsu")
    return Manifest.from_json(signed.manifest.encode())
