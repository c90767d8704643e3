"""Questions to the centre and their answers, sealed both ways: opaque bytes to this disk and to the courier."""

from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.store.schema import inquiries

STALE_S = 180.0  # nobody waits longer at a screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    id: str
    sealed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """``sealed`` when the centre answered, else ``code`` says why not; both empty while it is on its way."""

    sealed: bytes | None
    code: str

    @property
    def pending(self) -> bool:
        return self.sealed is None and not self.code


def ask(connection: sa.Connection, question_id: str, sealed: bytes, now: float) -> None:
    connection.execute(inquiries.insert().values(id=question_id, sealed=sealed, asked_at=now))


def next_open(connection: sa.Connection, now: float) -> Question | None:
    """The newest question that has neither answer nor failure: the person at the screen is waiting for it. Stale ones go."""
    stale = sa.or_(inquiries.c.asked_at < now - STALE_S, inquiries.c.asked_at > now + STALE_S)
    connection.execute(inquiries.delete().where(stale))
    open_ = (inquiries.c.answer.is_(None), inquiries.c.code == "")
    row = connection.execute(
        sa.select(inquiries.c.id, inquiries.c.sealed).where(*open_).order_by(inquiries.c.id.desc()).limit(1)
    ).first()
    return None if row is None else Question(id=row.id, sealed=row.sealed)


def answered(connection: sa.Connection, question_id: str, sealed: bytes) -> None:
    connection.execute(inquiries.update().where(inquiries.c.id == question_id).values(answer=sealed))


def failed(connection: sa.Connection, question_id: str, code: str) -> None:
    connection.execute(inquiries.update().where(inquiries.c.id == question_id).values(code=code))


def reply(connection: sa.Connection, question_id: str) -> Reply | None:
    """None when the question is not known (any more)."""
    columns = (inquiries.c.answer, inquiries.c.code)
    row = connection.execute(sa.select(*columns).where(inquiries.c.id == question_id)).first()
    return None if row is None else Reply(sealed=row.answer, code=row.code)


def forget(connection: sa.Connection, question_id: str | None = None) -> None:
    """One question, or all of them (the visit ended)."""
    condition = sa.true() if question_id is None else inquiries.c.id == question_id
    connection.execute(inquiries.delete().where(condition))
