"""Packets that came on a USB stick: the list's signature and key first, then each packet just as the line's are taken.

Announced, laid where an upload would lie, received: the same rows, the same receipts, the same conflicts. So nothing doubles,
whichever arrives first, and a stick may be read twice. Receipts are written beside the packets for the way back.
"""

import errno
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.messages import Announcement, MessageError, SignedReceipt
from adminduk.parcels import (
    FOLDER,
    LARGEST_MANIFEST,
    MANIFEST,
    RECEIPTS,
    Manifest,
    SignedManifest,
    packet_name,
    verify_manifest,
)
from central.context import Context
from central.errors import WireError
from central.files import sync_folder, write_durably
from central.fleet.notes import note
from central.fleet.signatures import find_key, find_next
from central.intake import packets
from central.intake.uploads import Uploads

log = logging.getLogger(__name__)

_HALF, _TRIES = ".tmp", 5
NOT_KEPT = (OSError, sa.exc.OperationalError)  # our own disk or database takes nothing more
OK = "diterima"


class ParcelError(ValueError):
    """A parcel of which nothing is taken. ``code``: ``tidak_ada_kiriman`` (no parcel on this stick), ``daftar_rusak``,
    ``daftar_kiriman_palsu``, ``kios_tidak_dikenal`` (or revoked, or moved away), ``stik_hanya_baca``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one packet. ``code``: as in Brought.packets; ``new``: it was not here before."""

    id: str
    code: str
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What became of one parcel. ``packets``: how many by outcome: ``diterima``, or the code that the line would have given;
    ``hilang``: the list names it and it cannot be read; ``tanpa_tanda_terima``: taken, but its receipt could not be written.
    ``code``: why nothing of it was taken, or ``tidak_tersimpan`` (perhaps not all of it: our own disk is full, or the database
    does not answer), or empty; ``fates``: the packets one by one."""

    parcel: str
    kiosk_id: str = ""
    code: str = ""
    fates: tuple[Fate, ...] = field(default=(), repr=False)

    @property
    def packets(self) -> dict[str, int]:
        return dict(Counter(fate.code for fate in self.fates))

    def told(self) -> dict[str, object]:
        """For a line of JSON."""
        return {"parcel": self.parcel, "kiosk_id": self.kiosk_id, "code": self.code, "packets": self.packets}


def bring(context: Context, stick: Path, *, actor: str) -> tuple[Brought, ...]:
    """Every parcel on a stick, or the one parcel that the path itself is; each stands alone. Raises ParcelError
    ``tidak_ada_kiriman``."""
    found = folders(stick)
    if not found:
        raise ParcelError("tidak_ada_kiriman")
    return tuple(_told(context, folder, actor) for folder in found)


def folders(stick: Path) -> tuple[Path, ...]:
    """Whole parcels: what was pulled out half written has no list, or still its half name."""
    if (stick / MANIFEST).is_file():
        return (stick,)
    lists = (*stick.glob(f"{FOLDER}/*/{MANIFEST}"), *stick.glob(f"*/{MANIFEST}"))
    return tuple(
        sorted(path.parent for path in lists if not path.parent.name.endswith(_HALF) and not path.parent.is_symlink())
    )


def _told(context: Context, folder: Path, actor: str) -> Brought:
    """What our own disk would not keep stays on the stick, which is read once more when there is room: nothing doubles."""
    brought = Brought(parcel=folder.name)
    try:
        brought = _taken(context, folder)
        with context.engine.begin() as connection:
            note(connection, at=context.stamp(), actor=actor, what="kiriman_stik", target=folder.name[:64])
    except NOT_KEPT as error:
        brought = replace(brought, code=not_kept(error))
    log.info("parcel_taken name=%s kiosk=%s code=%s", folder.name, brought.kiosk_id or "-", brought.code or "-")
    return brought


def not_kept(error: Exception) -> str:
    """The code, logged with what the system or the database calls it; never with a query's values."""
    told = getattr(error, "orig", error)
    name = getattr(told, "sqlite_errorname", None) or getattr(told, "sqlstate", None)
    number = errno.errorcode.get(getattr(told, "errno", None) or 0, "-")
    log.error("parcel_not_kept kind=%s name=%s", type(error).__name__, name or number)
    return "tidak_tersimpan"


def _taken(context: Context, folder: Path) -> Brought:
    try:
        return take(context, folder)
    except ParcelError as error:
        return Brought(parcel=folder.name, code=error.code)


def take(context: Context, folder: Path) -> Brought:
    """One parcel. A packet that is refused does not hold up the others; one that our own disk cannot keep does. Raises
    ParcelError, and `NOT_KEPT` where not even the kiosk could be looked up."""
    manifest = _read(context, folder)
    uploads = Uploads(context)
    _make_room(folder)
    fates, code = list[Fate](), ""
    try:
        for one in manifest.announcements():
            fates.append(_fate(context, uploads, manifest.kiosk_id, one, folder))
    except NOT_KEPT as error:
        code = not_kept(error)
    return Brought(parcel=folder.name, kiosk_id=manifest.kiosk_id, code=code, fates=tuple(fates))


def _fate(context: Context, uploads: Uploads, kiosk_id: str, announcement: Announcement, folder: Path) -> Fate:
    try:
        signed, new = _take_one(context, uploads, kiosk_id, announcement, folder)
    except WireError as error:
        return Fate(announcement.id, error.code)
    return Fate(announcement.id, _answer(folder, announcement.id, signed), new)


def _make_room(folder: Path) -> None:
    """A place for receipts on the stick itself: a link that leads elsewhere is none. Raises ParcelError ``stik_hanya_baca``."""
    receipts = folder / RECEIPTS
    try:
        receipts.mkdir(exist_ok=True)
        sync_folder(folder)
    except OSError:
        raise ParcelError("stik_hanya_baca") from None
    if receipts.is_symlink():
        raise ParcelError("stik_hanya_baca")


def _answer(folder: Path, packet_id: str, signed: SignedReceipt) -> str:
    """Write the receipt; what was taken stays taken when the stick is pulled out: it is read once more, or the line tells."""
    try:
        write_durably(folder / RECEIPTS / f"{packet_id}.json", signed.to_json())
    except OSError:
        return "tanpa_tanda_terima"
    return OK


def _read(context: Context, folder: Path) -> Manifest:
    """The list, if an enrolled kiosk that was not revoked signed it, and it is of that kiosk. Raises ParcelError."""
    path = folder / MANIFEST
    try:
        if path.stat().st_size > LARGEST_MANIFEST:
            raise ParcelError("daftar_rusak")
        signed = SignedManifest.from_json(path.read_bytes())
        keys = _keys(context, signed.claimed)
    except (MessageError, OSError):
        raise ParcelError("daftar_rusak") from None
    for key in keys:
        with suppress(MessageError):
            return verify_manifest(signed, key)
    raise ParcelError("daftar_kiriman_palsu")


def _keys(context: Context, kiosk_id: str) -> tuple[Ed25519PublicKey, ...]:
    """The kiosk's key, and the next one, which a kiosk without a line signs with before the centre has seen it."""
    now = find_key(context.engine)(kiosk_id)
    if now is None:
        raise ParcelError("kios_tidak_dikenal")
    known = (now, find_next(context.engine)(kiosk_id))
    return tuple(Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for key in known if key)


def _take_one(
    context: Context, uploads: Uploads, kiosk_id: str, announcement: Announcement, folder: Path
) -> tuple[SignedReceipt, bool]:
    """The line's own steps; the receipt, and whether the packet came just now. What the line had begun to send is overwritten
    whole; what it has delivered stays. Where another hand moves the same packet meanwhile, the steps are taken once more.

    Raises:
        WireError: as announce and receive; before anything is touched ``isi_rusak``, when the stick's bytes are others, and
            ``hilang``, when the packet cannot be read and the centre has not got it.
    """
    for _ in range(_TRIES):
        with suppress(_Overtaken):
            return _try_one(context, uploads, kiosk_id, announcement, folder)
    raise WireError(423, "sedang_dipakai")


class _Overtaken(Exception):  # noqa: N818 - a state of the world
    """The line, or the same stick in another browser, received the packet between two of our steps."""


def _try_one(
    context: Context, uploads: Uploads, kiosk_id: str, announcement: Announcement, folder: Path
) -> tuple[SignedReceipt, bool]:
    try:
        return _steps(context, uploads, kiosk_id, announcement, folder)
    except WireError as error:
        if error.code in ("tidak_ada", "belum_lengkap"):
            raise _Overtaken from None
        raise


def _steps(
    context: Context, uploads: Uploads, kiosk_id: str, announcement: Announcement, folder: Path
) -> tuple[SignedReceipt, bool]:
    announced, _new = packets.announce(context, uploads, kiosk_id, announcement)
    if announced.state != packets.RECEIVED:
        _lay(uploads, folder / packet_name(announcement.id), announcement)
    signed = packets.receive(context, uploads, kiosk_id, announcement.id)
    uploads.path(announcement.id).unlink(missing_ok=True)  # laid in the moment when the line's own upload was received
    return signed, announced.state != packets.RECEIVED


def _lay(uploads: Uploads, path: Path, announcement: Announcement) -> None:
    """The packet, exactly as the list says, block by block: read once to see that it is that one, once to lay it. A stick that
    gives other bytes the second time is found out by ``receive``."""
    with _Readable(path) as stick:
        if stick.digest() != (announcement.sha256, announcement.size):
            raise WireError(422, "isi_rusak")
        uploads.lay(announcement.id, stick, announcement.size)


class _Readable:
    """A file on a stick, which may be pulled out at any moment: then it is ``hilang``, whatever the system calls it."""

    def __init__(self, path: Path) -> None:
        with _missing():
            self._file = path.open("rb")

    def __enter__(self) -> "_Readable":
        return self

    def __exit__(self, *_why: object) -> None:
        self._file.close()

    def digest(self) -> tuple[str, int]:
        """SHA-256 and bytes of the whole, which is then read from its beginning again."""
        with _missing():
            found = packets.digest(self._file), self._file.tell()
            self._file.seek(0)
        return found

    def read(self, size: int, /) -> bytes:
        with _missing():
            return self._file.read(size)


@contextmanager
def _missing() -> Iterator[None]:
    try:
        yield
    except OSError:
        raise WireError(404, "hilang") from None
