"""The kiosk's store; see ``Store``."""

from kiosk.store.claims import DueClaim, NewClaim
from kiosk.store.consumables import Stock, Supply, Use
from kiosk.store.diagnostics import Diagnostic
from kiosk.store.downlink import TicketStatus, WaitingDocument
from kiosk.store.engine import StoreError
from kiosk.store.inquiries import Question, Reply
from kiosk.store.outbox import Item, Phase, Submission
from kiosk.store.prints import PrintJob, PrintKind, PrintState
from kiosk.store.queued import Backlog, Waiting
from kiosk.store.store import Store, TicketTakenError

__all__ = [
    "Backlog",
    "Diagnostic",
    "DueClaim",
    "Item",
    "NewClaim",
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
    "TicketStatus",
    "TicketTakenError",
    "Use",
    "Waiting",
    "WaitingDocument",
]
