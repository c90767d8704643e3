"""Pages of a PDF as pictures, by PDFium."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

MOST_PIXELS = 12_000_000
MOST_WIDTH = 2400

# PDFium keeps state for the whole process and is not thread safe; two screens may ask at once. This lock guards the
# library, not data of ours, which is why it belongs to the module.
_PDFIUM = Lock()


class DocumentError(ValueError):
    """A PDF that cannot be shown. ``code``: rusak, halaman_tidak_ada, terlalu_besar."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def page_count(pdf: bytes) -> int:
    """How many pages.

    Raises:
        DocumentError: ``rusak``.
    """
    with _opened(pdf) as document:
        return len(document)


def preview(pdf: bytes, *, page: int = 1, width: int = 960) -> bytes:
    """One page, counted from 1, as PNG of ``width`` px.

    Raises:
        DocumentError: ``rusak``, ``halaman_tidak_ada``, ``terlalu_besar`` (width above 2400 px, picture above 12 MP).
    """
    with _opened(pdf) as document:
        if not 1 <= page <= len(document):
            raise DocumentError("halaman_tidak_ada")
        return _png(document[page - 1], width)


def _png(page: Any, width: int) -> bytes:
    across, down = page.get_size()
    if not 0 < width <= MOST_WIDTH or width * width * down / max(across, 0.01) > MOST_PIXELS:
        raise DocumentError("terlalu_besar")
    content = io.BytesIO()
    # PDFium rounds up: half a pixel less makes the width exact.
    page.render(scale=(width - 0.5) / across).to_pil().save(content, "PNG")
    return content.getvalue()


@contextmanager
def _opened(pdf: bytes) -> Iterator[Any]:
    import pypdfium2

    with _PDFIUM:
        try:
            document = pypdfium2.PdfDocument(pdf)
        except pypdfium2.PdfiumError:
            raise DocumentError("rusak") from None
        try:
            yield document
        except pypdfium2.PdfiumError:
            raise DocumentError("rusak") from None
        finally:
            document.close()
