"""The contract: strict both ways, and receipts that cannot be forged."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from adminduk.messages import (
    Announced,
    Announcement,
    Heartbeat,
    Inquiry,
    InquiryAnswer,
    Message,
    MessageError,
    Problem,
    Receipt,
    SignedReceipt,
    SurveyAnswer,
    sign_receipt,
    verify_receipt,
)

ID = "01a1fc62-68af-764b-8599-9db65e4023c8"
KEY = Ed25519PrivateKey.generate()
REPLY = base64.b64encode(bytes(32)).decode()
EXAMPLES: list[Message] = [
    Announcement(id=ID, sha256="ab" * 32, size=5),
    Announced(id=ID, state="announced", offset=0),
    Receipt(id=ID, sha256="ab" * 32, size=5, received_at="2026-11-21T03:00:00.000000Z", centre="dukcapil"),
    SignedReceipt(receipt="{}", signature="x"),
    Problem(code="isi_berbeda", retry_after=5),
    Inquiry(kind="status", ticket="000178604937", proof={"pin": "402740"}, reply_to=REPLY),
    Inquiry(kind="document", ticket="000178604937", proof={"secret": "00" * 16}, reply_to=REPLY, document=ID),
    InquiryAnswer(code="ok", state="DIAJUKAN", queue_number=3, documents=({"id": ID, "output": "KK"},)),
    SurveyAnswer(id=ID, service="AKL", month="2026-11", scores=(4, 3, None, 4, 4, 4, 4, 4, 1)),
    Heartbeat(sequence=1, versions={"kiosk": "0.1"}, devices={}, queue=0, oldest_s=0, free_mb=9, clock_trusted=True),
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_message_survives_the_wire(message: Message) -> None:
    assert type(message).from_json(message.to_json()) == message


def taken(message: Message, **changes: Any) -> Message:
    data = {**json.loads(message.to_json()), **changes}
    return type(message).from_json(json.dumps({key: value for key, value in data.items() if value != "DROP"}).encode())


@pytest.mark.parametrize(
    ("number", "changes", "code"),
    [
        (0, {"size": "5"}, "pesan_rusak"),
        (0, {"size": True}, "pesan_rusak"),
        (0, {"size": 5.0}, "pesan_rusak"),
        (0, {"size": 0}, "pesan_rusak"),
        (0, {"size": "DROP"}, "pesan_rusak"),
        (0, {"id": "1"}, "pesan_rusak"),
        (0, {"id": ID.upper()}, "pesan_rusak"),
        (0, {"sha256": "AB" * 32}, "pesan_rusak"),
        (0, {"v": 2}, "versi"),
        (0, {"surprise": 1}, "pesan_rusak"),
        (5, {"kind": "apa"}, "pesan_rusak"),
        (5, {"proof": {}}, "pesan_rusak"),
        (5, {"proof": {"pin": "1", "secret": "2"}}, "pesan_rusak"),
        (5, {"proof": {"pin": 5}}, "pesan_rusak"),
        (5, {"document": ID}, "pesan_rusak"),
        (5, {"reply_to": "kurang"}, "pesan_rusak"),
        (6, {"document": None}, "pesan_rusak"),
        (7, {"code": "mungkin"}, "pesan_rusak"),
        (7, {"documents": {"id": 1}}, "pesan_rusak"),
        (8, {"scores": [4] * 8}, "pesan_rusak"),
        (8, {"scores": [5] * 9}, "pesan_rusak"),
        (8, {"month": "2026-13"}, "pesan_rusak"),
        (9, {"devices": {"camera": 1}}, "pesan_rusak"),
    ],
)
def test_a_message_that_is_not_to_the_letter_is_refused(number: int, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(MessageError) as caught:
        taken(EXAMPLES[number], **changes)
    assert caught.value.code == code


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"v":1,"v":1}', b'{"v":NaN}', b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(raw: bytes) -> None:
    with pytest.raises(MessageError):
        Announcement.from_json(raw)


@given(st.binary(max_size=80))
def test_noise_is_refused_by_one_kind_of_error_only(noise: bytes) -> None:
    for message in EXAMPLES:
        with pytest.raises(MessageError):
            type(message).from_json(noise)


def test_a_complaint_never_repeats_what_was_sent() -> None:
    with pytest.raises(MessageError) as caught:
        taken(EXAMPLES[0], id="3312120101909901")
    assert "3312120101909901" not in str(caught.value)


RECEIPT = Receipt(id=ID, sha256="ab" * 32, size=5, received_at="2026-11-21T03:00:00.000000Z", centre="dukcapil")


def test_a_receipt_is_believed_when_the_centre_signed_it() -> None:
    assert verify_receipt(sign_receipt(RECEIPT, KEY), KEY.public_key()) == RECEIPT


def test_the_same_receipt_gives_the_same_bytes() -> None:
    assert sign_receipt(RECEIPT, KEY).to_json() == sign_receipt(RECEIPT, KEY).to_json()


def forged(**changes: Any) -> SignedReceipt:
    true = sign_receipt(RECEIPT, KEY)
    return replace(true, receipt=replace(RECEIPT, **changes).to_json().decode())


@pytest.mark.parametrize(
    "changes", [{"sha256": "cd" * 32}, {"size": 6}, {"id": ID.replace("0", "1")}, {"centre": "lain"}]
)
def test_a_changed_receipt_is_a_forgery(changes: dict[str, Any]) -> None:
    with pytest.raises(MessageError) as caught:
        verify_receipt(forged(**changes), KEY.public_key())
    assert caught.value.code == "tanda_terima_palsu"


@pytest.mark.parametrize("signature", ["", "!!", base64.b64encode(bytes(64)).decode(), "é"])
def test_a_signature_that_is_none_is_a_forgery(signature: str) -> None:
    signed = replace(sign_receipt(RECEIPT, KEY), signature=signature)
    with pytest.raises(MessageError):
        verify_receipt(signed, KEY.public_key())


def test_another_key_signs_nothing_for_the_centre() -> None:
    with pytest.raises(MessageError):
        verify_receipt(sign_receipt(RECEIPT, Ed25519PrivateKey.generate()), KEY.public_key())


def test_a_signature_for_another_purpose_is_no_receipt() -> None:
    text = RECEIPT.to_json()
    signed = SignedReceipt(receipt=text.decode(), signature=base64.b64encode(KEY.sign(text)).decode())
    with pytest.raises(MessageError):
        verify_receipt(signed, KEY.public_key())


def test_pins_and_documents_stay_out_of_reprs() -> None:
    assert "402740" not in repr(EXAMPLES[5])
    assert "JVBERi" not in repr(InquiryAnswer(code="ok", pdf="JVBERi0xLjc="))
