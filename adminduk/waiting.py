"""Documents that wait in the village: sealed to a key that only who holds the receipt's code can make again.

The claim secret (128 bits, in the receipt's QR) and the ticket give an X25519 key by HKDF-SHA256. The centre makes it once,
when it opens the packet, and keeps its public half: it can seal to it at any time and open nothing. The kiosk makes it in
memory, for the visit. HPKE's info binds which document of which ticket it is; what comes out is held to its SHA-256.
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adminduk.packets import PacketError, seal_to, unseal

_KEY_INFO, _INFO, _VERIFIER = b"kios/claim-key/1", b"kios/document/1/", b"kios/claim-verifier/1\n"


def claim_key(secret: bytes, ticket: str) -> X25519PrivateKey:
    """The key that opens this ticket's documents. ``secret``: 16 bytes, as ``tickets.read_claim_code`` gives them."""
    raw = HKDF(algorithm=SHA256(), length=32, salt=ticket.encode(), info=_KEY_INFO).derive(secret)
    return X25519PrivateKey.from_private_bytes(raw)


def claim_public(secret: bytes, ticket: str) -> str:
    """Its public half, hex: all that the centre keeps."""
    return claim_key(secret, ticket).public_key().public_bytes_raw().hex()


def verifier(public: str) -> str:
    """What tells a kiosk without a line that a code is this ticket's. It seals nothing, opens nothing, and leads back
    neither to the key nor to the secret: there are 2**128 to try."""
    return hashlib.sha256(_VERIFIER + bytes.fromhex(public)).hexdigest()


def proves(secret: bytes, ticket: str, held: str) -> bool:
    """Whether a code's secret is the one that ``held``, a verifier, was made from."""
    return hmac.compare_digest(verifier(claim_public(secret, ticket)), held)


def seal_document(pdf: bytes, *, public: str, document: str, ticket: str) -> bytes:
    """Other bytes each time; 48 more than the PDF has. Raises ValueError when ``public`` is no key."""
    key = X25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return seal_to(key, pdf, _info(document, ticket, hashlib.sha256(pdf).hexdigest()))


def open_document(sealed: bytes, *, secret: bytes, document: str, ticket: str, content: str) -> bytes:
    """The PDF whose SHA-256 is ``content``. Raises PacketError (``segel_rusak``): another code, document, or byte."""
    pdf = unseal(claim_key(secret, ticket), sealed, _info(document, ticket, content))
    if hashlib.sha256(pdf).hexdigest() != content:
        raise PacketError("segel_rusak")
    return pdf


def _info(document: str, ticket: str, content: str) -> bytes:
    """Fixed lengths (36, 12, 64), so that no two different three read alike."""
    return _INFO + f"{document}/{ticket}/{content}".encode()
