"""Survey answers, without identity: kept once by their id."""

import re

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from adminduk.messages import MessageError, SurveyAnswer
from central.context import Context
from central.errors import WireError
from central.schema import survey_answers

# a service's code, not that this centre knows it: a kiosk's content may be newer than the centre's
SERVICE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,31}")


def _text(scores: tuple[int | None, ...]) -> str:
    return "".join("-" if score is None else str(score) for score in scores)


def keep(context: Context, kiosk_id: str, message: SurveyAnswer) -> bool:
    """True when new; the same again is fine.

    Raises:
        MessageError: what is no service's code is not kept, whatever else it may be.
        WireError: 409 ``isi_berbeda``.
    """
    if not SERVICE.fullmatch(message.service):
        raise MessageError("pesan_rusak", "service")
    values = {
        "id": message.id, "service": message.service, "kiosk_id": kiosk_id, "month": message.month,
        "scores": _text(message.scores),
    }  # fmt: skip
    try:
        with context.engine.begin() as connection:
            connection.execute(survey_answers.insert().values(**values))
    except IntegrityError:
        with context.engine.connect() as connection:
            row = connection.execute(sa.select(survey_answers).where(survey_answers.c.id == message.id)).first()
        if row is None or dict(row._mapping) != values:
            raise WireError(409, "isi_berbeda") from None
        return False
    return True
