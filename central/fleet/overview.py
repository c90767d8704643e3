"""The kiosks as an admin looks at them: where, since when silent, what their last heartbeat said."""

from dataclasses import dataclass
from typing import Any

from adminduk.enrolment_codes import key_digits, spoken
from adminduk.messages import Heartbeat, MessageError
from central.context import Context
from central.fleet import kiosks

ACTIVE, REVOKED, MOVED = "aktif", "dicabut", "pindah"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One kiosk. ``codes``: devices with a fault, ``receipt.paper_out``; ``skew_s``: None when not measured;
    ``storage``: of its keys, empty when not said; ``digits``: of its key, as on its technician's page; ``queue``: packets that
    wait there, None before the first heartbeat."""

    kiosk_id: str
    desa: str
    place: str
    state: str
    last_seen: str | None
    codes: tuple[str, ...] = ()
    skew_s: int | None = None
    storage: str = ""
    digits: str = ""
    queue: int | None = None


def everybody(context: Context) -> tuple[Seen, ...]:
    """In the order of their numbers."""
    return tuple(_seen(context, row) for row in kiosks.everybody(context))


def _seen(context: Context, row: Any) -> Seen:
    place = (context.regions.name_of(row.desa) if context.regions else None) or ""
    state = REVOKED if row.revoked_at else MOVED if row.moved_at else ACTIVE
    digits = spoken(key_digits(row.public_key, row.id, context.keys.receipt_hex))
    facts = {
        "kiosk_id": row.id, "desa": row.desa, "place": place, "state": state, "last_seen": row.last_seen, "digits": digits,
    }  # fmt: skip
    try:
        beat = Heartbeat.from_json((row.last_heartbeat or "").encode())
    except MessageError:
        return Seen(**facts)
    codes = tuple(sorted(code for code in beat.devices.values() if "." in code))
    return Seen(**facts, codes=codes, skew_s=beat.skew_s, storage=beat.key_storage, queue=beat.queue)
