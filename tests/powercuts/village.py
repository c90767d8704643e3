"""A village and its kabupaten before the first power cut: one enrolled kiosk and one centre, each on a disk of its own."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from adminduk.clock import SystemClock
from central import keys as centre_keys
from central.context import open_context
from central.engine import upgrade
from central.fleet import kiosks
from central.settings import Settings
from kiosk import keys
from kiosk.store import Store
from tests.powercuts import disks
from tests.powercuts.people import URL

DESA = "3312122001"


@dataclass(frozen=True, slots=True)
class Village:
    """``sealing``, ``store_key``: what only the judge has both of."""

    folder: Path
    kiosk: Path
    centre: Path
    sealing: X25519PrivateKey
    receipt_key: bytes
    store_key: bytes

    @property
    def disks(self) -> tuple[Path, Path]:
        return self.kiosk, self.centre


def settle(folder: Path) -> Village:
    """Both disks, made as set-up makes their contents. A camera nobody looks through:
    its twin would keep a desk of 90 MB, which costs a guest six seconds."""
    kiosk, centre = folder / "kiosk", folder / "centre"
    state, data = kiosk / "state", Settings(dir=centre / "data")
    data.dir.mkdir(parents=True)
    centre_keys.make(data.keys)
    context = open_context(data)
    upgrade(context.engine)
    keys.make(state)
    enrolled = kiosks.enrol(context, desa=DESA, key=keys.public_hex(state))
    context.engine.dispose()
    store_key = keys.read(state, keys.STORE_KEY)
    Store.open(state / "kiosk.db", store_key, clock=SystemClock(), dice=secrets).close()
    own = context.keys
    receipt_key = own.receipt.public_key().public_bytes_raw()
    (kiosk / "roots.pem").write_bytes(b"")
    (kiosk / "kiosk.toml").write_text(
        f"""auto_capture = false
read_nik = false
state_dir = "state"
assets_dir = "assets"
[identity]
kiosk_id = "{enrolled.kiosk_id}"
number = {enrolled.number}
desa = "{DESA}"
desa_name = "Desa Contoh"
[centre]
url = "{URL}"
sealing_key = "{own.sealing.public_key().public_bytes_raw().hex()}"
receipt_key = "{receipt_key.hex()}"
roots_file = "roots.pem"
[devices]
camera = "mjpeg://127.0.0.1:9"
"""
    )
    return Village(
        folder, disks.make(folder / "kiosk.img", kiosk), disks.make(folder / "centre.img", centre), own.sealing,
        receipt_key, store_key,
    )  # fmt: skip
