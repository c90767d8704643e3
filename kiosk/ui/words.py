"""Codes to words, for templates: complaints from the content, device codes in the citizen's words."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from markupsafe import Markup

from adminduk import dates, masking
from adminduk.clock import read_stamp
from adminduk.services import Field, FieldKind, Paper
from adminduk.tickets import Claim, claim_code, spaced
from kiosk.session import Kiosk

PICTURES = Path(__file__).parent / "static" / "pictures"
PLAIN = "paper-surat"


class Words:
    """What the templates may say of codes and values."""

    def __init__(self, kiosk: Kiosk, translate: Callable[[str], str] = str) -> None:
        self._parts, self._translate = kiosk.parts, translate

    def complaint(self, code: str) -> str:
        """A form's or a page's complaint, or a device's fault as the citizen reads it."""
        fault = self._parts.faults.get(code)
        return self._translate(fault.citizen if fault else self._parts.catalogue.complaints.get(code, code))

    def shown(self, text: str) -> str:
        """A value in the visit's language when it is one of ours ("Laki-laki"), else as it is: a template's ``_`` would take
        what a visitor typed for markup and for a format."""
        return self._translate(text)

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
        if field.kind is FieldKind.YES_NO:
            return value.capitalize()
        return next((choice.label for choice in field.choices if choice.value == value), value)

    def paper_picture(self, paper: Paper) -> str:
        """The picture that shows a paper; a plain letter when the kabupaten names one that this kiosk does not have."""
        own = f"paper-{paper.picture}"
        return own if (PICTURES / f"{own}.svg").exists() else PLAIN

    def qr(self, claim: Claim) -> Markup:
        """The receipt's code, for a telephone's camera, where the paper did not come out."""
        return self.qr_text(claim_code(claim))

    def qr_text(self, text: str) -> Markup:
        """A code of digits and letters as an inline picture."""
        import segno

        code = segno.make(text, error="m", micro=False)
        return Markup(code.svg_inline(border=2, omitsize=True))  # noqa: S704 - made here from digits and letters

    def moment(self, stamp: str) -> str:
        """A UTC stamp in the kabupaten's time: ``21 November 2026 10:15 WIB``."""
        try:
            local: datetime = read_stamp(stamp).astimezone(ZoneInfo(self._parts.catalogue.place.timezone))
        except ValueError:
            return ""
        return f"{dates.spoken(local.date())} {local:%H:%M} {self._parts.catalogue.place.timezone_word}"
