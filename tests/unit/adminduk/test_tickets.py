"""Tickets a person can read aloud: every misread digit is caught; claims never show their secret."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk.tickets import (
    Claim,
    check_pin,
    check_ticket,
    claim_code,
    new_claim,
    new_pin,
    new_ticket,
    read_claim_code,
    spaced,
)

kiosks = st.integers(1, 9999)


class Loaded:
    """Dice that throw what they are told."""

    def __init__(self, *throws: int) -> None:
        self._throws = list(throws)

    def randbelow(self, _bound: int, /) -> int:
        return self._throws.pop(0)

    def token_bytes(self, count: int, /) -> bytes:
        return bytes(range(count))


@given(kiosk=kiosks, throw=st.integers(0, 999_999))
def test_every_ticket_passes_its_own_check_however_it_is_written(kiosk: int, throw: int) -> None:
    ticket = new_ticket(kiosk, Loaded(throw))
    assert check_ticket(ticket).value == ticket
    assert check_ticket(spaced(ticket)).value == ticket
    assert check_ticket(" ".join(ticket)).value == ticket


@given(kiosk=kiosks, throw=st.integers(0, 999_999), at=st.integers(0, 11), digit=st.integers(0, 9))
def test_one_misread_digit_is_caught(kiosk: int, throw: int, at: int, digit: int) -> None:
    ticket = new_ticket(kiosk, Loaded(throw))
    wrong = ticket[:at] + str(digit) + ticket[at + 1 :]
    assert check_ticket(wrong).ok is (wrong == ticket)


@given(kiosk=kiosks, throw=st.integers(0, 999_999), at=st.integers(0, 10))
def test_two_swapped_neighbours_are_caught(kiosk: int, throw: int, at: int) -> None:
    ticket = new_ticket(kiosk, Loaded(throw))
    swapped = ticket[:at] + ticket[at + 1] + ticket[at] + ticket[at + 2 :]
    assert check_ticket(swapped).ok is (swapped == ticket)


@pytest.mark.parametrize(
    ("text", "code"),
    [("12345678901", "panjang"), ("12345678901x", "bukan_angka"), ("٠١٢٣٤٥٦٧٨٩٠١", "bukan_angka"), ("", "bukan_angka")],
)
def test_what_is_no_ticket(text: str, code: str) -> None:
    assert check_ticket(text).errors == (code,)


def test_a_ticket_with_a_wrong_check() -> None:
    assert check_ticket("000000000000").errors == ("angka_periksa",)


@pytest.mark.parametrize("number", [0, 10_000, -1])
def test_a_kiosk_without_a_number_gives_no_tickets(number: int) -> None:
    with pytest.raises(ValueError, match="1 to 9999"):
        new_ticket(number, secrets)


def test_a_pin_is_never_six_times_the_same_digit() -> None:
    assert new_pin(Loaded(0, 111_111, 42)) == "000042"


@pytest.mark.parametrize(("text", "errors"), [("12345", ("panjang",)), ("12a456", ("bukan_angka",)), ("123 456", ())])
def test_pins(text: str, errors: tuple[str, ...]) -> None:
    assert check_pin(text).errors == errors


@given(st.binary(min_size=16, max_size=16), st.integers(1, 9999))
def test_the_code_on_paper_reads_back(secret: bytes, kiosk: int) -> None:
    claim = Claim(ticket=new_ticket(kiosk, secrets), secret=secret, pin="123456")
    assert read_claim_code(claim_code(claim)) == (claim.ticket, secret)
    assert set(claim_code(claim)) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")  # QR alphanumeric mode


@given(st.text())
def test_any_other_code_is_no_claim(text: str) -> None:
    assert read_claim_code(text) is None


@pytest.mark.parametrize("change", [("KIOS1", "KIOS2"), (" ", "_"), ("A", "!")])
def test_a_damaged_code_is_no_claim(change: tuple[str, str]) -> None:
    code = claim_code(Claim(ticket=new_ticket(7, secrets), secret=bytes(16), pin="123456"))
    assert read_claim_code(code.replace(*change)) is None
    assert read_claim_code(code[:-1]) is None


def test_a_claim_keeps_its_secrets_in_a_traceback() -> None:
    claim = new_claim(12, secrets)
    assert claim.pin not in repr(claim)
    assert claim.secret.hex() not in repr(claim)
    assert len(claim.secret) == 16
