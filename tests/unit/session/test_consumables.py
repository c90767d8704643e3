"""Roll and sheets run out with a warning: counted, forecast, corrected by the printer, told to staff and the centre."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.hardware.health import READY, Condition, Health, Outcome
from kiosk.hardware.receipt.models import find
from kiosk.hardware.receipt.protocol import Code, Line, Slip
from kiosk.hardware.receipt.render import render
from kiosk.session import consumables
from kiosk.session.consumables import MOST_SHEETS, PAPERS, Outlook
from kiosk.session.ruler import millimetres
from kiosk.store import PrintKind, PrintState, StoreError, Supply, Use
from tests.unit.documents.paperwork import blank_pdf
from tests.unit.session.world import World

SLIP = Slip((*[Line("Dinas Dukcapil")] * 20, Code("KIOS1 001748219365 ABCDEFGHIJKLMNOPQRSTUVWXYZ")))
ROLL_LOW, SHEETS_LOW = "receipt.roll_low_forecast", "paper.sheets_low_forecast"
FINE = {"receipt": READY, "paper": READY}


def roll(world: World) -> Outlook:
    return consumables.outlook(world.parts, Supply.ROLL)


def sheets(world: World) -> Outlook:
    return consumables.outlook(world.parts, Supply.SHEETS)


def days_pass(world: World, *amounts: int, supply: Supply = Supply.ROLL) -> None:
    """Each day took so much; the clock ends on the day after the last."""
    for amount in amounts:
        day = world.clock.now().date().isoformat()
        world.parts.store.supplies.take(Use(supply, amount, day), sure=True)
        world.clock.advance(86400)


def heard(world: World, **devices: Health) -> dict[str, str]:
    """What the heartbeat would carry."""
    found = consumables.look(world.parts, {**FINE, **devices})
    return {role: health.code or str(health.condition) for role, health in found.items()}


# --- what a print takes -----------------------------------------------------------------------------------------------


def test_a_slip_takes_what_its_bytes_measure(world: World) -> None:
    use = consumables.of_slip(world.parts, SLIP)
    assert use == Use(Supply.ROLL, millimetres(render(SLIP, find("TM-T20II"))), "2026-11-21")
    assert 80 < use.amount < 140


def test_a_narrow_printer_s_own_model_counts(world: World) -> None:
    world.receipt.model = find("ZJ-5870")
    assert consumables.of_slip(world.parts, SLIP).amount == millimetres(render(SLIP, find("ZJ-5870")))


@pytest.mark.parametrize("pages", [1, 3])
def test_a_document_takes_a_sheet_a_page(world: World, pages: int) -> None:
    assert consumables.of_pdf(world.parts, blank_pdf(*[(595, 842)] * pages)).amount == pages


def test_a_document_that_cannot_be_read_takes_one_sheet(world: World) -> None:
    assert consumables.of_pdf(world.parts, b"%PDF-nothing").amount == 1


def test_a_clock_without_a_battery_names_no_day(world: World) -> None:
    world.clock.jump(datetime(1970, 1, 1, tzinfo=UTC))
    assert consumables.of_slip(world.parts, SLIP).day == ""


def test_the_day_is_the_kabupaten_s_not_greenwich_s(world: World) -> None:
    world.clock.jump(datetime(2026, 11, 21, 20, 0, tzinfo=UTC))  # three in the morning of the 22nd in Wonogiri
    assert consumables.of_slip(world.parts, SLIP).day == "2026-11-22"


def test_a_queue_number_is_printed_and_counted(world: World) -> None:
    consumables.new_roll(world.parts)
    assert consumables.print_slip(world.parts, SLIP).outcome is Outcome.OK
    assert len(world.receipt.printed) == 1
    assert roll(world).left == 50_000 - consumables.of_slip(world.parts, SLIP).amount


def test_a_queue_number_in_doubt_is_told_apart(world: World) -> None:
    consumables.new_roll(world.parts)
    world.receipt.go_silent()
    assert consumables.print_slip(world.parts, SLIP).outcome is Outcome.DOUBTFUL
    assert (roll(world).left, roll(world).least) == (50_000, 50_000 - consumables.of_slip(world.parts, SLIP).amount)


def test_a_refused_queue_number_takes_nothing(world: World) -> None:
    consumables.new_roll(world.parts)
    world.receipt.run_out_of_paper()
    assert consumables.print_slip(world.parts, SLIP).outcome is Outcome.REFUSED
    assert roll(world).least == 50_000


def test_a_full_disk_keeps_nobody_s_queue_number_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise StoreError("penuh")

    monkeypatch.setattr(world.parts.store.supplies, "take", full)
    assert consumables.print_slip(world.parts, SLIP).outcome is Outcome.OK


def test_a_job_of_the_ledger_takes_its_paper_with_its_settling(world: World) -> None:
    consumables.new_roll(world.parts)
    job = world.parts.store.intend_print(PrintKind.SLIP, "p1")
    use = consumables.of_slip(world.parts, SLIP)
    world.parts.store.settle_print(job, PrintState.HANDED_OVER, use=use)
    assert (roll(world).left, roll(world).least) == (50_000, 50_000 - use.amount)
    world.parts.store.settle_print(job, PrintState.CONFIRMED)
    assert roll(world).left == roll(world).least == 50_000 - use.amount


# --- what staff says --------------------------------------------------------------------------------------------------


def test_sheets_are_added_and_a_slip_of_the_finger_is_not(world: World) -> None:
    assert consumables.add_sheets(world.parts, 500)
    assert consumables.add_sheets(world.parts, 100)
    for wrong in (0, -5, MOST_SHEETS + 1):
        assert not consumables.add_sheets(world.parts, wrong)
    assert sheets(world).left == 600


# --- how long it lasts ------------------------------------------------------------------------------------------------


def test_nothing_is_forecast_before_three_days(world: World) -> None:
    consumables.new_roll(world.parts)
    days_pass(world, 1000, 1000)
    assert roll(world).forecast is None
    days_pass(world, 1000)
    found = roll(world).forecast
    assert found is not None
    assert (found.per_day, found.days) == (1000, 47)


def test_a_doubtful_print_makes_the_forecast_shorter_not_longer(world: World) -> None:
    world.parts.store.supplies.renew(Supply.ROLL, 10_000, at="2026-11-21T03:00:00.000000Z")
    days_pass(world, 1000, 1000, 1000)
    world.parts.store.supplies.take(Use(Supply.ROLL, 1500), sure=False)
    found = roll(world).forecast
    assert found is not None
    assert found.days == 5  # 7 m are left, 5.5 at least


def test_a_clock_that_goes_back_a_year_forecasts_nothing_and_loses_no_paper(world: World) -> None:
    consumables.new_roll(world.parts)
    days_pass(world, 1000, 1000, 1000)
    world.clock.jump(world.clock.now() - timedelta(days=300))
    assert roll(world).forecast is None
    days_pass(world, 1000)
    assert roll(world).left == 46_000


def test_a_clock_before_the_build_forecasts_nothing(world: World) -> None:
    consumables.new_roll(world.parts)
    days_pass(world, 1000, 1000, 1000)
    world.clock.jump(datetime(2020, 1, 1, tzinfo=UTC))
    assert roll(world).forecast is None
    assert roll(world).left == 47_000


# --- what is told -----------------------------------------------------------------------------------------------------


def test_a_kiosk_that_was_told_nothing_says_unknown_and_alarms_nobody(world: World) -> None:
    assert heard(world) == {"roll": "unknown", "sheets": "unknown"}


def test_plenty_is_ready(world: World) -> None:
    consumables.new_roll(world.parts)
    consumables.add_sheets(world.parts, 500)
    assert heard(world) == {"roll": "ready", "sheets": "ready"}


@pytest.mark.parametrize(("days", "code"), [(5, ROLL_LOW), (6, "ready")])
def test_the_centre_hears_of_a_roll_a_week_before_its_end(world: World, days: int, code: str) -> None:
    consumables.new_roll(world.parts)
    days_pass(world, 4000, 4000, 4000)
    days_pass(world, 50_000 - 12_000 - days * 4000)  # one odd day
    found = roll(world).forecast
    assert found is not None
    assert (found.per_day, found.days) == (4000, days)
    assert heard(world)["roll"] == code


def test_the_last_twenty_sheets_are_low_without_any_forecast(world: World) -> None:
    consumables.add_sheets(world.parts, 20)
    assert heard(world)["sheets"] == SHEETS_LOW
    consumables.add_sheets(world.parts, 1)
    assert heard(world)["sheets"] == "ready"


def test_the_evidence_for_the_technician_is_numbers(world: World) -> None:
    consumables.add_sheets(world.parts, 20)
    found = consumables.look(world.parts, FINE)["sheets"]
    assert (found.condition, found.evidence) == (Condition.ATTENTION, "least 20, days ?")


@pytest.mark.parametrize(
    ("device", "said", "supply", "most"),
    [
        ("receipt", "receipt.paper_low", Supply.ROLL, 2_500),
        ("receipt", "receipt.paper_out", Supply.ROLL, 0),
        ("paper", "paper.paper_low", Supply.SHEETS, 50),
        ("paper", "paper.paper_out", Supply.SHEETS, 0),
    ],
)
def test_the_printer_s_sensor_knows_better(world: World, device: str, said: str, supply: Supply, most: int) -> None:
    consumables.new_roll(world.parts)
    consumables.add_sheets(world.parts, 500)
    told = heard(world, **{device: Health(Condition.ATTENTION, said)})
    assert consumables.outlook(world.parts, supply).left == most
    other = next(one for one in Supply if one is not supply)
    assert consumables.outlook(world.parts, other).left == PAPERS[other].usual
    assert told[str(supply)] == (PAPERS[supply].code if most <= PAPERS[supply].low else "ready")


def test_the_twins_of_the_device_panel_correct_the_count_too(world: World) -> None:
    consumables.new_roll(world.parts)
    world.receipt.run_low()
    consumables.look(world.parts, world.kiosk.health())
    assert roll(world).left == 2_500


def test_a_store_that_cannot_be_read_is_no_reading(world: World) -> None:
    world.parts.store.close()

    def broken(*_: object, **__: object) -> None:
        raise StoreError("rusak")

    world.parts.store.supplies.stock = broken  # type: ignore[method-assign,assignment]  # the disk is gone
    assert consumables.look(world.parts, FINE) == {}


def test_the_villager_never_hears_of_rolls(world: World) -> None:
    """The codes stand in no device that the menu or the first screen asks."""
    consumables.add_sheets(world.parts, 20)
    codes = {health.code for health in world.kiosk.health().values()}
    assert not codes & {ROLL_LOW, SHEETS_LOW}
