"""The courier as a process: everything opened, one courier a kiosk, until told to stop."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adminduk.clock import Clock, boot_identity
from adminduk.tickets import Dice
from kiosk.store import Store
from kiosk.uplink.centre import Centre
from kiosk.uplink.courier import Courier
from kiosk.uplink.exchange import Exchange, Limits
from kiosk.uplink.pulse import Pulse
from kiosk.uplink.roster import RosterRound
from kiosk.uplink.signing import KioskSignature
from kiosk.vault import Vault


class CourierRunningError(RuntimeError):
    """Another courier has this kiosk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a courier is told. ``desa``: ten digits; ``store_key`` and ``receipt_key``: 32 raw bytes;
    ``ca_file``: PEM, empty for the system's."""

    store_file: Path
    vault_folder: Path
    desa: str
    url: str
    kiosk_id: str
    store_key: bytes = field(repr=False)
    device_key: Ed25519PrivateKey = field(repr=False)
    receipt_key: bytes
    ca_file: str = ""
    versions: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)


def run_courier(
    post: Post, stop: Event, *, clock: Clock, dice: Dice, ready: Callable[[], None], alive: Callable[[], None]
) -> None:
    """Until ``stop``. ``ready`` is called once when everything is open, ``alive`` at least every 110 s
    (a chunk that leaves in the last second of each block's time, then silence to its limit).

    Raises:
        CourierRunningError: another process holds this kiosk's courier lock.
        StoreError: the store does not open.
    """
    with (
        _only_one(post.store_file.with_name("courier.lock")),
        open_courier(post, clock=clock, dice=dice, alive=alive) as courier,
    ):
        ready()
        courier.run(stop, alive=alive)


@contextmanager
def open_courier(
    post: Post, *, clock: Clock, dice: Dice, alive: Callable[[], None] = lambda: None
) -> Iterator[Courier]:
    """A courier with all it needs."""
    store = Store.open(post.store_file, post.store_key, clock=clock, dice=dice)
    signature = KioskSignature(post.kiosk_id, post.device_key, clock)
    exchange = Exchange(post.url, signature, clock, verify=post.ca_file or True, limits=post.limits, alive=alive)
    try:
        vault = Vault(post.vault_folder)
        centre = Centre(exchange, Ed25519PublicKey.from_public_bytes(post.receipt_key))
        roster = RosterRound(store, post.desa, clock, dice, boot_identity())
        pulse = Pulse(store, post.vault_folder, post.versions, clock, dice)
        yield Courier(store, vault, centre, clock=clock, dice=dice, pulse=pulse, roster=roster)
    finally:
        exchange.close()
        store.close()


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """The kernel gives the lock back when the process ends, however it ends."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourierRunningError(path.name) from None
        yield
