"""What the technician prints: test slip and test sheet, readiness report. Every print goes through the ledger."""

import logging
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

import blanks.bench
from adminduk.dates import spoken
from kiosk.hardware.health import Outcome, PrintResult
from kiosk.hardware.receipt.protocol import Code, Line, Size, Slip
from kiosk.imaging.target import LAYOUT
from kiosk.session import consumables
from kiosk.session.ledger import on_paper, settle, settled
from kiosk.session.parts import Parts
from kiosk.store import PrintJob, PrintKind, PrintState, StoreError

log = logging.getLogger(__name__)

Printed = tuple[PrintJob | None, PrintResult]


def print_slip(parts: Parts, slip: Slip) -> Printed:
    """Intent, hand over, settle; no job, no print."""
    try:
        job = parts.store.intend_print(PrintKind.TEST, parts.new_id())
    except StoreError as error:
        log.warning("print_not_intended code=%s", error.code)
        return None, PrintResult(Outcome.REFUSED, "sibuk")
    settle(parts, job, PrintState.HANDED_OVER, use=consumables.of_slip(parts, slip))
    result = parts.receipt.print(slip)
    settle(parts, job, settled(result), result.code)
    return job, result


def print_sheet(parts: Parts, pdf: bytes) -> Printed:
    return on_paper(parts, pdf, PrintKind.TEST, parts.new_id())


def target_slip(parts: Parts, code: str) -> Slip:
    """A slip on which a missing dot, a lost line or a bad cut shows."""
    words = parts.toolbox.words
    return Slip(
        (
            Line(words("slip", "title"), size=Size.LARGE, centred=True, bold=True),
            Line(f"{parts.identity.desa_name} {moment(parts, parts.clock.now())}", centred=True),
            Line(words("slip", "ruler")),
            Line(words("slip", "letters")),
            Line(words("slip", "letters"), bold=True),
            Code(code),
            Line(words("slip", "check")),
            Line(words("slip", "ruler")),
        )
    )


def target_sheet(parts: Parts, code: str) -> bytes:
    """The test sheet as a PDF. Raises blanks.FormError."""
    words, own = parts.toolbox.words, parts.identity
    facts = [
        (words("sheet", "kiosk"), f"{own.kiosk_id}, {own.desa_name}"),
        (words("sheet", "printed"), moment(parts, parts.clock.now())),
    ]
    return blanks.bench.target_sheet(asdict(LAYOUT), code=code, words=words.tables["sheet"], facts=facts)


def moment(parts: Parts, at: datetime) -> str:
    """In the kabupaten's time: ``21 November 2026 10:15 WIB``."""
    place = parts.catalogue.place
    local = at.astimezone(ZoneInfo(place.timezone))
    return f"{spoken(local.date())} {local:%H:%M} {place.timezone_word}"
