"""The technician's sheets: the test sheet that a printer draws and a camera reads back, and the readiness report."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from blanks.filling import TEMPLATES, compiled


def target_sheet(
    layout: Mapping[str, Any], *, code: str, words: Mapping[str, str], facts: Sequence[tuple[str, str]]
) -> bytes:
    """One A4 page as a PDF: the same bytes for the same input. It holds nothing personal.

    ``layout``: kiosk.imaging.target.Layout as a table, millimetres; ``code``: the QR's text; ``words``: ``title``, ``rule``
    (under the line of 100 mm), ``small`` (the 7 pt text), ``hint``; ``facts``: caption and value, what was printed where.

    Raises:
        FormError: ``gagal_disusun``.
    """
    data = {
        **layout,
        "picture": _code(code),
        "text": code,
        "words": dict(words),
        "facts": [list(pair) for pair in facts],
    }
    return compiled(TEMPLATES / "target-sheet.typ", json.dumps(data))


def readiness(report: Mapping[str, Any]) -> bytes:
    """The readiness report as a PDF, as many A4 pages as it needs.

    ``report``: ``title``, ``ready`` (bool), ``verdict``, ``because``, ``reasons``, ``facts`` (caption, value), four ``heads``,
    ``devices`` (tables: ``good``, ``name``, ``state``, ``code``, ``step``, ``evidence``, ``test``, ``when``, ``numbers``,
    ``address``; all text but the first), ``signatures``, ``capsule`` (the QR's text), ``capsule_hint``, ``page``.

    Raises:
        FormError: ``gagal_disusun``.
    """
    return compiled(TEMPLATES / "readiness.typ", json.dumps({**report, "picture": _code(str(report["capsule"]))}))


def _code(text: str) -> str:
    """A QR as SVG, black modules only."""
    import segno

    picture = io.BytesIO()
    segno.make(text, error="m", micro=False).save(picture, kind="svg", border=0, xmldecl=False, nl=False, scale=1)
    return picture.getvalue().decode()
