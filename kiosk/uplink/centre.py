"""The centre as the courier sees it: one keep-alive session, timeouts on everything, tus 1.0 in small chunks.

Success is only what the centre's own words say: a Problem, an Announced, a receipt that its key signed. HTTP 200 of a
captive portal, a redirect, HTML from a proxy are Unreachable, told apart by structure, never by message text.
"""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.messages import (
    Announced,
    Announcement,
    Heartbeat,
    Message,
    MessageError,
    Problem,
    SignedReceipt,
    verify_receipt,
)
from kiosk.uplink.errors import Busy, Refused, Unreachable
from kiosk.uplink.signing import KioskSignature

CHUNK = 64 * 1024  # 8 s at 64 kbit/s
TIMEOUT_S = (10.0, 60.0)  # connect; between bytes: must exceed chunk ÷ slowest line
_JSON, _OCTETS, _TUS_CHUNK = "application/json", "application/octet-stream", "application/offset+octet-stream"
_WAIT_CODES = (408, 423, 429, 502, 503, 504)

M = TypeVar("M", bound=Message)
Progress = Callable[[int], None]
Slice = Callable[[int, int], bytes]


class UploadGone(Exception):  # noqa: N818 - an event, not a mistake
    """The centre does not know this upload (any more): create it anew."""


class Centre:
    """Not for two threads at once. ``url`` without a trailing slash."""

    def __init__(
        self, url: str, signature: KioskSignature, receipt_key: Ed25519PublicKey, *, verify: str | bool = True
    ) -> None:
        self._base, self._signature, self._receipt_key = url.rstrip("/") + "/api/v1", signature, receipt_key
        self._session = requests.Session()
        self._session.verify = verify
        self._session.trust_env = False  # no proxy from the environment, no .netrc

    def close(self) -> None:
        self._session.close()

    # --- packets ------------------------------------------------------------------------------------------------------

    def announce(self, announcement: Announcement) -> Announced:
        """Tell the centre what is coming; the same again gives the same answer."""
        answer = self._call("PUT", f"/packets/{announcement.id}", body=announcement.to_json(), kind=_JSON)
        return self._read(Announced, answer)

    def create_upload(self, packet_id: str, size: int) -> None:
        """tus creation; idempotent because the metadata carries the packet's id."""
        metadata = f"id {base64.b64encode(packet_id.encode()).decode()}"
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        answer = self._call("POST", "/uploads", headers=headers)
        if answer.status_code != 201 or not answer.headers.get("Location", "").endswith(f"/uploads/{packet_id}"):
            raise Unreachable("bukan_pusat")

    def offset(self, packet_id: str) -> int:
        """How many bytes the centre has. Raises UploadGone."""
        return self._offset_of(self._call("HEAD", f"/uploads/{packet_id}", gone=True))

    def send_chunk(self, packet_id: str, offset: int, chunk: bytes) -> int:
        """One PATCH; returns the new offset. Raises UploadGone."""
        headers = {"Upload-Offset": str(offset)}
        answer = self._call(
            "PATCH", f"/uploads/{packet_id}", body=chunk, kind=_TUS_CHUNK, headers=headers, gone=True, moved=True
        )
        return self.offset(packet_id) if answer.status_code == 409 else self._offset_of(answer)

    def upload(self, packet_id: str, size: int, read: Slice, progress: Progress) -> None:
        """From wherever the centre stands to the end; ``progress`` hears each new offset."""
        try:
            offset = self.offset(packet_id)
        except UploadGone:
            self.create_upload(packet_id, size)
            offset = 0
        while offset < size:
            offset = self.send_chunk(packet_id, offset, read(offset, CHUNK))
            progress(offset)

    def receipt(self, announcement: Announcement) -> str:
        """The signed receipt's JSON, kept as evidence; verified for exactly this id, hash and size."""
        answer = self._call("POST", f"/packets/{announcement.id}/receipt")
        signed = self._read(SignedReceipt, answer)
        try:
            receipt = verify_receipt(signed, self._receipt_key)
        except MessageError as error:
            raise Unreachable(error.code) from None
        if (receipt.id, receipt.sha256, receipt.size) != (announcement.id, announcement.sha256, announcement.size):
            raise Unreachable("tanda_terima_lain")
        return signed.to_json().decode()

    # --- small things -------------------------------------------------------------------------------------------------

    def inquire(self, sealed: bytes) -> bytes:
        """Carry a sealed question; the sealed answer means nothing to us."""
        answer = self._call("POST", "/inquiries", body=sealed, kind=_OCTETS)
        if answer.headers.get("Content-Type") != _OCTETS:
            raise Unreachable("bukan_pusat")
        return answer.content

    def survey(self, survey_id: str, message: bytes) -> None:
        self._expect_problem_free(self._call("PUT", f"/surveys/{survey_id}", body=message, kind=_JSON))

    def heartbeat(self, beat: Heartbeat) -> None:
        if self._call("PUT", "/heartbeat", body=beat.to_json(), kind=_JSON).status_code != 204:
            raise Unreachable("bukan_pusat")

    # --- one exchange -------------------------------------------------------------------------------------------------

    def _call(
        self, method: str, path: str, *, body: bytes = b"", kind: str = "", headers: dict[str, str] | None = None,
        gone: bool = False, moved: bool = False,
    ) -> requests.Response:  # fmt: skip
        """One signed request, once more when the clock's skew was just learned. ``gone``: 404 is UploadGone; ``moved``: 409
        is an answer."""
        allowed = {"Tus-Resumable": "1.0.0", **({"Content-Type": kind} if kind else {}), **(headers or {})}
        answer = self._exchange(method, path, body, allowed)
        if answer.status_code == 401 and self._signature.learn_skew(answer.headers.get("Date")):
            answer = self._exchange(method, path, body, allowed)
        if gone and answer.status_code in (404, 410):
            raise UploadGone
        if moved and answer.status_code == 409:
            return answer
        if answer.status_code >= 300:
            raise self._trouble(answer)
        return answer

    def _exchange(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> requests.Response:
        with _line_troubles():
            return self._session.request(
                method, self._base + path, data=body, headers=headers, auth=self._signature, timeout=TIMEOUT_S,
                allow_redirects=False,
            )  # fmt: skip

    @staticmethod
    def _trouble(answer: requests.Response) -> Exception:
        """Which of the three it is, by status and by whether a Problem of ours came with it."""
        if answer.status_code in _WAIT_CODES:
            return Busy(f"http_{answer.status_code}", _retry_after(answer))
        try:
            problem = Problem.from_json(answer.content)
        except MessageError:
            return Unreachable(f"bukan_pusat_{answer.status_code}")
        return Refused(problem.code) if answer.status_code < 500 else Busy(problem.code, problem.retry_after)

    @staticmethod
    def _read(kind: type[M], answer: requests.Response) -> M:
        try:
            return kind.from_json(answer.content)
        except MessageError:
            raise Unreachable("bukan_pusat") from None

    @staticmethod
    def _offset_of(answer: requests.Response) -> int:
        text = answer.headers.get("Upload-Offset", "")
        if not (text.isascii() and text.isdigit()):
            raise Unreachable("bukan_pusat")
        return int(text)

    @staticmethod
    def _expect_problem_free(answer: requests.Response) -> None:
        if answer.headers.get("Content-Type", "").split(";")[0] != _JSON:
            raise Unreachable("bukan_pusat")


@contextmanager
def _line_troubles() -> Iterator[None]:
    """The library's exceptions, by class, to ours."""
    try:
        yield
    except requests.exceptions.SSLError:
        raise Unreachable("sertifikat") from None
    except requests.exceptions.Timeout:
        raise Unreachable("waktu_habis") from None
    except requests.exceptions.RequestException:
        raise Unreachable("tidak_tersambung") from None


def _retry_after(answer: Any) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None
