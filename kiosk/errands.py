"""Errands: what the screen asks of a process that may do it, as files in ``<state>/errands`` (docs/decisions/0017).

``<verb>.request`` is laid by the screen, whole or not at all, and only one at a time. The carrier (kiosk/carrier) takes it by
renaming it to ``<verb>.taken``, tells in ``<verb>.state`` how it goes, and removes it last. So a power cut anywhere leaves a
request that nobody took, or a taken one that the next carrier finds and tells of; a double press is one errand.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from adminduk.clock import Clock, boot_identity, stamp
from kiosk.durable import replace_file, sync_folder, write_synced

FOLDER = "errands"
MODE = 0o660  # two users, one group
LARGEST = 16 * 1024  # bytes of a file that is believed
UNHEARD_S = 20.0  # nobody took it: the screen says so
STALLED_S = 300.0  # taken, and not a word since: the stick hangs, or the carrier died


class Verb(StrEnum):
    IDENTITY = "identity"
    EXPORT = "export"
    RECEIPTS = "receipts"
    MOVE = "move"


class Phase(StrEnum):
    """NONE: never asked; CUT: it was taken, and the power went or the carrier died; the rest as the names say."""

    NONE = "none"
    ASKED = "asked"
    UNHEARD = "unheard"
    TAKEN = "taken"
    STALLED = "stalled"
    DONE = "done"
    REFUSED = "refused"
    CUT = "cut"


OPEN = (Phase.ASKED, Phase.UNHEARD, Phase.TAKEN, Phase.STALLED)


class ErrandError(ValueError):
    """A request that is none. Carries no text of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``id`` tells one press from the next; ``boot`` and ``since``: whose monotonic clock, and its seconds."""

    id: str
    verb: Verb
    staff_id: str
    at: str
    boot: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the carrier says of one errand. ``code``: why not; ``words``: a sentence for the screen; ``facts``: plain values."""

    id: str
    phase: Phase
    at: str
    boot: str
    since: float
    code: str = ""
    words: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How an errand stands, for the screen."""

    phase: Phase = Phase.NONE
    at: str = ""
    code: str = ""
    words: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.phase in OPEN


class Tray:
    """The folder, from either side. ``boot``: this run of the machine."""

    def __init__(self, folder: Path, clock: Clock, *, boot: str = "") -> None:
        self.folder, self._clock, self._boot = folder, clock, boot or boot_identity()

    # --- the screen ---------------------------------------------------------------------------------------------------

    def place(self, verb: Verb, *, staff_id: str = "") -> bool:
        """False where one waits or is being carried already. Raises OSError: nothing was asked."""
        self.folder.mkdir(mode=0o2770, exist_ok=True)
        if self._path(verb, "taken").exists():
            return False
        asked = Asked(id=secrets.token_hex(8), verb=verb, staff_id=staff_id, **self._now())
        draft = self._path(verb, f"{asked.id}.tmp")
        write_synced(draft, json.dumps(asdict(asked)).encode(), mode=MODE)
        try:
            os.link(draft, self._path(verb, "request"))  # fails where one is, whoever was faster
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        sync_folder(self.folder)
        return True

    def withdraw(self, verb: Verb) -> None:
        """One that nobody took; one that is being carried goes on."""
        self._path(verb, "request").unlink(missing_ok=True)
        if self.folder.exists():
            sync_folder(self.folder)

    def seen(self, verb: Verb) -> Seen:
        """Never raises: what cannot be read was not said."""
        told = self._told(verb)
        for name, mine in (("request", (Phase.ASKED, Phase.UNHEARD)), ("taken", (Phase.TAKEN, Phase.STALLED))):
            try:
                asked = self._read(verb, name)
            except (OSError, ErrandError):
                continue
            same = told is not None and told.id == asked.id
            if same and told is not None and told.phase is not Phase.TAKEN:
                return _seen(told)
            last = told if same and told is not None else asked
            patience = UNHEARD_S if name == "request" else STALLED_S
            phase = mine[0] if self._age(last) < patience else mine[1]
            return Seen(phase=phase, at=asked.at, facts=told.facts if same and told is not None else {})
        told = self._told(verb)  # it may have ended while we looked
        return Seen() if told is None else _seen(told)

    # --- the carrier --------------------------------------------------------------------------------------------------

    def take(self, verb: Verb) -> Asked | None:
        """The request, ours from now on; None where there is none, or one that is none, which goes."""
        request, taken = self._path(verb, "request"), self._path(verb, "taken")
        try:
            request.rename(taken)
        except FileNotFoundError:
            return None
        sync_folder(self.folder)
        return self.left_over(verb)

    def left_over(self, verb: Verb) -> Asked | None:
        """One that was taken and not ended: a carrier before us died."""
        try:
            return self._read(verb, "taken")
        except FileNotFoundError:
            return None
        except (OSError, ErrandError):
            self._path(verb, "taken").unlink(missing_ok=True)
            return None

    def tell(self, asked: Asked, phase: Phase, *, code: str = "", words: str = "", **facts: Any) -> None:
        """Durable before it returns; what ends an errand removes its request too."""
        told = Told(id=asked.id, phase=phase, code=code, words=words, facts=facts, **self._now())
        replace_file(self._path(asked.verb, "state"), json.dumps(asdict(told)).encode(), mode=MODE)
        if phase not in OPEN:
            self._path(asked.verb, "taken").unlink(missing_ok=True)
            sync_folder(self.folder)

    # --- both ---------------------------------------------------------------------------------------------------------

    def _now(self) -> dict[str, Any]:
        return {"at": stamp(self._clock.now()), "boot": self._boot, "since": self._clock.monotonic()}

    def _age(self, said: Asked | Told) -> float:
        """Seconds; for ever when the machine was started anew since."""
        return self._clock.monotonic() - said.since if said.boot == self._boot else float("inf")

    def _path(self, verb: Verb, name: str) -> Path:
        return self.folder / f"{verb}.{name}"

    def _read(self, verb: Verb, name: str) -> Asked:
        """Raises OSError, ErrandError."""
        data = _object(self._path(verb, name))
        try:
            asked = Asked(**{**data, "verb": Verb(data["verb"]), "since": float(data["since"])})
        except (KeyError, TypeError, ValueError):
            raise ErrandError(verb) from None
        if asked.verb is not verb or not all(isinstance(one, str) for one in (asked.id, asked.staff_id, asked.at)):
            raise ErrandError(verb)
        return asked

    def _told(self, verb: Verb) -> Told | None:
        try:
            data = _object(self._path(verb, "state"))
            return Told(**{**data, "phase": Phase(data["phase"]), "since": float(data["since"])})
        except (OSError, ErrandError, KeyError, TypeError, ValueError):
            return None


def _seen(told: Told) -> Seen:
    """A word that says "taken" with no request beside it: its carrier died before the end, and the request was lost."""
    phase = Phase.CUT if told.phase in OPEN else told.phase
    return Seen(phase=phase, at=told.at, code=told.code, words=told.words, facts=told.facts)


def _object(path: Path) -> dict[str, Any]:
    """Raises OSError; ErrandError for what is no JSON object, or too large; a link is not followed."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        raw = file.read(LARGEST + 1)
    try:
        data = json.loads(raw) if len(raw) <= LARGEST else None
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise ErrandError(path.name)
    return data
