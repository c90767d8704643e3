"""Save now, go on later: the draft is sealed under a secret that only the slip's QR carries; the kiosk cannot open it.

The slip's code is ``KIOD1 <id> <secret>``, in letters that a QR holds densely. The secret (128 bits) is stretched by
HKDF-SHA256 to the AES-256-GCM key; the id is authenticated with it.
"""

import base64
import binascii
import json
import logging
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adminduk.tickets import SECRET_BYTES
from kiosk.session import consumables, forms, slip
from kiosk.session.ledger import settle, settled
from kiosk.session.parts import Parts
from kiosk.session.steps import Event
from kiosk.session.visit import DRAFT_PREFIX, Draft, DraftKey, Visit
from kiosk.store import PrintState, StoreError
from kiosk.vault import VaultError

log = logging.getLogger(__name__)

DAYS = 7.0
_NONCE = 12


def read_code(text: str) -> DraftKey | None:
    """The key of a draft's slip; None for any other text."""
    words = text.strip().split(" ")
    if len(words) != 3 or words[0] != DRAFT_PREFIX:
        return None
    try:
        raw_id, secret = (base64.b32decode(word + "=" * (-len(word) % 8)) for word in words[1:])
        return DraftKey(str(UUID(bytes=raw_id)), secret) if len(secret) == SECRET_BYTES else None
    except (binascii.Error, ValueError):
        return None


class DraftError(Exception):
    """A draft that cannot be kept or opened. ``code``: ``penuh``, ``draf_kosong``, ``draf_tidak_ada``, ``draf_layanan``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def save(visit: Visit, parts: Parts) -> None:
    """Seal, sync, one row, then the slip. An earlier draft of the same visit goes. Raises DraftError."""
    if visit.service is None or not (visit.draft.answers or visit.draft.pages):
        raise DraftError("draf_kosong")
    key = DraftKey(parts.new_id(), parts.dice.token_bytes(SECRET_BYTES))
    try:
        parts.drafts.put(key.id, sealed(key, visit, parts))
        visit.slip = parts.store.drafts.keep(key.id, days=DAYS)
    except (VaultError, StoreError):
        _erase(parts, key.id)
        raise DraftError("penuh") from None
    forget(visit, parts)
    visit.draft_key = key
    print_slip(visit, parts)


def print_slip(visit: Visit, parts: Parts) -> None:
    """The slip with the key; the screen shows the same code when it does not come out."""
    if visit.draft_key is None or visit.service is None or visit.slip is None:
        return
    paper = slip.of_draft(parts, visit.service, visit.draft_key.code, parts.clock.now(), int(DAYS))
    settle(parts, visit.slip, PrintState.HANDED_OVER, use=consumables.of_slip(parts, paper))
    result = parts.receipt.print(paper)
    settle(parts, visit.slip, settled(result), result.code)
    visit.slip_result = result


def open_draft(visit: Visit, parts: Parts, key: DraftKey) -> Event:
    """The draft back into the visit, at the first thing that is missing. It stays kept until it is sent or saved anew.

    Raises:
        DraftError: ``draf_tidak_ada`` (over, erased, of another kiosk, or a wrong key), ``draf_layanan``.
    """
    try:
        if not parts.store.drafts.alive(key.id):
            raise DraftError("draf_tidak_ada")
        content = parts.drafts.read(key.id, 0, parts.drafts.size(key.id))
        service, draft = unsealed(key, content)
    except (VaultError, StoreError, InvalidTag):
        raise DraftError("draf_tidak_ada") from None
    if service not in parts.catalogue.services:
        raise DraftError("draf_layanan")
    visit.service, visit.draft, visit.draft_key = parts.catalogue.services[service], draft, key
    forms.prune(visit)
    return forms.first_open(visit)


def forget(visit: Visit, parts: Parts) -> None:
    """The visit's draft is not needed any more: it was sent, or saved anew."""
    if visit.draft_key is not None:
        _erase(parts, visit.draft_key.id)
        visit.draft_key = None


def expire(parts: Parts) -> int:
    """Erase the drafts whose time is over; how many went."""
    over = parts.store.drafts.over()
    for draft_id in over:
        _erase(parts, draft_id)
    return len(over)


def _erase(parts: Parts, draft_id: str) -> None:
    """Content first: a power cut between leaves a row without content, which opens nothing and goes when it is over."""
    try:
        parts.drafts.erase(draft_id)
        parts.store.drafts.forget(draft_id)
    except (VaultError, StoreError) as error:
        log.warning("draft_not_erased code=%s", error.code)


def _cipher(key: DraftKey) -> AESGCM:
    stretched = HKDF(algorithm=SHA256(), length=32, salt=UUID(key.id).bytes, info=b"kios draf v1").derive(key.secret)
    return AESGCM(stretched)


def sealed(key: DraftKey, visit: Visit, parts: Parts) -> bytes:
    """Nonce, then the ciphertext of: header length (4 bytes), header (JSON), pages."""
    pages = {code: [len(page) for page in kept] for code, kept in visit.draft.pages.items()}
    service = visit.service.code if visit.service else ""
    told = {"answers": visit.draft.answers, "remarks": visit.draft.remarks}
    header = json.dumps({"service": service, **told, "pages": pages}).encode()
    bodies = [bytes(page) for kept in visit.draft.pages.values() for page in kept]
    nonce = parts.dice.token_bytes(_NONCE)
    plain = b"".join((len(header).to_bytes(4, "big"), header, *bodies))
    return nonce + _cipher(key).encrypt(nonce, plain, UUID(key.id).bytes)


def unsealed(key: DraftKey, content: bytes) -> tuple[str, Draft]:
    """(service, draft). Raises InvalidTag for another key or a changed byte."""
    plain = memoryview(_cipher(key).decrypt(content[:_NONCE], content[_NONCE:], UUID(key.id).bytes))
    end = 4 + int.from_bytes(plain[:4], "big")
    header = json.loads(bytes(plain[4:end]))
    pages: dict[str, list[bytearray]] = {}
    for code, sizes in header["pages"].items():
        pages[code] = []
        for size in sizes:
            pages[code].append(bytearray(plain[end : end + size]))
            end += size
    remarks = {code: tuple(words) for code, words in header.get("remarks", {}).items()}
    return str(header["service"]), Draft(answers=dict(header["answers"]), pages=pages, remarks=remarks)
