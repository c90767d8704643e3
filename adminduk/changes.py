"""What the centre tells a kiosk of its own tickets, page by page, and what the kiosk tells of its prints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from adminduk.application import State
from adminduk.messages import Message, _is_stamp, _is_uuid
from adminduk.tickets import check_ticket
from adminduk.verdict import Verdict

MOST_TICKETS = 100  # on one page: about 30 KB
MOST_DOCUMENTS = 16  # of one ticket
LARGEST_DOCUMENT = 8 * 1024 * 1024  # sealed bytes; a signed page has about 40 KB
_SHA256, _CODE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[A-Za-z0-9_-]{0,32}")
_TICKET_KEYS = {"ticket", "number", "state", "reason", "changed_at", "verifier"}
_DOCUMENT_KEYS = {"id", "ticket", "output", "pages", "size", "sha256", "content", "printed"}
Row = Mapping[str, str | int]


class Outcome(StrEnum):
    """What became of a document's print."""

    CAME = "tercetak"
    DOUBTFUL = "ragu"
    LOST = "batal"  # it was doubtful, and somebody has seen that nothing came


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes(Message):
    """One page. ``cursor``: where the next one begins, opaque; ``more``: there is one now; ``as_of``: the centre's time.

    ``tickets``: rows of ticket, number (of the change, rising), state, reason (a public reason's code, or empty), changed_at,
    verifier (``waiting.verifier``, or empty: it cannot be proved without a line).
    ``documents``: ALL that those tickets have ready, rows of id, ticket, output, pages, size and sha256 (of the sealed
    bytes), content (the PDF's SHA-256), printed (0 or 1: it has been on paper). What is not named any more is withdrawn.
    """

    cursor: str
    more: bool
    as_of: str
    tickets: tuple[Row, ...] = field(default=(), repr=False)
    documents: tuple[Row, ...] = field(default=(), repr=False)

    def check(self) -> None:
        self.demand("cursor", holds=bool(re.fullmatch(r"[A-Za-z0-9_-]{1,200}", self.cursor)))
        self.demand("as_of", holds=_is_stamp(self.as_of))
        self.demand("tickets", holds=len(self.tickets) <= MOST_TICKETS and all(map(_is_status, self.tickets)))
        named = {row["ticket"] for row in self.tickets}
        most = MOST_DOCUMENTS * max(1, len(named))
        self.demand("documents", holds=len(self.documents) <= most and all(map(_is_document, self.documents)))
        self.demand("documents", holds={row["ticket"] for row in self.documents} <= named)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintReport(Message):
    """A document's print, as the kiosk's ledger knows it. ``id``: of this print, made before it; ``at``: UTC stamp."""

    id: str
    document: str
    ticket: str
    at: str
    clock_trusted: bool
    outcome: str

    def check(self) -> None:
        self.demand("id", holds=_is_uuid(self.id))
        self.demand("document", holds=_is_uuid(self.document))
        self.demand("ticket", holds=check_ticket(self.ticket) == Verdict(value=self.ticket))
        self.demand("at", holds=_is_stamp(self.at))
        self.demand("outcome", holds=self.outcome in set(Outcome))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintNoted(Message):
    """The centre has it. ``others``: how many other prints of that document it knows of."""

    id: str
    others: int

    def check(self) -> None:
        self.demand("others", holds=self.others >= 0)


def _is_status(row: Row) -> bool:
    return (
        set(row) == _TICKET_KEYS
        and all(type(row[key]) is (int if key == "number" else str) for key in _TICKET_KEYS)
        and check_ticket(str(row["ticket"])) == Verdict(value=str(row["ticket"]))
        and row["state"] in set(State)
        and int(row["number"]) > 0
        and _CODE.fullmatch(str(row["reason"])) is not None
        and _is_stamp(str(row["changed_at"]))
        and (row["verifier"] == "" or _SHA256.fullmatch(str(row["verifier"])) is not None)
    )


def _is_document(row: Row) -> bool:
    numbers = {"pages", "size", "printed"}
    return (
        set(row) == _DOCUMENT_KEYS
        and all(type(row[key]) is (int if key in numbers else str) for key in _DOCUMENT_KEYS)
        and _is_uuid(str(row["id"]))
        and 0 < int(row["size"]) <= LARGEST_DOCUMENT
        and int(row["pages"]) > 0
        and row["printed"] in (0, 1)
        and _CODE.fullmatch(str(row["output"])) is not None
        and all(_SHA256.fullmatch(str(row[key])) for key in ("sha256", "content"))
    )
