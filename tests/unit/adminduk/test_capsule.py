"""A kiosk's health in one QR code: what was written is read, nothing else is, and nobody's data fits in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import segno
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from adminduk import capsule
from adminduk.capsule import Capsule, DeviceHealth, LastTest

ROLES = ("receipt", "paper", "camera", "selfie", "scanner", "codes", "power", "disk", "card")
ONE = Capsule(
    kiosk_id="kios-17", version="0.1.0", at=datetime(2026, 11, 21, 3, 0, tzinfo=UTC), clock_trusted=True, ready=False,
    devices=(
        DeviceHealth(role="receipt", state="ready", tested=LastTest.PASSED),
        DeviceHealth(role="paper", state="paper_out", tested=LastTest.FAILED),
        DeviceHealth(role="disk", state="ready", tested=LastTest.NEVER),
    ),
    waiting=3, attention=0, oldest_hours=12, free_mb=51_200,
)  # fmt: skip
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()

devices = st.lists(
    st.builds(
        DeviceHealth,
        role=st.sampled_from(ROLES),
        state=st.sampled_from(("ready", "unknown", "paper_out", "on_battery", "replace_battery")),
        tested=st.sampled_from(LastTest),
    ),
    max_size=9,
).map(tuple)
capsules = st.builds(
    Capsule, kiosk_id=st.from_regex(r"[a-z0-9][a-z0-9.-]{0,30}", fullmatch=True), version=st.just("1.12.0"),
    at=st.integers(0, 50_000_000).map(lambda minute: EPOCH + timedelta(minutes=minute)),
    clock_trusted=st.booleans(), ready=st.booleans(), devices=devices, waiting=st.integers(0, 99_999),
    attention=st.integers(0, 99_999), oldest_hours=st.integers(0, 99_999), free_mb=st.integers(0, 9_999_999),
    signature=st.one_of(st.just(b""), st.binary(min_size=64, max_size=64)),
)  # fmt: skip


def test_it_reads_like_words_over_the_telephone() -> None:
    assert capsule.write(ONE) == (
        "KIOK1 KIOS-17 0.1.0 20261121T0300+ N RECEIPT PAPER:PAPER-OUT:F DISK:READY:N Q3.0.12 F51200 -"
    )


@settings(max_examples=40)
@given(capsules)
def test_what_was_written_is_read(one: Capsule) -> None:
    assert capsule.read(capsule.write(one)) == one


def test_it_fits_the_narrowest_receipt_with_four_devices_in_trouble_and_a_signature() -> None:
    """384 dots of a 58 mm printer, 6 a module, 2 modules of white on each side: 60 modules, QR's version 10."""
    trouble = [DeviceHealth(role=role, state="replace_battery", tested=LastTest.NEVER) for role in ROLES[:4]]
    fine = [DeviceHealth(role=role, state="ready", tested=LastTest.PASSED) for role in ROLES[4:]]
    full = replace(ONE, devices=(*trouble, *fine), waiting=1234, attention=123, oldest_hours=9999, signature=bytes(64))
    code = segno.make(capsule.write(full), error="m", micro=False)
    assert code.mode == "alphanumeric"
    assert (code.symbol_size(border=2)[0]) * 6 <= 384


@pytest.mark.parametrize(
    "text",
    [
        "", "KIOS1 001748219365 ABC", "KIOK1", capsule.write(ONE)[:-1], capsule.write(ONE) + " ", capsule.write(ONE).lower(),
        capsule.write(ONE).replace("KIOK1", "KIOK2"), capsule.write(ONE).replace("1121T", "1399T"),
        capsule.write(ONE).replace(":F", ":X"), capsule.write(ONE).replace("Q3.0.12", "Q3.0"),
        capsule.write(ONE)[:-1] + "A" * 102, capsule.write(ONE)[:-1] + "1" * 103,
    ],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert capsule.read(text) is None


def test_a_signature_covers_everything_before_it() -> None:
    signed = capsule.signed(ONE, KEY.sign(capsule.body(ONE).encode()))
    read = capsule.read(capsule.write(signed))
    assert read is not None
    KEY.public_key().verify(read.signature, capsule.body(read).encode())
    forged = replace(read, ready=True)
    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(forged.signature, capsule.body(forged).encode())
