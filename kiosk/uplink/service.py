"""The courier as a process: everything opened, one courier a kiosk, until told to stop."""

import fcntl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adminduk.clock import Clock, boot_identity
from adminduk.tickets import Dice
from kiosk.store import Store
from kiosk.store.downlink import KEPT
from kiosk.uplink.centre import Centre
from kiosk.uplink.courier import Courier
from kiosk.uplink.downlink import EVERY_S, DownLink
from kiosk.uplink.exchange import Exchange, Limits
from kiosk.uplink.hours import QuietHours
from kiosk.uplink.pulse import Pulse
from kiosk.uplink.roster import RosterRound
from kiosk.uplink.signing import KioskSignature
from kiosk.vault import GrowingVault, Vault

if TYPE_CHECKING:
    from kiosk.updates.round import ContentRound


LEAST_FREE = 96 << 20  # bytes; below this the screen takes no applications ("disk.full"; a test holds the two together)


class CourierRunningError(RuntimeError):
    """Another courier has this kiosk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a courier is told. ``desa``: ten digits; ``store_key`` and ``receipt_key``: 32 raw bytes;
    ``ca_file``: PEM, empty for the system's; ``most_kbit_s``: for bodies of packets, 0 for no limit;
    ``content``: makes the round for new content, where the centre's content root is known; ``pull_s``: between two pulls of
    what changed; ``waiting_days``: how long a finished document waits for its owner."""

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
    key_storage: str = ""
    limits: Limits = field(default_factory=Limits)
    most_kbit_s: int = 0
    hours: QuietHours | None = None
    content: "Callable[[Store], ContentRound] | None" = field(default=None, repr=False)
    pull_s: float = EVERY_S
    waiting_days: int = KEPT.days


def run_courier(
    post: Post, stop: Event, *, clock: Clock, dice: Dice, ready: Callable[[], None], alive: Callable[[], None]
) -> None:
    """Until ``stop``. ``ready`` is called once when everything is open, ``alive`` at least every 100 s
    (a piece held back for 8 s that leaves in its last second, then an answer's head that takes its whole time).

    Raises:
        CourierRunningError: another process holds this kiosk's courier lock.
        StoreError: the store does not open.
    """
    with (
        only_one(post.store_file.with_name("courier.lock")),
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
    exchange = Exchange(
        post.url, signature, clock, verify=post.ca_file or True, limits=post.limits, alive=alive,
        most_bytes_s=post.most_kbit_s * 1000 / 8,
    )  # fmt: skip
    try:
        vault = Vault(post.vault_folder)
        centre = Centre(exchange, Ed25519PublicKey.from_public_bytes(post.receipt_key))
        roster = RosterRound(store, post.desa, clock, dice, boot_identity())
        content = post.content(store) if post.content else None
        number = content.shelf.number if content else lambda: 0
        pulse = Pulse(store, post.vault_folder, post.versions, clock, post.kiosk_id, post.key_storage, number)
        documents = GrowingVault(post.store_file.with_name("documents"), least_free=LEAST_FREE)
        down = DownLink(
            store, documents, centre, clock, dice, every_s=post.pull_s, kept=timedelta(days=post.waiting_days)
        )
        yield Courier(
            store, vault, centre, clock=clock, dice=dice, pulse=pulse, roster=roster, hours=post.hours, content=content,
            down=down,
        )  # fmt: skip
    finally:
        exchange.close()
        store.close()


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Only who holds it speaks for this kiosk: its courier, or a technician's command. Raises CourierRunningError.

    The kernel gives the lock back when the process ends, however it ends.
    """
    with path.open("a") as file:
        with suppress(
            PermissionError
        ):  # a technician's command runs as root: the courier must be able to open it after that
            path.chmod(0o660)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourierRunningError(path.name) from None
        yield
