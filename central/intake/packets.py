"""Packets in, exactly once: announced, received. The key is the id the kiosk made; the digest tells replays from conflicts.

A receipt is signed only after the file is synced and renamed, its folder synced, and the row committed. The same receipt
asked for again gives the same bytes.
"""

import hashlib
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk.messages import Announced, Announcement, Receipt, SignedReceipt, sign_receipt
from central.context import Context
from central.engine import lock_row
from central.errors import WireError
from central.files import sync_folder
from central.schema import packets

if TYPE_CHECKING:
    from central.intake.uploads import Uploads

ANNOUNCED, RECEIVED, ADMITTED, UNREADABLE = "announced", "received", "admitted", "unreadable"
CENTRE = "dukcapil"
Row = sa.Row[tuple[object, ...]]


def find(context: Context, kiosk_id: str, packet_id: str) -> Row | None:
    """A packet of this kiosk; another kiosk's is as unknown as none."""
    mine = sa.select(packets).where(packets.c.id == packet_id, packets.c.kiosk_id == kiosk_id)
    with context.engine.connect() as connection:
        return connection.execute(mine).first()


def announce(context: Context, uploads: "Uploads", kiosk_id: str, message: Announcement) -> tuple[Announced, bool]:
    """Take note of a packet; (answer, whether it is new). The id is the idempotency key.

    Raises:
        WireError: 413 ``terlalu_besar``; 409 ``isi_berbeda``: same id, but other bytes or another kiosk.
    """
    if message.size > context.settings.largest_packet:
        raise WireError(413, "terlalu_besar")
    new = _insert(context, kiosk_id, message)
    row = find(context, kiosk_id, message.id)
    if row is None or (row.sha256, row.size) != (message.sha256, message.size):
        raise WireError(409, "isi_berbeda")
    done = row.state != ANNOUNCED
    offset = message.size if done else uploads.held(message.id)
    return Announced(id=message.id, state=RECEIVED if done else ANNOUNCED, offset=offset), new


def _insert(context: Context, kiosk_id: str, message: Announcement) -> bool:
    values = {
        "id": message.id, "kiosk_id": kiosk_id, "sha256": message.sha256, "size": message.size,
        "state": ANNOUNCED, "announced_at": context.stamp(),
    }  # fmt: skip
    try:
        with context.engine.begin() as connection:
            connection.execute(packets.insert().values(**values))
    except IntegrityError:
        return False
    return True


def packet_path(context: Context, packet_id: str) -> Path:
    """Where a received packet lies, still sealed."""
    return context.settings.packets / packet_id[-2:] / packet_id


def receive(context: Context, uploads: "Uploads", kiosk_id: str, packet_id: str) -> SignedReceipt:
    """Verify, make durable, commit, sign; a replay returns the stored receipt.

    Raises:
        WireError: 404, 409 ``belum_lengkap``, 422 ``isi_rusak`` (the upload starts anew), 423.
    """
    row = find(context, kiosk_id, packet_id)
    if row is None:
        raise WireError(404, "belum_diumumkan")
    if row.state == ANNOUNCED:
        _settle(context, uploads, row)
    return _stored_receipt(context, packet_id)


def _settle(context: Context, uploads: "Uploads", row: Row) -> None:
    """Move the complete upload to its place and commit. After a kill between the two, the moved file is found again."""
    target = packet_path(context, str(row.id))
    if not target.exists():
        _move_unless_overtaken(uploads, row, target)
    elif _digest(target) != row.sha256:
        target.unlink()
        raise WireError(422, "isi_rusak")
    _commit(context, row)
    uploads.path(str(row.id)).unlink(missing_ok=True)  # what a kiosk sent anew after such a kill


def _move_unless_overtaken(uploads: "Uploads", row: Row, target: Path) -> None:
    """A parallel call may move the file at any moment: then ours finds no upload, and all is well."""
    try:
        _move_complete(uploads, row, target)
    except WireError:
        if not target.exists():
            raise


def _move_complete(uploads: "Uploads", row: Row, target: Path) -> None:
    if uploads.held(str(row.id)) < row.size:  # a longer one is no upload of ours: its hash says so, and it starts anew
        raise WireError(409, "belum_lengkap")
    with uploads.locked(str(row.id)) as file:
        source = uploads.path(str(row.id))
        if target.exists() or not source.exists():
            return  # a parallel call was faster
        if _digest(source) != row.sha256:
            file.truncate(0)
            os.fsync(file.fileno())
            raise WireError(422, "isi_rusak")
        os.fsync(file.fileno())
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)
        sync_folder(target.parent)
        sync_folder(source.parent)


def digest(file: io.BufferedReader) -> str:
    """From where it stands to its end, block by block."""
    return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return digest(file)


def _commit(context: Context, row: Row) -> None:
    """Once: the row decides which call's moment and signature count."""
    with context.engine.begin() as connection:
        now = connection.execute(lock_row(sa.select(packets).where(packets.c.id == row.id))).one()
        if now.state != ANNOUNCED:
            return
        received_at = context.stamp()
        receipt = Receipt(id=now.id, sha256=now.sha256, size=now.size, received_at=received_at, centre=CENTRE)
        signed = sign_receipt(receipt, context.keys.receipt).to_json().decode()
        done = {"state": RECEIVED, "received_at": received_at, "receipt": signed}
        connection.execute(packets.update().where(packets.c.id == row.id).values(**done))


def _stored_receipt(context: Context, packet_id: str) -> SignedReceipt:
    with context.engine.connect() as connection:
        text = connection.scalar(sa.select(packets.c.receipt).where(packets.c.id == packet_id))
    return SignedReceipt.from_json(str(text).encode())
