"""With the receipt's code and without a line: the status as the centre told it last, and documents that wait here.

The code's secret proves itself by what the store holds (a verifier, which opens nothing), and opens the sealed document in
memory. A PIN proves nothing here: six digits against a disk that was carried away are a moment's work, so nothing on the
disk could check one without giving it away.
"""

import logging

from adminduk.changes import LARGEST_DOCUMENT
from adminduk.messages import InquiryAnswer
from adminduk.packets import PacketError
from adminduk.waiting import open_document, proves
from kiosk import documents
from kiosk.session.parts import Parts
from kiosk.session.steps import Event
from kiosk.session.visit import Asking
from kiosk.store import StoreError, TicketStatus, WaitingDocument
from kiosk.vault import VaultError

log = logging.getLogger(__name__)

SPOILT = "simpanan_rusak"


def known(asking: Asking, parts: Parts) -> TicketStatus | None:
    """What the store knows of this ticket, if this code is its own."""
    if asking.secret is None:
        return None
    try:
        held = parts.store.down.status(asking.ticket)
    except StoreError as error:
        log.warning("status_not_read code=%s", error.code)
        return None
    return held if held and held.verifier and proves(asking.secret, asking.ticket, held.verifier) else None


def only_by_code(asking: Asking, parts: Parts) -> bool:
    """Whether the code might have told what the PIN cannot. Said of every ticket alike: whether this one is known is nobody's
    business who merely typed its number."""
    if asking.secret is not None:
        return False
    try:
        return bool(parts.store.down.as_of())
    except StoreError:
        return False


def tell(asking: Asking, parts: Parts) -> Event | None:
    """The status of the last pull, plainly dated; None where nothing is known."""
    held = known(asking, parts)
    if held is None:
        return None
    reason = parts.catalogue.reasons.get(held.reason)
    asking.as_of, asking.code = held.as_of, ""
    asking.status = InquiryAnswer(
        code="ok", state=held.state, words=parts.catalogue.status_words[held.state], changed_at=held.changed_at,
        reason=reason.text if reason and not reason.staff_only else "",
        documents=tuple(_row(one, parts) for one in _held(asking, parts) if one.here),
    )  # fmt: skip
    return Event.STATUS_CAME


def _row(one: WaitingDocument, parts: Parts) -> dict[str, str]:
    output = parts.catalogue.outputs.get(one.output)
    name = output.name if output else one.output
    return {"id": one.id, "output": one.output, "name": name, "pages": str(one.pages), "sha256": one.content}


def _held(asking: Asking, parts: Parts) -> tuple[WaitingDocument, ...]:
    try:
        return parts.store.down.documents_of(asking.ticket)
    except StoreError as error:
        log.warning("waiting_documents_not_read code=%s", error.code)
        return ()


def take(asking: Asking, parts: Parts, document_id: str) -> Event | None:
    """The waiting copy of exactly the document that the status names, opened, and its signature verified; None where there
    is none, or where it is spoilt: it is fetched anew."""
    wanted = {row["id"]: row.get("sha256", "") for row in (asking.status.documents if asking.status else ())}
    found = next((one for one in _held(asking, parts) if one.id == document_id and one.here), None)
    if found is None or asking.secret is None or wanted.get(document_id) != found.content:
        return None
    try:
        sealed = parts.waiting.read(found.id, 0, LARGEST_DOCUMENT + 1)
        pdf = open_document(sealed, secret=asking.secret, document=found.id, ticket=found.ticket, content=found.content)
    except (VaultError, PacketError) as error:
        log.warning("waiting_document_spoilt id=%s code=%s", found.id, error.code)
        _fetch_anew(found, parts)
        asking.code = SPOILT
        return None
    asking.document, asking.spent, asking.waited = document_id, found.printed, found.content
    return verified(asking, pdf, parts)


def withdrawn(asking: Asking, parts: Parts) -> bool:
    """Whether the copy that was opened here is no longer what the centre names: it was wrong, and is replaced."""
    if not asking.waited:
        return False
    try:
        named = parts.store.down.documents_of(asking.ticket)
    except StoreError:  # the ledger, which is asked next, says so
        return False
    return not any(one.id == asking.document and one.content == asking.waited for one in named)


def _fetch_anew(found: WaitingDocument, parts: Parts) -> None:
    try:
        parts.store.down.spoilt(found)
    except StoreError as error:
        log.warning("waiting_document_not_marked code=%s", error.code)


def verified(asking: Asking, pdf: bytes, parts: Parts) -> Event:
    """Only a document that is really the office's own goes on; anything else is refused with words."""
    verdict = documents.verify(pdf, parts.roots)
    if isinstance(verdict, documents.Untrusted):
        asking.code = verdict.code
        return Event.DOCUMENT_BAD
    asking.pdf, asking.signer, asking.pages = pdf, verdict.signer, documents.page_count(pdf)
    return Event.DOCUMENT_CAME
