"""A signed document that turned out wrong is replaced by another signed one: by who signs, with a reason, under other eyes.

The wrong one stays where it is, with its prints, and goes nowhere any more; the new one has a number of its own. The
application goes back to DITANDATANGANI, so that somebody else publishes it: until then kiosks have nothing to print, and
what waits in the village is dropped with the next pull. After that it is sealed and fetched anew, as always.
"""

from typing import Any

import sqlalchemy as sa

from adminduk.application import Forbidden, Role, State, Work
from central import changes
from central.accounts import Officer
from central.context import Context
from central.desk.cases import Gone, Overtaken, clean
from central.documents import checking
from central.documents.making import Made, keep, make_again, record
from central.engine import lock_row
from central.fleet.notes import note
from central.intake.inquiries import REPLACED
from central.schema import CURRENT, applications, documents, events
from central.worker import read_packet

ACTION = "ganti_dokumen"
FROM = (State.DITANDATANGANI, State.SIAP_CETAK, State.SELESAI)
LEAST_REASON = 10  # letters: more than a shrug


def refusal(work: Work, officer: Officer) -> str:
    """Why this officer may not replace now: ``peran_salah``, ``keadaan_salah``, ``sudah_divalidasi_sendiri``; empty: may."""
    if officer.role is not Role.PENANDA_TANGAN:
        return "peran_salah"
    if work.state not in FROM:
        return "keadaan_salah"
    return "sudah_divalidasi_sendiri" if work.validated_by == officer.username else ""


def replace(
    context: Context, officer: Officer, case_id: str, document_id: str, *, seen: State, why: str, pdf: bytes = b""
) -> None:
    """``pdf``: the signed file to stand in its place; empty: made and signed once more from what was sent.

    Raises:
        Gone, Overtaken: as cases.act; Overtaken also where it was replaced already. Forbidden: see ``refusal``; also
            ``alasan_singkat``, ``keluaran_tidak_ada`` (nothing can be made from what was sent). DocumentError: the file.
    """
    why = clean(why).strip()
    before, old = _allowed(context, officer, case_id, document_id, seen, why)
    made = _made(context, officer, case_id, old, pdf)
    with context.engine.begin() as connection:
        row = connection.execute(lock_row(sa.select(applications).where(applications.c.id == case_id))).one()
        wrong = documents.update().where(documents.c.id == document_id, CURRENT)
        if State(row.state) is not seen or not connection.execute(wrong.values(superseded_at=context.stamp())).rowcount:
            raise Overtaken
        record(connection, (made,), application=case_id, officer=officer, at=context.stamp(), replaces=document_id)
        _move(context, connection, case_id, officer, before, why)
        note(connection, at=context.stamp(), actor=officer.username, what=ACTION, target=document_id)
        changes.mark(connection, case_id)


def _allowed(
    context: Context, officer: Officer, case_id: str, document_id: str, seen: State, why: str
) -> tuple[Work, Any]:
    """Before anything is signed. The application as it stands, and the document."""
    mine = sa.select(documents).where(documents.c.id == document_id, documents.c.application_id == case_id)
    with context.engine.connect() as connection:
        row = connection.execute(sa.select(applications).where(applications.c.id == case_id)).first()
        old = connection.execute(mine).first()
    if row is None or old is None:
        raise Gone
    if State(row.state) is not seen or old.superseded_at:
        raise Overtaken
    work = Work(State(row.state), row.entered_by, row.validated_by)
    if code := refusal(work, officer) or ("" if len(why) >= LEAST_REASON else "alasan_singkat"):
        raise Forbidden(code)
    return work, old


def _made(context: Context, officer: Officer, case_id: str, old: Any, pdf: bytes) -> Made:
    if pdf:
        checking.check(pdf, context.settings.authority, now=context.now())
        return keep(context, pdf, old.output)
    made = make_again(context, read_packet(context, case_id), officer, old.output)
    if made is None:
        raise Forbidden("keluaran_tidak_ada")
    return made


def _move(context: Context, connection: sa.Connection, case_id: str, officer: Officer, before: Work, why: str) -> None:
    now, after = context.stamp(), State.DITANDATANGANI
    mine = applications.update().where(applications.c.id == case_id)
    connection.execute(mine.values(state=after, reason=REPLACED, changed_at=now))
    event = {"application_id": case_id, "at": now, "actor": officer.username, "role": officer.role, "action": ACTION}
    connection.execute(events.insert().values(**event, before=before.state, after=after, note=why))
