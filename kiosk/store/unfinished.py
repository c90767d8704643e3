"""What a kiosk still has to do: while any of it is there, it does not leave its desa."""

import sqlalchemy as sa

from kiosk.store.outbox import Phase
from kiosk.store.prints import PrintState
from kiosk.store.schema import claims, drafts, inquiries, outbox, prints, surveys

_OPEN_PRINTS = (PrintState.HANDED_OVER, PrintState.DOUBTFUL)


def counts(connection: sa.Connection) -> dict[str, int]:
    """How many of each kind, zeros too: ``packets`` that the centre has not, ``prints`` that somebody must settle,
    ``questions``, ``surveys``, ``drafts`` whose owners may come back, ``reports`` of printed documents."""
    nothing_came = sa.select(prints.c.id).where(prints.c.state == PrintState.REFUSED)
    wanted: dict[str, tuple[sa.Table, tuple[sa.ColumnElement[bool], ...]]] = {
        "packets": (outbox, (outbox.c.state != Phase.PURGED,)),
        "prints": (prints, (prints.c.state.in_(_OPEN_PRINTS),)),
        "questions": (inquiries, (inquiries.c.answer.is_(None), inquiries.c.code == "")),
        "surveys": (surveys, ()),
        "drafts": (drafts, ()),
        "reports": (claims, (claims.c.told == "", claims.c.job.not_in(nothing_came))),
    }
    count = sa.select(sa.func.count())
    return {
        name: int(connection.scalar(count.select_from(table).where(*only)) or 0)
        for name, (table, only) in wanted.items()
    }
