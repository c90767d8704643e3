"""The centre as the courier sees it, in verbs. tus 1.0 for packets, in chunks (docs/architecture.md "The wire").

Success is only what the centre's own words say: an Announced of this id, an offset that moved, a receipt that its key
signed for exactly these bytes.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.changes import Changes, PrintNoted, PrintReport
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

PIECE = 32 * 1024  # of new content, 4 s at 64 kbit/s: nobody's question waits longer behind it
_TUS_CHUNK = "application/offset+octet-stream"

M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a heartbeat's answer says. ``every_s``: how often the centre wants to hear, None where it does not say;
    ``content``: the newest version of the signed content's timestamp, 0 where it does not say: a hint, nothing more."""

    every_s: float | None = None
    content: int = 0


Progress = Callable[[int], None]
Slice = Callable[[int, int], bytes]


class Centre:
    """Not for two threads at once."""

    def __init__(self, exchange: Exchange, receipt_key: Ed25519PublicKey) -> None:
        self._exchange, self._receipt_key = exchange, receipt_key

    def close(self) -> None:
        self._exchange.close()

    @property
    def skew_s(self) -> int | None:
        """Seconds that the centre's clock was ahead of ours at its last answer; None before the first."""
        skew = self._exchange.skew
        return None if skew is None else int(skew.total_seconds())

    # --- packets ------------------------------------------------------------------------------------------------------

    def announce(self, announcement: Announcement) -> Announced:
        """Tell the centre what is coming; the same again gives the same answer."""
        answer = self._exchange.call("PUT", f"/packets/{announcement.id}", body=announcement.to_json(), kind=JSON)
        announced = _read(Announced, answer)
        if announced.id != announcement.id or announced.state not in ("announced", "received"):
            raise Unreachable("bukan_pusat")
        return announced

    def held(self, packet_id: str) -> int | None:
        """How many bytes the centre has of an upload that was begun; None when it knows of none (received, or lost)."""
        answer = self._exchange.call("HEAD", f"/uploads/{packet_id}", expected=(404, 410))
        return _offset(answer) if answer.status < 300 else None

    def begin(self, packet_id: str, size: int, said: int = 0) -> int:
        """The offset to go on from; a new upload where there is none. ``said``: what the announcement's answer told."""
        offset = self.held(packet_id) if said else None
        if offset is None:
            self._create(packet_id, size)
        return offset or 0

    def upload(self, packet_id: str, size: int, read: Slice, progress: Progress, offset: int = 0) -> None:
        """From ``offset`` to the end; ``progress`` hears where it begins and each new offset."""
        progress(offset)
        while offset < size:
            offset = self._send_chunk(packet_id, offset, read(offset, self._exchange.chunks.size))
            progress(offset)

    def _create(self, packet_id: str, size: int) -> None:
        """tus creation; idempotent because the metadata carries the packet's id."""
        metadata = f"id {base64.b64encode(packet_id.encode()).decode()}"
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata}
        answer = self._exchange.call("POST", "/uploads", headers=headers)
        if answer.status != 201 or not answer.headers.get("Location", "").endswith(f"/uploads/{packet_id}"):
            raise Unreachable("bukan_pusat")

    def _send_chunk(self, packet_id: str, offset: int, chunk: bytes) -> int:
        """One PATCH; the new offset, which lies within what was sent, or the answer is not the centre's."""
        chunks = self._exchange.chunks
        chunks.begin()
        try:
            answer = self._exchange.call(
                "PATCH", f"/uploads/{packet_id}", body=chunk, kind=_TUS_CHUNK, headers={"Upload-Offset": str(offset)}
            )
        except Refused as error:
            if error.code in ("posisi_salah", "tidak_ada"):  # it moved or went while we sent: ask again where it stands
                raise Busy(error.code) from None
            raise
        except Unreachable:
            chunks.cut()
            raise
        new = _offset(answer)
        if not offset < new <= offset + len(chunk):
            raise Unreachable("bukan_pusat")
        chunks.arrived(new - offset)
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

    def heartbeat(self, beat: Heartbeat) -> "Wish":
        """What the centre says back."""
        answer = self._exchange.call("PUT", "/heartbeat", body=beat.to_json(), kind=JSON)
        if answer.status != 204:
            raise Unreachable("bukan_pusat")
        every, newest = (
            _number(answer, name, digits) for name, digits in (("Kios-Beat-Every", 5), ("Kios-Content", 9))
        )
        return Wish(None if every is None else float(every), newest or 0)

    def content(self, path: str, offset: int) -> tuple[bytes, int] | None:
        """A piece of a published file, and how long the file is; None where there is no such file. Nothing in it is believed
        here (kiosk/updates does); that it is the centre's answer at all, its kind and its range say."""
        wanted = {"Range": f"bytes={offset}-{offset + PIECE - 1}"}
        try:
            answer = self._exchange.call("GET", f"/{path}", headers=wanted, expected=(416,))
        except Refused as error:
            if error.code == "tidak_ada":
                return None
            raise
        if answer.status == 416:
            return b"", offset
        return answer.content, _whole(answer, offset)

    def changes(self, cursor: str, limit: int) -> Changes:
        """What changed for this kiosk's tickets since ``cursor``."""
        return _read(Changes, self._exchange.call("GET", f"/changes?cursor={cursor}&limit={limit}"))

    def tell_print(self, report: PrintReport) -> int:
        """A document was printed here; how many other prints of it the centre knows of."""
        answer = self._exchange.call("PUT", f"/prints/{report.id}", body=report.to_json(), kind=JSON)
        noted = _read(PrintNoted, answer)
        if noted.id != report.id:
            raise Unreachable("bukan_pusat")
        return noted.others

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


def _whole(answer: Answer, offset: int) -> int:
    """The length of the file that a piece is of."""
    found = re.fullmatch(r"bytes ([0-9]{1,12})-([0-9]{1,12})/([0-9]{1,12})", answer.headers.get("Content-Range", ""))
    if answer.kind != OCTETS or found is None:
        raise Unreachable("bukan_pusat")
    first, last, whole = (int(number) for number in found.groups())
    if first != offset or last - first + 1 != len(answer.content) or last >= whole:
        raise Unreachable("bukan_pusat")
    return whole


def _number(answer: Answer, name: str, most_digits: int) -> int | None:
    text = answer.headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None


def _offset(answer: Answer) -> int:
    text = answer.headers.get("Upload-Offset", "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Unreachable("bukan_pusat")
    return int(text)
