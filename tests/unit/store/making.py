"""Stores, submissions and dice for the tests of the store, the vault and the uplink."""

import tempfile
from functools import cache
from pathlib import Path
from uuid import UUID

from uuid6 import uuid7

from adminduk.clock import Clock, ManualClock, stamp
from adminduk.tickets import with_check_digits
from kiosk.store import Store, Submission

KEY = bytes(range(32))


class FixedDice:
    """Always the same throw: ``part`` of the way up, 0.0 to below 1.0."""

    def __init__(self, part: float = 0.5) -> None:
        self.part = part

    def token_bytes(self, nbytes: int, /) -> bytes:
        return b"\x07" * nbytes

    def randbelow(self, exclusive_upper_bound: int, /) -> int:
        return int(exclusive_upper_bound * self.part)


@cache
def _empty(key: bytes) -> bytes:
    """A migrated store's file, made once a run: a tenth of a second for each of the thousand stores of the tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        Store.open(path, key, clock=ManualClock(), dice=FixedDice()).close()
        return path.read_bytes()


def lay_store(path: Path, key: bytes = KEY) -> Path:
    """An empty store of this release, where there is none yet."""
    if not path.exists():
        path.touch(mode=0o660)
        path.write_bytes(_empty(key))
    return path


def open_store(folder: Path, *, clock: Clock | None = None, part: float = 0.5, key: bytes = KEY) -> Store:
    return Store.open(lay_store(folder / "store.db", key), key, clock=clock or ManualClock(), dice=FixedDice(part))


def ticket(number: int) -> str:
    return with_check_digits(f"0017{number:06d}")


def submission(number: int = 1, *, packet_id: str = "", size: int = 1000) -> Submission:
    """The ``number``-th packet of kiosk 17; ids made later sort later."""
    return Submission(
        id=packet_id or str(uuid7()),
        sha256=f"{number:064x}",
        size=size,
        ticket=ticket(number),
        service="kk_perubahan",
        sealed_at=stamp(ManualClock().now()),
        clock_trusted=True,
    )


def numbered_id(number: int) -> str:
    """UUIDv7-shaped ids that sort by number."""
    return str(UUID(int=(number << 80) | (7 << 76) | (2 << 62)))
