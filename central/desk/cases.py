"""Applications as officers work on them: the queue in order, one opened, one moved. SQL lives here, not in the pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adminduk import application as life
from adminduk.application import Action, Forbidden, Role, State, Work
from adminduk.masking import mask_text
from adminduk.packets import Packet, Page
from adminduk.services import Service
from central import changes
from central.accounts import Officer
from central.context import Context
from central.desk.notifying import Notification, notification
from central.documents import make_documents, publish
from central.documents.making import Made, record
from central.engine import lock_row
from central.intake.inquiries import REPLACED
from central.schema import CURRENT, applications, audit, document_prints, documents, events, packets
from central.worker import read_packet

# what each role works on, in this order; the admin looks, and acts on nothing
WORK: Mapping[Role, tuple[State, ...]] = {
    Role.VERIFIKATOR: (State.DIAJUKAN, State.DITANDATANGANI),
    Role.OPERATOR_SIAK: (State.DISETUJUI,),
    Role.VALIDATOR: (State.DIPROSES,),
    Role.PENANDA_TANGAN: (State.DIVALIDASI, State.DITANDATANGANI),
    Role.ADMIN: (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the queue: nothing personal."""

    id: str
    queue_number: int
    ticket: str
    service: str
    desa: str
    state: State
    submitted_at: str
    changed_at: str
    assisted_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An opened application. ``packet`` was opened in memory for this look."""

    row: Row
    service: Service
    packet: Packet
    reason: str
    history: tuple[Mapping[str, Any], ...]
    documents: tuple[Mapping[str, Any], ...]
    actions: tuple[Action, ...]
    notification: Notification | None
    validated_by: str | None


class Gone(LookupError):  # noqa: N818 - a state of the world
    """No such application."""


class Overtaken(Exception):  # noqa: N818
    """Somebody else moved it meanwhile; nothing was changed."""


def _row(row: Any) -> Row:
    return Row(
        id=row.id,
        queue_number=row.queue_number,
        ticket=row.ticket,
        service=row.service,
        desa=row.desa,
        state=State(row.state),
        submitted_at=row.submitted_at,
        changed_at=row.changed_at,
        assisted_by=row.assisted_by,
    )


def queue(context: Context, states: tuple[State, ...], *, limit: int = 200) -> tuple[Row, ...]:
    """First come, first served."""
    wanted = sa.select(applications).where(applications.c.state.in_(states))
    with context.engine.connect() as connection:
        return tuple(map(_row, connection.execute(wanted.order_by(applications.c.queue_number).limit(limit))))


def counts(context: Context) -> dict[State, int]:
    """How many in each state: the same rows that the lists show."""
    grouped = sa.select(applications.c.state, sa.func.count()).group_by(applications.c.state)
    with context.engine.connect() as connection:
        found = {State(state): number for state, number in connection.execute(grouped)}
    return {state: found.get(state, 0) for state in State}


def unreadable(context: Context) -> tuple[Any, ...]:
    """Packets that could not be admitted, with their code."""
    wanted = sa.select(packets).where(packets.c.state == "unreadable").order_by(packets.c.received_at)
    with context.engine.connect() as connection:
        return tuple(connection.execute(wanted))


def note_look(context: Context, officer: Officer, what: str, target: str) -> None:
    """Reads are written down as well as writes."""
    values = {"at": context.stamp(), "actor": officer.username, "what": what, "target": target}
    with context.engine.begin() as connection:
        connection.execute(audit.insert().values(**values))


def open_case(context: Context, officer: Officer, case_id: str, *, what: str = "lihat_permohonan") -> Case:
    """Open the sealed packet in memory, and write down who looked, and for ``what``. Raises Gone."""
    row, history, made = _read(context, case_id)
    note_look(context, officer, what, case_id)
    work, packet = Work(State(row.state), row.entered_by, row.validated_by), read_packet(context, case_id)
    return Case(
        row=_row(row),
        service=context.catalogue.services[row.service],
        packet=packet,
        reason=row.reason,
        history=history,
        documents=made,
        actions=offered(context, row, work, officer),
        notification=notification(context, row, packet),
        validated_by=row.validated_by,
    )


def _read(context: Context, case_id: str) -> tuple[Any, tuple[Any, ...], tuple[Any, ...]]:
    with context.engine.connect() as connection:
        row = connection.execute(sa.select(applications).where(applications.c.id == case_id)).first()
        if row is None:
            raise Gone
        past = sa.select(events).where(events.c.application_id == case_id).order_by(events.c.id)
        came = sa.select(sa.func.count()).where(document_prints.c.document_id == documents.c.id).scalar_subquery()
        made = sa.select(documents, came.label("printed")).where(documents.c.application_id == case_id)
        made = made.order_by(documents.c.output, documents.c.signed_at, documents.c.id)
        return row, tuple(connection.execute(past).mappings()), tuple(connection.execute(made).mappings())


def offered(context: Context, row: Any, work: Work, officer: Officer) -> tuple[Action, ...]:
    """What this officer may do now; where nothing is printed, nothing is signed."""
    actions = life.actions_for(work, actor=officer.username, role=officer.role)
    nothing = () if prints(context, row.service) else (Action.TANDA_TANGANI,)
    own = (Action.TERBITKAN,) if Action.TERBITKAN in actions and _replaced_by(context, row.id, officer) else ()
    return tuple(action for action in actions if action not in (*nothing, *own))


def _replaced_by(context: Context, case_id: str, officer: Officer) -> bool:
    """Whether this officer signed what waits in the place of a wrong document: then another one publishes it."""
    with context.engine.connect() as connection:
        return bool(connection.scalar(_own_replacements(case_id, officer)))


def _own_replacements(case_id: str, officer: Officer) -> sa.Select[Any]:
    waiting = (documents.c.application_id == case_id, documents.c.published_at.is_(None), CURRENT)
    own = (documents.c.replaces.is_not(None), documents.c.signed_by == officer.username)
    return sa.select(sa.func.count()).select_from(documents).where(*waiting, *own)


def prints(context: Context, service: str) -> bool:
    """Whether a service ends in an A4 document."""
    return any(output.media == "a4" for output in context.catalogue.services[service].outputs)


def act(
    context: Context, officer: Officer, case_id: str, action: Action, *, seen: State, reason: str = "", note: str = ""
) -> State:
    """Move an application: the row, its event and its documents in one transaction. ``seen``: the state on the officer's page.

    Raises:
        Gone: unknown. Overtaken: its state is not ``seen`` any more. Forbidden: the move may not be made.
    """
    made = _sign(context, officer, case_id, seen) if action is Action.TANDA_TANGANI else ()
    with context.engine.begin() as connection:
        row = connection.execute(lock_row(sa.select(applications).where(applications.c.id == case_id))).first()
        if row is None:
            raise Gone
        if State(row.state) is not seen:
            raise Overtaken
        if reason and (reason not in context.catalogue.reasons or reason == REPLACED):
            raise Forbidden("alasan_wajib")
        return _move(context, connection, row, officer, action, reason=reason, note=note, made=made)


def _sign(context: Context, officer: Officer, case_id: str, seen: State) -> tuple[Made, ...]:
    """Check before signing, so that nobody else's signature is ever made; signed files without a row mean nothing."""
    row, _, _ = _read(context, case_id)
    if State(row.state) is not seen:
        raise Overtaken
    work = Work(State(row.state), row.entered_by, row.validated_by)
    life.move(work, Action.TANDA_TANGANI, actor=officer.username, role=officer.role)
    return make_documents(context, read_packet(context, case_id), officer)


def _move(
    context: Context, connection: sa.Connection, row: Any, officer: Officer, action: Action, *,
    reason: str, note: str, made: tuple[Made, ...],
) -> State:  # fmt: skip
    work = Work(State(row.state), row.entered_by, row.validated_by)
    if action is Action.TERBITKAN and connection.scalar(_own_replacements(row.id, officer)):
        raise Forbidden("sudah_diganti_sendiri")
    kept = REPLACED if row.reason == REPLACED else ""
    reason = reason if life.MOVES[action].needs_reason else kept  # the villager reads it: none that nobody asked for
    moved = life.move(work, action, actor=officer.username, role=officer.role, reason=reason)
    _write(context, connection, row.id, work, moved, officer.username, officer.role, action, reason, note)
    record(connection, made, application=row.id, officer=officer, at=context.stamp())
    if action is Action.TERBITKAN:
        publish(connection, application=row.id, at=context.stamp())
    if action is Action.VALIDASI and not prints(context, row.service):
        closed = life.move(moved, Action.SELESAIKAN, actor="sistem", role=Role.SISTEM)
        _write(context, connection, row.id, moved, closed, "sistem", Role.SISTEM, Action.SELESAIKAN, "", "")
        return closed.state
    return moved.state


def _write(
    context: Context, connection: sa.Connection, case_id: str, before: Work, after: Work, actor: str, role: Role,
    action: Action, reason: str, note: str,
) -> None:  # fmt: skip
    now = context.stamp()
    change = {
        "state": after.state, "entered_by": after.entered_by, "validated_by": after.validated_by, "reason": reason,
        "changed_at": now,
    }  # fmt: skip
    connection.execute(applications.update().where(applications.c.id == case_id).values(**change))
    event = {
        "application_id": case_id, "at": now, "actor": actor, "role": role, "action": action, "before": before.state,
        "after": after.state, "reason": reason, "note": clean(note),
    }  # fmt: skip
    connection.execute(events.insert().values(**event))
    changes.mark(connection, case_id)


def clean(note: str) -> str:
    """Nobody's number, no endless text, and no NUL, which PostgreSQL does not take."""
    return mask_text(note.replace("\0", ""))[:500]


def document_pdf(context: Context, officer: Officer, case_id: str, document_id: str) -> bytes:
    """A signed document, for an officer to look at. Raises Gone."""
    mine = (documents.c.id == document_id, documents.c.application_id == case_id)
    with context.engine.connect() as connection:
        key = connection.scalar(sa.select(documents.c.sha256).where(*mine))
    if key is None:
        raise Gone
    note_look(context, officer, "lihat_dokumen", document_id)
    return context.blobs.get(key)


def page(context: Context, officer: Officer, case_id: str, name: str) -> Page:
    """One page's picture, opened in memory. Raises Gone."""
    case = open_case(context, officer, case_id)
    found = [each for pages in case.packet.papers.values() for each in pages if each.name == name]
    if not found:
        raise Gone
    return found[0]
