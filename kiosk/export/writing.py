"""Lays every packet that has no receipt on a stick, beside a list that the device key signed. Nothing leaves the outbox.

A parcel is written into ``<name>.tmp``, each file synced and read back from the device, the list last, and then the folder
is renamed: a stick that is pulled out in between holds no parcel, and the next export sweeps the half one away. The courier
goes on meanwhile: whichever of the two arrives first, the centre takes a packet once (its id is the key).
"""

import hashlib
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import Clock, stamp, trusted
from adminduk.parcels import FOLDER, MANIFEST, MOST_PACKETS, Manifest, folder_name, packet_name, sign_manifest
from kiosk.durable import sync_folder
from kiosk.export.errors import StickError, stick_troubles
from kiosk.store import Item, Store
from kiosk.vault import Vault, VaultError

log = logging.getLogger(__name__)

SPARE = 1024 * 1024  # bytes: the list, the receipts that come back, the file system's own needs
_HALF = ".tmp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """``folder``: the parcel's name; ``damaged``: packets that the vault no longer holds whole, left out."""

    folder: str
    packets: int
    size: int
    damaged: int


def export(
    store: Store, vault: Vault, stick: Path, key: Ed25519PrivateKey, *, kiosk_id: str, clock: Clock,
    progress: Callable[[int, int], None] = lambda _laid, _of: None,
) -> Exported:  # fmt: skip
    """Everything that the centre has not given a receipt for, those that wait for a person too. Written down in the diary.
    ``progress`` hears before each packet how many are done, and of how many.

    Raises:
        StickError: nothing is left behind but what the next export sweeps away.
    """
    items = store.unsent()[:MOST_PACKETS]
    if not items:
        raise StickError("tidak_ada_kiriman")
    number = store.next_number("parcel")
    name = folder_name(kiosk_id, number)
    with stick_troubles():
        home = _room(stick, sum(item.size for item in items))
        _sweep(home, kiosk_id)
        half = home / (name + _HALF)
        half.mkdir()
        laid = []
        for done, item in enumerate(items):
            progress(done, len(items))
            if _lay(half, vault, item):
                laid.append(item)
        if not laid:
            raise StickError("tidak_ada_kiriman")
        rows: tuple[Mapping[str, str | int], ...] = tuple(
            {"id": item.id, "sha256": item.sha256, "size": item.size} for item in laid
        )
        now = clock.now()
        manifest = Manifest(
            kiosk_id=kiosk_id, number=number, made_at=stamp(now), clock_trusted=trusted(now), packets=rows
        )
        write_checked(half / MANIFEST, sign_manifest(manifest, key).to_json())
        sync_folder(half)
        half.rename(home / name)
        sync_folder(home)
    store.note("exported", "", name)
    log.info("parcel_written name=%s packets=%d damaged=%d", name, len(laid), len(items) - len(laid))
    return Exported(
        folder=name, packets=len(laid), size=sum(item.size for item in laid), damaged=len(items) - len(laid)
    )


def _room(stick: Path, size: int) -> Path:
    """The folder for parcels, made where it is missing; refused before anything is written when not all fits."""
    if not stick.is_dir():
        raise StickError("stik_tidak_ada")
    if shutil.disk_usage(stick).free < size + SPARE:
        raise StickError("stik_penuh")
    home = stick / FOLDER
    home.mkdir(exist_ok=True)
    if home.is_symlink():  # it would lead away from the stick
        raise StickError("stik_rusak")
    sync_folder(stick)
    return home


def _sweep(home: Path, kiosk_id: str) -> None:
    """What an export of this kiosk left half done."""
    for half in home.glob(f"{kiosk_id}-*{_HALF}"):
        shutil.rmtree(half)


def _lay(half: Path, vault: Vault, item: Item) -> bool:
    """One packet; False when the vault does not hold it whole, or the centre's receipt came meanwhile."""
    try:
        sealed = vault.read(item.id, 0, item.size + 1)
    except VaultError:
        return False
    if len(sealed) != item.size or hashlib.sha256(sealed).hexdigest() != item.sha256:
        return False
    write_checked(half / packet_name(item.id), sealed)
    return True


def write_checked(path: Path, content: bytes) -> None:
    """Written, synced, and read back from the device, not from memory. Raises StickError ``stik_rusak``; OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "w+b") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.seek(0)
        if file.read() != content:
            raise StickError("stik_rusak")
