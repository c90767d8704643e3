"""Numbers a person can read aloud, claim secrets, PINs.

A ticket is 12 digits: 4 of the kiosk, 6 random, 2 check digits (ISO 7064 MOD 97-10), spoken and printed 4-4-4.
See docs/decisions/0003-ticket-of-digits.md.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Protocol

from adminduk.verdict import Verdict, refused

TICKET_DIGITS, PIN_DIGITS, SECRET_BYTES = 12, 6, 16
_SEPARATORS = str.maketrans("", "", " -.")
_CODE_PREFIX = "KIOS1"


class Dice(Protocol):
    """Randomness as an argument; the ``secrets`` module is one."""

    def token_bytes(self, nbytes: int, /) -> bytes: ...

    def randbelow(self, exclusive_upper_bound: int, /) -> int: ...


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def with_check_digits(body: str) -> str:
    """Append the two digits that make the whole ≡ 1 (mod 97)."""
    return f"{body}{98 - int(body) * 100 % 97:02d}"


def new_ticket(kiosk_number: int, dice: Dice) -> str:
    """A ticket of this kiosk. Unique on the kiosk only when its store says so. Raises ValueError outside 1–9999."""
    if not 1 <= kiosk_number <= 9999:
        raise ValueError("kiosk number must be 1 to 9999")
    return with_check_digits(f"{kiosk_number:04d}{dice.randbelow(1_000_000):06d}")


def check_ticket(text: str) -> Verdict:
    """Errors: ``bukan_angka``, ``panjang``, ``angka_periksa`` (a digit was misread)."""
    ticket = text.translate(_SEPARATORS)
    if not _is_digits(ticket):
        return refused("bukan_angka")
    if len(ticket) != TICKET_DIGITS:
        return refused("panjang")
    if int(ticket) % 97 != 1:
        return refused("angka_periksa")
    return Verdict(value=ticket)


def spaced(ticket: str) -> str:
    """``0017-4821-9365``."""
    return "-".join(ticket[at : at + 4] for at in range(0, len(ticket), 4))


def new_pin(dice: Dice) -> str:
    """Six digits, not all the same."""
    while True:
        pin = f"{dice.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"
        if len(set(pin)) > 1:
            return pin


def check_pin(text: str) -> Verdict:
    """Errors: ``bukan_angka``, ``panjang``."""
    pin = text.translate(_SEPARATORS)
    if not _is_digits(pin):
        return refused("bukan_angka")
    return Verdict(value=pin) if len(pin) == PIN_DIGITS else refused("panjang")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the paper carries. The secret and the PIN never show in a repr."""

    ticket: str
    secret: bytes = field(repr=False)
    pin: str = field(repr=False)


def new_claim(kiosk_number: int, dice: Dice) -> Claim:
    """Ticket, 128-bit secret and PIN of one submission."""
    return Claim(ticket=new_ticket(kiosk_number, dice), secret=dice.token_bytes(SECRET_BYTES), pin=new_pin(dice))


def claim_code(claim: Claim) -> str:
    """The QR's text: 44 characters of QR's alphanumeric set."""
    secret = base64.b32encode(claim.secret).decode().rstrip("=")
    return f"{_CODE_PREFIX} {claim.ticket} {secret}"


def read_claim_code(text: str) -> tuple[str, bytes] | None:
    """(ticket, secret) of a claim code, or None for any other text."""
    parts = text.strip().split(" ")
    if len(parts) != 3 or parts[0] != _CODE_PREFIX or not check_ticket(parts[1]).ok:
        return None
    try:
        secret = base64.b32decode(parts[2] + "=" * (-len(parts[2]) % 8))
    except (binascii.Error, ValueError):
        return None
    return (parts[1], secret) if len(secret) == SECRET_BYTES else None
