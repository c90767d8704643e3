"""What goes down to a kiosk: its tickets' states and its sealed documents; and what it tells of its prints.

A kiosk hears of the tickets that it gave, in states and codes: no name, no number of a person, nothing of the form.
"""

import sqlalchemy as sa

from adminduk import application as life
from adminduk.application import Action, Role, State, Work
from adminduk.changes import MOST_TICKETS, Changes, Outcome, PrintNoted, PrintReport
from adminduk.waiting import verifier
from central import changes
from central.context import Context
from central.engine import lock_row
from central.errors import WireError
from central.intake.inquiries import PRINTABLE, public_reason
from central.schema import CURRENT, applications, audit, document_prints, documents, events, kiosks, packets

CAME = (Outcome.CAME, Outcome.DOUBTFUL)  # it is, or may be, on paper
PRINTED, TWICE = (
    "dicetak di kios {0}",
    "dicetak dua kali: di kios {1} dan di kios {0}",
)  # an event's note, as officers read it
WRONG_ONE = "; dokumen lama yang sudah diganti"
Row = sa.Row[tuple[object, ...]]


def page(context: Context, kiosk_id: str, cursor: str, limit: int) -> Changes:
    """What changed since ``cursor``, oldest change first. Raises WireError 400 ``kursor_salah``."""
    as_of = context.stamp()  # before anything is read: what is told is at least that new
    try:
        since = changes.read_cursor(context, kiosk_id, cursor)
    except changes.CursorError:
        raise WireError(400, "kursor_salah") from None
    limit = min(max(limit, 1), MOST_TICKETS)
    with context.engine.connect() as connection:
        head = changes.newest(connection)
        if since > head:  # of a time that a restored backup does not know
            raise WireError(400, "kursor_salah")
        found = connection.execute(_changed(kiosk_id, since, head).limit(limit)).all()
        ready = connection.execute(_ready([str(row.id) for row in found])).all()
    more = len(found) == limit and int(found[-1].change_number) < head
    reached = int(found[-1].change_number) if more else head
    return Changes(
        cursor=changes.cursor(context, kiosk_id, reached), more=more, as_of=as_of,
        tickets=tuple(_ticket(context, row) for row in found), documents=tuple(map(_document, ready)),
    )  # fmt: skip


def _changed(kiosk_id: str, since: int, head: int) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(applications)
        .join(packets, packets.c.id == applications.c.id)
        .where(packets.c.kiosk_id == kiosk_id, applications.c.change_number.between(since + 1, head))
        .order_by(applications.c.change_number)
    )


def _ready(ids: list[str]) -> sa.Select[tuple[object, ...]]:
    """All sealed documents of those applications, and whether each has been on paper."""
    printed = sa.exists().where(document_prints.c.document_id == documents.c.id, document_prints.c.outcome.in_(CAME))
    return (
        sa.select(documents, applications.c.ticket, printed.label("printed"))
        .join(applications, applications.c.id == documents.c.application_id)
        .where(documents.c.application_id.in_(ids), applications.c.state.in_(PRINTABLE))
        .where(documents.c.published_at.is_not(None), documents.c.sealed_size.is_not(None), CURRENT)
        .order_by(documents.c.id)
    )


def _ticket(context: Context, row: Row) -> dict[str, str | int]:
    reason = public_reason(context, row)
    return {
        "ticket": str(row.ticket),
        "number": int(str(row.change_number)),
        "state": State(str(row.state)),
        "reason": reason.code if reason else "",
        "changed_at": str(row.changed_at),
        "verifier": verifier(str(row.claim_public)) if row.claim_public else "",
    }


def _document(row: Row) -> dict[str, str | int]:
    return {
        "id": str(row.id), "ticket": str(row.ticket), "output": str(row.output), "pages": int(str(row.pages)),
        "size": int(str(row.sealed_size)), "sha256": str(row.sealed_sha256), "content": str(row.sha256),
        "printed": int(bool(row.printed)),
    }  # fmt: skip


def sealed(context: Context, kiosk_id: str, document_id: str, *, first: bool) -> bytes:
    """The sealed bytes of a document of this kiosk's tickets; its first piece is written down. Raises WireError 404."""
    mine = (
        sa.select(documents.c.sealed_sha256)
        .join(applications, applications.c.id == documents.c.application_id)
        .join(packets, packets.c.id == applications.c.id)
        .where(documents.c.id == document_id, packets.c.kiosk_id == kiosk_id, applications.c.state.in_(PRINTABLE))
        .where(documents.c.published_at.is_not(None), documents.c.sealed_size.is_not(None), CURRENT)
    )
    with context.engine.connect() as connection:
        key = connection.scalar(mine)
    if key is None:
        raise WireError(404, "tidak_ada")
    if first:
        with context.engine.begin() as connection:
            _note(context, connection, kiosk_id, "ambil_dokumen_tersegel", document_id)
    return context.blobs.get(key)


def _note(context: Context, connection: sa.Connection, kiosk_id: str, what: str, target: str) -> None:
    connection.execute(audit.insert().values(at=context.stamp(), actor=kiosk_id, what=what, target=target))


def report(context: Context, kiosk_id: str, told: PrintReport) -> PrintNoted:
    """A print at a kiosk, once however often it is told. What was in doubt may be settled later; what is settled stays.

    Raises:
        WireError: 404 ``tidak_ada`` (no such document of that ticket), 409 ``isi_berbeda`` (that id is another print's).
    """
    with context.engine.begin() as connection:
        row = connection.execute(lock_row(_printed_one(told))).first()
        if row is None:
            raise WireError(404, "tidak_ada")
        held = connection.execute(sa.select(document_prints).where(document_prints.c.id == told.id)).first()
        if held is not None and (held.document_id, held.kiosk_id) != (told.document, kiosk_id):
            raise WireError(409, "isi_berbeda")
        before = _others(connection, told)
        if held is None:
            _keep(context, connection, kiosk_id, told, row, before)
        elif held.outcome == Outcome.DOUBTFUL and told.outcome != Outcome.DOUBTFUL:
            mine = document_prints.update().where(document_prints.c.id == told.id)
            connection.execute(mine.values(outcome=told.outcome, reported_at=context.stamp()))
        else:
            return PrintNoted(id=told.id, others=len(before))
        _finish(context, connection, row)
        changes.mark(connection, str(row.id))
    return PrintNoted(id=told.id, others=len(before))


def _printed_one(told: PrintReport) -> sa.Select[tuple[object, ...]]:
    """The application of the document that was printed."""
    of = sa.select(documents.c.application_id).where(documents.c.id == told.document)
    return sa.select(applications).where(applications.c.id.in_(of), applications.c.ticket == told.ticket)


def _others(connection: sa.Connection, told: PrintReport) -> list[str]:
    """The kiosks of the other prints of that document, in the order in which they were told."""
    other = (document_prints.c.document_id == told.document, document_prints.c.id != told.id)
    wanted = sa.select(document_prints.c.kiosk_id).where(*other, document_prints.c.outcome.in_(CAME))
    return list(map(str, connection.scalars(wanted.order_by(document_prints.c.reported_at, document_prints.c.id))))


def _keep(
    context: Context, connection: sa.Connection, kiosk_id: str, told: PrintReport, row: Row, before: list[str]
) -> None:
    """The print, its line in the history, its line in the audit."""
    values = {"id": told.id, "document_id": told.document, "kiosk_id": kiosk_id, "at": told.at}
    said = {"clock_trusted": told.clock_trusted, "outcome": told.outcome, "reported_at": context.stamp()}
    connection.execute(document_prints.insert().values(**values, **said))
    names = [_name(connection, one) for one in (kiosk_id, *before[:1])]
    superseded = connection.scalar(sa.select(documents.c.superseded_at).where(documents.c.id == told.document))
    note = (TWICE if before else PRINTED).format(*names) + (WRONG_ONE if superseded else "")
    _event(context, connection, row, kiosk_id, "cetak", State(str(row.state)), note)
    _note(context, connection, kiosk_id, "cetak_ulang_dilaporkan" if before else "cetak_dilaporkan", told.document)


def _name(connection: sa.Connection, kiosk_id: str) -> str:
    """As officers know a kiosk: its id and its desa."""
    desa = connection.scalar(sa.select(kiosks.c.desa).where(kiosks.c.id == kiosk_id))
    return f"{kiosk_id} (desa {desa})"


def _event(
    context: Context, connection: sa.Connection, row: Row, actor: str, action: str, after: State, note: str = ""
) -> None:
    line = {"application_id": row.id, "at": context.stamp(), "actor": actor, "role": Role.SISTEM, "action": action}
    connection.execute(events.insert().values(**line, before=str(row.state), after=after, note=note))


def _finish(context: Context, connection: sa.Connection, row: Row) -> None:
    """All that is printed of it has come out: it is done. A card that is collected elsewhere keeps it open."""
    service = context.catalogue.services.get(str(row.service))  # may be offered no more
    if service is None or State(str(row.state)) is not State.SIAP_CETAK:
        return
    if any(output.media == "card" for output in service.outputs):
        return
    came = sa.exists().where(document_prints.c.document_id == documents.c.id, document_prints.c.outcome == Outcome.CAME)
    open_ = (documents.c.application_id == row.id, documents.c.published_at.is_not(None), sa.not_(came), CURRENT)
    if connection.scalar(sa.select(sa.func.count()).select_from(documents).where(*open_)):
        return
    work = Work(State(str(row.state)), row.entered_by, row.validated_by)
    done = life.move(work, Action.SELESAIKAN, actor="sistem", role=Role.SISTEM)
    change = applications.update().where(applications.c.id == row.id)
    connection.execute(change.values(state=done.state, changed_at=context.stamp()))
    _event(context, connection, row, "sistem", Action.SELESAIKAN, done.state)
