"""Whether a PDF that an officer brings is one that kiosks will print: signed over the whole file, unchanged, by the office."""

import io
import logging
import struct
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

from adminduk.changes import LARGEST_DOCUMENT
from central.documents.authority import ROOT

log = logging.getLogger(__name__)

MOST_BYTES = LARGEST_DOCUMENT - 4096  # room for the seal


class DocumentError(ValueError):
    """``code``: ``dokumen_terlalu_besar``, ``dokumen_rusak``, ``tidak_bertanda_tangan``, ``dokumen_berubah``,
    ``tidak_dipercaya`` (signed by somebody else)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check(pdf: bytes, authority: Path, *, now: datetime) -> None:
    """``authority``: the folder of the signer, whose root is the one that kiosks believe. Raises DocumentError."""
    if len(pdf) > MOST_BYTES:
        raise DocumentError("dokumen_terlalu_besar")
    try:
        code = _verdict(pdf, authority, now)
    except _malformed() as error:
        log.info("document_refused error=%s", type(error).__name__)
        raise DocumentError("dokumen_rusak") from None
    if code:
        raise DocumentError(code)


def _verdict(pdf: bytes, authority: Path, now: datetime) -> str:
    """The last signature must cover the entire file: what was added after it, nobody signed."""
    from pyhanko.keys import load_cert_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    reader = PdfFileReader(io.BytesIO(pdf))
    if int(reader.root["/Pages"]["/Count"]) < 1:
        return "dokumen_rusak"
    if not (signatures := reader.embedded_regular_signatures):
        return "tidak_bertanda_tangan"
    roots = [load_cert_from_pemder(str(authority / ROOT))]
    trust = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail", moment=now)
    found: Any = validate_pdf_signature(signatures[-1], trust)
    if found.coverage != SignatureCoverageLevel.ENTIRE_FILE or not (found.intact and found.valid):
        return "dokumen_berubah"
    if found.docmdp_ok is False:
        return "dokumen_berubah"
    return "" if found.trusted and found.bottom_line else "tidak_dipercaya"


def _malformed() -> tuple[type[Exception], ...]:
    """As kiosk/documents found by feeding torn files: what pyHanko and asn1crypto raise on what is no whole PDF."""
    from pyhanko.pdf_utils.misc import PdfError

    return (PdfError, ValueError, LookupError, TypeError, AttributeError, RuntimeError, ArithmeticError, AssertionError,
            EOFError, zlib.error, struct.error)  # fmt: skip
