"""What a receipt printer's bytes mean. Pure: bytes in, one Health out, by a written priority.

Source: Epson ESC/POS, DLE EOT n, GS a (automatic status back), GS r 1; bit patterns confirmed against emupos. A silent printer
is UNKNOWN, never "plenty of paper": python-escpos says 2 (adequate) when nothing answers at all.
"""

from collections.abc import Mapping
from enum import StrEnum

from kiosk.hardware.health import READY, Condition, Health

# DLE EOT n: 1 printer, 2 why offline, 3 errors, 4 paper
QUERIES: Mapping[int, bytes] = {n: bytes([0x10, 0x04, n]) for n in (1, 2, 3, 4)}
_OFFLINE = 0x08  # in 1, and in the first byte of an ASB
_COVER_OPEN, _PAPER_END_STOP = 0x04, 0x20  # in 2
_CUTTER, _UNRECOVERABLE = 0x08, 0x20  # in 3, and in the second byte of an ASB
_NEAR_END, _PAPER_OUT = 0x0C, 0x60  # in 4
_ASB_COVER_OPEN, _ASB_NEAR_END, _ASB_PAPER_OUT = 0x20, 0x03, 0x0C  # in the first and the third byte of an ASB
ASB_LENGTH = 4


class Kind(StrEnum):
    """What a byte from a printer can be; each kind has bits of its own."""

    STATUS = "status"  # DLE EOT: 0xx1xx10
    ASB = "asb"  # the first of four: 0xx1xx00; the other three look like PAPER
    PAPER = "paper"  # GS r 1, our fence: 0xx0xxxx
    OTHER = "other"  # XON, XOFF, rubbish


def kind_of(byte: int) -> Kind:
    if byte & 0x93 == 0x12:
        return Kind.STATUS
    if byte & 0x93 == 0x10:
        return Kind.ASB
    return Kind.OTHER if byte & 0x90 else Kind.PAPER


def summarise(answers: Mapping[int, int | None]) -> Health:
    """One state from the answers to DLE EOT 1 to 4, each a byte that looks like one, or None. Priority: silence, cover, paper
    out, cutter, offline for another reason, paper low."""
    found = {n: byte for n in QUERIES if (byte := answers.get(n)) is not None and kind_of(byte) is Kind.STATUS}
    evidence = " ".join(f"{n}={found[n]:02x}" if n in found else f"{n}=-" for n in QUERIES)
    if 1 not in found or 4 not in found:
        return Health(Condition.UNKNOWN, "receipt.silent", evidence)
    offline, errors, paper = found.get(2, 0), found.get(3, 0), found[4]
    return _ranked(
        cover=offline & _COVER_OPEN, out=paper & _PAPER_OUT or offline & _PAPER_END_STOP,
        broken=errors & (_CUTTER | _UNRECOVERABLE), offline=found[1] & _OFFLINE, low=paper & _NEAR_END,
        evidence=evidence,
    )  # fmt: skip


def summarise_asb(block: bytes) -> Health:
    """One state from the four bytes that a printer sends by itself when something changes. Same priority."""
    first, second, third, _fourth = block
    return _ranked(
        cover=first & _ASB_COVER_OPEN, out=third & _ASB_PAPER_OUT, broken=second & (_CUTTER | _UNRECOVERABLE),
        offline=first & _OFFLINE, low=third & _ASB_NEAR_END, evidence=f"asb={block.hex()}",
    )  # fmt: skip


def _ranked(*, cover: int, out: int, broken: int, offline: int, low: int, evidence: str) -> Health:
    """The first that holds."""
    rules = (
        (cover, Condition.FAULT, "receipt.cover_open"),
        (out, Condition.FAULT, "receipt.paper_out"),
        (broken, Condition.FAULT, "receipt.cutter"),
        (offline, Condition.FAULT, "receipt.offline"),
        (low, Condition.ATTENTION, "receipt.paper_low"),
    )
    hit = next(((condition, code) for holds, condition, code in rules if holds), None)
    return Health(*hit, evidence) if hit else READY
