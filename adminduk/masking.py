"""Masks for everything that leaves memory: logs of both sides run through ``mask_text``."""

import re

# A NIK or No. KK as people type it: 16 digits, perhaps with spaces, dots or hyphens between them.
_LONG = re.compile(r"(?<![0-9])(?:[0-9][ .\-]?){15}[0-9](?![0-9])")
_PHONE = re.compile(r"(?<![0-9])(?:\+?62|0)[ .\-]?8(?:[0-9][ .\-]?){7,11}(?![0-9])")
# Our own ids (UUIDv7): no number of a person has their shape, and a masked one no longer says which packet is meant.
_ID = re.compile(r"(?<![0-9a-f])([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(?![0-9a-f])")
_KEPT_HEAD, _KEPT_TAIL = 6, 4


def mask_number(digits: str) -> str:
    """``331212******9901``: region and the last four stay."""
    hidden = len(digits) - _KEPT_HEAD - _KEPT_TAIL
    return digits if hidden <= 0 else digits[:_KEPT_HEAD] + "*" * hidden + digits[-_KEPT_TAIL:]


def mask_phone(e164: str) -> str:
    """``+62812****0000``."""
    return e164 if len(e164) < 10 else e164[:6] + "*" * (len(e164) - 10) + e164[-4:]


def mask_text(text: str) -> str:
    """Mask every 16-digit run and every phone number in a text; ids stay as they are."""
    return "".join(part if number % 2 else _mask(part) for number, part in enumerate(_ID.split(text)))


def _mask(text: str) -> str:
    text = _LONG.sub(lambda hit: mask_number(re.sub(r"[^0-9]", "", hit[0])), text)
    return _PHONE.sub(lambda hit: mask_phone(re.sub(r"[ .\-]", "", hit[0])), text)
