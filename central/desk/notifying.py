"""Tell the applicant: the words and the number for an officer who calls or writes by the kabupaten's own channel.

No gateway stands behind it: the officer sends, and writes down that it was sent, once for each state.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adminduk.application import Role, State
from adminduk.packets import Packet
from adminduk.tickets import spaced
from central.accounts import Officer
from central.context import Context
from central.engine import lock_row
from central.schema import applications, audit

SENDING = ("wa", "sms", "email")
MOST = 160  # letters of one SMS
ADDRESSES = {"wa": "telepon", "sms": "telepon", "email": "email"}  # channel → the answer that holds the address


@dataclass(frozen=True, slots=True)
class Notification:
    """``to``: empty when the applicant named none. ``sent_at``, ``sent_by``: empty until an officer has sent it."""

    channel: str
    to: str
    text: str
    sent_at: str = ""
    sent_by: str = ""


def notification(context: Context, row: Any, packet: Packet) -> Notification | None:
    """What this application's people are to be told now; None where the kabupaten sends nothing, or nothing has happened."""
    place, words = context.catalogue.place, context.catalogue.notifications.get(State(row.state))
    if words is None or place.channel not in SENDING:
        return None
    reason = context.catalogue.reasons.get(row.reason)
    told = reason.text if reason and not reason.staff_only else ""
    facts = {"office": place.office, "ticket": spaced(row.ticket)}
    text = words.format(**facts, reason=told).strip()
    if len(text) > MOST:
        text = words.format(**facts, reason="").strip()
    with context.engine.connect() as connection:
        sent = connection.execute(_sent(row.id, row.state, row.changed_at)).first()
    to = packet.answers.get(ADDRESSES[place.channel], "")
    return Notification(place.channel, to, text, *((sent.at, sent.actor) if sent else ()))


def note_sent(context: Context, officer: Officer, case_id: str, state: State) -> bool:
    """Write down that it was sent. False, and nothing written, when it was already, when the state is another by now, and
    for the admin, who acts on nothing."""
    if officer.role is Role.ADMIN:
        return False
    values = {"at": context.stamp(), "actor": officer.username, "what": _what(state), "target": case_id}
    with context.engine.begin() as connection:
        columns = (applications.c.state, applications.c.changed_at)
        now = connection.execute(lock_row(sa.select(*columns).where(applications.c.id == case_id))).first()
        if now is None or now.state != state or connection.execute(_sent(case_id, state, now.changed_at)).first():
            return False
        connection.execute(audit.insert().values(**values))
    return True


def _what(state: str) -> str:
    return f"kabari_{State(state).value}"


def _sent(case_id: str, state: str, since: str) -> sa.Select[tuple[str, str]]:
    """Since it came into that state: it may do so again, when a document was replaced."""
    told = (audit.c.target == case_id, audit.c.what == _what(state), audit.c.at >= since)
    return sa.select(audit.c.at, audit.c.actor).where(*told)
