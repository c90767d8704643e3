"""A second copy of each sealed packet that waits, on another partition or stick: no application dies with the first disk.

Nobody waits for it: a thread of the screen's process copies, erases what has its receipt, and puts back what the vault has
lost. A stick that is missing, full or hanging is told (``copy.…`` in content/base/faults.toml) and stops no visit. Only this
process touches the second folder; what lies there is sealed like the first.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from adminduk.clock import Clock
from kiosk.vault.vault import Vault, VaultError

log = logging.getLogger(__name__)

EVERY_S, PATIENCE_S = 60.0, 60.0
FOLDER = "kios-salinan"
READY, ABSENT, FULL, FAILED, HUNG = "", "copy.absent", "copy.full", "copy.errors", "copy.hung"
_CODES = {"penuh": FULL}


class Packet(Protocol):
    """What the store knows of a packet without a receipt. ``stuck``: it waits for a person, perhaps because it is damaged."""

    @property
    def id(self) -> str: ...

    @property
    def sha256(self) -> str: ...

    @property
    def stuck(self) -> bool: ...


class SecondCopy:
    """``unsent``: every packet without a receipt, now. ``restored`` hears of each packet that was put back into the vault.
    ``code`` is how it went last, ``READY`` when all is copied."""

    def __init__(
        self, home: Path, vault: Vault, unsent: Callable[[], Iterable[Packet]], *, clock: Clock,
        other_disk: Callable[[], bool], restored: Callable[[str], object] = lambda _id: None,
    ) -> None:  # fmt: skip
        self._home, self._vault, self._unsent, self._clock = home, vault, unsent, clock
        self._other_disk, self._restored = other_disk, restored
        self._code, self._began = READY, float("inf")
        self._nudged = threading.Event()

    @property
    def code(self) -> str:
        """A round that takes longer than a minute hangs on a dying stick."""
        return HUNG if self._clock.monotonic() - self._began > PATIENCE_S else self._code

    def nudge(self) -> None:
        """Something new waits. Returns at once."""
        self._nudged.set()

    def keep(self, stop: threading.Event) -> None:
        """Rounds until told to stop: at each nudge, and every minute."""
        while not stop.is_set():
            self.round()
            self._nudged.wait(EVERY_S)
            self._nudged.clear()

    def round(self) -> None:
        """Bring the two folders together once. Never raises for a disk's trouble; says it."""
        self._began = self._clock.monotonic()
        try:
            code = self._reconcile()
        except VaultError as error:
            code = _CODES.get(error.code, FAILED)
        except OSError:
            code = FAILED
        finally:
            self._began = float("inf")
        self._say(code)

    def _say(self, code: str) -> None:
        if code != self._code:
            log.log(logging.WARNING if code else logging.INFO, "second_copy code=%s", code or "-")
        self._code = code

    def _reconcile(self) -> str:
        if not self._other_disk():
            return ABSENT
        copies, wanted = Vault(self._home / FOLDER), {packet.id: packet for packet in self._unsent()}
        copies.clean_up(frozenset(wanted))
        for packet in wanted.values():
            self._match(copies, packet)
        return READY

    def _match(self, copies: Vault, packet: Packet) -> None:
        """A copy where there is none; a packet where the vault has lost it, or holds other bytes than were sealed."""
        if copies.has(packet.id):
            if not self._vault.has(packet.id) or (packet.stuck and _whole(self._vault, packet) is None):
                self._put_back(copies, packet)
            return
        sealed = _whole(self._vault, packet)
        if sealed is not None:
            copies.put(packet.id, sealed)

    def _put_back(self, copies: Vault, packet: Packet) -> None:
        """The copy in the packet's place, if the copy is whole; undone when the receipt came in this moment."""
        sealed = _whole(copies, packet)
        if sealed is None:
            return
        self._vault.replace(packet.id, sealed)
        if packet.id not in {one.id for one in self._unsent()}:
            self._vault.erase(packet.id)
            return
        log.warning("packet_restored id=%s", packet.id)
        self._restored(packet.id)


def _whole(vault: Vault, packet: Packet) -> bytes | None:
    """The packet's bytes, if they are those that were sealed."""
    try:
        sealed = vault.read(packet.id, 0, vault.size(packet.id))
    except VaultError:
        return None
    return sealed if hashlib.sha256(sealed).hexdigest() == packet.sha256 else None


def on_other_disk(home: Path, first: Path) -> bool:
    """Whether ``home`` is there and lies on another disk than ``first``: an empty mount point is no second copy."""
    try:
        return home.stat().st_dev != first.stat().st_dev
    except OSError:
        return False
