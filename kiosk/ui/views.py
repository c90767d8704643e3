"""What each screen shows, gathered from the session; templates only lay it out."""

from collections.abc import Callable, Mapping

from adminduk import dates
from kiosk.session import Kiosk, Step, closed, forms, frozen, notices, proof, scanning, wedge
from kiosk.session.applying import MOST_SLIPS
from kiosk.session.capture import role, shares
from kiosk.session.drafts import DAYS as DRAFT_DAYS
from kiosk.session.kept import kept_here
from kiosk.session.nik_offer import NikOffer
from kiosk.session.sheets import offered
from kiosk.session.workday import REASONS
from kiosk.ui import errands, questions
from kiosk.ui.room import LIST_ROWS, MOST_TILES, Facts, cut, large
from kiosk.ui.words import Words

MOST_DOUBTS = 4
SENDINGS = {
    (True, False): 2,
    (True, True): 1,
    (False, False): 4,
    (False, True): 2,
}  # (somebody must look, large letters)
PACKS = (100, 250, 500)  # sheets that are laid in at once
# what fits without scrolling, in usual and in large letters (a browser test measures it)
REVIEW_ROWS = {(True, False): 11, (True, True): 8, (False, False): 8, (False, True): 6}  # (portrait, large letters)
CARD_ROWS = 3  # as tall as these is the question about a card's number
LOW_REVIEW_ROWS = {False: 8, True: 5}  # everything within reach of a wheelchair: by large letters


def view(kiosk: Kiosk, *, portrait: bool) -> Facts:
    """The facts of the step at hand, and what everybody must hear."""
    return {
        **_facts(kiosk, portrait=portrait),
        "alarm": alarm(kiosk),
        "live": kiosk.live(),
        "wedge": wedge.wanted(kiosk),
    }


def _facts(kiosk: Kiosk, *, portrait: bool) -> Facts:
    if kiosk.visit.step is Step.REVIEW:
        low = portrait and kiosk.visit.display.get("rendah")
        return _review(kiosk, LOW_REVIEW_ROWS[large(kiosk)] if low else REVIEW_ROWS[portrait, large(kiosk)])
    make = _VIEWS.get(kiosk.visit.step)
    return make(kiosk) if make else {}


def mark(kiosk: Kiosk) -> str:
    """What a page shows of the devices: when it changes, the page is loaded anew. Never while somebody types."""
    step = kiosk.visit.step
    if step is Step.HOME:
        return " ".join(notices(kiosk.parts))
    if step is Step.SERVICES:
        return " ".join(offer.why for offer in kiosk.offers())
    if step is Step.RECEIPT:
        return "unsent" if _unsent(kiosk) else ""
    if step is Step.STAFF_OUTBOX:
        return errands.mark(kiosk, errands.STICK)
    if step is not Step.CAPTURE:
        return ""
    scanner = "scanner" if scanning.usable(kiosk.visit, kiosk.parts) else ""
    return " ".join(filter(None, (_trouble(kiosk, role(kiosk.visit, kiosk.parts)), scanner)))


def alarm(kiosk: Kiosk) -> str:
    """The code of what everybody at the screen must hear now: the mains have gone, the disk takes nothing more. The pulse
    shows it without loading the page anew: what is half typed stays. The first screen says it in its own words."""
    return closed(kiosk.parts) if kiosk.visit.step is not Step.HOME else ""


def _trouble(kiosk: Kiosk, device: str) -> str:
    """The code of what keeps a device from working now."""
    health = kiosk.health().get(device)
    return "" if health is None or health.usable else health.code


def _home(kiosk: Kiosk) -> Facts:
    return {"notices": notices(kiosk.parts), "closed": closed(kiosk.parts), "frozen": frozen(kiosk.parts)}


def _services(kiosk: Kiosk) -> Facts:
    """The services, or their groups when there are too many for one screen."""
    offers, group = kiosk.offers(), kiosk.visit.group
    if len(offers) > MOST_TILES and not group:
        used = {name for offer in offers for name in (offer.service.group, *offer.service.also)}
        groups = [item for item in kiosk.parts.catalogue.groups if item.code in used]
        rows, place = cut(groups, kiosk.visit.list_page, MOST_TILES)
        return {"groups": rows, "offers": (), "title": "", **place}
    found = {offer.service.code: offer for offer in offers}
    wanted = [found[service.code] for service in kiosk.parts.catalogue.in_group(group)] if group else offers
    shown, place = cut(wanted, kiosk.visit.list_page, MOST_TILES)
    titles = {item.code: item.title for item in kiosk.parts.catalogue.groups}
    return {"groups": (), "offers": shown, "title": titles.get(group, ""), **place}


def _paper(kiosk: Kiosk) -> Facts:
    visit = kiosk.visit
    paper = forms.current_paper(visit)
    return {
        "paper": paper,
        "progress": forms.progress(visit),
        "kept": len(visit.draft.pages.get(paper.code, ())),
        "camera": _trouble(kiosk, role(visit, kiosk.parts)),
        "scanner": scanning.usable(visit, kiosk.parts),
        "taken": visit.taken,
        "corners": shares(visit),
    }


def _review(kiosk: Kiosk, size: int) -> Facts:
    """Every answer and paper as a row; ``missing`` ones are what keeps the application from being sent."""
    visit, words, rows = kiosk.visit, Words(kiosk), list[Facts]()
    for field in forms.asked(visit):
        value = visit.draft.answers.get(field.key, "")
        shown = {"label": field.label, "whose": field.whose, "number": field.number, "photos": None}
        shown["value"] = words.value(field, value)
        rows.append({"key": field.key, "missing": field.required and not value, **shown})
    for paper in (
        *forms.papers(visit),
        *(paper for paper in forms.signed_forms(visit) if paper.code in visit.draft.pages),
    ):
        count = len(visit.draft.pages.get(paper.code, ()))
        rows.append({"key": paper.code, "missing": paper.required and not count, "label": paper.name, "photos": count})
    card = kiosk.card_offer()
    on_page, place = cut(rows, visit.list_page, size - (CARD_ROWS if card else 0))
    return {"rows": on_page, "card": _card(card), "progress": forms.progress(visit), **place}


def _card(found: NikOffer | None) -> Facts | None:
    """The card's number above the typed one, digit by digit, with those that differ: (digit, whether it differs)."""
    if found is None:
        return None
    marked = [(digit, at in found.differs) for at, digit in enumerate(found.number)]
    typed = [(digit, at in found.differs) for at, digit in enumerate(found.typed)]
    return {"key": found.key, "number": marked, "typed": typed}


def _provable(kiosk: Kiosk) -> bool:
    """Whether the camera could see that the paper came out."""
    return bool(proof.wanted(kiosk.visit)) and not _trouble(kiosk, "camera")


def _held(kiosk: Kiosk) -> Facts:
    """Where a stuck visitor is: the step's name and number, nothing that was typed."""
    visit = kiosk.held
    if visit is None:
        return {"where": "", "progress_of": None}
    service = visit.service.short if visit.service else ""
    asking = visit.step in (Step.QUESTION, Step.CAPTURE, Step.PAGE, Step.REVIEW) and visit.service is not None
    named = (
        forms.current_field(visit).label
        if visit.step is Step.QUESTION
        else kiosk.parts.catalogue.acts.get(f"langkah_{visit.step}", "")
    )
    return {
        "where": " · ".join(filter(None, (service, named))),
        "progress_of": forms.progress(visit) if asking else None,
    }


def _staff_prints(kiosk: Kiosk) -> Facts:
    words = kiosk.parts.catalogue.acts
    kinds = {kind: words[f"cetakan_{kind}"] for kind in ("slip", "document", "draft", "form", "poster", "test")}
    return {"jobs": kiosk.doubtful_prints()[:MOST_DOUBTS], "kinds": kinds, "reasons": _reasons(kiosk)}


def _reasons(kiosk: Kiosk) -> tuple[tuple[str, str], ...]:
    """Why something is printed again: (code, words)."""
    return tuple((code, kiosk.parts.catalogue.acts[f"sebab_{code}"]) for code in REASONS)


def _forms(kiosk: Kiosk) -> Facts:
    """The official forms that can be printed, filled."""
    sheets = [(code, kiosk.parts.forms[code].short) for code in offered(kiosk.visit, kiosk.parts)]
    return {"sheets": sheets, "printer": _trouble(kiosk, "paper")}


def _staff_summary(kiosk: Kiosk) -> Facts:
    rows, place = cut(kiosk.summary(), kiosk.visit.list_page, LIST_ROWS[True])
    return {"rows": rows, **place}


def _staff_paper(kiosk: Kiosk) -> Facts:
    """Each kind of paper: what is left (metres, sheets), how many working days, until when."""
    return {"papers": {str(one.supply): one for one in kiosk.paper()}, "packs": PACKS, "spoken": dates.spoken}


def _staff_outbox(kiosk: Kiosk) -> Facts:
    """What waits for the centre, and what else keeps packets from being safe or new ones from being taken."""
    every, faults = kiosk.sendings(), kiosk.parts.faults
    rows, place = cut(every, kiosk.visit.list_page, SENDINGS[any(row.stuck for row in every), large(kiosk)])
    copy = kiosk.health().get("copy")
    codes = (*kiosk.parts.freeze(), copy.code if copy else "")
    told = tuple(faults[code].staff for code in codes if code in faults)
    stick = errands.stick(kiosk)
    return {"rows": rows, "total": len(every), "told": () if stick.words else told[:1], "stick": stick, **place}


def _receipt(kiosk: Kiosk) -> Facts:
    return {"slips_left": MOST_SLIPS - kiosk.visit.slips, "proof": _provable(kiosk), "unsent": _unsent(kiosk)}


def _unsent(kiosk: Kiosk) -> bool:
    claim = kiosk.visit.claim
    return claim is not None and kept_here(kiosk.parts, claim.ticket)


def _survey(kiosk: Kiosk) -> Facts:
    number, questions = len(kiosk.visit.scores), kiosk.parts.catalogue.survey
    return {"number": number + 1, "of": len(questions), "question": questions[min(number, len(questions) - 1)]}


# where the four steps that everybody understands stand, by the application's state
MILESTONES = {
    "DIAJUKAN": 1, "DISETUJUI": 2, "DIPROSES": 3, "DIVALIDASI": 3, "DITANDATANGANI": 3, "SIAP_CETAK": 4, "SELESAI": 4,
}  # fmt: skip


def _status(kiosk: Kiosk) -> Facts:
    asking = kiosk.visit.asking
    state = asking.status.state if asking and asking.status else ""
    return {"milestone": MILESTONES.get(state, 0)}


_VIEWS: Mapping[Step, Callable[[Kiosk], Facts]] = {
    Step.HOME: _home,
    Step.SERVICES: _services,
    Step.QUESTION: questions.question,
    Step.CAPTURE: _paper,
    Step.PAGE: _paper,
    Step.CORNERS: _paper,
    Step.FORMS: _forms,
    Step.PRINTED: lambda kiosk: {"copies": kiosk.copies(kiosk.visit)},
    Step.STAFF_REPRINT: lambda kiosk: {"copies": kiosk.copies(kiosk.visit), "reasons": _reasons(kiosk)},
    Step.SAVED: lambda _kiosk: {"days": int(DRAFT_DAYS)},
    Step.RECEIPT: _receipt,
    Step.DOUBTFUL: lambda kiosk: {"proof": _provable(kiosk)},
    Step.TICKET: lambda kiosk: {"camera": _trouble(kiosk, "camera")},
    Step.STATUS: _status,
    Step.DOCUMENT: lambda kiosk: {"printer": _trouble(kiosk, "paper")},
    Step.SURVEY: _survey,
    Step.BLOCK: questions.block,
    Step.STAFF_LOGIN: lambda kiosk: {"people": kiosk.people()},
    Step.STAFF: lambda kiosk: {
        "drafts": len(kiosk.day_drafts()),
        "doubtful": len(kiosk.doubtful_prints()),
        "stuck": kiosk.stuck(),
    },
    Step.STAFF_HELP: _held,
    Step.STAFF_DRAFTS: lambda kiosk: {"drafts": kiosk.day_drafts()},
    Step.STAFF_PRINTS: _staff_prints,
    Step.STAFF_SUMMARY: _staff_summary,
    Step.STAFF_PAPER: _staff_paper,
    Step.STAFF_OUTBOX: _staff_outbox,
}
