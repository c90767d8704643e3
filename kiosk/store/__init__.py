"""The kiosk's store; see ``Store``."""

from kiosk.store.consumables import Stock, Supply, Use
from kiosk.store.diagnostics import Diagnostic
from kiosk.store.engine import StoreError
from kiosk.store.inquiries import Question, Reply
from kiosk.store.outbox import Item, Phase, Submission, Waiting
from kiosk.store.prints import PrintJob, PrintKind, PrintState
from kiosk.store.store import Store, TicketTakenError

__all__ = [
    "Diagnostic",
    "Item",
    "Phase",
    "PrintJob",
    "PrintKind",
    "PrintState",
    "Question",
    "Reply",
    "Stock",
    "Store",
    "StoreError",
    "Submission",
    "Supply",
    "TicketTakenError",
    "Use",
    "Waiting",
]
