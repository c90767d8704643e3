"""What is interrupted: a submission, a delivery, an intake, an admission … told by the product's own code, from a start on
what the last interruption left. ``tell(word)`` says what happened, as far as it came; a paper counts when it was told.
"""

import logging
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from adminduk.clock import ManualClock, SystemClock
from adminduk.packets import SealingKey
from adminduk.services import Catalogue
from adminduk.tickets import read_claim_code
from central import claims, keys, worker
from central.app import create_app
from central.blobs import FolderBlobs
from central.context import Context
from central.engine import open_engine
from central.intake import parcels
from central.intake.parcels import ParcelError
from central.settings import Settings
from content.loader import load
from kiosk.appliance import settle_after_crash
from kiosk.export import StickError, export, take_receipts
from kiosk.hardware.health import PrintResult
from kiosk.hardware.receipt.protocol import Slip
from kiosk.hardware.receipt.simulated import SimulatedReceiptPrinter
from kiosk.session import Identity, Parts, Step, drafts, forms, submitting
from kiosk.session.visit import Visit
from kiosk.store import Store
from kiosk.updates.sources import from_folder
from kiosk.uplink import Post, open_courier
from kiosk.uplink.exchange import Limits
from kiosk.vault import SecondCopy, Vault
from tests.faults.forked import Tell
from tests.unit.central.people import Kiosk as WireKiosk
from tests.unit.central.people import Sealed, picture
from tests.unit.session.world import KEY, World, new_world
from tests.unit.updates.printshop import Village as UpdatesVillage

DESA = "3312122001"
_at_review: list[World] = []


def prepare() -> None:
    """Once: a visitor stands before the button "Kirim", and everything is loaded. Nothing is open: children open what is
    theirs."""
    logging.getLogger().addHandler(logging.NullHandler())
    claims._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        keys.make(Settings(dir=Path(folder)).keys)
        create_app(centre(folder))
        world = new_world(Path(folder))
        world.to_questions()
        world.answer()
        assert world.step is Step.CAPTURE
        visit = world.kiosk.visit
        visit.draft.pages = {paper.code: [bytearray(picture())] for paper in forms.papers(visit)}
        world.parts.store.close()
    _at_review.append(world)


@cache
def catalogue() -> Catalogue:
    return load("wonogiri")


# --- the screen -------------------------------------------------------------------------------------------------------------


class TellingPrinter(SimulatedReceiptPrinter):
    """The moment in which the paper is out, told, with what its code says; a receipt's ticket only."""

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell

    def print(self, slip: Slip) -> PrintResult:
        result = super().print(slip)
        claim = read_claim_code(self.codes[-1])
        self._tell(f"paper {claim[0] if claim else self.codes[-1]}")
        return result


def screen(folder: str, tell: Tell, kiosk: dict[str, Any]) -> tuple[Visit, Parts]:
    """The screen's process at its start, as the appliance begins it, and the visitor of whom everything is known."""
    world, home = _at_review[0], Path(folder)
    clock = ManualClock(SystemClock().now())
    store = Store.open(home / "store.db", KEY, clock=clock, dice=secrets)
    parts = replace(
        world.parts, store=store, vault=Vault(home / "vault"), drafts=Vault(home / "drafts"),
        waiting=Vault(home / "documents"), clock=clock, receipt=TellingPrinter(tell),
        identity=Identity(kiosk_id=kiosk["id"], number=kiosk["number"], desa=DESA, desa_name="Desa Contoh"),
        sealing_key=SealingKey(X25519PublicKey.from_public_bytes(bytes.fromhex(kiosk["seal"]))),
    )  # fmt: skip
    settle_after_crash(store, parts.vault, parts.drafts)
    tell("started")
    return world.kiosk.visit, parts


def submit(tell: Tell, *, folder: str, kiosk: dict[str, Any], tries: int = 1) -> None:
    """Start, "Kirim", the slip. ``tries``: the visitor presses again, in the same process, when it was not kept."""

    def pressed(visit: Visit, parts: Parts) -> str:
        submitting.submit(visit, parts)
        assert visit.claim
        return f"kept {visit.claim.ticket}"

    press(tell, screen(folder, tell, kiosk), pressed, tries)


def save(tell: Tell, *, folder: str, kiosk: dict[str, Any], tries: int = 1) -> None:
    """Start, "Simpan dulu", the slip with the key."""

    def pressed(visit: Visit, parts: Parts) -> str:
        drafts.save(visit, parts)
        return "saved"

    press(tell, screen(folder, tell, kiosk), pressed, tries)


def press(tell: Tell, at: tuple[Visit, Parts], pressed: Callable[[Visit, Parts], str], tries: int) -> None:
    """Until it is kept; what it was refused for is told each time."""
    for _ in range(tries):
        try:
            kept = pressed(*at)
        except (submitting.NotKeptError, drafts.DraftError) as error:
            tell(f"refused {error.code}")
        else:
            tell(kept)
            return


# --- the courier ------------------------------------------------------------------------------------------------------------


class Hurrying(SystemClock):
    """The machine's clock, and what is waited goes by at once."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


def post(folder: Path, kiosk: dict[str, Any]) -> Post:
    return Post(
        store_file=folder / "store.db", vault_folder=folder / "vault", url=kiosk["url"], kiosk_id=kiosk["id"], desa=DESA,
        store_key=KEY, device_key=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kiosk["key"])),
        receipt_key=bytes.fromhex(kiosk["receipt_key"]), limits=Limits(connect_s=3.0, silence_s=8.0, answer_s=20.0),
    )  # fmt: skip


def carry(tell: Tell, *, folder: str, kiosk: dict[str, Any], most_waits: int = 400) -> None:
    """A courier from its start until nothing waits, as `run` does, but that its waits take no time."""
    clock = Hurrying()
    with open_courier(post(Path(folder), kiosk), clock=clock, dice=secrets) as courier:
        courier._store.release_leases()
        for _ in range(most_waits):
            while courier.announce_next() or courier.deliver_next():
                pass
            if not courier._store.waiting():
                tell("empty")
                return
            clock.ahead += 1
        tell("waiting " + " ".join(f"{one.state}:{one.last_error}" for one in courier._store.waiting()))


# --- the second copy, the stick -----------------------------------------------------------------------------------------------


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Store, Vault]]:
    store = Store.open(folder / "store.db", KEY, clock=SystemClock(), dice=secrets)
    yield store, Vault(folder / "vault")


def copy(tell: Tell, *, folder: str, tries: int = 1) -> None:
    """The second copy's rounds."""
    with opened(Path(folder)) as (store, vault):
        second = SecondCopy(
            Path(folder, "second"), vault, store.unsent, clock=SystemClock(), other_disk=lambda: True,
            restored=store.try_again,
        )  # fmt: skip
        for _ in range(tries):
            second.round()
            tell(f"copy {second.code or 'ready'}")


def lay(tell: Tell, *, folder: str, kiosk: dict[str, Any], stick: str, tries: int = 1) -> None:
    """An export onto a stick."""
    with opened(Path(folder)) as (store, vault):
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kiosk["key"]))
        for _ in range(tries):
            try:
                done = export(store, vault, Path(stick), key, kiosk_id=kiosk["id"], clock=SystemClock())
            except StickError as error:
                tell(f"stick {error.code}")
            else:
                tell(f"exported {done.packets}")
                return


def fetch(tell: Tell, *, folder: str, kiosk: dict[str, Any], stick: str, tries: int = 1) -> None:
    """The receipts from a stick."""
    with opened(Path(folder)) as (store, vault):
        for _ in range(tries):
            try:
                taken = take_receipts(store, vault, Path(stick), bytes.fromhex(kiosk["receipt_key"]))
            except StickError as error:
                tell(f"stick {error.code}")
            else:
                tell(f"taken {taken.received + taken.known}")
                return


def look(tell: Tell, *, folder: str, shop: str, tries: int = 1) -> None:
    """A look for new content, from a folder that was published."""
    root = Path(shop, "content", "1.root.json").read_bytes()
    kiosk = UpdatesVillage(Path(folder), root)
    for _ in range(tries):
        kiosk.look(from_folder(Path(shop, "content")))
        tell(f"content {kiosk.word}")


# --- the centre -------------------------------------------------------------------------------------------------------------


def centre(folder: str) -> Context:
    settings = Settings(dir=Path(folder))
    return Context(
        settings=settings, engine=open_engine(settings.database), keys=keys.load(settings.keys),
        blobs=FolderBlobs(settings.dir / "documents"), catalogue=catalogue(), clock=SystemClock(), dice=secrets,
    )  # fmt: skip


def take_in(tell: Tell, *, folder: str, kiosk: dict[str, Any], packet: str, piece: int, tries: int = 1) -> None:
    """The centre's process from its start, and a kiosk that goes on where its last request broke off."""
    app = create_app(centre(folder))
    wire = WireKiosk(app, kiosk["id"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(kiosk["key"])))
    one = Sealed(Path(packet).name, Path(packet).read_bytes())
    tell("started")
    for _ in range(tries):
        if (status := _send(tell, wire, one, piece)) == 200:
            return
        tell(f"refused {status}")


def _send(tell: Tell, wire: WireKiosk, one: Sealed, piece: int) -> int:
    """As a courier does; the first status that is no success, or 200 at the end. The receipt's bytes are told."""
    answer = wire.announce(one)
    if answer.status_code < 300 and answer.get_json()["state"] != "received":
        answer = wire.create(one)
        while answer.status_code < 300:
            standing = wire.head(one)
            at = int(standing.headers.get("Upload-Offset", one.size))
            if standing.status_code != 200 or at >= one.size:
                break
            answer = wire.patch(one, at, one.content[at : at + piece])
    if answer.status_code >= 300:
        return int(answer.status_code)
    answer = wire.receipt(one)
    if answer.status_code == 200:
        tell(f"receipt {answer.text}")
    return int(answer.status_code)


def admit(tell: Tell, *, folder: str) -> None:
    """The worker, from its start until nothing waits."""
    context = centre(folder)
    tell("started")
    while worker.admit_next(context):
        tell("admitted")


def bring(tell: Tell, *, folder: str, stick: str) -> None:
    """The office reads a stick."""
    try:
        for one in parcels.bring(centre(folder), Path(stick), actor="penguji"):
            tell(f"brought {one.code or 'ok'} {sorted(one.packets)}")
    except ParcelError as error:
        tell(f"brought {error.code}")
