"""The technician's two commands at a terminal: packets to a stick, receipts from it. Words: content/uplink_errors.toml."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import Clock, SystemClock
from content.loader import ROOT, read_toml
from kiosk.export.errors import StickError
from kiosk.export.receipts import take_receipts as take
from kiosk.export.writing import export
from kiosk.settings import Settings
from kiosk.store import Store
from kiosk.vault import Vault

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Words:
    """``[stick]``: sentences by name; a trouble's by its code."""

    table: Mapping[str, str]

    @classmethod
    def load(cls) -> "Words":
        return cls(read_toml(ROOT / "uplink_errors.toml")["stick"])

    def say(self, name: str, **facts: object) -> str:
        return self.table[name].format(**facts)

    def trouble(self, error: StickError) -> str:
        return f"{self.table.get(error.code, error.code)} ({error.code})"


def export_packets(
    settings: Settings, store_key: bytes, device_key: bytes, stick: Path | None, *, say: Say,
    clock: Clock | None = None,
) -> None:  # fmt: skip
    """Raises StickError, StoreError."""
    store, now = _open(settings, store_key, clock), clock or SystemClock()
    try:
        done = export(
            store, Vault(settings.state / "vault"), _stick(settings, stick),
            Ed25519PrivateKey.from_private_bytes(device_key), kiosk_id=settings.identity.kiosk_id, clock=now,
        )  # fmt: skip
    finally:
        store.close()
    words = Words.load()
    say(words.say("exported", folder=done.folder, packets=done.packets, mb=f"{done.size / 1e6:.1f}".replace(".", ",")))
    if done.damaged:
        say(words.say("damaged", packets=done.damaged))


def take_receipts(
    settings: Settings, store_key: bytes, stick: Path | None, *, say: Say, clock: Clock | None = None
) -> None:
    """Raises StickError, StoreError."""
    store = _open(settings, store_key, clock)
    try:
        key = bytes.fromhex(settings.centre.receipt_key)
        done = take(store, Vault(settings.state / "vault"), _stick(settings, stick), key)
    finally:
        store.close()
    words = Words.load()
    say(words.say("received", received=done.received, known=done.known))
    if done.strange or done.refused:
        say(words.say("passed_over", strange=done.strange, refused=done.refused))


def _open(settings: Settings, key: bytes, clock: Clock | None) -> Store:
    return Store.open(settings.state / "kiosk.db", key, clock=clock or SystemClock(), dice=secrets)


def _stick(settings: Settings, given: Path | None) -> Path:
    """Raises StickError where neither the command nor the settings name one."""
    if given is None and not settings.storage.stick:
        raise StickError("stik_tidak_disebut")
    return given or Path(settings.storage.stick)
