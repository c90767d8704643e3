"""A kiosk leaves its desa: drain → confirm → wipe → enrol again. It refuses while anything is pending.

``moving.json`` stands beside kiosk.toml from before the centre is asked until everything is gone; while it stands neither
screen nor courier starts, so nothing new begins. Each step may be repeated after a power cut.
"""

import json
import shutil
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from adminduk.enrolments import Leave
from kiosk.durable import sync_folder
from kiosk.enrolment import progress
from kiosk.enrolment.chest import NEXT_KEY, Chest
from kiosk.enrolment.configuring import CONTENT_ROOT, EnrolmentError, write_whole
from kiosk.enrolment.enrolling import SETTINGS
from kiosk.enrolment.registrar import Registrar
from kiosk.keys import DEVICE_KEY, STORE_KEY
from kiosk.settings import Settings
from kiosk.uplink.errors import Refused
from kiosk.vault.second import FOLDER as COPIES

MARK, PREVIOUS = "moving.json", "kiosk.previous.toml"
ASKING, WIPING = "asking", "wiping"

Unfinished = Callable[[], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """``step``: asking or wiping; ``state``, ``copies``: the state folder and the second copies' (None: there is none), which
    the settings no longer say while they are wiped."""

    step: str
    state: Path
    copies: Path | None = None

    @classmethod
    def of(cls, step: str, settings: Settings) -> "Mark":
        home = settings.storage.second_copy
        return cls(step, settings.state, Path(home) / COPIES if home else None)


def mark(folder: Path) -> Mark | None:
    """None while no move is under way. Raises EnrolmentError ``berkas_rusak``."""
    try:
        data = json.loads((folder / MARK).read_text(encoding="utf-8"))
        return Mark(str(data["step"]), Path(data["state"]), Path(data["copies"]) if data["copies"] else None)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError):
        raise EnrolmentError("berkas_rusak") from None


def refuse_while_moving(folder: Path) -> None:
    """For whoever is about to serve or send. Raises EnrolmentError ``sedang_pindah``."""
    if mark(folder) is not None:
        raise EnrolmentError("sedang_pindah")


def leave(
    folder: Path, settings: Settings, *, registrar: Registrar | None, unfinished: Unfinished,
    alone: Callable[[], AbstractContextManager[None]],
) -> None:  # fmt: skip
    """Drained? Then ask the centre, and from then on the kiosk may be wiped. ``registrar``: None when the centre has
    revoked this kiosk and says nothing to it any more. ``alone``: holds the courier's lock.

    Raises:
        EnrolmentError: ``layar_berjalan``, ``masih_tertunda`` (facts: how many of each), the centre's codes.
        CourierRunningError; Unreachable, Busy: again later (asked already: the kiosk stays closed until it is settled).
    """
    if screen_answers(settings.screen.port):
        raise EnrolmentError("layar_berjalan")
    with alone():
        left = {name: count for name, count in unfinished().items() if count}
        if left:
            _unmark(folder)
            raise EnrolmentError("masih_tertunda", **left)
        if registrar is not None:
            _ask(folder, settings, registrar)
        _mark(folder, Mark.of(WIPING, settings))


def _ask(folder: Path, settings: Settings, registrar: Registrar) -> None:
    if mark(folder) is None:
        registrar.reach()  # a line that is down closes nobody's kiosk
        _mark(folder, Mark.of(ASKING, settings))
    try:
        left = registrar.leave(Leave(desa=settings.identity.desa))
    except Refused as error:
        _unmark(folder)
        raise EnrolmentError(error.code) from None
    if left.kiosk_id != settings.identity.kiosk_id:
        raise EnrolmentError("jawaban_berbeda")


def screen_answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _mark(folder: Path, now: Mark) -> None:
    copies = str(now.copies) if now.copies else ""
    write_whole(folder / MARK, json.dumps({"step": now.step, "state": str(now.state), "copies": copies}))


def _unmark(folder: Path) -> None:
    (folder / MARK).unlink(missing_ok=True)
    sync_folder(folder)


def wipe(folder: Path, chest: Chest) -> None:
    """Everything of the old desa, in an order that a power cut cannot turn: settings aside, the store's key (without it the
    store is noise), then the files, then the device key, then the mark. The devices' settings stay in kiosk.previous.toml.

    Raises:
        EnrolmentError: ``belum_pamit`` when ``leave`` has not said that it may.
    """
    now = mark(folder)
    if now is None or now.step != WIPING:
        raise EnrolmentError("belum_pamit")
    if (folder / SETTINGS).exists():
        (folder / SETTINGS).replace(folder / PREVIOUS)
    sync_folder(folder)
    chest.remove(STORE_KEY)
    _empty(now.state, but=("keys",))
    if now.copies is not None and now.copies.exists():  # a stick may have been pulled out: what is on it is sealed
        _clear(now.copies)
    for name in ("roots.pem", "ca.pem", CONTENT_ROOT):
        (folder / name).unlink(missing_ok=True)
    progress.forget(folder)
    for name in (NEXT_KEY, DEVICE_KEY):
        chest.remove(name)
    _unmark(folder)


def _empty(state: Path, *, but: tuple[str, ...]) -> None:
    """The folder itself stays: on a device systemd-tmpfiles made it, with its rights; so do the folders right below it."""
    if not state.exists():
        return
    for entry in state.iterdir():
        if entry.name in but:
            continue
        if entry.is_dir() and not entry.is_symlink():
            _clear(entry)
        else:
            entry.unlink(missing_ok=True)
    sync_folder(state)


def _clear(folder: Path) -> None:
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink(missing_ok=True)
    sync_folder(folder)
