"""Is this PDF the office's own, whole and unchanged? Decided offline, against the given roots alone; by the centre before it
takes one in, by the kiosk before it prints one.

A signature that is valid for an earlier part of the file does not count: someone could have added a page after it. So
the last signature must cover the entire file. Revocation is not asked: there may be no line.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

MOST_BYTES = 20_000_000


class Why(StrEnum):
    """Why a PDF is not trusted."""

    UNSIGNED = "tidak_bertanda_tangan"
    CHANGED = "berubah"  # after it was signed: altered, or something added
    NOT_OURS = "tidak_dipercaya"  # signed by someone the roots do not vouch for
    BROKEN = "rusak"  # no whole PDF, one without a page, or above 20 MB


@dataclass(frozen=True, slots=True)
class Signed:
    """``signer``: common name in the certificate; ``at``: the signing time that the signer states, if any."""

    signer: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Untrusted:
    """A refusal, and why."""

    code: Why


def verify(pdf: bytes, roots: bytes, *, now: datetime | None = None) -> Signed | Untrusted:
    """Check the last signature of ``pdf`` against ``roots`` (one or more PEM certificates). Troubles are values.

    ``now``: the moment at which certificates must be valid, aware; the system's clock when left out.

    Raises:
        ValueError: ``roots`` holds no PEM certificate (a set-up mistake, not the document's fault).
    """
    trusted = _certificates(roots)
    if not trusted:
        raise ValueError("no PEM certificate among the roots")
    if len(pdf) > MOST_BYTES:
        return Untrusted(Why.BROKEN)
    try:
        return _verdict(pdf, trusted, now)
    except _malformed():
        return Untrusted(Why.BROKEN)


def _verdict(pdf: bytes, trusted: list[Any], now: datetime | None) -> Signed | Untrusted:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.fields import SigSeedSubFilter  # noqa: F401  # loads the field types that the reader looks for
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(pdf))
    if int(reader.root["/Pages"]["/Count"]) < 1:
        return Untrusted(Why.BROKEN)
    if not (signatures := reader.embedded_regular_signatures):
        return Untrusted(Why.UNSIGNED)
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail", moment=now)
    status = validate_pdf_signature(signatures[-1], context)
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if not (whole and status.intact and status.valid and status.docmdp_ok is not False):
        return Untrusted(Why.CHANGED)
    if not (status.trusted and status.bottom_line):
        return Untrusted(Why.NOT_OURS)
    return Signed(_common_name(status.signing_cert), status.signer_reported_dt)


def _common_name(certificate: Any) -> str:
    name = certificate.subject.native.get("common_name", "")
    return name if isinstance(name, str) else str(name[-1])


def _certificates(pem: bytes) -> list[Any]:
    from pyhanko.keys import load_certs_from_pemder_data

    return list(load_certs_from_pemder_data(pem)) if b"-----BEGIN CERTIFICATE-----" in pem else []


def _malformed() -> tuple[type[Exception], ...]:
    """What pyHanko and asn1crypto raise on files that are no whole PDF, found by feeding them torn and bent ones."""
    from pyhanko.pdf_utils.misc import PdfError

    return (
        PdfError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, ArithmeticError, AssertionError, EOFError,
        zlib.error, struct.error,
    )  # fmt: skip
