"""The kiosks as an admin looks at them: where, since when silent, what their last heartbeat said."""

from dataclasses import dataclass
from typing import Any

from adminduk.messages import Heartbeat, MessageError
from central.context import Context
from central.fleet import kiosks

ACTIVE, REVOKED, MOVED = "aktif", "dicabut", "pindah"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One kiosk. ``codes``: devices with a fault, ``receipt.paper_out``; ``skew_s``: None when not measured;
    ``storage``: of its keys, empty when not said; ``queue``: packets that wait there, None before the first heartbeat."""

    kiosk_id: str
    desa: str
    place: str
    state: str
    last_seen: str | None
    codes: tuple[str, ...] = ()
    skew_s: int | None = None
    storage: str = ""
    queue: int | None = None


def everybody(context: Context) -> tuple[Seen, ...]:
    """In the order of their numbers."""
    return tuple(_seen(context, row) for row in kiosks.everybody(context))


def _seen(context: Context, row: Any) -> Seen:
    place = (context.regions.name_of(row.desa) if context.regions else None) or ""
    state = REVOKED if row.revoked_at else MOVED if row.moved_at else ACTIVE
    facts = {"kiosk_id": row.id, "desa": row.desa, "place": place, "state": state, "last_seen": row.last_seen}
    try:
        beat = Heartbeat.from_json((row.last_heartbeat or "").encode())
    except MessageError:
        return Seen(**facts)
    codes = tuple(sorted(code for code in beat.devices.values() if "." in code))
    return Seen(**facts, codes=codes, skew_s=beat.skew_s, storage=beat.key_storage, queue=beat.queue)
