"""Submit: seal → vault → ONE transaction → receipt. A second tap changes nothing; a printer's trouble loses nothing."""

import hashlib
import logging
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from adminduk import answers
from adminduk.clock import stamp, trusted
from adminduk.packets import Packet, Page, ending, seal
from adminduk.tickets import Claim, new_claim
from kiosk.hardware.health import Outcome, PrintResult
from kiosk.session import consumables, forms, slip
from kiosk.session.ledger import settle, settled
from kiosk.session.parts import Parts
from kiosk.session.visit import Visit
from kiosk.store import PrintJob, PrintKind, PrintState, StoreError, Submission, TicketTakenError
from kiosk.vault import VaultError

log = logging.getLogger(__name__)


class NotKeptError(Exception):
    """The application could not be kept; the draft is untouched. ``code``: ``belum_lengkap``, ``penuh``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def submit(visit: Visit, parts: Parts) -> None:
    """Keep the application durably, then print its receipt. Does nothing when that was done. Raises NotKeptError."""
    if visit.packet_id:
        return
    check(visit, parts)
    now, packet_id = parts.clock.now(), parts.new_id()
    try:
        claim = unused_claim(parts)
    except StoreError:
        raise NotKeptError("penuh") from None
    sealed = seal(packet_of(visit, parts, packet_id, claim, now), parts.sealing_key)
    job = keep(parts, packet_id, sealed, claim, visit, now)
    parts.on_kept()
    visit.packet_id, visit.claim, visit.slip = packet_id, claim, job
    log.info("submitted id=%s size=%d", packet_id, len(sealed))
    print_slip(visit, parts, job, now)


def check(visit: Visit, parts: Parts) -> None:
    """Everything that is asked is answered and photographed."""
    if visit.service is None:
        raise NotKeptError("belum_lengkap")
    wrong = answers.check(visit.service, visit.draft.answers, today=forms.today(parts), regions=parts.regions)
    missing = [paper for paper in forms.papers(visit) if paper.required and not visit.draft.pages.get(paper.code)]
    if wrong or missing:
        raise NotKeptError("belum_lengkap")


def unused_claim(parts: Parts) -> Claim:
    """A claim whose ticket this kiosk never gave."""
    while True:
        claim = new_claim(parts.identity.number, parts.dice)
        if not parts.store.ticket_taken(claim.ticket):
            return claim


def packet_of(visit: Visit, parts: Parts, packet_id: str, claim: Claim, now: datetime) -> Packet:
    """The visit as a packet."""
    papers = {
        code: tuple(Page(f"{code}-{number}.{ending(page)}", bytes(page)) for number, page in enumerate(pages, 1))
        for code, pages in visit.draft.pages.items()
    }
    return Packet(
        id=UUID(packet_id), service=visit.service.code if visit.service else "", kiosk_id=parts.identity.kiosk_id,
        desa=parts.identity.desa, sealed_at=stamp(now), clock_trusted=trusted(now), ticket=claim.ticket,
        secret=claim.secret, pin=claim.pin, answers=dict(visit.draft.answers), papers=papers,
        remarks={code: told for code, told in visit.draft.remarks.items() if code in papers},
        notice_version=parts.catalogue.notice.version, assisted_by=visit.assisted_by or None,
    )  # fmt: skip


def keep(parts: Parts, packet_id: str, sealed: bytes, claim: Claim, visit: Visit, now: datetime) -> PrintJob:
    """Vault first, then the row: a power cut between them leaves an orphan without a receipt, which the start erases."""
    submission = Submission(
        id=packet_id, sha256=hashlib.sha256(sealed).hexdigest(), size=len(sealed), ticket=claim.ticket,
        service=visit.service.code if visit.service else "", sealed_at=stamp(now), clock_trusted=trusted(now),
    )  # fmt: skip
    try:
        parts.vault.put(packet_id, sealed)
        return parts.store.record_submission(submission)
    except VaultError:
        raise NotKeptError("penuh") from None
    except (StoreError, TicketTakenError):
        with suppress(VaultError):  # a disk that erases nothing either: the next start does
            parts.vault.erase(packet_id)
        raise NotKeptError("penuh") from None


def print_slip(visit: Visit, parts: Parts, job: PrintJob, now: datetime) -> None:
    """Intent stands already; hand over, print, settle. The result is the visit's to show."""
    if visit.service is None or visit.claim is None:
        return
    paper = slip.build(parts, visit.service, visit.claim, now, copy=_copy(parts, job))
    settle(parts, job, PrintState.HANDED_OVER, use=consumables.of_slip(parts, paper))
    result = parts.receipt.print(paper)
    settle(parts, job, settled(result), result.code)
    visit.slip, visit.slip_result = job, result
    visit.slips += result.outcome is not Outcome.REFUSED


def _copy(parts: Parts, job: PrintJob) -> int:
    """Which paper this is: what was refused reached none."""
    try:
        earlier = [other for other in parts.store.prints_of(job.subject) if other.id < job.id]
    except StoreError:
        return job.copy
    return 1 + sum(other.state is not PrintState.REFUSED for other in earlier)


def print_slip_again(visit: Visit, parts: Parts) -> None:
    """On the visitor's own word that nothing came out; a new copy in the ledger."""
    try:
        job = parts.store.intend_print(PrintKind.SLIP, visit.packet_id)
    except StoreError as error:
        log.warning("slip_not_repeated code=%s", error.code)
        return
    print_slip(visit, parts, job, parts.clock.now())


def slip_came_out(visit: Visit, parts: Parts, how: str = "kata_warga") -> None:
    """The visitor says that the doubtful slip did come out, or the camera has seen it."""
    if visit.slip is not None and visit.slip_result is not None:
        settle(parts, visit.slip, PrintState.CONFIRMED, how)
        visit.slip_result = PrintResult(Outcome.OK)
