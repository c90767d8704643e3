"""The desa's staff as this kiosk last heard of them from the centre."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adminduk.clock import Clock, read_stamp
from adminduk.messages import MessageError, SignedRoster, StaffRoster, verify_roster
from kiosk.store import Store

# For rosters of nobody, so that a try there takes as long as any other; argon2id of random bytes that were thrown away.
DECOY = "$argon2id$v=19$m=65536,t=3,p=1$fRQ8JpQJ6GtftP016WQZHQ$3ZsFKw863JlhlwyTHrz/USaRAh1IyeK6jhQWMmixMcg"


class RosterError(Exception):
    """No roster to go by. ``code``: ``staff.roster_missing``, ``staff.roster_forged``, ``staff.roster_expired``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the staff. ``pin_hash``: argon2id."""

    staff_id: str
    name: str
    active: bool
    pin_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Usable until ``expires_at``; ``seen_at`` is the latest time that this kiosk ever saw."""

    desa: str
    issued_at: datetime
    expires_at: datetime
    seen_at: datetime
    staff: tuple[Person, ...]

    @classmethod
    def of(cls, store: Store, clock: Clock, *, receipt_key: bytes) -> "Roster":
        """The stored one, its signature checked again. Raises RosterError (missing, forged), StoreError."""
        stored = store.staff.roster(clock.now())
        if stored is None:
            raise RosterError("staff.roster_missing")
        try:
            signed = SignedRoster.from_json(stored.signed.encode())
            message = verify_roster(signed, Ed25519PublicKey.from_public_bytes(receipt_key))
        except MessageError:
            raise RosterError("staff.roster_forged") from None
        return _roster(message, read_stamp(stored.seen_at))

    @property
    def expired(self) -> bool:
        return self.seen_at >= self.expires_at

    def find(self, staff_id: str) -> Person | None:
        return next((person for person in self.staff if person.staff_id == staff_id), None)

    @property
    def decoy(self) -> str:
        """A hash that takes as long to check as anybody's."""
        return self.staff[0].pin_hash if self.staff else DECOY


def _roster(message: StaffRoster, seen_at: datetime) -> Roster:
    issued_at = read_stamp(message.issued_at)
    return Roster(
        desa=message.desa,
        issued_at=issued_at,
        expires_at=issued_at + timedelta(days=message.valid_days),
        seen_at=seen_at,
        staff=tuple(
            Person(
                staff_id=str(row["id"]),
                name=str(row["name"]),
                active=bool(row["active"]),
                pin_hash=str(row["pin_hash"]),
            )
            for row in message.staff
        ),
    )
