"""An application that was just sent and is still here, because the line is down: its owner is told before going home."""

from datetime import timedelta

from adminduk.clock import read_stamp, trusted
from kiosk.session.parts import Parts
from kiosk.store import StoreError

LATE = timedelta(minutes=10)  # an older one that waits so long says that nothing leaves now


def kept_here(parts: Parts, ticket: str) -> bool:
    """Whether it was tried in vain, or does not even get its turn: not in the first seconds, when nothing is known yet."""
    now = parts.clock.now()
    try:
        row = parts.store.unsent_ticket(ticket)
        if row is None or row.last_error or not trusted(now):
            return row is not None and bool(row.last_error)
        oldest = parts.store.backlog().oldest
        return bool(oldest) and now - read_stamp(oldest) > LATE
    except StoreError:  # busy or damaged: what is not known is not said
        return False
