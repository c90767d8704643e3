"""The kiosk's store; see ``Store``."""

from kiosk.store.engine import StoreError
from kiosk.store.inquiries import Question, Reply
from kiosk.store.outbox import Item, Phase, Submission, Waiting
from kiosk.store.prints import PrintJob, PrintKind, PrintState
from kiosk.store.store import Store, TicketTakenError

__all__ = [
    "Item",
    "Phase",
    "PrintJob",
    "PrintKind",
    "PrintState",
    "Question",
    "Reply",
    "Store",
    "StoreError",
    "Submission",
    "TicketTakenError",
    "Waiting",
]
