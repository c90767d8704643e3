"""Takes the centre's receipts from a stick, exactly as the line's are taken: verified, stored, then the packet is erased.

A receipt that is here already changes nothing; another kiosk's, a forged one and one for other bytes are passed over. After a
kill between two steps the same stick, or the courier, goes on: the row says RECEIVED until the packet is erased.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.messages import MessageError, Receipt, SignedReceipt, verify_receipt
from adminduk.parcels import FOLDER, LARGEST_RECEIPT, RECEIPTS
from kiosk.export.errors import StickError, stick_troubles
from kiosk.store import Item, Phase, Store
from kiosk.vault import Vault, VaultError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """``received``: new; ``known``: here before; ``strange``: of another kiosk; ``refused``: forged, damaged, or for other
    bytes."""

    received: int = 0
    known: int = 0
    strange: int = 0
    refused: int = 0


def take_receipts(store: Store, vault: Vault, stick: Path, receipt_key: bytes) -> Taken:
    """``receipt_key``: the centre's 32 bytes. Raises StickError ``stik_tidak_ada``, ``stik_rusak``."""
    if not stick.is_dir():
        raise StickError("stik_tidak_ada")
    key, counts = Ed25519PublicKey.from_public_bytes(receipt_key), dict.fromkeys((one.name for one in fields(Taken)), 0)
    for raw in _found(stick):
        counts[_take(store, vault, raw, key)] += 1
    taken = Taken(**counts)
    store.note("receipts_taken", "", f"received={taken.received} refused={taken.refused}")
    log.info("receipts_taken received=%d known=%d refused=%d", taken.received, taken.known, taken.refused)
    return taken


def _found(stick: Path) -> Iterator[bytes]:
    """Each receipt's bytes, by name; a file that is too large for one comes cut, and is refused as damaged."""
    with stick_troubles():
        for path in sorted(stick.glob(f"{FOLDER}/*/{RECEIPTS}/*.json")):
            if path.is_file() and not path.is_symlink():
                with path.open("rb") as file:
                    yield file.read(LARGEST_RECEIPT)


def _take(store: Store, vault: Vault, raw: bytes, key: Ed25519PublicKey) -> str:
    """One receipt; the name of the count that it belongs to."""
    try:
        signed = SignedReceipt.from_json(raw)
        receipt = verify_receipt(signed, key)
    except MessageError:
        return "refused"
    item = store.find(receipt.id)
    if item is None:
        return "strange"
    if not _fits(receipt, item):
        return "refused"
    new = store.receive(item.id, signed.to_json().decode(), how="stick")
    if new or item.state is not Phase.PURGED:
        _settle(store, vault, item.id)
    return "received" if new else "known"


def _fits(receipt: Receipt, item: Item) -> bool:
    return (receipt.sha256, receipt.size) == (item.sha256, item.size)


def _settle(store: Store, vault: Vault, packet_id: str) -> None:
    """Erase, then the tombstone. A disk that does not erase keeps the row at RECEIVED: the courier tries again."""
    try:
        vault.erase(packet_id)
    except VaultError as error:
        log.warning("packet_not_erased id=%s code=%s", packet_id, error.code)
        return
    store.purge(packet_id)
