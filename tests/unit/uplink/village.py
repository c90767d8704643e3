"""A kiosk's durable half beside the real centre: real processes, real files, loopback only."""

import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from adminduk.clock import Clock, SystemClock, stamp
from central import keys as centre_keys
from central.context import open_context
from central.engine import open_engine, upgrade
from central.fleet import kiosks
from central.schema import packets
from central.settings import Settings
from kiosk.store import Store, Submission, Waiting
from kiosk.uplink import Courier, Post, open_courier
from kiosk.uplink.exchange import Limits
from kiosk.vault import Vault
from tests.unit.store.making import KEY, lay_store, ticket

DESA = "3312122001"
TOP = Path(__file__).parents[3]
QUICK = Limits(connect_s=3.0, silence_s=8.0, answer_s=20.0, answer_bytes=200_000)


def wait_until(holds: Callable[[], Any], seconds: float = 30.0, every: float = 0.02) -> Any:
    """What it gave when it held; AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RealCentre:
    """``python -m central serve`` in its own process; ``kill`` is -9."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.settings = Settings(dir=self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        centre_keys.make(self.settings.keys)
        upgrade(open_engine(self.settings.database))
        self.context = open_context(self.settings)
        self.engine = self.context.engine
        self.receipt_key = self.context.keys.receipt.public_key().public_bytes_raw()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def enrol(self, key: Ed25519PrivateKey) -> str:
        """The new kiosk's id."""
        public = key.public_key().public_bytes_raw().hex()
        return kiosks.enrol(self.context, desa=DESA, key=public).kiosk_id

    def revoke(self, kiosk_id: str) -> None:
        assert kiosks.revoke(self.context, kiosk_id)

    def start(self) -> None:
        words = ["serve", "--dir", str(self.folder), "--port", str(self.port), "--threads", "16"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "central", *words], cwd=TOP, stdout=log, stderr=log, process_group=0
            )
        wait_until(self.answers)

    def answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()[-3000:]
        try:
            return requests.get(f"{self.url}/api/v1/health", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def kill(self) -> None:
        """All of it, at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def received(self) -> dict[str, str]:
        """id → SHA-256 of what lies on the centre's disk for each received packet."""
        done = sa.select(packets.c.id).where(packets.c.state != "announced")
        with self.engine.connect() as connection:
            ids = [str(packet_id) for packet_id in connection.scalars(done)]
        return {packet_id: self._digest(packet_id) for packet_id in ids}

    def _digest(self, packet_id: str) -> str:
        (file,) = self.settings.packets.rglob(packet_id)
        return hashlib.sha256(file.read_bytes()).hexdigest()

    def everything_known(self) -> set[str]:
        """Ids of all rows and all files, received or not."""
        with self.engine.connect() as connection:
            rows = {str(packet_id) for packet_id in connection.scalars(sa.select(packets.c.id))}
        files = {path.name for folder in ("packets", "uploads") for path in (self.folder / folder).rglob("*-*-*-*-*")}
        return rows | files


@contextmanager
def real_centre(folder: Path) -> Iterator[RealCentre]:
    centre = RealCentre(folder)
    try:
        centre.start()
        yield centre
    finally:
        centre.kill()
        centre.engine.dispose()


@dataclass
class Kiosk:
    """Store, vault and identity of one kiosk; couriers are opened on it."""

    folder: Path
    kiosk_id: str
    key: Ed25519PrivateKey
    receipt_key: bytes
    clock: Clock = field(default_factory=SystemClock)
    limits: Limits = QUICK
    sealed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.vault = Vault(self.folder / "vault")
        self.store = Store.open(lay_store(self.folder / "store.db", KEY), KEY, clock=self.clock, dice=secrets)

    def close(self) -> None:
        self.store.close()

    def submit(self, size: int = 20_000) -> str:
        """What the screen does: the vault first, then the one transaction."""
        packet_id, content = str(uuid7()), secrets.token_bytes(size)
        self.vault.put(packet_id, content)
        digest = hashlib.sha256(content).hexdigest()
        self.store.record_submission(
            Submission(
                id=packet_id, sha256=digest, size=size, ticket=ticket(len(self.sealed)), service="kk_perubahan",
                sealed_at=stamp(self.clock.now()), clock_trusted=True,
            )
        )  # fmt: skip
        self.sealed[packet_id] = digest
        return packet_id

    def post(self, url: str, **changes: Any) -> Post:
        given: dict[str, Any] = {
            "store_file": self.folder / "store.db", "vault_folder": self.folder / "vault", "url": url,
            "kiosk_id": self.kiosk_id, "desa": DESA, "store_key": KEY, "device_key": self.key, "receipt_key": self.receipt_key,
            "limits": self.limits, "versions": {"kiosk": "test"},
        }  # fmt: skip
        return Post(**{**given, **changes})

    @contextmanager
    def courier(self, url: str, **changes: Any) -> Iterator[Courier]:
        with open_courier(self.post(url, **changes), clock=self.clock, dice=secrets) as courier:
            yield courier

    def row(self, packet_id: str) -> Waiting:
        return next(row for row in self.store.waiting() if row.id == packet_id)

    def tombstones(self) -> dict[str, str]:
        """id → SHA-256 of every delivered packet whose receipt is kept."""
        query = "SELECT id, sha256 FROM outbox WHERE state = 'PURGED' AND receipt LIKE '%signature%'"
        with self.store._engine.connect() as connection:
            return {str(row[0]): str(row[1]) for row in connection.exec_driver_sql(query)}


def new_kiosk(folder: Path, centre: RealCentre, **given: Any) -> Kiosk:
    """Enrolled and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    key = Ed25519PrivateKey.generate()
    return Kiosk(folder, centre.enrol(key), key, centre.receipt_key, **given)
