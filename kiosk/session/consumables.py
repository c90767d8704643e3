"""Receipt roll and A4 sheets: what each print takes, what is left, how many days that lasts; told to staff and the centre.

The count is an estimate and says so: it begins when staff says what was put in, follows the ledger (what is in doubt is
told apart), and gives way to the printer's own sensor whenever that knows better. The villager never hears of it.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from adminduk.clock import stamp, trusted
from kiosk import documents
from kiosk.hardware.health import READY, Condition, Health, Outcome, PrintResult
from kiosk.hardware.receipt.models import DEFAULT, Model, find
from kiosk.hardware.receipt.protocol import Slip
from kiosk.hardware.receipt.render import render
from kiosk.session import forms
from kiosk.session.forecast import WINDOW, Forecast, forecast
from kiosk.session.parts import Parts
from kiosk.session.ruler import millimetres
from kiosk.store import StoreError, Supply, Use

log = logging.getLogger(__name__)

MOST_SHEETS = 2500  # five reams: more is a slip of the finger
LOW_DAYS = 5  # working days: a week, in which somebody goes to town


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One kind: ``usual``: what is put in at once; ``near_end``: the most that is there when the device's sensor trips;
    ``low``: what is low at any rate; ``code``: how it is told."""

    usual: int
    near_end: int
    low: int
    code: str
    sensor: str
    empty: str


# A roll of 80 mm × 50 m. Its sensor is a lever at the roll's side: it trips at about 23 mm across, and a ring of paper of
# 0.065 mm between that and a core of 18 mm is 2.5 m long. A tray's sensor, where there is one, trips at some tens of sheets.
PAPERS: Mapping[Supply, Paper] = {
    Supply.ROLL: Paper(
        usual=50_000, near_end=2_500, low=2_500, code="receipt.roll_low_forecast", sensor="receipt.paper_low",
        empty="receipt.paper_out",
    ),
    Supply.SHEETS: Paper(
        usual=500, near_end=50, low=20, code="paper.sheets_low_forecast", sensor="paper.paper_low",
        empty="paper.paper_out",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """Millimetres or sheets. ``left``: None when nobody knows; ``least``: if every doubtful print came out."""

    supply: Supply
    left: int | None
    least: int | None
    forecast: Forecast | None

    @property
    def low(self) -> bool:
        few = self.least is not None and self.least <= PAPERS[self.supply].low
        return few or (self.forecast is not None and self.forecast.days <= LOW_DAYS)


# --- what a print takes -----------------------------------------------------------------------------------------------


def of_slip(parts: Parts, slip: Slip) -> Use:
    """Measured on the bytes that this printer is sent."""
    return Use(Supply.ROLL, millimetres(render(slip, _model(parts))), _day(parts))


def of_pdf(parts: Parts, pdf: bytes) -> Use:
    """One side, one copy: a sheet a page. A PDF that cannot be read is one."""
    try:
        sheets = documents.page_count(pdf)
    except documents.DocumentError:
        sheets = 1
    return Use(Supply.SHEETS, sheets, _day(parts))


def print_slip(parts: Parts, slip: Slip) -> PrintResult:
    """Print and count what stands in no ledger: a queue number, a pick-up slip, the day in numbers."""
    result = parts.receipt.print(slip)
    if result.outcome is not Outcome.REFUSED:
        try:
            parts.store.supplies.take(of_slip(parts, slip), sure=result.outcome is Outcome.OK)
        except StoreError as error:  # the paper is out already: a count that is short keeps nobody's slip back
            log.warning("supply_uncounted code=%s", error.code)
    return result


def _model(parts: Parts) -> Model:
    """The printer's own, when it says; else the usual one, whose receipts are about as long."""
    model = getattr(parts.receipt, "model", None)
    return model if isinstance(model, Model) else find(DEFAULT)


def _day(parts: Parts) -> str:
    return forms.today(parts).isoformat() if trusted(parts.clock.now()) else ""


# --- what staff says --------------------------------------------------------------------------------------------------


def new_roll(parts: Parts) -> None:
    """A new roll is in the printer. Raises StoreError."""
    parts.store.supplies.renew(Supply.ROLL, PAPERS[Supply.ROLL].usual, at=stamp(parts.clock.now()))


def add_sheets(parts: Parts, sheets: int) -> bool:
    """So many sheets were laid on top. False for a number that cannot be. Raises StoreError."""
    if not 1 <= sheets <= MOST_SHEETS:
        return False
    parts.store.supplies.add(Supply.SHEETS, sheets, at=stamp(parts.clock.now()))
    return True


# --- what is told -----------------------------------------------------------------------------------------------------


def outlook(parts: Parts, supply: Supply) -> Outlook:
    """What is left and how long it lasts. Raises StoreError."""
    today = forms.today(parts)
    stock = parts.store.supplies.stock(supply, since=(today - timedelta(days=WINDOW)).isoformat())
    known = stock.least is not None and trusted(parts.clock.now())
    days = {date.fromisoformat(day): amount for day, amount in stock.days.items()}
    lasts = forecast(days, left=stock.least or 0, today=today) if known else None
    return Outlook(supply=supply, left=stock.left, least=stock.least, forecast=lasts)


def outlooks(parts: Parts) -> tuple[Outlook, ...]:
    """Of every supply. Raises StoreError."""
    return tuple(outlook(parts, supply) for supply in PAPERS)


def look(parts: Parts, devices: Mapping[str, Health]) -> dict[str, Health]:
    """``roll`` and ``sheets`` for the heartbeat, after the printers' sensors in ``devices`` have corrected the count.

    UNKNOWN until staff has said what was put in. Empty when the store cannot be read: the disk's own code tells of that.
    """
    told = {reading.code for reading in devices.values()}
    try:
        for supply, paper in PAPERS.items():
            _correct(parts, supply, paper, told)
        return {str(one.supply): _health(one) for one in outlooks(parts)}
    except StoreError as error:
        log.warning("supplies_unread code=%s", error.code)
        return {}


def _correct(parts: Parts, supply: Supply, paper: Paper, told: set[str]) -> None:
    """The sensor sees paper, we only count it."""
    if not told & {paper.sensor, paper.empty}:
        return
    most = 0 if paper.empty in told else paper.near_end
    if parts.store.supplies.at_most(supply, most, at=stamp(parts.clock.now())):
        log.info("supply_corrected supply=%s at_most=%d", supply, most)


def _health(one: Outlook) -> Health:
    evidence = f"least {one.least}, days {one.forecast.days if one.forecast else '?'}"
    if one.low:
        return Health(Condition.ATTENTION, PAPERS[one.supply].code, evidence)
    return READY if one.left is not None else Health(Condition.UNKNOWN, evidence="never told, or filled without a word")
