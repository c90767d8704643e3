"""What an onlooker can tell of the kiosk now, as plain values: for scenarios, training and tests. Nothing personal."""

from collections.abc import Mapping

from kiosk.session.desk import Desk
from kiosk.session.menu import closed, notices, offers
from kiosk.session.steps import WARNING_S, Step

Fact = str | int


def facts(kiosk: Desk) -> Mapping[str, Fact]:
    """Names as kiosk/scenarios/vocabulary.py tells them; of each device its code, or its state when it has none."""
    parts, visit = kiosk.parts, kiosk.visit
    slip, asking = visit.slip_result, visit.asking
    document = asking.result if asking is not None else None
    left = kiosk.seconds_left()
    with_papers = [offer for offer in offers(parts) if offer.service.papers]
    return {
        **{role: one.code or str(one.condition) for role, one in kiosk.health().items()},
        "step": str(visit.step),
        "complaint": visit.complaint,
        "slip": "" if slip is None else str(slip.outcome),
        "slip_code": "" if slip is None else slip.code,
        "document": "" if document is None else str(document.outcome),
        "document_code": "" if document is None else document.code,
        "applications": len(parts.store.packet_ids()),
        "waiting": len(parts.vault.ids()),
        "doubtful": len(parts.store.doubtful_prints()),
        "closed": closed(parts),
        "notice": next(iter(notices(parts)), ""),
        "draft": "kept" if visit.draft.answers or visit.draft.pages else "gone",
        "warned": "yes" if left is not None and left <= WARNING_S and visit.step is not Step.HOME else "no",
        "offered": "yes" if any(offer.available for offer in with_papers) else "no",
    }
