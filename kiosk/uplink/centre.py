"""The centre as the courier sees it, in verbs. tus 1.0 for packets, in small chunks (docs/architecture.md "The wire").

Success is only what the centre's own words say: an Announced of this id, an offset that moved, a receipt that its key
signed for exactly these bytes.
"""

import base64
from collections.abc import Callable
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.messages import (
    Announced,
    Announcement,
    Heartbeat,
    Message,
    MessageError,
    SignedReceipt,
    SignedRoster,
    StaffRoster,
    SurveyAnswer,
    verify_receipt,
    verify_roster,
)
from kiosk.uplink.errors import Busy, Forged, Refused, Unreachable
from kiosk.uplink.exchange import JSON, OCTETS, Answer, Exchange

CHUNK = 64 * 1024  # 8 s at 64 kbit/s; measured against 16 KiB and whole files at 64–512 kbit/s (recipes/uplink.md 1.4)
_TUS_CHUNK = "application/offset+octet-stream"

M = TypeVar("M", bound=Message)
Progress = Callable[[int], None]
Slice = Callable[[int, int], bytes]


class Centre:
    """Not for two threads at once."""

    def __init__(self, exchange: Exchange, receipt_key: Ed25519PublicKey) -> None:
        self._exchange, self._receipt_key = exchange, receipt_key

    def close(self) -> None:
        self._exchange.close()

    # --- packets ------------------------------------------------------------------------------------------------------

    def announce(self, announcement: Announcement) -> Announced:
        """Tell the centre what is coming; the same again gives the same answer."""
        answer = self._exchange.call("PUT", f"/packets/{announcement.id}", body=announcement.to_json(), kind=JSON)
        announced = _read(Announced, answer)
        if announced.id != announcement.id or announced.state not in ("announced", "received"):
            raise Unreachable("bukan_pusat")
        return announced

    def upload(self, packet_id: str, size: int, read: Slice, progress: Progress) -> None:
        """From wherever the centre stands to the end; ``progress`` hears each new offset."""
        offset = self._begin(packet_id, size)
        while offset < size:
            offset = self._send_chunk(packet_id, offset, read(offset, CHUNK))
            progress(offset)

    def _begin(self, packet_id: str, size: int) -> int:
        """The offset to go on from; a new upload where there is none."""
        answer = self._exchange.call("HEAD", f"/uploads/{packet_id}", expected=(404, 410))
        if answer.status < 300:
            return _offset(answer)
        self._create(packet_id, size)
        return 0

    def _create(self, packet_id: str, size: int) -> None:
        """tus creation; idempotent because the metadata carries the packet's id."""
        metadata = f"id {base64.b64encode(packet_id.encode()).decode()}"
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        answer = self._exchange.call("POST", "/uploads", headers=headers)
        if answer.status != 201 or not answer.headers.get("Location", "").endswith(f"/uploads/{packet_id}"):
            raise Unreachable("bukan_pusat")

    def _send_chunk(self, packet_id: str, offset: int, chunk: bytes) -> int:
        """One PATCH; the new offset, which lies within what was sent, or the answer is not the centre's."""
        try:
            answer = self._exchange.call(
                "PATCH", f"/uploads/{packet_id}", body=chunk, kind=_TUS_CHUNK, headers={"Upload-Offset": str(offset)}
            )
        except Refused as error:
            if error.code in ("posisi_salah", "tidak_ada"):  # it moved or went while we sent: ask again where it stands
                raise Busy(error.code) from None
            raise
        new = _offset(answer)
        if not offset < new <= offset + len(chunk):
            raise Unreachable("bukan_pusat")
        return new

    def receipt(self, announcement: Announcement) -> str:
        """The signed receipt's JSON, kept as evidence; verified for exactly this id, hash and size."""
        signed = _read(SignedReceipt, self._exchange.call("POST", f"/packets/{announcement.id}/receipt"))
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
        answer = self._exchange.call("POST", "/inquiries", body=sealed, kind=OCTETS)
        if answer.kind != OCTETS or not answer.content:
            raise Unreachable("bukan_pusat")
        return answer.content

    def survey(self, survey_id: str, message: bytes) -> None:
        """Keep one survey answer; the centre says the same back."""
        answer = self._exchange.call("PUT", f"/surveys/{survey_id}", body=message, kind=JSON)
        if _read(SurveyAnswer, answer).id != survey_id:
            raise Unreachable("bukan_pusat")

    def heartbeat(self, beat: Heartbeat) -> None:
        if self._exchange.call("PUT", "/heartbeat", body=beat.to_json(), kind=JSON).status != 204:
            raise Unreachable("bukan_pusat")

    def staff(self) -> tuple[SignedRoster, StaffRoster]:
        """The staff's roster, as signed and as read. Raises Forged besides the usual."""
        signed = _read(SignedRoster, self._exchange.call("GET", "/staff"))
        try:
            return signed, verify_roster(signed, self._receipt_key)
        except MessageError as error:
            raise Forged(error.code) from None


def _read(kind: type[M], answer: Answer) -> M:
    try:
        return kind.from_json(answer.content)
    except MessageError:
        raise Unreachable("bukan_pusat") from None


def _offset(answer: Answer) -> int:
    text = answer.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Unreachable("bukan_pusat")
    return int(text)
