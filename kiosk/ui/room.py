"""How much fits on a page without scrolling, in usual and in large letters; a browser test measures it."""

from collections.abc import Sequence
from typing import Any, TypeVar

from kiosk.session import Kiosk

Facts = dict[str, Any]
Row = TypeVar("Row")

MOST_TILES = 6
LIST_ROWS = {False: 12, True: 8}  # (large letters)


def large(kiosk: Kiosk) -> bool:
    """Whether this visitor reads large letters."""
    return bool(kiosk.visit.display.get("besar"))


def cut(rows: Sequence[Row], page: int, size: int) -> tuple[Sequence[Row], Facts]:
    """One page of a long list, and where it stands."""
    pages = max(1, -(-len(rows) // size))
    at = min(page, pages - 1)
    return rows[at * size : (at + 1) * size], {"at": at, "pages": pages}
