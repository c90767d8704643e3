"""The print ledger: intent before the first byte → handed over → confirmed, refused or doubtful. Copies are numbered.

After a crash the ledger is settled without printing anything: an intent sent nothing, so it was refused; what had been
handed over may be on paper, so it is doubtful and a person decides.
"""

from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from kiosk.store.schema import prints


class PrintState(StrEnum):
    INTENT = "intent"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


class PrintKind(StrEnum):
    SLIP = "slip"
    DOCUMENT = "document"
    DRAFT = "draft"
    FORM = "form"
    POSTER = "poster"
    TEST = "test"  # a technician's test slip or sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One row: ``copy`` counts from 1 for each subject."""

    id: int
    kind: PrintKind
    subject: str
    copy: int
    state: PrintState
    code: str


def intend(connection: sa.Connection, kind: PrintKind, subject: str, *, at: str) -> PrintJob:
    """Write down that a print is meant, before anything is sent."""
    mine = (prints.c.kind == kind, prints.c.subject == subject)
    copies = connection.scalar(sa.select(sa.func.count()).select_from(prints).where(*mine)) or 0
    values = {"kind": kind, "subject": subject, "copy": copies + 1, "state": PrintState.INTENT, "code": "", "at": at}
    row = connection.execute(prints.insert().values(**values).returning(prints)).one()
    return _job(row)


def settle(connection: sa.Connection, job_id: int, state: PrintState, code: str = "") -> None:
    """Move a job on."""
    connection.execute(prints.update().where(prints.c.id == job_id).values(state=state, code=code))


def reconcile(connection: sa.Connection) -> tuple[PrintJob, ...]:
    """At the screen's start: nothing is printing, so nothing may say so. Returns what became doubtful, oldest first."""
    _settle_all(connection, PrintState.INTENT, PrintState.REFUSED)
    doubtful = _settle_all(connection, PrintState.HANDED_OVER, PrintState.DOUBTFUL)
    return tuple(sorted(doubtful, key=lambda job: job.id))


def doubtful(connection: sa.Connection) -> tuple[PrintJob, ...]:
    """What may or may not be on paper, oldest first."""
    rows = connection.execute(sa.select(prints).where(prints.c.state == PrintState.DOUBTFUL).order_by(prints.c.id))
    return tuple(map(_job, rows))


def _settle_all(connection: sa.Connection, before: PrintState, after: PrintState) -> list[PrintJob]:
    change = prints.update().where(prints.c.state == before).values(state=after, code="terputus").returning(prints)
    return [_job(row) for row in connection.execute(change)]


def jobs_of(connection: sa.Connection, subject: str) -> tuple[PrintJob, ...]:
    """Every print of a subject, first copy first."""
    rows = connection.execute(sa.select(prints).where(prints.c.subject == subject).order_by(prints.c.id))
    return tuple(map(_job, rows))


def _job(row: sa.Row[tuple[object, ...]]) -> PrintJob:
    values = row._mapping
    return PrintJob(
        id=values["id"], kind=PrintKind(values["kind"]), subject=values["subject"], copy=values["copy"],
        state=PrintState(values["state"]), code=values["code"],
    )  # fmt: skip
