"""What each of the technician's pages shows, gathered from the bench; templates only lay it out."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.errands import Verb
from kiosk.session import closed, wedge
from kiosk.session.technician import mat, overview, pictures, wording
from kiosk.session.technician.bench import Bench, Page
from kiosk.session.technician.overview import Row
from kiosk.session.technician.trials import Stage
from kiosk.ui import errands
from kiosk.ui.technician import identity, moving

Facts = dict[str, Any]

TILES = 9  # devices on one screen
HISTORY = 3
GLYPHS = {
    "ready": "circle-check", "busy": "loader-circle", "attention": "circle-alert", "absent": "circle", "fault": "circle-x",
    "unknown": "info",
}  # fmt: skip


def view(bench: Bench) -> Facts:
    """The facts of the page at hand, and what everybody must hear."""
    parts, code = bench.kiosk.parts, closed(bench.kiosk.parts)
    note = wording.said(parts, bench.note) if bench.note else ""
    alarm = wording.said(parts, code) if code else ""
    return {**_VIEWS[bench.page](bench), "alarm": alarm, "note": note, "wedge": wedge.wanted(bench.kiosk)}


def mark(bench: Bench) -> str:
    """What the page shows; when it changes, the page is loaded anew. Evidence may count seconds: it alone changes nothing."""
    parts = bench.kiosk.parts
    shown = [str(bench.version), closed(parts)]
    if bench.page in (Page.OVERVIEW, Page.DEVICE):
        shown += [f"{row.role} {row.health.condition} {row.health.code} {row.since}" for row in overview.rows(parts)]
    if bench.page in (Page.IDENTITY, Page.MOVE):
        shown.append(errands.mark(bench.kiosk, (Verb.IDENTITY, Verb.MOVE)))
    if bench.page is Page.MOVE:
        shown.append(moving.mark(bench))
    return hashlib.sha256("|".join(shown).encode()).hexdigest()[:12]


def _overview(bench: Bench) -> Facts:
    rows = overview.rows(bench.kiosk.parts)
    pages = max(1, -(-len(rows) // TILES))
    at = min(bench.at, pages - 1)
    return {"tiles": [_tile(bench, row) for row in rows[at * TILES : (at + 1) * TILES]], "at": at, "pages": pages}


def _tile(bench: Bench, row: Row) -> Facts:
    """A device, and in two words how its test went."""
    parts, test = bench.kiosk.parts, row.test
    result = "never" if test is None else "passed" if test.passed else "failed"
    return {
        "row": row, "glyph": GLYPHS[row.health.condition], "result": result if row.testable else "",
        "word": parts.toolbox.words("results", result), "day": "" if test is None else wording.day(parts, test),
    }  # fmt: skip


def _device(bench: Bench) -> Facts:
    parts = bench.kiosk.parts
    row = next((row for row in overview.rows(parts) if row.role == bench.device), None)
    if row is None:
        return {"row": None}
    own_mat = row.role == mat.DEVICE
    return {
        "row": row, "glyph": GLYPHS[row.health.condition], "title": parts.toolbox.words.named("tests", row.role),
        "history": overview.history(parts, row.role, most=HISTORY), "leads_to": overview.leads_to(row.address),
        "holder": "" if row.good else overview.held_by(row.address), "mat": own_mat,
        "placed": own_mat and mat.known(parts) is not None,
    }  # fmt: skip


def _trial(bench: Bench) -> Facts:
    trial, parts = bench.trial, bench.kiosk.parts
    if trial is None:
        return {}
    words, limits, verdict = parts.toolbox.words, parts.toolbox.limits, trial.verdict
    numbers = verdict.numbers if verdict else {}
    return {
        "trial": trial, "name": words.named("devices", trial.device), "title": words.named("tests", trial.device),
        "told": wording.said(parts, trial.note) if trial.note else "",
        **{role: _usable(bench, role) for role in ("camera", "scanner", "codes")}, "seconds": round(limits.unplug_s),
        "code": trial.code if trial.stage is Stage.READ else "",
        "reasons": [wording.said(parts, code) for code in verdict.codes] if verdict else [],
        "numbers": wording.measured(parts, trial.device, numbers),
        "turned": float(numbers.get("turned_share") or 0.0) > limits.turned_share,
    }  # fmt: skip


def _usable(bench: Bench, role: str) -> bool:
    health = bench.kiosk.health().get(role)
    return health is not None and health.usable


def _mat(bench: Bench) -> Facts:
    placed = mat.known(bench.kiosk.parts)
    return {
        "camera": _usable(bench, "camera"),
        "at": wording.moment(bench.kiosk.parts, placed.at) if placed else "",
        "with_sheet": placed is not None and placed.sheet is not None,
        "corners": []
        if bench.corners is None
        else [(round(float(x), 4), round(float(y), 4)) for x, y in bench.corners],
    }


def _report(bench: Bench) -> Facts:
    pages = pictures.report_pages(bench)
    return {
        "report": bench.report, "pages": pages, "at": min(bench.at, max(0, pages - 1)),
        "paper": _usable(bench, "paper"), "receipt": _usable(bench, "receipt"),
    }  # fmt: skip


_VIEWS: Mapping[Page, Callable[[Bench], Facts]] = {
    Page.OVERVIEW: _overview,
    Page.DEVICE: _device,
    Page.TRIAL: _trial,
    Page.MAT: _mat,
    Page.REPORT: _report,
    Page.IDENTITY: identity.view,
    Page.MOVE: moving.view,
}
