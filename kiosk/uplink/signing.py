"""Every request of a kiosk is signed by RFC 9421 (Ed25519), so that a log line is evidence and not an identity to steal.

The kiosk's clock may be wrong: when the centre answers 401 with a Date, the skew is measured once and used for ``created``.
The heartbeat reports it.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from adminduk.clock import Clock

LABEL, TAG = "k", "kios-v1"
COMPONENTS = ("@method", "@path", "@query")
HEADERS = ("content-type", "upload-offset", "upload-length")
_WORTH_CORRECTING = timedelta(seconds=2)  # a Date has whole seconds; the centre takes 5 s from the future, not more


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:  # noqa: ARG002 - the library's signature
        return self._key


class KioskSignature(requests.auth.AuthBase):
    """Signs one request at a time; JSON and sealed bodies also by Content-Digest, upload chunks not (their whole-file
    SHA-256 is in the announcement)."""

    def __init__(self, kiosk_id: str, key: Ed25519PrivateKey, clock: Clock) -> None:
        self._kiosk_id, self._clock = kiosk_id, clock
        self._signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key))
        self.skew = timedelta()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        present = [name for name in HEADERS if name in request.headers]
        extra: dict[str, Any] = {"body": request.body} if request.body and request.method != "PATCH" else {}
        self._signer.sign(
            request, key_id=self._kiosk_id, created=self._clock.now() + self.skew, label=LABEL, tag=TAG,
            include_alg=False, covered_component_ids=[*COMPONENTS, *present], **extra,
        )  # fmt: skip
        return request

    def learn_skew(self, date_header: str | None) -> bool:
        """Take the centre's time when ours is clearly off; True when that changed something."""
        skew = measure(date_header, self._clock.now())
        if skew is None or abs(skew - self.skew) < _WORTH_CORRECTING:
            return False
        self.skew = skew
        return True


class Unsigned(requests.auth.AuthBase):
    """For a kiosk that is not enrolled: it has no id to sign with, its messages prove their key themselves."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request

    def learn_skew(self, _date_header: str | None) -> bool:
        return False


def measure(date_header: str | None, now: datetime) -> timedelta | None:
    """How far the centre's clock is ahead of ``now``, in whole seconds; None without a Date that can be read."""
    try:
        theirs = parsedate_to_datetime(date_header or "").astimezone(UTC)
    except (ValueError, TypeError):
        return None
    return theirs - _whole_second(now)


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
