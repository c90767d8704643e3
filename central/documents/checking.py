"""Whether a PDF that an officer brings is one that kiosks will print: signed over the whole file, unchanged, by the office."""

from datetime import datetime
from pathlib import Path

from adminduk import signed_pdf
from adminduk.changes import LARGEST_DOCUMENT
from adminduk.signed_pdf import Untrusted, Why
from central.documents.authority import ROOT

MOST_BYTES = LARGEST_DOCUMENT - 4096  # room for the seal
CODES = {
    Why.BROKEN: "dokumen_rusak",
    Why.UNSIGNED: "tidak_bertanda_tangan",
    Why.CHANGED: "dokumen_berubah",
    Why.NOT_OURS: "tidak_dipercaya",
}


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
    found = signed_pdf.verify(pdf, (authority / ROOT).read_bytes(), now=now)
    if isinstance(found, Untrusted):
        raise DocumentError(CODES[found.code])
