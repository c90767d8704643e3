"""An application's papers as one PDF, for officers who print or file them: made in memory, the same bytes for the same pages.

Pictures lie on A4 at 150 dpi or less: a page fills its sheet, a card lies on it at twice its size. JPEG goes in as it
came, AVIF as JPEG, since PDF knows no AVIF; pages that are PDF come along as they are, without what they might start.
"""

import io
from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from adminduk.packets import Page

if TYPE_CHECKING:
    import pikepdf

MOST_SHEETS = 200
MOST_PIXELS = 50_000_000  # of one picture
DPI = 150
A4_PT = (595.28, 841.89)
QUALITY = 85  # of what was AVIF; with full colour resolution the letters under a seal survive it
STARTERS = ("/AA", "/A", "/PA")  # what a page or a mark on it would start in the viewer
ABOUT = ("/Metadata", "/PieceInfo", "/LastModified")


class BundleError(ValueError):
    """``code``: halaman_rusak, terlalu_banyak (lembar); ``page``: the name of the page where it ended."""

    def __init__(self, code: str, page: str) -> None:
        super().__init__(f"{code}: {page}")
        self.code, self.page = code, page


def bundle(pages: Iterable[Page]) -> bytes:
    """One PDF of all pages, in their order. Raises BundleError."""
    import pikepdf

    with ExitStack() as opened, pikepdf.new() as whole:
        for page in pages:
            part = opened.enter_context(pikepdf.open(io.BytesIO(_alone(page))))
            whole.pages.extend(part.pages)
            if len(whole.pages) > MOST_SHEETS:
                raise BundleError("terlalu_banyak", page.name)
        return _written(whole)


def _alone(page: Page) -> bytes:
    """One page's content as a PDF of its own: here it shows whether it is whole."""
    import pikepdf

    try:
        return _bare(page.content) if page.media_type == "application/pdf" else _sheet(page.content)
    except (
        pikepdf.PikepdfError,
        OSError,
        ValueError,
        SyntaxError,
        RuntimeError,
    ):  # what Pillow and qpdf say of bad files
        raise BundleError("halaman_rusak", page.name) from None


def _bare(content: bytes) -> bytes:
    """The pages of a PDF, without anything that acts by itself."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as brought, pikepdf.new() as kept:
        if not 1 <= len(brought.pages) <= MOST_SHEETS:
            raise ValueError("pages")
        kept.pages.extend(brought.pages)
        for sheet in kept.pages:
            _without(sheet.obj, *STARTERS, *ABOUT)
            for mark in sheet.obj.get("/Annots", ()):
                _without(mark, *STARTERS)
        return _written(kept)


def _without(thing: "pikepdf.Object", *names: str) -> None:
    for name in names:
        if name in thing:
            del thing[name]


def _sheet(content: bytes) -> bytes:
    """A picture on A4."""
    import img2pdf

    return bytes(img2pdf.convert(_jpeg(content), layout_fun=placed, rotation=img2pdf.Rotation.ifvalid, nodate=True))


def _jpeg(content: bytes) -> bytes:
    """As it came where it is JPEG, else made from what it shows. Raises what Pillow raises of a picture that is not whole."""
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=("AVIF", "JPEG")) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise ValueError("size")
        picture.load()
        if picture.format == "JPEG" and picture.mode in ("L", "RGB"):
            return content
        made = io.BytesIO()
        picture.convert("RGB").save(made, "JPEG", quality=QUALITY, subsampling="4:4:4", optimize=True)
        return made.getvalue()


def placed(width: int, height: int, _dpi: object = None) -> tuple[float, float, float, float]:
    """(sheet's width, its height, picture's width, its height) in points, for a picture of so many pixels."""
    wide, tall = width / DPI * 72, height / DPI * 72
    sheet = A4_PT[::-1] if wide > A4_PT[0] and wide > tall else A4_PT
    scale = min(1.0, sheet[0] / wide, sheet[1] / tall)
    return *sheet, wide * scale, tall * scale


def _written(pdf: "pikepdf.Pdf") -> bytes:
    out = io.BytesIO()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()
