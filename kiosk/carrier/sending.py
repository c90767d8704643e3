"""The errands that need the device key and no rights of root: packets to a stick, receipts from it, who this kiosk is."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import Clock
from adminduk.tickets import Dice
from content.loader import ROOT, read_toml
from kiosk import staff
from kiosk.carrier import standing
from kiosk.carrier.sticks import BLOCKS, MOUNTS, Stick, the_stick
from kiosk.errands import Asked, Phase, Tray, Verb
from kiosk.export import StickError, export, take_receipts
from kiosk.settings import Settings
from kiosk.store import Store, StoreError
from kiosk.uplink.exchange import Limits
from kiosk.vault import Vault

log = logging.getLogger(__name__)

TELL_EVERY_S = 1.0  # of a long export: each word of it is a sync of the kiosk's disk


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """What a carrier works with. ``store_key``: 32 bytes; ``storage``: where the keys lie; ``mounts``, ``blocks``: the
    kernel's lists of what is mounted and plugged."""

    settings: Settings
    store_key: bytes = field(repr=False)
    key: Ed25519PrivateKey = field(repr=False)
    storage: str
    clock: Clock
    dice: Dice
    mounts: Path = MOUNTS
    blocks: Path = BLOCKS
    limits: Limits = standing.LIMITS

    def store(self) -> Store:
        return Store.open(self.settings.state / "kiosk.db", self.store_key, clock=self.clock, dice=self.dice)


class StickWords:
    """``[stick_screen]`` of content/uplink_errors.toml: what the staff reads of a stick, by code."""

    def __init__(self) -> None:
        self._table: Mapping[str, str] = read_toml(ROOT / "uplink_errors.toml")["stick_screen"]

    def __call__(self, code: str, **facts: object) -> str:
        return self._table[code].format(**facts)


def carry_next(tray: Tray, bag: Bag) -> bool:
    """One errand of these verbs, or the telling of one that was cut off. False when there is none."""
    for verb, work in _WORK.items():
        if (cut := tray.left_over(verb)) is not None:
            tray.tell(cut, Phase.CUT)
            return True
        if (asked := tray.take(verb)) is not None:
            _carry(tray, bag, asked, work)
            return True
    return False


def _carry(tray: Tray, bag: Bag, asked: Asked, work: "Work") -> None:
    tray.tell(asked, Phase.TAKEN)
    log.info("errand_taken verb=%s", asked.verb)
    try:
        store = bag.store()
    except StoreError as error:
        tray.tell(asked, Phase.REFUSED, code=f"store.{error.code}")
        return
    try:
        work(tray, bag, store, asked)
    except StickError as error:
        log.warning("errand_refused verb=%s code=%s", asked.verb, error.code)
        tray.tell(asked, Phase.REFUSED, code=error.code, words=StickWords()(error.code))
    except StoreError as error:
        tray.tell(asked, Phase.REFUSED, code=f"store.{error.code}")
    finally:
        store.close()


def _export(tray: Tray, bag: Bag, store: Store, asked: Asked) -> None:
    told = float("-inf")

    def progress(done: int, of: int) -> None:
        nonlocal told
        if (now := bag.clock.monotonic()) - told >= TELL_EVERY_S:
            told = now
            tray.tell(asked, Phase.TAKEN, done=done, of=of)

    vault, own = Vault(bag.settings.state / "vault"), bag.settings.identity.kiosk_id
    done = _with_stick(
        bag, lambda stick: export(store, vault, stick, bag.key, kiosk_id=own, clock=bag.clock, progress=progress)
    )
    _act(bag, store, asked, "exported")
    words = StickWords()
    said = words("exported", folder=done.folder, packets=done.packets, size=_size(done.size))
    if done.damaged:
        said += " " + words("damaged", packets=done.damaged)
    tray.tell(asked, Phase.DONE, words=said, packets=done.packets, size=done.size, folder=done.folder)


def _receipts(tray: Tray, bag: Bag, store: Store, asked: Asked) -> None:
    vault, key = Vault(bag.settings.state / "vault"), bytes.fromhex(bag.settings.centre.receipt_key)
    taken = _with_stick(bag, lambda stick: take_receipts(store, vault, stick, key))
    words = StickWords()
    if not (taken.received or taken.known or taken.strange or taken.refused):
        tray.tell(asked, Phase.REFUSED, code="tidak_ada_tanda_terima", words=words("tidak_ada_tanda_terima"))
        return
    _act(bag, store, asked, "receipts_taken")
    said = words("received", received=taken.received, known=taken.known)
    if taken.strange or taken.refused:
        said += " " + words("passed_over", strange=taken.strange, refused=taken.refused)
    tray.tell(asked, Phase.DONE, words=said, received=taken.received, known=taken.known)


def _identity(tray: Tray, bag: Bag, store: Store, asked: Asked) -> None:
    """What is known at once, then what the centre says."""
    facts = standing.own(bag.settings, bag.key, store, storage=bag.storage)
    tray.tell(asked, Phase.TAKEN, **facts)
    tray.tell(asked, Phase.DONE, **{**facts, **standing.asked(bag.settings, bag.key, bag.clock, limits=bag.limits)})


def _with_stick(bag: Bag, work: "Callable[[Path], Any]") -> Any:
    """Raises StickError: ``stik_dicabut`` for any trouble of a stick that is not there any more."""
    stick: Stick = the_stick(bag.settings, bag.mounts.read_text(encoding="utf-8"))
    try:
        return work(stick.path)
    except StickError as error:
        if error.code in ("stik_rusak", "stik_tidak_ada") and stick.pulled_out(bag.blocks):
            raise StickError("stik_dicabut") from None
        raise


def _act(bag: Bag, store: Store, asked: Asked, action: str) -> None:
    """Under the name of who pressed the button; a name that is none writes none."""
    try:
        staff.record(store, bag.clock, staff.Act(staff_id=asked.staff_id, action=action))
    except (staff.ActError, StoreError) as error:
        log.warning("errand_act_unwritten error=%s", type(error).__name__)


def _size(size: int) -> str:
    """``3,2 MB``, ``41 KB``."""
    return f"{size / 1e6:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"


Work = Callable[[Tray, Bag, Store, Asked], None]
_WORK: Mapping[Verb, Work] = {Verb.EXPORT: _export, Verb.RECEIPTS: _receipts, Verb.IDENTITY: _identity}
