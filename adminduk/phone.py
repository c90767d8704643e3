"""Mobile numbers: 08…, 62…, +62…, 8… with spaces, dots, hyphens, brackets; kept as E.164. Source: domain reference §4."""

import re

from adminduk.masking import mask_phone
from adminduk.verdict import Verdict, refused

_SEPARATORS = str.maketrans("", "", " .-()")
_MOBILE = re.compile(r"8[1-9][0-9]{7,10}")
_PREFIXES = ("+62", "62", "0", "")

mask = mask_phone


def check(text: str) -> Verdict:
    """Errors: ``bukan_angka``, ``bukan_nomor_hp``. ``value`` is +628[1-9] and 7 to 10 digits."""
    number = text.translate(_SEPARATORS)
    if not re.fullmatch(r"\+?[0-9]+", number, re.ASCII):
        return refused("bukan_angka")
    national = next(number[len(prefix) :] for prefix in _PREFIXES if number.startswith(prefix))
    return Verdict(value="+62" + national) if _MOBILE.fullmatch(national) else refused("bukan_nomor_hp")
