"""A village hall: a store with a signed roster of synthetic staff, a clock that stands still, boots with names."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import ManualClock, stamp
from adminduk.messages import SignedRoster, StaffRoster, sign_roster
from kiosk.staff import Refusal, Unlocked, unlock
from kiosk.store import Store
from tests.unit.store.making import open_store

DESA, OTHER_DESA = "3312122001", "3312122002"
CENTRE_KEY = Ed25519PrivateKey.generate()
PIN, WRONG = "482193", "111112"
NAME = "PETUGAS CONTOH"


@cache
def hashed(pin: str = PIN, time_cost: int = 1, memory_kib: int = 64) -> str:
    """Cheap, so that a test may try a thousand times."""
    return PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1).hash(pin)


def person(number: int = 7, **changes: Any) -> dict[str, str | bool]:
    return {"id": f"P-{number:04d}", "name": NAME, "pin_hash": hashed(), "active": True, **changes}


def roster(at: datetime, *staff: dict[str, str | bool], **changes: Any) -> StaffRoster:
    given: dict[str, Any] = {"desa": DESA, "issued_at": stamp(at), "valid_days": 30, "staff": staff or (person(),)}
    return StaffRoster(**{**given, **changes})


def signed(message: StaffRoster, key: Ed25519PrivateKey = CENTRE_KEY) -> SignedRoster:
    return sign_roster(message, key)


def put(store: Store, message: StaffRoster, key: Ed25519PrivateKey = CENTRE_KEY) -> bool:
    return store.staff.take_roster(message, signed(message, key).to_json().decode())


@dataclass
class Hall:
    """``boot`` is the machine's run: change it and the machine was rebooted."""

    folder: Path
    clock: ManualClock = field(default_factory=ManualClock)
    boot: str = "boot-1"

    def __post_init__(self) -> None:
        self.store = open_store(self.folder, clock=self.clock)

    def hear(self, *staff: dict[str, str | bool], **changes: Any) -> StaffRoster:
        """A roster issued at this moment."""
        message = roster(self.clock.now(), *staff, **changes)
        put(self.store, message)
        return message

    def unlock(self, staff_id: str = "P-0007", pin: str = PIN) -> Unlocked | Refusal:
        key = CENTRE_KEY.public_key().public_bytes_raw()
        return unlock(self.store, self.clock, staff_id, pin, receipt_key=key, boot=self.boot)

    def code(self, staff_id: str = "P-0007", pin: str = PIN) -> str:
        """The refusal's code, or ``ok``."""
        got = self.unlock(staff_id, pin)
        return got.code if isinstance(got, Refusal) else "ok"

    def wait(self, pin: str = WRONG) -> int:
        got = self.unlock("P-0007", pin)
        return got.wait_s if isinstance(got, Refusal) else 0

    def lock(self) -> int:
        """Three wrong PINs; how long the lock-out is."""
        return [self.wait() for _ in range(3)][-1]

    def restart(self) -> None:
        """The process ends and comes back: the store is opened anew, the boot is the same."""
        self.store.close()
        self.store = open_store(self.folder, clock=self.clock)

    def reboot(self, name: str = "boot-2", monotonic: float = 20.0) -> None:
        """The machine comes back: its monotonic clock begins at nothing."""
        self.boot, self.clock.elapsed = name, monotonic
        self.restart()
