"""A kiosk and its centre as folders, and eyes on what lies in them; the processes are others' business."""

import hashlib
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from uuid6 import uuid7

from adminduk.clock import SystemClock
from adminduk.packets import open_packet
from central import keys as centre_keys
from central.engine import open_engine
from central.keys import Keys
from central.schema import applications, packets
from central.settings import Settings
from kiosk.store import Store
from kiosk.vault import Vault
from tests.faults.forked import Fault
from tests.unit.store.making import KEY, lay_store
from tests.unit.updates.printshop import Printshop
from tests.unit.uplink.village import RealCentre


@dataclass
class Village:
    """``folder``: kiosk/, centre/ and stick/ lie in it. ``url``: of a centre that is served."""

    folder: Path
    key: Ed25519PrivateKey
    kiosk_id: str
    keys: Keys
    url: str = ""
    _engines: list[sa.Engine] = field(default_factory=list)

    @classmethod
    def found(cls, folder: Path) -> "Village":
        """Keys, a migrated database, one enrolled kiosk; no process runs."""
        centre, key = RealCentre(folder / "centre"), Ed25519PrivateKey.generate()
        kiosk_id = centre.enrol(key)
        centre.engine.dispose()
        for place in (folder / "kiosk", folder / "stick", folder / "sent"):
            place.mkdir()
        lay_store(folder / "kiosk" / "store.db", KEY)
        shop = Printshop(folder / "shop")
        shop.publish(shop.write("Sugeng enjing", weight=20_000))
        return cls(folder, key, kiosk_id, centre_keys.load(centre.settings.keys))

    def copy(self, folder: Path) -> "Village":
        """As it stands now; nobody may be writing."""
        self.close()
        return Village(Path(shutil.copytree(self.folder, folder)), self.key, self.kiosk_id, self.keys, self.url)

    def close(self) -> None:
        while self._engines:
            self._engines.pop().dispose()

    @property
    def kiosk(self) -> str:
        return str(self.folder / "kiosk")

    @property
    def stick(self) -> str:
        return str(self.folder / "stick")

    @property
    def centre(self) -> str:
        return str(self.folder / "centre")

    @property
    def settings(self) -> Settings:
        return Settings(dir=self.folder / "centre")

    @property
    def told(self) -> dict[str, Any]:
        """What a story needs to know of the kiosk."""
        return {
            "id": self.kiosk_id, "number": int(self.kiosk_id.rpartition("-")[2]), "key": self.key.private_bytes_raw().hex(),
            "seal": self.keys.sealing.public_key().public_bytes_raw().hex(),
            "receipt_key": self.keys.receipt.public_key().public_bytes_raw().hex(), "url": self.url,
        }  # fmt: skip

    @contextmanager
    def serving(self) -> Iterator[None]:
        centre = RealCentre(self.folder / "centre")
        centre.start()
        self.url = centre.url
        try:
            yield
        finally:
            centre.kill()
            centre.engine.dispose()

    def lay_packet(self, size: int) -> Path:
        """Bytes that an intake is to take; named by their id."""
        path = self.folder / "sent" / str(uuid7())
        path.write_bytes(secrets.token_bytes(size))
        return path

    # --- eyes -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def store(self) -> Iterator[Store]:
        store = Store.open(Path(self.kiosk, "store.db"), KEY, clock=SystemClock(), dice=secrets)
        try:
            yield store
        finally:
            store.close()

    @property
    def vault(self) -> Vault:
        return Vault(Path(self.kiosk, "vault"))

    def states(self) -> dict[str, str]:
        """Of the packets at the kiosk, tombstones too."""
        with self.store() as store, store._engine.connect() as connection:
            return {str(row[0]): str(row[1]) for row in connection.exec_driver_sql("SELECT id, state FROM outbox")}

    def tickets_kept(self) -> list[str]:
        """Of every packet in the vault, as the centre opens them."""
        vault = self.vault
        sealed = (vault.read(one, 0, vault.size(one)) for one in sorted(vault.ids()))
        return [open_packet(one, self.keys.sealing).ticket for one in sealed]

    def leftovers(self) -> list[str]:
        """Names of files that nothing needs any more."""
        half = [path for path in Path(self.kiosk).rglob("*") if path.suffix in (".tmp", ".part")]
        return [path.name for path in (*half, *self.settings.uploads.glob("*"), *self.settings.packets.rglob("*.tmp"))]

    def asked(self, statement: sa.Select[Any]) -> list[str]:
        """The first column at the centre, as text."""
        engine = open_engine(self.settings.database)
        self._engines.append(engine)
        with engine.connect() as connection:
            return [str(one) for one in connection.scalars(statement)]

    def applications(self) -> list[str]:
        """Tickets of the applications at the centre."""
        return self.asked(sa.select(applications.c.ticket))

    def at_centre(self, *states: str) -> list[str]:
        """Ids of packets in one of these states."""
        return self.asked(sa.select(packets.c.id).where(packets.c.state.in_(states)))

    def digest_at_centre(self, packet_id: str) -> str:
        """Of the one file that lies there for it."""
        (file,) = self.settings.packets.rglob(packet_id)
        return hashlib.sha256(file.read_bytes()).hexdigest()


def some(faults: Sequence[Fault], every: int) -> Sequence[Fault]:
    """Each ``every``-th, the last among them."""
    return faults[::-1][::every][::-1]
