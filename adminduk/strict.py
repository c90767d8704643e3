"""Strict JSON: duplicate keys, NaN and Infinity, bad UTF-8 and over-deep nesting are errors, not surprises."""

import json
from typing import Any


class StrictError(ValueError):
    """JSON that is not taken. The text never repeats the content."""


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise StrictError("kunci_ganda")
    return found


def _no_constant(_name: str) -> Any:
    raise StrictError("angka_janggal")


def read_json(raw: bytes) -> Any:
    """Parse. Raises StrictError only."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except StrictError:
        raise
    except (ValueError, RecursionError):
        raise StrictError("bukan_json") from None
