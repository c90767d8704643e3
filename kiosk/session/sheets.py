"""The official forms: filled from the answers, printed on A4 for who must sign on paper, laid under the camera again."""

import logging
from collections.abc import Callable

import blanks
from kiosk.hardware.health import Outcome, PrintResult
from kiosk.session import forms
from kiosk.session.desk import Action, Desk, only_at
from kiosk.session.ledger import on_paper
from kiosk.session.parts import Parts
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Visit
from kiosk.store import PrintKind

log = logging.getLogger(__name__)


class Sheets(Desk):
    """The verbs of printed forms; each gives an action for ``act``."""

    def print_form(self, form: str) -> Action:
        """One form on paper; what is not answered yet stays empty for the pen. ``visit.note`` names what came out."""

        @only_at(Step.FORMS, Step.CAPTURE)
        def action(visit: Visit) -> None:
            if form not in offered(visit, self.parts):
                return
            result = print_form(visit, self.parts, form)
            visit.note = form if result.outcome is Outcome.OK else ""
            visit.complaint = "" if result.outcome is Outcome.OK else result.code

        return action

    def attach_forms(self) -> Action:
        """To the camera with the signed forms, and back to the review."""

        @only_at(Step.FORMS)
        def action(visit: Visit) -> Event | None:
            signed = forms.signed_forms(visit)
            if not signed:
                return None
            visit.at, visit.returning, visit.replacing = signed[0].code, True, False
            return Event.CHANGE_PAPER

        return action


def offered(visit: Visit, parts: Parts) -> tuple[str, ...]:
    """The codes of the forms that this visit's answers fill."""
    wanted = visit.service.forms_for(visit.draft.answers) if visit.service else ()
    return tuple(form for form in wanted if form in parts.forms)


def print_form(visit: Visit, parts: Parts, form: str) -> PrintResult:
    """One form, filled; the ledger and the job's name know nothing of whose it is."""
    return print_sheet(parts, lambda: filled(visit, parts, form), PrintKind.FORM, f"{form} {visit.id}")


def print_poster(parts: Parts) -> PrintResult:
    """The villagers' poster, to hang beside the kiosk."""
    day = forms.today(parts)
    return print_sheet(parts, lambda: parts.poster(day), PrintKind.POSTER, f"poster {day.isoformat()}")


def print_sheet(parts: Parts, make: Callable[[], bytes], kind: PrintKind, subject: str) -> PrintResult:
    """Make it and print it; what cannot be made is refused with words."""
    try:
        pdf = make()
    except blanks.FormError as error:
        log.warning("sheet_not_made kind=%s code=%s", kind, error.code)
        return PrintResult(Outcome.REFUSED, "formulir_gagal")
    return on_paper(parts, pdf, kind, subject)[1]


def filled(visit: Visit, parts: Parts, form: str) -> bytes:
    """The form as a PDF. Raises blanks.FormError."""
    if visit.service is None:
        raise blanks.FormError("formulir_tidak_dikenal")
    own = parts.identity
    return blanks.filled(
        form, visit.service, visit.draft.answers, forms=parts.forms, place=parts.catalogue.place,
        desa_name=own.desa_name, desa_code=own.desa, regions=parts.regions, today=forms.today(parts),
    )  # fmt: skip
