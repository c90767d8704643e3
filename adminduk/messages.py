"""THE CONTRACT: every message between a kiosk and the centre, versioned; strict both ways.

A message is a frozen dataclass. ``to_json`` gives canonical bytes (sorted keys, no spaces); ``from_json`` refuses unknown
or missing keys, wrong types and out-of-range values with one MessageError(code): ``pesan_rusak`` or ``versi``.
"""

import base64
import binascii
import json
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from typing import Any, Self
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adminduk.clock import read_stamp, stamp
from adminduk.strict import StrictError, read_json

VERSION = 1
INQUIRY_INFO, ANSWER_INFO = b"kios/inquiry/1", b"kios/answer/1"
_RECEIPT_CONTEXT, _ROSTER_CONTEXT = b"kios/receipt/1\n", b"kios/roster/1\n"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class MessageError(ValueError):
    """A message that is not taken: ``pesan_rusak``, ``versi``, ``tanda_terima_palsu``, ``daftar_petugas_palsu``,
    ``daftar_kiriman_palsu``.
    Never quotes content."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} {where}".strip())
        self.code, self.where = code, where


def _fits(value: Any, kind: Any) -> bool:
    """Whether a JSON value is of an annotated type; bool is not an int."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, option) for option in typing.get_args(kind))
    if kind is type(None):
        return value is None
    if origin is tuple:
        return isinstance(value, list) and all(_fits(item, typing.get_args(kind)[0]) for item in value)
    if origin in (dict, Mapping) or getattr(origin, "__name__", "") == "Mapping":
        key, item = typing.get_args(kind)
        return isinstance(value, dict) and all(_fits(k, key) and _fits(v, item) for k, v in value.items())
    return type(value) is kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What all messages share."""

    v: int = VERSION

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, raw: bytes) -> Self:
        try:
            data = read_json(raw)
        except StrictError:
            raise MessageError("pesan_rusak") from None
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Any) -> Self:
        """From parsed JSON. Raises MessageError."""
        if not isinstance(data, dict):
            raise MessageError("pesan_rusak")
        if data.get("v") != VERSION:
            raise MessageError("versi")
        message = cls(**cls._checked(data))
        message.check()
        return message

    @classmethod
    def _checked(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        hints, values = typing.get_type_hints(cls), dict(data)
        known = {item.name: item for item in fields(cls)}
        if unknown := set(values) - set(known):
            raise MessageError("pesan_rusak", min(map(str, unknown))[:40])
        for name, item in known.items():
            if name not in values:
                if item.default is MISSING and item.default_factory is MISSING:
                    raise MessageError("pesan_rusak", name)
            elif not _fits(values[name], hints[name]):
                raise MessageError("pesan_rusak", name)
            elif isinstance(values[name], list):
                values[name] = tuple(values[name])
        return values

    def check(self) -> None:
        """Values that a type cannot say; subclasses raise MessageError."""

    def demand(self, name: str, *, holds: bool) -> None:
        if not holds:
            raise MessageError("pesan_rusak", name)


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement(Message):
    """A kiosk holds this packet: id, SHA-256 (hex) and size (bytes) of the sealed bytes."""

    id: str
    sha256: str
    size: int

    def check(self) -> None:
        self.demand("id", holds=_is_uuid(self.id))
        self.demand("sha256", holds=bool(_SHA256.fullmatch(self.sha256)))
        self.demand("size", holds=self.size > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(Message):
    """``state``: announced or received; ``offset``: bytes the centre already holds."""

    id: str
    state: str
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt(Message):
    """The centre holds exactly these bytes, durably."""

    id: str
    sha256: str
    size: int
    received_at: str
    centre: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedReceipt(Message):
    """``receipt``: the receipt's canonical JSON as text; ``signature``: Ed25519 over it, base64."""

    receipt: str
    signature: str


def sign_receipt(receipt: Receipt, key: Ed25519PrivateKey) -> SignedReceipt:
    """Sign; Ed25519 is deterministic, so the same receipt always gives the same bytes."""
    text = receipt.to_json()
    signature = base64.b64encode(key.sign(_RECEIPT_CONTEXT + text)).decode()
    return SignedReceipt(receipt=text.decode(), signature=signature)


def verify_receipt(signed: SignedReceipt, public: Ed25519PublicKey) -> Receipt:
    """The receipt, if that key signed it. Raises MessageError ``tanda_terima_palsu``."""
    if not is_signed_by(public, signed.signature, _RECEIPT_CONTEXT + signed.receipt.encode()):
        raise MessageError("tanda_terima_palsu")
    return Receipt.from_json(signed.receipt.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Message):
    """Every error body of the centre. ``retry_after``: seconds."""

    code: str
    detail: str = ""
    retry_after: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry(Message):
    """A question about a ticket; travels sealed. ``proof`` has ``pin`` or ``secret`` (hex); ``reply_to``: base64 X25519."""

    kind: str
    ticket: str
    proof: Mapping[str, str] = field(repr=False)
    reply_to: str
    document: str | None = None

    def check(self) -> None:
        self.demand("kind", holds=self.kind in ("status", "document"))
        self.demand("proof", holds=set(self.proof) in ({"pin"}, {"secret"}))
        self.demand("document", holds=(self.kind == "document") == (self.document is not None))
        self.demand("reply_to", holds=len(_unbase64(self.reply_to)) == 32)


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryAnswer(Message):
    """``code``: ok, salah, terkunci, tidak_ada, belum. ``documents``: rows of id, output, name, pages (text),
    and sha256 of the PDF from centres that know it."""

    code: str
    state: str = ""
    words: str = ""
    reason: str = ""
    queue_number: int | None = None
    changed_at: str = ""
    documents: tuple[Mapping[str, str], ...] = ()
    pdf: str | None = field(default=None, repr=False)
    tries_left: int | None = None

    def check(self) -> None:
        self.demand("code", holds=self.code in ("ok", "salah", "terkunci", "tidak_ada", "belum"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswer(Message):
    """Nine unsur, 1–4 or None where skipped; ``month``: YYYY-MM. No identity."""

    id: str
    service: str
    month: str
    scores: tuple[int | None, ...]

    def check(self) -> None:
        self.demand("id", holds=_is_uuid(self.id))
        self.demand("month", holds=bool(re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", self.month)))
        self.demand("scores", holds=len(self.scores) == 9 and all(s is None or 1 <= s <= 4 for s in self.scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat(Message):
    """How the kiosk is. ``queue`` items, ``oldest_s`` seconds, ``free_mb``. No personal data.

    ``skew_s``: seconds that the centre's clock is ahead of the kiosk's, measured from an answer's Date (whole seconds); None
    before the first answer. ``key_storage``: tpm2, host (weaker) or files (weakest); empty: not said.
    """

    sequence: int
    versions: Mapping[str, str]
    devices: Mapping[str, str]
    queue: int
    oldest_s: int
    free_mb: int
    clock_trusted: bool
    skew_s: int | None = None
    key_storage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRoster(Message):
    """Who may help at the kiosks of a desa. ``issued_at``: UTC stamp; usable for ``valid_days`` after it, line or no line.

    ``staff``: rows of id (``P-0007``), name, pin_hash (argon2id), active.
    """

    desa: str
    issued_at: str
    valid_days: int
    staff: tuple[Mapping[str, str | bool], ...] = field(repr=False)

    def check(self) -> None:
        self.demand("desa", holds=bool(re.fullmatch(r"[0-9]{10}", self.desa)))
        self.demand("issued_at", holds=_is_stamp(self.issued_at))
        self.demand("valid_days", holds=1 <= self.valid_days <= 366)
        self.demand("staff", holds=len(self.staff) <= LARGEST_ROSTER and all(map(_is_staff, self.staff)))
        self.demand("staff", holds=len({row["id"] for row in self.staff}) == len(self.staff))


LARGEST_ROSTER = 200
_STAFF_ID = re.compile(r"P-[0-9]{4}")


def is_staff_id(text: str) -> bool:
    """Whether it has the shape of one: ``P-`` and four digits."""
    return _STAFF_ID.fullmatch(text) is not None


def _is_stamp(text: str) -> bool:
    """Whether it is one of ours (adminduk/clock.py)."""
    try:
        return stamp(read_stamp(text)) == text
    except ValueError:
        return False


def _is_staff(row: Mapping[str, str | bool]) -> bool:
    return (
        set(row) == {"id", "name", "pin_hash", "active"}
        and type(row["active"]) is bool
        and all(isinstance(row[key], str) for key in ("id", "name", "pin_hash"))
        and is_staff_id(str(row["id"]))
        and 1 <= len(str(row["name"])) <= 60
        and str(row["pin_hash"]).startswith("$argon2id$")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRoster(Message):
    """``roster``: the roster's canonical JSON as text; ``signature``: Ed25519 over it, base64, by the receipts' key."""

    roster: str = field(repr=False)
    signature: str


def sign_roster(roster: StaffRoster, key: Ed25519PrivateKey) -> SignedRoster:
    """Sign, in a context of its own: a receipt's signature never fits a roster."""
    text = roster.to_json()
    signature = base64.b64encode(key.sign(_ROSTER_CONTEXT + text)).decode()
    return SignedRoster(roster=text.decode(), signature=signature)


def verify_roster(signed: SignedRoster, public: Ed25519PublicKey) -> StaffRoster:
    """The roster, if that key signed it. Raises MessageError ``daftar_petugas_palsu``; ``pesan_rusak``."""
    if not is_signed_by(public, signed.signature, _ROSTER_CONTEXT + signed.roster.encode()):
        raise MessageError("daftar_petugas_palsu")
    return StaffRoster.from_json(signed.roster.encode())


def is_signed_by(public: Ed25519PublicKey, signature: str, content: bytes) -> bool:
    """Whether a base64 Ed25519 signature is that key's over the content."""
    try:
        public.verify(base64.b64decode(signature, validate=True), content)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
