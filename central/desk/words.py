"""Codes and values to words, for the desk's templates."""

from datetime import datetime
from zoneinfo import ZoneInfo

from adminduk import dates, masking
from adminduk.clock import read_stamp
from adminduk.services import Service
from adminduk.tickets import spaced
from central.context import Context
from central.documents.rendering import value_of
from central.intake.inquiries import REPLACED


class Words:
    """What the templates may say."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def office(self) -> str:
        return self._context.catalogue.place.office

    def service(self, code: str) -> str:
        return self._context.catalogue.services[code].name

    def ticket(self, ticket: str) -> str:
        return spaced(ticket)

    def masked(self, number: str) -> str:
        return masking.mask_number(number)

    def moment(self, stamp: str | None) -> str:
        """A UTC stamp in the kabupaten's time."""
        try:
            local: datetime = read_stamp(stamp or "").astimezone(ZoneInfo(self._context.catalogue.place.timezone))
        except ValueError:
            return "–"
        return f"{local:%d-%m-%Y %H:%M} {self._context.catalogue.place.timezone_word}"

    def day(self, iso: str) -> str:
        found = dates.read(iso)
        return dates.spoken(found) if found else iso

    def reasons(self) -> list[tuple[str, str]]:
        """What an officer may choose; that a document was replaced says itself."""
        return [(code, reason.text) for code, reason in self._context.catalogue.reasons.items() if code != REPLACED]

    def reason(self, code: str) -> str:
        found = self._context.catalogue.reasons.get(code)
        return found.text if found else ""

    def remark(self, code: str) -> str:
        """What the kiosk told of a picture, without what it told the person to do about it."""
        return self._context.catalogue.complaints.get(code, code).split(". ")[0].removesuffix(".")

    def answers(self, service: Service, given: dict[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Block by block: (title, [(caption, value)]), as they are re-keyed into SIAK."""
        regions = self._context.regions
        shown = []
        for block in service.blocks:
            rows = [(f.caption or f.key, value_of(f, given[f.key], regions)) for f in block.fields if given.get(f.key)]
            shown.append((block.title, rows))
        return shown
