"""A store whose pages the disk has spoilt, or that is gone: put aside, begun anew, and every waiting packet taken up again.

Only the screen's process mends, at its start. What the packets need is in the packets: id, bytes, and the moment in the id.
The print ledger, acts and tickets of the old store stay in the file that was put aside; drafts get their whole time again.
"""

import errno
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa

from adminduk.clock import Clock, stamp
from adminduk.tickets import Dice
from kiosk.store.engine import StoreError, open_engine, store_error
from kiosk.store.outbox import Submission
from kiosk.store.store import Store

log = logging.getLogger(__name__)

ASIDE = "rusak"


class Packets(Protocol):
    """The vault, as far as it is needed here."""

    def ids(self) -> frozenset[str]: ...
    def size(self, packet_id: str) -> int: ...
    def sha256(self, packet_id: str) -> str: ...


def open_or_mend(path: Path, key: bytes, *, clock: Clock, dice: Dice) -> Store:
    """The store, begun anew where what lies there is bad; a spoilt first page looks like a wrong key. Raises StoreError for a
    disk that takes nothing now: ``penuh``, ``sibuk``, ``rusak``."""
    try:
        if path.exists() and path.stat().st_size > 0:
            check(path, key)
        return Store.open(path, key, clock=clock, dice=dice)
    except StoreError as error:
        if not (error.spoilt or _unreadable(path)):
            raise
        log.warning("store_put_aside code=%s as=%s", error.code, put_aside(path).name)
    return Store.open(path, key, clock=clock, dice=dice)


def _unreadable(path: Path) -> bool:
    """Whether the disk gives some of it no more."""
    try:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
    except OSError as error:
        return error.errno == errno.EIO
    return False


def check(path: Path, key: bytes) -> None:
    """Every page by its seal, and the tree they make. Raises StoreError ``rusak``, or as opening does."""
    engine = open_engine(path, key)
    try:
        with engine.connect() as connection:
            seals = connection.exec_driver_sql("PRAGMA cipher_integrity_check").first()
            tree = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    except sa.exc.DBAPIError as error:
        raise (store_error(error) or error) from None
    finally:
        engine.dispose()
    if seals is not None or tree != "ok":
        raise StoreError("rusak", spoilt=True)


def put_aside(path: Path) -> Path:
    """Nothing of it is deleted. The newest has the highest number."""
    number = 1
    while (aside := path.with_name(f"{path.name}.{ASIDE}-{number}")).exists():
        number += 1
    for ending in ("-wal", "-shm", ""):  # the file itself last: until then the next start finds it, and mends again
        part = path.with_name(path.name + ending)
        if part.exists():
            part.rename(aside.with_name(aside.name + ending))
    return aside


def take_up(store: Store, packets: Packets, drafts: frozenset[str], *, days: float) -> tuple[str, ...]:
    """In a store that never knew the vaults, rows for all that lies there: whoever has a receipt finds it sent, and nothing
    counts as an orphan. The packets' ids; in a store that knows them, none."""
    if store.knows_vault():
        return ()
    for draft_id in sorted(drafts - store.drafts.ids()):
        store.drafts.take_up(draft_id, days=days)
    adopted = tuple(_adopted(packets, sorted(packets.ids() - store.packet_ids())))
    store.take_up(adopted)
    return tuple(one.id for one in adopted)


def _adopted(packets: Packets, ids: Iterable[str]) -> Iterator[Submission]:
    for packet_id in ids:
        sealed_at = datetime.fromtimestamp((UUID(packet_id).int >> 80) / 1000, UTC)  # RFC 9562, UUIDv7
        yield Submission(
            id=packet_id, sha256=packets.sha256(packet_id), size=packets.size(packet_id),
            ticket=f"?{packet_id[-11:]}", service="?", sealed_at=stamp(sealed_at), clock_trusted=False,
        )  # fmt: skip
