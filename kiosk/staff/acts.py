"""What staff did for visitors, by both identities: the person's id, and the packet or ticket. Never a NIK, never a name.

Acts are only added; the store refuses any change. They go 400 days later, counted in the centre's time.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID

from adminduk.clock import Clock, read_stamp
from adminduk.messages import is_staff_id
from adminduk.tickets import check_ticket
from kiosk.store import Store

_WORD = re.compile(r"[a-z][a-z0-9_.-]{0,31}")
_SERVICE = re.compile(r"[A-Z][A-Z0-9-]{0,31}")


class ActError(ValueError):
    """An act that may not be written. ``field`` says where; never quotes the value."""

    def __init__(self, field: str) -> None:
        super().__init__(f"not a code in {field}")
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """``action``, ``step``: codes in small letters; ``service``: its code; ``subject``: packet id or ticket, empty before
    there is one.

    Raises ActError.
    """

    staff_id: str
    action: str
    step: str = ""
    service: str = ""
    subject: str = ""

    def __post_init__(self) -> None:
        checks = (
            ("staff_id", is_staff_id(self.staff_id)),
            ("action", _is(_WORD, self.action)),
            ("step", not self.step or _is(_WORD, self.step)),
            ("service", not self.service or _is(_SERVICE, self.service)),
            ("subject", not self.subject or _is_packet_id(self.subject) or _is_ticket(self.subject)),
        )
        for field, holds in checks:
            if not holds:
                raise ActError(field)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """An act as it was written. ``id`` counts up, whatever the clock said."""

    id: int
    at: datetime
    clock_trusted: bool
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How often an action was done for a service (empty: none)."""

    action: str
    service: str
    number: int


def _is(shape: re.Pattern[str], text: str) -> bool:
    return shape.fullmatch(text) is not None


def _is_packet_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_ticket(text: str) -> bool:
    return check_ticket(text).value == text


def record(store: Store, clock: Clock, act: Act) -> None:
    """Write it down, durably on return. Raises StoreError."""
    store.staff.add_act(
        clock.now(), staff_id=act.staff_id, subject=act.subject, service=act.service, action=act.action, step=act.step
    )


def acts_of_day(store: Store, day: date, tz: tzinfo) -> tuple[Done, ...]:
    """What was done on a day of that time zone, in the order it was done."""
    start, end = (datetime.combine(each, time(), tz) for each in (day, day + timedelta(days=1)))
    return tuple(
        Done(
            id=row["id"], at=read_stamp(row["at"]), clock_trusted=row["clock_trusted"],
            act=Act(
                staff_id=row["staff_id"], subject=row["subject"], service=row["service"], action=row["action"],
                step=row["step"],
            ),
        )
        for row in store.staff.acts_between(start, end)
    )  # fmt: skip


def summary(store: Store, day: date, tz: tzinfo) -> tuple[Count, ...]:
    """The day's acts counted by action and service, sorted by both."""
    counted = Counter((done.act.action, done.act.service) for done in acts_of_day(store, day, tz))
    return tuple(
        Count(action=action, service=service, number=number) for (action, service), number in sorted(counted.items())
    )
