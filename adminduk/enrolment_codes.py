"""The one-time code that brings a new kiosk to its centre, and the six digits that both screens show.

A code is ten of Crockford's base32 letters (https://www.crockford.com/base32.html), spoken and printed 5-5. The first
three say which code it is, the other seven (35 bits) are its secret. See docs/decisions/0014-enrolment-by-one-time-code.md.
"""

import hashlib
import hmac

from adminduk.tickets import Dice
from adminduk.verdict import Verdict, refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O (they look like 1, 1, 0), no U
LETTERS, SELECTOR_LETTERS, FINGERPRINT_DIGITS = 10, 3, 6
QR_PREFIX = "KIOSE1"
_SEPARATORS = str.maketrans("", "", " -._\t\r\n")
_LOOKS_LIKE = str.maketrans("OIL", "011")
_CODE_CONTEXT, _FINGERPRINT_CONTEXT = b"kios/enrolment-code/1\n", b"kios/fingerprint/1\n"


def new_code(dice: Dice) -> str:
    """50 bits."""
    return "".join(ALPHABET[dice.randbelow(len(ALPHABET))] for _ in range(LETTERS))


def check_code(text: str) -> Verdict:
    """What somebody typed, or a code reader read: small letters, separators and look-alikes are put right.

    Errors: ``kosong``, ``panjang``, ``huruf_salah`` (no code holds that letter).
    """
    told = text.strip().upper()
    if told.startswith(f"{QR_PREFIX} "):  # by its own spelling, before letters are put right
        told = told.removeprefix(QR_PREFIX)
    code = told.translate(_SEPARATORS).translate(_LOOKS_LIKE)
    if not code:
        return refused("kosong")
    if any(letter not in ALPHABET for letter in code):
        return refused("huruf_salah")
    return Verdict(value=code) if len(code) == LETTERS else refused("panjang")


def selector(code: str) -> str:
    """The letters by which the centre finds the code's row; no secret."""
    return code[:SELECTOR_LETTERS]


def grouped(code: str) -> str:
    """``7K3QX-M9T4A``."""
    return f"{code[: LETTERS // 2]}-{code[LETTERS // 2 :]}"


def qr_text(code: str) -> str:
    """The code's QR, in QR's alphanumeric mode."""
    return f"{QR_PREFIX} {code}"


def hashed(code: str, pepper: bytes) -> str:
    """What the centre keeps: HMAC-SHA-256, 64 hex digits. ``pepper``: 32 bytes that are not in the database."""
    return hmac.new(pepper, _CODE_CONTEXT + code.encode(), hashlib.sha256).hexdigest()


def fingerprint(public_key: str, row: str, receipt_key: str) -> str:
    """Six digits of who enrols with whom: the kiosk's key, the code's row at the centre, the centre's receipts' key (all hex).

    Raises ValueError on what is no hex.
    """
    parts = b"".join(bytes.fromhex(part) for part in (public_key, row, receipt_key))
    number = int.from_bytes(hashlib.sha256(_FINGERPRINT_CONTEXT + parts).digest()[:8])
    return f"{number % 10**FINGERPRINT_DIGITS:0{FINGERPRINT_DIGITS}d}"


def key_digits(public_key: str, kiosk_id: str, receipt_key: str) -> str:
    """Six digits of a kiosk that is enrolled, for the technician's page and the centre's: its key, its id, the centre's
    receipts' key. Raises ValueError on what is no hex."""
    return fingerprint(public_key, kiosk_id.encode().hex(), receipt_key)


def spoken(six: str) -> str:
    """``482 193``."""
    return f"{six[:3]} {six[3:]}"
