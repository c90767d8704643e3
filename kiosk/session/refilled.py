"""A print that was refused for want of paper goes by itself once the printer is ready again, while its owner is there.

Refused means that nothing reached paper: only then may it be sent again without a word. Doubtful never is.
"""

from kiosk.hardware.health import Condition, Outcome, PrintResult
from kiosk.session import asking, submitting
from kiosk.session.parts import Parts
from kiosk.session.steps import Event, Step
from kiosk.session.visit import Visit

MOST = 3  # a printer that says "ready" and refuses is for people to look at
MENDED_BY_HAND = frozenset(
    f"{device}.{trouble}"
    for device in ("receipt", "paper")
    for trouble in (
        "paper_out",
        "cover_open",
        "offline",
        "absent",
        "jam",
        "cutter",
        "toner_out",
        "swapped",
        "moved",
        "busy",
    )
)
_READY = (Condition.READY, Condition.ATTENTION)


def look(visit: Visit, parts: Parts) -> Event | None:
    """Print what waits, if its printer can now. A slip changes the screen's version, a document its step."""
    if _waits(_slip(visit), visit.slip_tries) and parts.receipt.state().condition in _READY:
        visit.slip_tries += 1
        submitting.print_slip_again(visit, parts)
        visit.version += 1
    asked = visit.asking if visit.step is Step.UNPRINTED else None
    if asked and _waits(asked.result, asked.tries) and parts.paper.state().condition in _READY:
        return asking.print_document(visit, parts)
    return None


def _slip(visit: Visit) -> PrintResult | None:
    return visit.slip_result if visit.step is Step.RECEIPT else None


def _waits(result: PrintResult | None, tries: int) -> bool:
    if result is None or result.outcome is not Outcome.REFUSED:
        return False
    return tries < MOST and result.code in MENDED_BY_HAND
