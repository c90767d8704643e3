"""A kiosk that speaks to the centre's routes, and packets of synthetic people, for the centre's tests."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import Flask
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from PIL import Image
from uuid6 import uuid7
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from adminduk.clock import SystemClock, stamp
from adminduk.messages import ANSWER_INFO, INQUIRY_INFO, Announcement, Inquiry, InquiryAnswer, Message
from adminduk.packets import Packet, Page, SealingKey, seal, seal_to, unseal
from adminduk.tickets import with_check_digits
from central.context import Context
from central.fleet import kiosks

HOST = "http://localhost"
JSON, OCTETS, CHUNK = "application/json", "application/octet-stream", "application/offset+octet-stream"
NIK, KK, NAME, PHONE = "3312120101909901", "3312120101209902", "WARGA CONTOH", "+6281200009903"
PIN, SECRET = "482193", bytes(range(16))
ANSWERS = {
    "nik": NIK, "no_kk": KK, "nama": NAME, "telepon": PHONE, "milik": "sendiri", "elemen": "pekerjaan",
    "semula": "PETANI", "menjadi": "GURU",
}  # fmt: skip


def picture(colour: int = 200) -> bytes:
    """A small page."""
    out = io.BytesIO()
    Image.new("L", (120, 160), colour).save(out, "JPEG")
    return out.getvalue()


def ticket(number: int, kiosk_number: int = 1) -> str:
    return with_check_digits(f"{kiosk_number:04d}{number:06d}")


def packet(kiosk_id: str, number: int = 1, **changes: Any) -> Packet:
    """The ``number``-th application of a kiosk."""
    given: dict[str, Any] = {
        "id": uuid7(), "service": "KK-UBAH-3", "kiosk_id": kiosk_id, "desa": "3312122001",
        "sealed_at": stamp(SystemClock().now()), "clock_trusted": True, "ticket": ticket(number), "secret": SECRET,
        "pin": PIN, "answers": ANSWERS, "notice_version": "1",
        "papers": {"kk_lama": (Page("kk_lama-1.jpg", picture()),), "bukti": (Page("bukti-1.jpg", picture(90)),)},
    }  # fmt: skip
    return Packet(**{**given, **changes})


@dataclass(frozen=True, slots=True)
class Sealed:
    """Sealed bytes and what the wire says of them."""

    id: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        return len(self.content)

    def announcement(self, **changes: Any) -> Announcement:
        return Announcement(**{"id": self.id, "sha256": self.sha256, "size": self.size, **changes})


def sealed(context: Context, opened: Packet) -> Sealed:
    return Sealed(str(opened.id), seal(opened, SealingKey(context.keys.sealing.public_key())))


def noise(size: int = 1000, fill: bytes = b"x") -> Sealed:
    """Bytes that no key opens."""
    return Sealed(str(uuid7()), (fill * size)[:size])


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._key


@dataclass
class Unsent:
    """A request on its way: what the signer signs, and what a man in the middle may change."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None

    @property
    def url(self) -> str:
        return HOST + self.path


def sign(
    request: Unsent, kiosk_id: str, key: Ed25519PrivateKey, *, created: datetime | None = None, tag: str = "kios-v1",
    label: str = "k", components: tuple[str, ...] = ("@method", "@path", "@query"), digest: bool = True,
) -> Unsent:  # fmt: skip
    """RFC 9421 as docs/architecture.md has it; written from the page, not from the kiosk's code."""
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key))
    present = [name for name in ("content-type", "upload-offset", "upload-length") if name in request.headers]
    body = request.body if digest and request.body and request.method != "PATCH" else None
    signer.sign(
        request, key_id=kiosk_id, created=created, label=label, tag=tag, include_alg=False,
        covered_component_ids=[*components, *present], body=body,
    )  # fmt: skip
    return request


@dataclass
class Kiosk:
    """An enrolled kiosk beside a Flask test client. ``send`` takes a prepared request, so that tests may spoil it."""

    app: Flask
    kiosk_id: str
    key: Ed25519PrivateKey

    @classmethod
    def enrol(cls, app: Flask, context: Context, *, desa: str = "3312122001") -> "Kiosk":
        key = Ed25519PrivateKey.generate()
        enrolled = kiosks.enrol(context, desa=desa, key=key.public_key().public_bytes_raw().hex())
        return cls(app, enrolled.kiosk_id, key)

    def request(
        self, method: str, path: str, body: bytes | None = None, *, signed: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> Unsent:  # fmt: skip
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        if path.startswith("/uploads"):
            named.setdefault("tus-resumable", "1.0.0")
        return sign(Unsent(method, f"/api/v1{path}", named, body), self.kiosk_id, self.key, **(signed or {}))

    def send(self, request: Unsent, **extra: Any) -> TestResponse:
        return self.app.test_client().open(
            request.path, method=request.method, headers=request.headers, data=request.body or b"", **extra
        )

    def send_chunked(self, request: Unsent, stream: object) -> tuple[int, str]:
        """(status, code) when the body comes without a length, as gunicorn hands on ``Transfer-Encoding: chunked``."""
        environ = EnvironBuilder(
            request.path, HOST, method=request.method, headers=list(request.headers.items())
        ).get_environ()
        environ.pop("CONTENT_LENGTH", None)
        environ.update({"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"})
        body, status, _ = run_wsgi_app(self.app, environ, buffered=True)
        return int(status[:3]), str(json.loads(b"".join(body)).get("code", ""))

    def put(self, path: str, message: Message | bytes, **headers: str) -> TestResponse:
        body = message if isinstance(message, bytes) else message.to_json()
        return self.send(self.request("PUT", path, body, content_type=headers.get("content_type", JSON)))

    def announce(self, parcel: Sealed, **changes: Any) -> TestResponse:
        return self.put(f"/packets/{parcel.id}", parcel.announcement(**changes))

    def create(self, parcel: Sealed, *, length: int | None = None, metadata: str | None = None) -> TestResponse:
        told = metadata if metadata is not None else f"id {base64.b64encode(parcel.id.encode()).decode()}"
        size = str(parcel.size if length is None else length)
        return self.send(self.request("POST", "/uploads", upload_length=size, upload_metadata=told))

    def head(self, parcel: Sealed) -> TestResponse:
        return self.send(self.request("HEAD", f"/uploads/{parcel.id}"))

    def patch(self, parcel: Sealed, at: int, content: bytes, *, content_type: str = CHUNK) -> TestResponse:
        path = f"/uploads/{parcel.id}"
        return self.send(self.request("PATCH", path, content, upload_offset=str(at), content_type=content_type))

    def receipt(self, parcel: Sealed) -> TestResponse:
        return self.send(self.request("POST", f"/packets/{parcel.id}/receipt"))

    def upload(self, parcel: Sealed, *, piece: int = 1 << 20) -> None:
        """Announced, created, every byte sent."""
        assert self.announce(parcel).status_code in (200, 201)
        assert self.create(parcel).status_code == 201
        for at in range(0, parcel.size, piece):
            assert self.patch(parcel, at, parcel.content[at : at + piece]).status_code == 204

    def deliver(self, parcel: Sealed) -> TestResponse:
        self.upload(parcel)
        return self.receipt(parcel)

    def ask(self, context: Context, **given: Any) -> InquiryAnswer:
        """A sealed question and its opened answer."""
        reply = X25519PrivateKey.generate()
        response = self.ask_sealed(seal_to(context.keys.sealing.public_key(), inquiry(reply, **given), INQUIRY_INFO))
        assert response.status_code == 200, response.data
        return InquiryAnswer.from_json(unseal(reply, response.data, ANSWER_INFO))

    def ask_sealed(self, body: bytes, content_type: str = OCTETS) -> TestResponse:
        return self.send(self.request("POST", "/inquiries", body, content_type=content_type))


def inquiry(reply: X25519PrivateKey, **given: Any) -> bytes:
    """Plain bytes of a question; a status by PIN unless told otherwise."""
    to = base64.b64encode(reply.public_key().public_bytes_raw()).decode()
    kind = "document" if given.get("document") else "status"
    told = {"kind": kind, "ticket": ticket(1), "proof": {"pin": PIN}, "reply_to": to, **given}
    return Inquiry(**told).to_json()


def code(response: TestResponse) -> tuple[int, str]:
    """(status, code of the Problem)."""
    return response.status_code, str((response.get_json(silent=True) or {}).get("code", ""))


def uuid(text: str) -> UUID:
    return UUID(text)
