"""A stick's files that come through the desk's browser: laid into a folder of their own as they come, then taken by the very
code that takes a stick (central/intake/parcels.py), and the receipts put together for the way back.

``<dir>/sticks/<id>.tmp`` is on its way: a cut line, a refusal or a kill leaves nothing that counts, and the next upload sweeps
it away. ``<dir>/sticks/<id>`` is done: what became of each packet, and the receipts, for a week. Nothing in it is personal.
"""

import fcntl
import json
import logging
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path, PurePosixPath
from uuid import uuid4

from adminduk.clock import stamp
from adminduk.parcels import FOLDER, LARGEST_MANIFEST, MANIFEST, RECEIPTS
from central.context import Context
from central.files import sync_folder, write_durably
from central.fleet.notes import note
from central.intake import parcels
from central.intake.parcels import Brought, Fate, ParcelError
from central.intake.parts import Begin, Piece

log = logging.getLogger(__name__)

MOST_PARTS = 20_000  # files of one upload; a stick of sixty days has 2,400
KEPT = timedelta(days=7)
ZIP = "tanda-terima.zip"
_RESULT, _HALF, _LOCK = "hasil.json", ".tmp", "lock"
_PACKET = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.packet")
_NAME = re.compile(r"[A-Za-z0-9-]{1,40}")
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One upload. ``code``: ``tidak_ada_kiriman``, or empty; ``passed_over``: files that belong to no parcel;
    ``receipts``: how many there are to carry back."""

    id: str
    at: str
    by: str
    code: str
    passed_over: int
    receipts: int
    parcels: tuple[Brought, ...] = ()


@dataclass(slots=True)
class _Laid:
    """Where the files of one upload go. ``names``: a chosen folder's path → the parcel's folder here."""

    home: Path
    largest: int
    names: dict[PurePosixPath, str] = field(default_factory=dict)
    passed_over: int = 0

    def place(self, told: str) -> tuple[Path, int] | None:
        """Where a file goes and how many bytes of it are of use; None for what is no part of a parcel, or half of one."""
        path = PurePosixPath(told)
        most = LARGEST_MANIFEST if path.name == MANIFEST else self.largest if _PACKET.fullmatch(path.name) else 0
        if not most or path.parent.name.endswith(_HALF):
            self.passed_over += bool(path.name)
            return None
        place = self.home / self._folder(path.parent) / path.name
        if place.exists():
            self.passed_over += 1
            return None
        place.parent.mkdir(parents=True, exist_ok=True)
        return place, most + 1  # one more than allowed: then the checks say why it is not taken

    def _folder(self, parent: PurePosixPath) -> str:
        if parent not in self.names:
            name = parent.name if _NAME.fullmatch(parent.name) else "kiriman"
            self.names[parent] = name if name not in self.names.values() else f"{name}-{len(self.names) + 1}"
        return self.names[parent]


def take(context: Context, files: Iterable[Begin | Piece], *, actor: str) -> Result:
    """Everything that comes, then each parcel; written into the audit with the actor. What ``files`` raises goes through, and
    leaves nothing."""
    with _folder(context) as (upload_id, half):
        laid = _Laid(half / FOLDER, context.settings.largest_packet)
        _lay(laid, files)
        with context.engine.begin() as connection:
            note(connection, at=context.stamp(), actor=actor, what="unggah_stik", target=upload_id)
        brought, code = _brought(context, half, actor)
        result = Result(
            id=upload_id, at=context.stamp(), by=actor, code=code, passed_over=laid.passed_over, parcels=brought,
            receipts=_zip(half),
        )  # fmt: skip
        shutil.rmtree(half / FOLDER, ignore_errors=True)
        write_durably(half / _RESULT, json.dumps(asdict(result)).encode())
        half.rename(_home(context) / upload_id)
        sync_folder(_home(context))
    return result


def _lay(laid: _Laid, files: Iterable[Begin | Piece]) -> None:
    """Block by block to the disk; what is of no use is read and forgotten."""
    target, rest = None, 0
    try:
        for event in files:
            if isinstance(event, Begin):
                place = laid.place(event.filename) if event.filename else None
                target, rest = (place[0].open("wb"), place[1]) if place else (None, 0)
            elif target is not None:
                target.write(event.data[:rest])
                rest -= min(rest, len(event.data))
                if event.last:
                    target.close()
                    target = None
    finally:
        if target is not None:
            target.close()


def _brought(context: Context, half: Path, actor: str) -> tuple[tuple[Brought, ...], str]:
    try:
        return parcels.bring(context, half, actor=actor), ""
    except ParcelError as error:
        return (), error.code


def _zip(half: Path) -> int:
    """The receipts as they are to lie on the stick: opened there, each is where the kiosk looks. How many there are."""
    receipts = sorted(half.glob(f"{FOLDER}/*/{RECEIPTS}/*.json"))
    if receipts:
        with zipfile.ZipFile(half / ZIP, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in receipts:
                packed.write(path, str(path.relative_to(half)))
    return len(receipts)


# --- the folders ------------------------------------------------------------------------------------------------------


def _home(context: Context) -> Path:
    return context.settings.dir / "sticks"


@contextmanager
def _folder(context: Context) -> Iterator[tuple[str, Path]]:
    """(id, folder of an upload on its way), locked while it is; gone at the end unless it was given its name."""
    upload_id, home = uuid4().hex, _home(context)
    half = home / (upload_id + _HALF)
    home.mkdir(mode=0o750, exist_ok=True)
    with (home / _LOCK).open("w") as all_of_them:
        fcntl.flock(all_of_them, fcntl.LOCK_EX)
        _sweep(context)
        half.mkdir(mode=0o750)
        mine = (half / _LOCK).open("w")
        fcntl.flock(mine, fcntl.LOCK_EX)
    try:
        yield upload_id, half
    finally:
        mine.close()
        shutil.rmtree(half, ignore_errors=True)


def _sweep(context: Context) -> None:
    """What nobody is busy with any more, and what is over."""
    for half in _home(context).glob(f"*{_HALF}"):
        if _is_nobodys(half):
            shutil.rmtree(half, ignore_errors=True)
    for result in _all(context):
        if result.at < stamp(context.now() - KEPT):
            shutil.rmtree(_home(context) / result.id, ignore_errors=True)


def _is_nobodys(half: Path) -> bool:
    try:
        with (half / _LOCK).open("r") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _all(context: Context) -> Iterator[Result]:
    for path in _home(context).glob(f"*/{_RESULT}"):
        found = find(context, path.parent.name)
        if found is not None:
            yield found


def newest(context: Context, most: int = 10) -> tuple[Result, ...]:
    """The last uploads, newest first."""
    return tuple(sorted(_all(context), key=lambda one: one.at, reverse=True)[:most])


def find(context: Context, upload_id: str) -> Result | None:
    """What became of an upload; None where there is none, or it is over a week old and gone."""
    if not _ID.fullmatch(upload_id):
        return None
    try:
        told = json.loads((_home(context) / upload_id / _RESULT).read_bytes())
    except (OSError, ValueError):
        return None
    brought = (one | {"fates": tuple(Fate(**fate) for fate in one["fates"])} for one in told["parcels"])
    return Result(**told | {"parcels": tuple(Brought(**one) for one in brought)})


def receipts(context: Context, upload_id: str) -> Path | None:
    """The file to carry back; None where no receipt came of it."""
    path = _home(context) / upload_id / ZIP
    return path if _ID.fullmatch(upload_id) and path.is_file() else None
