"""The staff's roster as a message: strict, signed, and nobody else's signature fits it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from adminduk.messages import (
    LARGEST_ROSTER,
    MessageError,
    Receipt,
    SignedReceipt,
    SignedRoster,
    StaffRoster,
    is_staff_id,
    sign_receipt,
    sign_roster,
    verify_receipt,
    verify_roster,
)

KEY = Ed25519PrivateKey.generate()
ROW: dict[str, Any] = {"id": "P-0007", "name": "PETUGAS CONTOH", "pin_hash": "$argon2id$v=19$x", "active": True}
ROSTER = StaffRoster(desa="3312122001", issued_at="2026-11-21T03:00:00.000000Z", valid_days=30, staff=(ROW,))


def taken(**changes: Any) -> StaffRoster:
    data = {**json.loads(ROSTER.to_json()), **changes}
    return StaffRoster.from_json(json.dumps({key: value for key, value in data.items() if value != "DROP"}).encode())


def row(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in {**ROW, **changes}.items() if value != "DROP"}


def test_a_roster_survives_the_wire() -> None:
    assert StaffRoster.from_json(ROSTER.to_json()) == ROSTER
    signed = sign_roster(ROSTER, KEY)
    assert SignedRoster.from_json(signed.to_json()) == signed
    assert verify_roster(signed, KEY.public_key()) == ROSTER


def test_a_roster_of_nobody_and_a_full_one_are_taken() -> None:
    assert taken(staff=[]).staff == ()
    assert len(taken(staff=many(LARGEST_ROSTER)).staff) == LARGEST_ROSTER


def many(count: int) -> list[dict[str, Any]]:
    return [row(id=f"P-{number:04d}") for number in range(count)]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"desa": "331212200"}, "desa"), ({"desa": "33121220O1"}, "desa"), ({"desa": 3312122001}, "desa"),
        ({"issued_at": "yesterday"}, "issued_at"), ({"issued_at": "2026-11-21T03:00:00Z"}, "issued_at"),
        ({"issued_at": "2026-11-21T03:00:00.0Z"}, "issued_at"), ({"valid_days": 0}, "valid_days"),
        ({"valid_days": 367}, "valid_days"), ({"valid_days": True}, "valid_days"), ({"valid_days": 1.5}, "valid_days"),
        ({"staff": {}}, "staff"), ({"staff": [ROW, ROW]}, "staff"), ({"staff": many(LARGEST_ROSTER + 1)}, "staff"),
        ({"staff": [row(id="P-7")]}, "staff"), ({"staff": [row(id="P-00007")]}, "staff"),
        ({"staff": [row(id="DROP")]}, "staff"), ({"staff": [row(pin="482193")]}, "staff"),
        ({"staff": [row(active="yes")]}, "staff"), ({"staff": [row(active=1)]}, "staff"),
        ({"staff": [row(name="")]}, "staff"), ({"staff": [row(name="x" * 61)]}, "staff"),
        ({"staff": [row(name=True)]}, "staff"), ({"staff": [row(pin_hash="482193")]}, "staff"),
        ({"staff": [row(pin_hash="$2b$12$x")]}, "staff"), ({"staff": [row(pin_hash=None)]}, "staff"),
        ({"staff": "DROP"}, "staff"), ({"extra": 1}, "extra"),
    ],
)  # fmt: skip
def test_a_roster_that_is_not_exactly_one_is_refused(changes: dict[str, Any], where: str) -> None:
    with pytest.raises(MessageError) as refused:
        taken(**changes)
    assert (refused.value.code, refused.value.where) == ("pesan_rusak", where)


def test_a_roster_of_another_version_says_so() -> None:
    with pytest.raises(MessageError) as refused:
        taken(v=2)
    assert refused.value.code == "versi"


def refusal(signed: SignedRoster, key: Ed25519PrivateKey = KEY) -> str:
    with pytest.raises(MessageError) as refused:
        verify_roster(signed, key.public_key())
    return refused.value.code


def test_another_keys_roster_is_forged() -> None:
    assert refusal(sign_roster(ROSTER, Ed25519PrivateKey.generate())) == "daftar_petugas_palsu"


@given(st.data())
def test_a_roster_with_any_character_changed_is_forged(data: st.DataObject) -> None:
    signed = sign_roster(ROSTER, KEY)
    at = data.draw(st.integers(0, len(signed.roster) - 1))
    other = data.draw(st.characters(exclude_characters=signed.roster[at], exclude_categories=["Cs"]))
    assert (
        refusal(replace(signed, roster=signed.roster[:at] + other + signed.roster[at + 1 :])) == "daftar_petugas_palsu"
    )


@pytest.mark.parametrize("signature", ["", "AA==", "not base64", "é", "A" * 88])
def test_a_signature_that_is_none_is_forged(signature: str) -> None:
    assert refusal(replace(sign_roster(ROSTER, KEY), signature=signature)) == "daftar_petugas_palsu"


def test_a_receipts_signature_fits_no_roster_nor_the_other_way_round() -> None:
    receipt = Receipt(id="x", sha256="ab" * 32, size=5, received_at="2026-11-21T03:00:00.000000Z", centre="dukcapil")
    as_receipt, as_roster = sign_receipt(receipt, KEY), sign_roster(ROSTER, KEY)
    assert refusal(SignedRoster(roster=as_receipt.receipt, signature=as_receipt.signature)) == "daftar_petugas_palsu"
    with pytest.raises(MessageError) as refused:
        verify_receipt(SignedReceipt(receipt=as_roster.roster, signature=as_roster.signature), KEY.public_key())
    assert refused.value.code == "tanda_terima_palsu"


def test_what_the_centre_signed_is_still_read_strictly() -> None:
    bad = replace(ROSTER, valid_days=0)
    assert refusal(sign_roster(bad, KEY)) == "pesan_rusak"


def test_neither_names_nor_hashes_show_in_a_repr_or_an_error() -> None:
    shown = repr(ROSTER) + repr(sign_roster(ROSTER, KEY))
    assert "CONTOH" not in shown
    assert "argon2" not in shown


@pytest.mark.parametrize(
    ("text", "holds"),
    [("P-0007", True), ("P-9999", True), ("p-0007", False), ("P-007", False), ("P-0007\n", False), ("P-٠٠٠٧", False)],
)
def test_a_staff_id_has_one_shape(text: str, holds: bool) -> None:
    assert is_staff_id(text) is holds
