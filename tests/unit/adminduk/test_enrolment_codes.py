"""Codes as people type them, fingerprints that two screens share, and messages that prove their key."""

import secrets
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from adminduk import enrolment_codes as codes
from adminduk.enrolments import EnrolAnswer, EnrolQuestion, EnrolRequest, Leave, Left, NewKey, StickFile, public_hex
from adminduk.messages import Message, MessageError

letters = st.text(codes.ALPHABET, min_size=10, max_size=10)
KEY, OTHER = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
ROW, RECEIPT, CODE = "0f" * 16, "cd" * 32, "7K3QXM9T4A"
CONFIRMED = EnrolAnswer(
    state="confirmed", row=ROW, desa="3312122001", desa_name="Contoh", receipt_key=RECEIPT, kiosk_id="K-0007", number=7,
    sealing_key="ab" * 32, roots="PEM",
)  # fmt: skip
MESSAGES = [
    EnrolRequest.made(CODE, KEY), EnrolQuestion.made(ROW, KEY), NewKey.made("K-0001", KEY), Leave(desa="3312122001"),
    Left(kiosk_id="K-0001", at="2026-11-21T03:00:00.000000Z"), StickFile(url="https://pusat", code=CODE), CONFIRMED,
    EnrolAnswer(state="waiting", row=ROW, desa="3312122001", desa_name="", receipt_key=RECEIPT),
]  # fmt: skip


class Counting:
    """Dice that go round and round."""

    at = -1

    def token_bytes(self, nbytes: int, /) -> bytes:
        return bytes(nbytes)

    def randbelow(self, exclusive_upper_bound: int, /) -> int:
        self.at += 1
        return self.at % exclusive_upper_bound


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_code_is_ten_letters_that_nobody_mistakes() -> None:
    assert codes.new_code(Counting()) == "0123456789"
    seen = {letter for _ in range(300) for letter in codes.new_code(secrets)}
    assert seen == set(codes.ALPHABET)
    assert not seen & set("ILOU")


@given(code=letters)
def test_a_code_survives_its_own_ways_of_being_written(code: str) -> None:
    for written in (code, code.lower(), codes.grouped(code), codes.qr_text(code), f" {codes.grouped(code).lower()}\n"):
        assert codes.check_code(written).value == code


@given(code=letters)
def test_look_alikes_are_put_right(code: str) -> None:
    misread = code.replace("0", "O").replace("1", "l", 1).replace("1", "I")
    assert codes.check_code(misread).value == code


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "kosong"),
        (" - ", "kosong"),
        ("KIOSE1 ", "panjang"),
        ("7K3QXM9T4", "panjang"),
        ("7K3QXM9T4AA", "panjang"),
        ("7K3QXM9T4U", "huruf_salah"),
        ("7K3QXM9T4٣", "huruf_salah"),
        ("KIOS1 001748219365 ABC", "panjang"),
    ],
)
def test_what_is_no_code_says_why(text: str, error: str) -> None:
    verdict = codes.check_code(text)
    assert (verdict.errors, verdict.value) == ((error,), "")


@given(text=st.text(max_size=40))
def test_any_text_has_a_verdict(text: str) -> None:
    verdict = codes.check_code(text)
    assert verdict.ok == (len(verdict.value) == 10)


def test_a_code_is_found_by_its_first_letters_and_kept_as_a_hash_that_needs_the_pepper() -> None:
    assert codes.selector(CODE) == "7K3"
    assert codes.hashed(CODE, b"a" * 32) == codes.hashed(CODE, b"a" * 32) != codes.hashed(CODE, b"b" * 32)
    assert CODE not in codes.hashed(CODE, b"a" * 32)


# --- the six digits ---------------------------------------------------------------------------------------------------


def test_both_screens_compute_the_same_six_digits_and_anything_else_changes_them() -> None:
    digits = codes.fingerprint(public_hex(KEY), ROW, RECEIPT)
    others = [
        codes.fingerprint(public_hex(OTHER), ROW, RECEIPT),
        codes.fingerprint(public_hex(KEY), "1f" * 16, RECEIPT),
        codes.fingerprint(public_hex(KEY), ROW, "ce" * 32),
    ]
    assert codes.fingerprint(public_hex(KEY), ROW, RECEIPT) == digits
    assert len({digits, *others}) == 4
    assert all(len(each) == 6 and each.isdigit() for each in (digits, *others))


def test_the_digits_never_change_between_releases_because_a_kiosk_and_its_centre_may_differ() -> None:
    assert codes.fingerprint("ab" * 32, ROW, RECEIPT) == "059620"
    assert codes.spoken("482193") == "482 193"


def test_a_fingerprint_of_no_hex_is_refused() -> None:
    with pytest.raises(ValueError, match="hex"):
        codes.fingerprint("zz", ROW, RECEIPT)


# --- messages -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_come_back_as_they_went(message: Message) -> None:
    assert type(message).from_json(message.to_json()) == message


def test_a_proof_is_of_this_key_and_these_words_and_this_purpose() -> None:
    request, question, new = EnrolRequest.made(CODE, KEY), EnrolQuestion.made(ROW, KEY), NewKey.made("K-0001", KEY)
    assert request.proven
    assert question.proven
    assert new.proven_for("K-0001")
    assert not replace(request, code="0000000000").proven
    assert not replace(request, public_key=public_hex(OTHER)).proven
    assert not replace(request, proof=question.proof).proven
    assert not replace(question, row="1f" * 16).proven
    assert not new.proven_for("K-0002")
    assert not replace(new, proof="kein base64").proven_for("K-0001")
    assert not replace(new, public_key="00" * 32).proven_for("K-0001")


def test_no_code_shows_in_a_repr() -> None:
    assert CODE not in repr(EnrolRequest.made(CODE, KEY)) + repr(StickFile(url="https://pusat", code=CODE))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "refused"},
        {"row": "x"},
        {"desa": "12"},
        {"desa_name": "x" * 81},
        {"receipt_key": "ab"},
        {"number": 8},
        {"number": 0},
        {"kiosk_id": "K-7"},
        {"sealing_key": ""},
        {"roots": "x" * 20_000},
        {"content_root": "x" * 40_000},
        {"state": "waiting"},
    ],
    ids=repr,
)
def test_an_answer_that_does_not_hold_together_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(MessageError):
        EnrolAnswer.from_json(replace(CONFIRMED, **changes).to_json())


@pytest.mark.parametrize(
    "message",
    [
        replace(EnrolRequest.made(CODE, KEY), code="7k3qxm9t4a"),
        replace(EnrolRequest.made(CODE, KEY), public_key="AB" * 32),
        replace(EnrolQuestion.made(ROW, KEY), row="f"),
        replace(EnrolQuestion.made(ROW, KEY), public_key=""),
        replace(NewKey.made("K-0001", KEY), public_key="ab"),
        Leave(desa="x"),
        Left(kiosk_id="K-0001", at="kemarin"),
        StickFile(url="ftp://pusat", code=CODE),
        StickFile(url="https://pusat", code="U"),
        StickFile(url="https://pusat", code=CODE, ca="x" * 20_000),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_with_a_wrong_value_is_refused(message: Message) -> None:
    with pytest.raises(MessageError):
        type(message).from_json(message.to_json())
