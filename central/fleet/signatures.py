"""Who is asking: RFC 9421 signatures of enrolled kiosks. Unknown, revoked, unsigned, altered or old: 401, one code."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Request
from http_message_signatures import (
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from central.errors import WireError
from central.fleet import rekeying
from central.schema import kiosks

LABEL, TAG = "k", "kios-v1"
COMPONENTS = ("@method", "@path", "@query")
OLDEST = timedelta(minutes=5)
LARGEST_BODY = 64 * 1024  # bytes, of everything but upload chunks; nothing more is read for a stranger

FindKey = Callable[[str], str | None]


class _Directory(HTTPSignatureKeyResolver):
    """``trouble``: why it could not be looked up; the library calls every exception a wrong signature."""

    def __init__(self, find: FindKey) -> None:
        self._find = find
        self.trouble: sa.exc.DBAPIError | None = None

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        try:
            found = self._find(key_id)
        except sa.exc.DBAPIError as error:
            self.trouble = error
            raise
        if found is None:
            raise InvalidSignature("unknown kiosk")
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(found))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The request as the library wants it. The path is taken, never the host: TLS ends at a proxy."""

    method: str
    url: str
    headers: dict[str, str]


def find_key(engine: sa.Engine) -> FindKey:
    """Look up enrolled, unrevoked kiosks that did not leave their desa."""
    return _finder(engine, kiosks.c.public_key, kiosks.c.moved_at.is_(None))


def _finder(engine: sa.Engine, column: sa.Column[str], *also: sa.ColumnElement[bool]) -> FindKey:
    def find(kiosk_id: str) -> str | None:
        known = sa.select(column).where(kiosks.c.id == kiosk_id, kiosks.c.revoked_at.is_(None), *also)
        with engine.connect() as connection:
            key: str | None = connection.scalar(known)
            return key

    return find


def find_leaving(engine: sa.Engine) -> FindKey:
    """Look up unrevoked kiosks, those that left their desa too: for the one request that they may repeat."""
    return _finder(engine, kiosks.c.public_key)


def find_next(engine: sa.Engine) -> FindKey:
    """The key that takes over when it signs."""
    return _finder(engine, kiosks.c.next_key, kiosks.c.moved_at.is_(None))


def identify_and_promote(request: Request, engine: sa.Engine, find: FindKey, at: str) -> str:
    """``identify``; a kiosk's next key is taken too, and from its first request on it is the only one. ``at``: a stamp."""
    try:
        return identify(request, find)
    except WireError:
        kiosk_id = identify(request, find_next(engine))
    rekeying.promote(engine, kiosk_id, at)
    return kiosk_id


def identify(request: Request, find: FindKey) -> str:
    """The kiosk's id. Bodies other than upload chunks must be covered by Content-Digest.

    Raises:
        WireError: 401 ``kios_tidak_dikenal``.
        RequestEntityTooLarge: a body above LARGEST_BODY, which is not read.
        DBAPIError: nobody could be looked up; the kiosk did nothing wrong and asks again.
    """
    directory = _Directory(find)
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=directory)
    seen = _Seen(request.method, request.url, dict(request.headers))
    options: dict[str, Any] = {}
    if request.method not in ("PATCH", "HEAD", "GET"):  # chunked bodies tell no length: never decide by it
        request.max_content_length = LARGEST_BODY
        options["body"] = request.get_data(cache=True)
    try:
        results = verifier.verify(
            seen, max_age=OLDEST, expect_tag=TAG, expect_label=LABEL, require_components=COMPONENTS, **options
        )
    except (HTTPMessageSignaturesException, InvalidSignature, ValueError, KeyError):
        if directory.trouble is not None:
            raise directory.trouble from None
        raise WireError(401, "kios_tidak_dikenal") from None
    return str(results[0].parameters["keyid"])
