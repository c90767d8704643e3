"""Prints and their ledger: intent before the first byte, handed over, settled by the device's own word."""

import logging

from kiosk.hardware.health import Outcome, PrintResult
from kiosk.session import consumables
from kiosk.session.parts import Parts
from kiosk.store import NewClaim, PrintJob, PrintKind, PrintState, StoreError, Use

log = logging.getLogger(__name__)

_SETTLED = {
    Outcome.OK: PrintState.CONFIRMED,
    Outcome.REFUSED: PrintState.REFUSED,
    Outcome.DOUBTFUL: PrintState.DOUBTFUL,
}


def settle(parts: Parts, job: PrintJob, state: PrintState, code: str = "", *, use: Use | None = None) -> None:
    """Into the ledger, with the paper that the job takes. A ledger that cannot be written keeps nobody's paper back; the next
    start calls the job doubtful."""
    try:
        parts.store.settle_print(job, state, code, use=use)
    except StoreError as error:
        log.warning("ledger_unwritten state=%s code=%s", state, error.code)


def settled(result: PrintResult) -> PrintState:
    return _SETTLED[result.outcome]


def on_paper(
    parts: Parts, pdf: bytes, kind: PrintKind, subject: str, *, claim: NewClaim | None = None
) -> tuple[PrintJob | None, PrintResult]:
    """Print on A4: the job and how it went; no job, no print. The job's name is dice: it says nothing of whose it is.
    ``claim``: of a document, whose print the centre shall hear of."""
    try:
        job = parts.store.intend_print(kind, subject, claim=claim)
    except StoreError as error:  # no intent, no print: nobody could say later whether it came out
        log.warning("print_not_intended code=%s", error.code)
        return None, PrintResult(Outcome.REFUSED, "paper.spooler_down")
    settle(parts, job, PrintState.HANDED_OVER, use=consumables.of_pdf(parts, pdf))
    result = parts.paper.print(pdf, job=f"{kind[0]}-{parts.dice.token_bytes(6).hex()}")
    settle(parts, job, settled(result), result.code)
    return job, result
