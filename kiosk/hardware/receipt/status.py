"""What a receipt printer's status bytes mean. Pure: bytes in, one Health out, by a written priority.

Source: Epson ESC/POS, DLE EOT n; bit patterns confirmed against emupos (docs/technician notes in tests/devices). A silent
printer is UNKNOWN, never "plenty of paper": python-escpos says 2 (adequate) when nothing answers at all.
"""

from collections.abc import Mapping

from kiosk.hardware.health import READY, Condition, Health

# DLE EOT n: 1 printer, 2 why offline, 3 errors, 4 paper
QUERIES: Mapping[int, bytes] = {n: bytes([0x10, 0x04, n]) for n in (1, 2, 3, 4)}
_FIXED_MASK, _FIXED = 0x93, 0x12  # bits that every status byte has
_OFFLINE = 0x08  # in 1
_COVER_OPEN, _PAPER_END_STOP = 0x04, 0x20  # in 2
_CUTTER, _UNRECOVERABLE = 0x08, 0x20  # in 3
_NEAR_END, _PAPER_OUT = 0x0C, 0x60  # in 4


def valid(answer: bytes | None) -> int | None:
    """The byte, if it is exactly one and looks like a status byte; anything else is silence."""
    if answer is None or len(answer) != 1 or answer[0] & _FIXED_MASK != _FIXED:
        return None
    return answer[0]


def summarise(answers: Mapping[int, bytes | None]) -> Health:
    """One state from the four answers. Priority: silence, cover, paper out, cutter, offline for another reason, paper low."""
    found = {n: byte for n in QUERIES if (byte := valid(answers.get(n))) is not None}
    evidence = " ".join(f"{n}={found[n]:02x}" if n in found else f"{n}=-" for n in QUERIES)
    if 1 not in found or 4 not in found:
        return Health(Condition.UNKNOWN, "receipt.silent", evidence)
    offline, errors, paper = found.get(2, 0), found.get(3, 0), found[4]
    rules = (
        (offline & _COVER_OPEN, Condition.FAULT, "receipt.cover_open"),
        (paper & _PAPER_OUT or offline & _PAPER_END_STOP, Condition.FAULT, "receipt.paper_out"),
        (errors & (_CUTTER | _UNRECOVERABLE), Condition.FAULT, "receipt.cutter"),
        (found[1] & _OFFLINE, Condition.FAULT, "receipt.offline"),
        (paper & _NEAR_END, Condition.ATTENTION, "receipt.paper_low"),
    )
    hit = next(((condition, code) for holds, condition, code in rules if holds), None)
    return Health(*hit, evidence) if hit else READY
