"""Opening staff-assisted mode with a PIN: without a line, and without a free try for anybody.

A try is counted in the store before the PIN is looked at. An unknown id is counted, checked and answered like a wrong PIN.
"""

import math
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from adminduk.clock import Clock, boot_identity
from adminduk.messages import is_staff_id
from adminduk.tickets import check_pin
from kiosk.staff.roster import Roster, RosterError
from kiosk.store import Store

_NOBODY = "P-?"  # all ids that cannot be anybody's are counted together
_hasher = PasswordHasher()  # its own costs do not matter: each hash carries its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Unlocked:
    """Who is at the kiosk."""

    staff_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """``code``: ``staff.wrong``, ``staff.locked``, ``staff.disabled``, ``staff.roster_expired``, ``staff.roster_missing``,
    ``staff.roster_forged``. ``wait_s``: whole seconds until the next try is taken."""

    code: str
    wait_s: int = 0


def unlock(
    store: Store, clock: Clock, staff_id: str, pin: str, *, receipt_key: bytes, boot: str = ""
) -> Unlocked | Refusal:
    """Check a PIN. ``receipt_key``: 32 raw bytes, the centre's; ``boot``: empty for this machine's. Takes about 0.2 s.

    A disabled person hears so only with the right PIN. Raises StoreError.
    """
    try:
        roster = Roster.of(store, clock, receipt_key=receipt_key)
    except RosterError as error:
        return Refusal(code=error.code)
    if roster.expired:
        return Refusal(code="staff.roster_expired")
    return _try(store, clock, roster, staff_id.strip().upper(), pin, boot or boot_identity())


def _try(store: Store, clock: Clock, roster: Roster, staff_id: str, pin: str, boot: str) -> Unlocked | Refusal:
    counted = staff_id if is_staff_id(staff_id) else _NOBODY
    attempt = store.staff.begin_try(counted, boot=boot, monotonic=clock.monotonic())
    if not attempt.allowed:
        return Refusal(code="staff.locked", wait_s=math.ceil(attempt.wait_s))
    person = roster.find(staff_id)
    right = _fits(person.pin_hash if person else roster.decoy, check_pin(pin).value)
    if person is None or not right:
        wait = math.ceil(attempt.wait_s)
        return Refusal(code="staff.locked" if wait else "staff.wrong", wait_s=wait)
    store.staff.forgive(counted)
    if not person.active:
        return Refusal(code="staff.disabled")
    return Unlocked(staff_id=person.staff_id, name=person.name)


def _fits(hashed: str, pin: str) -> bool:
    try:
        return _hasher.verify(hashed, pin)
    except (VerificationError, InvalidHashError):
        return False
