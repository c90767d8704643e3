"""Messages of enrolment: a new kiosk and its code, its waiting and its answer, a new key, a move. Strict like all messages.

A kiosk that is not enrolled has no id to sign with, so each message proves the key that it names: Ed25519 over a fixed
context and the rest of the message. A refusal is a Problem, as everywhere on the wire.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adminduk.clock import read_stamp
from adminduk.enrolment_codes import check_code
from adminduk.messages import Message

_ENROL_CONTEXT, _STATUS_CONTEXT = b"kios/enrol/1\n", b"kios/enrol-status/1\n"
_REKEY_CONTEXT = b"kios/rekey/1\n"
_KEY, _ROW, _DESA = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9]{10}")
LARGEST_ROOTS, LARGEST_CONTENT_ROOT = 16 * 1024, 32 * 1024  # letters


def public_hex(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def _proof(key: Ed25519PrivateKey, context: bytes, *parts: str) -> str:
    return base64.b64encode(key.sign(context + "\n".join(parts).encode())).decode()


def _proves(public_key: str, proof: str, context: bytes, *parts: str) -> bool:
    try:
        signature = base64.b64decode(proof, validate=True)
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
        key.verify(signature, context + "\n".join(parts).encode())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolRequest(Message):
    """A code and the key that its kiosk just made. ``proof``: base64 of the key's signature over code and key."""

    code: str = field(repr=False)
    public_key: str
    proof: str

    def check(self) -> None:
        self.demand("code", holds=check_code(self.code).value == self.code)
        self.demand("public_key", holds=bool(_KEY.fullmatch(self.public_key)))

    @property
    def proven(self) -> bool:
        return _proves(self.public_key, self.proof, _ENROL_CONTEXT, self.code, self.public_key)

    @classmethod
    def made(cls, code: str, key: Ed25519PrivateKey) -> "EnrolRequest":
        public = public_hex(key)
        return cls(code=code, public_key=public, proof=_proof(key, _ENROL_CONTEXT, code, public))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolQuestion(Message):
    """Has the admin confirmed? ``row``: from the first answer."""

    row: str
    public_key: str
    proof: str

    def check(self) -> None:
        self.demand("row", holds=bool(_ROW.fullmatch(self.row)))
        self.demand("public_key", holds=bool(_KEY.fullmatch(self.public_key)))

    @property
    def proven(self) -> bool:
        return _proves(self.public_key, self.proof, _STATUS_CONTEXT, self.row, self.public_key)

    @classmethod
    def made(cls, row: str, key: Ed25519PrivateKey) -> "EnrolQuestion":
        public = public_hex(key)
        return cls(row=row, public_key=public, proof=_proof(key, _STATUS_CONTEXT, row, public))


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolAnswer(Message):
    """``state``: waiting, or confirmed, which alone carries the kiosk's id and number, the sealing key, the documents' roots
    (PEM) and the content's root of trust (its first root, as text; empty while the centre signs no content)."""

    state: str
    row: str
    desa: str
    desa_name: str
    receipt_key: str
    kiosk_id: str = ""
    number: int = 0
    sealing_key: str = ""
    roots: str = ""
    content_root: str = ""

    def check(self) -> None:
        done = self.state == "confirmed"
        self.demand("state", holds=done or self.state == "waiting")
        self.demand("row", holds=bool(_ROW.fullmatch(self.row)))
        self.demand("desa", holds=bool(_DESA.fullmatch(self.desa)))
        self.demand("desa_name", holds=len(self.desa_name) <= 80)
        self.demand("receipt_key", holds=bool(_KEY.fullmatch(self.receipt_key)))
        self.demand("number", holds=(1 <= self.number <= 9999) if done else self.number == 0)
        self.demand("kiosk_id", holds=(self.kiosk_id == f"K-{self.number:04d}") if done else not self.kiosk_id)
        self.demand("sealing_key", holds=bool(_KEY.fullmatch(self.sealing_key)) if done else not self.sealing_key)
        self.demand("roots", holds=len(self.roots) <= LARGEST_ROOTS and (done or not self.roots))
        self.demand("content_root", holds=len(self.content_root) <= LARGEST_CONTENT_ROOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StickFile(Message):
    """``kios-daftar.json`` on a technician's USB stick. ``ca``: PEM of the TLS authority; empty: the system's."""

    url: str
    code: str = field(repr=False)
    ca: str = ""

    def check(self) -> None:
        self.demand("url", holds=self.url.startswith(("https://", "http://")))
        self.demand("code", holds=check_code(self.code).ok)
        self.demand("ca", holds=len(self.ca) <= LARGEST_ROOTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey(Message):
    """The key that takes over; the request is signed by the old one, ``proof`` by the new one."""

    public_key: str
    proof: str

    def check(self) -> None:
        self.demand("public_key", holds=bool(_KEY.fullmatch(self.public_key)))

    def proven_for(self, kiosk_id: str) -> bool:
        return _proves(self.public_key, self.proof, _REKEY_CONTEXT, kiosk_id, self.public_key)

    @classmethod
    def made(cls, kiosk_id: str, key: Ed25519PrivateKey) -> "NewKey":
        public = public_hex(key)
        return cls(public_key=public, proof=_proof(key, _REKEY_CONTEXT, kiosk_id, public))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Message):
    """The kiosk is drained and asks to leave its desa."""

    desa: str

    def check(self) -> None:
        self.demand("desa", holds=bool(_DESA.fullmatch(self.desa)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Left(Message):
    """The centre holds all that it was told of; from ``at`` on the kiosk's id may do nothing more."""

    kiosk_id: str
    at: str

    def check(self) -> None:
        try:
            read_stamp(self.at)
        except ValueError:
            self.demand("at", holds=False)
