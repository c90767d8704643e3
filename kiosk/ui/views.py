"""What each screen shows, gathered from the session; templates only lay it out."""

from typing import Any

from adminduk.services import FieldKind
from kiosk.session import Kiosk, Step, forms, notices
from kiosk.session.capture import shares

DIGITS = {
    FieldKind.NIK: 16,
    FieldKind.KK: 16,
    FieldKind.PHONE: 14,
    FieldKind.NUMBER: 4,
    FieldKind.DATE: 8,
    FieldKind.TIME: 4,
}
GROUPS = {
    FieldKind.NIK: "4 4 4 4", FieldKind.KK: "4 4 4 4", FieldKind.PHONE: "4 4 6", FieldKind.DATE: "2 2 4", FieldKind.TIME: "2 2",
}  # fmt: skip
SEPARATORS = {FieldKind.DATE: "-", FieldKind.TIME: ":"}
LIST_ROWS = 12


def view(kiosk: Kiosk) -> dict[str, Any]:
    """The facts of the step at hand."""
    make = _VIEWS.get(kiosk.visit.step)
    return make(kiosk) if make else {}


def _home(kiosk: Kiosk) -> dict[str, Any]:
    return {"notices": notices(kiosk.parts)}


def _services(kiosk: Kiosk) -> dict[str, Any]:
    return {"offers": kiosk.offers()}


def _question(kiosk: Kiosk) -> dict[str, Any]:
    visit = kiosk.visit
    field = forms.current_field(visit)
    facts: dict[str, Any] = {
        "field": field, "progress": forms.progress(visit), "value": visit.typed or visit.draft.answers.get(field.key, ""),
        "digits": DIGITS.get(field.kind, 0), "groups": GROUPS.get(field.kind, ""), "joint": SEPARATORS.get(field.kind, " "),
        "kind": _kind(field.kind),
    }  # fmt: skip
    if field.kind is FieldKind.REGION:
        facts.update(_places(kiosk))
    return facts


def _kind(kind: FieldKind) -> str:
    """Which way of answering the page offers."""
    if kind in DIGITS:
        return "digits"
    if kind in (FieldKind.CHOICE, FieldKind.YES_NO):
        return "choice"
    return "region" if kind is FieldKind.REGION else "text"


def _places(kiosk: Kiosk) -> dict[str, Any]:
    """One level of the hierarchy, a page at a time."""
    visit, regions = kiosk.visit, kiosk.parts.regions
    if regions is None:
        return {"places": [], "path": (), "pages": 1}
    codes = sorted(regions.children(visit.region), key=lambda code: regions.name_of(code) or "")
    pages = max(1, -(-len(codes) // LIST_ROWS))
    at = min(visit.list_page, pages - 1)
    rows = [(code, regions.name_of(code)) for code in codes[at * LIST_ROWS : (at + 1) * LIST_ROWS]]
    return {"places": rows, "path": regions.path(visit.region), "pages": pages, "at": at}


def _paper(kiosk: Kiosk) -> dict[str, Any]:
    visit = kiosk.visit
    paper = forms.current_paper(visit)
    health = kiosk.parts.camera.state()
    return {
        "paper": paper,
        "progress": forms.progress(visit),
        "kept": len(visit.draft.pages.get(paper.code, ())),
        "camera": "" if health.usable else health.code,
        "taken": visit.taken,
        "corners": shares(visit),
    }


def _review(kiosk: Kiosk) -> dict[str, Any]:
    visit = kiosk.visit
    answered = [(field, visit.draft.answers.get(field.key, "")) for field in forms.asked(visit)]
    pages = [(paper, len(visit.draft.pages.get(paper.code, ()))) for paper in forms.papers(visit)]
    return {"answers": answered, "papers": pages, "progress": forms.progress(visit)}


def _survey(kiosk: Kiosk) -> dict[str, Any]:
    number = len(kiosk.visit.scores)
    questions = kiosk.parts.catalogue.survey
    return {"number": number + 1, "of": len(questions), "question": questions[min(number, len(questions) - 1)]}


_VIEWS = {
    Step.HOME: _home,
    Step.SERVICES: _services,
    Step.QUESTION: _question,
    Step.CAPTURE: _paper,
    Step.PAGE: _paper,
    Step.CORNERS: _paper,
    Step.REVIEW: _review,
    Step.SURVEY: _survey,
}
