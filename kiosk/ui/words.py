"""Codes to words, for templates: complaints from the content, device codes in the citizen's words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from adminduk import dates, masking
from adminduk.clock import read_stamp
from adminduk.services import Field, FieldKind
from adminduk.tickets import spaced
from kiosk.session import Kiosk


class Words:
    """What the templates may say of codes and values."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._parts = kiosk.parts

    def complaint(self, code: str) -> str:
        """A form's or a page's complaint, or a device's fault as the citizen reads it."""
        fault = self._parts.faults.get(code)
        return fault.citizen if fault else self._parts.catalogue.complaints.get(code, code)

    def ticket(self, ticket: str) -> str:
        return spaced(ticket)

    def value(self, field: Field, value: str) -> str:
        """An answer as it is shown again: masked, spelled out, never the code."""
        if not value:
            return "–"
        if field.kind in (FieldKind.NIK, FieldKind.KK):
            return masking.mask_number(value)
        if field.kind is FieldKind.PHONE:
            return masking.mask_phone(value)
        if field.kind is FieldKind.DATE:
            found = dates.read(value)
            return dates.spoken(found) if found else value
        if field.kind is FieldKind.REGION and self._parts.regions:
            return ", ".join(reversed(self._parts.regions.path(value)))
        return next((choice.label for choice in field.choices if choice.value == value), value)

    def moment(self, stamp: str) -> str:
        """A UTC stamp in the kabupaten's time: ``21 November 2026 10:15 WIB``."""
        try:
            local: datetime = read_stamp(stamp).astimezone(ZoneInfo(self._parts.catalogue.place.timezone))
        except ValueError:
            return ""
        return f"{dates.spoken(local.date())} {local:%H:%M} {self._parts.catalogue.place.timezone_word}"
