"""What the centre told of this kiosk's tickets, and which of their documents wait here. Every page is one transaction.

Nothing here names anybody. Ages go by the centre's own time (``as_of``): a kiosk's clock that jumps erases nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from adminduk.application import State
from adminduk.changes import Changes, Row
from adminduk.clock import read_stamp, stamp
from kiosk.store.schema import documents, pulls, statuses

Transaction = Callable[[], AbstractContextManager[sa.Connection]]
KEPT, KEPT_PRINTED, KEPT_STATUS = timedelta(days=60), timedelta(days=1), timedelta(days=180)
_STREAM = "tickets"
_FINISHED = (State.SELESAI, State.DIBATALKAN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStatus:
    """``as_of``: the centre's time of the last whole pull; empty: there was none yet."""

    ticket: str
    state: State
    reason: str
    changed_at: str
    verifier: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDocument:
    """``sha256`` and ``size`` of the sealed bytes, ``content``: the PDF's SHA-256; ``here``: it lies whole in the vault."""

    id: str
    ticket: str
    output: str
    pages: int
    size: int
    sha256: str
    content: str
    here: bool
    printed: bool


class DownShelf:
    """``store.down``: every method is one transaction. Raises StoreError."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    # --- the courier's side -------------------------------------------------------------------------------------------

    def cursor(self) -> str:
        """Where the next page begins; empty: at the beginning."""
        with self._transaction() as connection:
            return str(connection.scalar(sa.select(pulls.c.cursor)) or "")

    def begin_anew(self) -> None:
        """The centre does not know the cursor. What is held stays in use until everything was told once more."""
        with self._transaction() as connection:
            row = insert(pulls).values(stream=_STREAM, cursor="", round=1)
            values = {"cursor": "", "round": pulls.c.round + 1}
            connection.execute(row.on_conflict_do_update(index_elements=["stream"], set_=values))

    def take(self, page: Changes, *, kept: timedelta = KEPT) -> None:
        """States, documents and cursor together. The same page again, or an older one, changes nothing. ``kept``: how long a
        document waits for its owner."""
        with self._transaction() as connection:
            round_ = int(connection.scalar(sa.select(pulls.c.round)) or 1)
            new = {str(row["ticket"]): row for row in page.tickets if _take_status(connection, row, round_)}
            for ticket in new:
                told = [row for row in page.documents if row["ticket"] == ticket]
                _take_documents(connection, ticket, told, page.as_of)
            values = {"cursor": page.cursor} | ({} if page.more else {"as_of": page.as_of})
            row = insert(pulls).values(stream=_STREAM, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["stream"], set_=values))
            if not page.more:
                _forget_old(connection, page.as_of, round_, kept)

    def wanted(self) -> tuple[WaitingDocument, ...]:
        """What is to be fetched, oldest first; nothing that was on paper already."""
        missing = (documents.c.here.is_(False), documents.c.printed.is_(False))
        with self._transaction() as connection:
            rows = connection.execute(sa.select(documents).where(*missing).order_by(documents.c.id))
            return tuple(map(_document, rows))

    def arrived(self, document: WaitingDocument) -> None:
        """It lies whole in the vault; unless it was replaced or withdrawn meanwhile."""
        self._change(document, here=True)

    def spoilt(self, document: WaitingDocument) -> None:
        """What lies in the vault is not what the centre sent: it is fetched anew."""
        self._change(document, here=False)

    def _change(self, document: WaitingDocument, *, here: bool) -> None:
        same = (documents.c.id == document.id, documents.c.sha256 == document.sha256)
        with self._transaction() as connection:
            connection.execute(documents.update().where(*same).values(here=here))

    def here(self) -> frozenset[str]:
        """Ids of what lies in the vault; everything else there may go."""
        with self._transaction() as connection:
            return frozenset(map(str, connection.scalars(sa.select(documents.c.id).where(documents.c.here))))

    # --- the screen's side --------------------------------------------------------------------------------------------

    def status(self, ticket: str) -> TicketStatus | None:
        """What is known of a ticket of this kiosk without asking anybody."""
        with self._transaction() as connection:
            row = connection.execute(sa.select(statuses).where(statuses.c.ticket == ticket)).first()
            as_of = str(connection.scalar(sa.select(pulls.c.as_of)) or "")
        if row is None or not as_of:
            return None
        return TicketStatus(
            ticket=row.ticket, state=State(row.state), reason=row.reason, changed_at=row.changed_at,
            verifier=row.verifier, as_of=as_of,
        )  # fmt: skip

    def as_of(self) -> str:
        """The centre's time of the last whole pull; empty: there was none yet."""
        with self._transaction() as connection:
            return str(connection.scalar(sa.select(pulls.c.as_of)) or "")

    def documents_of(self, ticket: str) -> tuple[WaitingDocument, ...]:
        with self._transaction() as connection:
            mine = sa.select(documents).where(documents.c.ticket == ticket).order_by(documents.c.output)
            return tuple(map(_document, connection.execute(mine)))


def mark_printed(connection: sa.Connection, document_id: str) -> None:
    """It came out on this kiosk's paper, in the transaction that says so."""
    connection.execute(documents.update().where(documents.c.id == document_id).values(printed=True))


def _take_status(connection: sa.Connection, row: Row, round_: int) -> bool:
    """False for what is older than what is held."""
    columns = (statuses.c.number, statuses.c.round)
    held = connection.execute(sa.select(*columns).where(statuses.c.ticket == row["ticket"])).first()
    if held is not None and held.round == round_ and held.number > row["number"]:
        return False
    values = {**row, "round": round_}
    fresh = insert(statuses).values(**values)
    connection.execute(fresh.on_conflict_do_update(index_elements=["ticket"], set_=values))
    return True


def _take_documents(connection: sa.Connection, ticket: str, told: list[Row], as_of: str) -> None:
    """Exactly these are this ticket's. One whose bytes are others is not here any more."""
    ids = [row["id"] for row in told]
    connection.execute(documents.delete().where(documents.c.ticket == ticket, documents.c.id.not_in(ids)))
    for row in told:
        facts = {**row, "printed": bool(row["printed"])}
        fresh = insert(documents).values(**facts, here=False, listed_at=as_of)
        same_bytes, same_pdf = documents.c.sha256 == row["sha256"], documents.c.content == row["content"]
        printed = sa.or_(
            sa.and_(documents.c.printed, same_pdf), sa.literal(facts["printed"])
        )  # ours may not be told yet
        update = facts | {"here": sa.and_(documents.c.here, same_bytes), "printed": printed}
        update |= {
            "listed_at": sa.case((same_pdf, documents.c.listed_at), else_=as_of),
            "printed_at": sa.case((same_pdf, documents.c.printed_at), else_=""),
        }
        connection.execute(fresh.on_conflict_do_update(index_elements=["id"], set_=update))


def _forget_old(connection: sa.Connection, as_of: str, round_: int, kept: timedelta) -> None:
    """After a whole pull: what it did not tell again, what is over, what has been on paper for a day."""
    gone = sa.select(statuses.c.ticket).where(statuses.c.round < round_)
    connection.execute(documents.delete().where(documents.c.ticket.in_(gone)))
    connection.execute(statuses.delete().where(statuses.c.round < round_))
    over = (statuses.c.state.in_(_FINISHED), statuses.c.changed_at < _before(as_of, KEPT_STATUS))
    finished = sa.select(statuses.c.ticket).where(*over)
    connection.execute(documents.delete().where(documents.c.ticket.in_(finished)))
    connection.execute(statuses.delete().where(*over))
    unseen = (documents.c.printed, documents.c.printed_at == "")
    connection.execute(documents.update().where(*unseen).values(printed_at=as_of))
    old = sa.or_(
        documents.c.listed_at < _before(as_of, kept),
        sa.and_(documents.c.printed, documents.c.printed_at < _before(as_of, KEPT_PRINTED)),
    )
    # the row stays and says that it was there: else the next page about this ticket would fetch it again
    connection.execute(documents.update().where(old).values(here=False, printed=True))


def _before(as_of: str, age: timedelta) -> str:
    return stamp(read_stamp(as_of) - age)


def _document(row: Any) -> WaitingDocument:
    return WaitingDocument(
        id=row.id, ticket=row.ticket, output=row.output, pages=row.pages, size=row.size, sha256=row.sha256,
        content=row.content, here=row.here, printed=row.printed,
    )  # fmt: skip
