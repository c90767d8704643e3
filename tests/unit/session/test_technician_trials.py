"""Tests of devices, whole: print, lay under the camera, read back, compare, record. And every way in which they fail."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from kiosk.hardware.health import READY, Condition, Health
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.session.technician import printing
from kiosk.session.technician.bench import Page
from kiosk.session.technician.trials import KINDS, Stage
from kiosk.store import PrintState
from tests.devices.simulators import until
from tests.unit.session.workshop import Workshop, code_picture, jpeg, laid, sheet


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.parts.store.close()


@pytest.fixture
def scanning(tmp_path: Path) -> Iterator[tuple[Workshop, SimulatedScanner]]:
    scanner = SimulatedScanner()
    made = Workshop(tmp_path, scanner=scanner)
    yield made, scanner
    made.parts.store.close()


def show(shop: Workshop, text: str) -> None:
    """A slip's code before the camera, and the page's pulse."""
    shop.lay(code_picture(text))
    shop.bench.look()


# --- the receipt printer ----------------------------------------------------------------------------------------------


def test_a_slip_comes_out_is_shown_to_the_camera_and_passes(shop: Workshop) -> None:
    shop.begin("receipt")
    assert "STRUK UJI" in shop.world.receipt.printed[-1]
    show(shop, shop.world.receipt.codes[-1])
    assert shop.bench.trial is not None
    assert shop.bench.trial.stage is Stage.TIDY
    shop.say("baik")
    assert (shop.last().device, shop.last().kind, shop.last().passed) == ("receipt", "print", True)
    assert shop.last().staff_id == "P-0007"
    assert shop.job().state is PrintState.CONFIRMED


def test_a_printer_that_could_not_say_whether_it_printed_is_believed_by_the_paper(shop: Workshop) -> None:
    shop.world.receipt.go_silent()
    shop.begin("receipt")
    assert shop.job().state is PrintState.DOUBTFUL
    show(shop, shop.world.receipt.codes[-1])
    assert (shop.job().state, shop.job().code) == (PrintState.CONFIRMED, "terbaca_kamera")


def test_the_slip_of_an_earlier_test_proves_nothing(shop: Workshop) -> None:
    shop.begin("receipt")
    old = shop.world.receipt.codes[-1]
    shop.begin("receipt")
    show(shop, old)
    assert shop.bench.trial is not None
    assert (shop.bench.trial.stage, shop.bench.trial.note) == (Stage.SHOW, "struk_lain")
    assert shop.records() == ()


def test_a_slip_may_be_shown_to_the_code_reader_instead(shop: Workshop) -> None:
    shop.world.camera.unplug()
    shop.begin("receipt")
    shop.world.codes.scan(shop.world.receipt.codes[-1])
    shop.bench.look()
    assert shop.bench.trial is not None
    assert shop.bench.trial.stage is Stage.TIDY


@pytest.mark.parametrize(
    ("word", "state"), [("tidak_keluar", PrintState.REFUSED), ("kode_tak_terbaca", PrintState.CONFIRMED)]
)
def test_what_a_person_sees_on_paper_fails_the_test(shop: Workshop, word: str, state: PrintState) -> None:
    shop.begin("receipt")
    shop.say(word)
    assert (shop.last().passed, shop.last().code) == (False, word)
    assert shop.job().state is state


def test_a_crooked_cut_fails_though_its_code_is_right(shop: Workshop) -> None:
    shop.begin("receipt")
    show(shop, shop.world.receipt.codes[-1])
    shop.say("tidak_rapi")
    assert (shop.last().passed, shop.last().code) == (False, "tidak_rapi")


def test_the_roll_is_empty_and_the_test_fails_at_once_with_the_printers_own_code(shop: Workshop) -> None:
    shop.world.receipt.run_out_of_paper()
    shop.begin("receipt")
    assert (shop.last().passed, shop.last().code) == (False, "receipt.paper_out")
    assert shop.world.receipt.printed == []
    assert shop.job().state is PrintState.REFUSED


def test_saying_it_is_fine_before_its_code_was_seen_means_nothing(shop: Workshop) -> None:
    shop.begin("receipt")
    shop.say("baik")
    assert shop.records() == ()


# --- the A4 printer ---------------------------------------------------------------------------------------------------


def streaked(page: np.ndarray) -> np.ndarray:
    """A worn drum: a line of half ink from top to bottom."""
    spoiled = page.astype(np.float32)
    spoiled[:, 700:706] += (255 - spoiled[:, 700:706]) * 0.5
    return np.asarray(spoiled, np.uint8)


@pytest.mark.parametrize(
    ("hand", "code"),
    [pytest.param(np.asarray, "", marks=pytest.mark.nightly), (streaked, "garis")],
    ids=["a good print", "a streaked print"],
)
def test_a_sheet_is_printed_laid_under_the_camera_and_compared(
    shop: Workshop, hand: Callable[[np.ndarray], np.ndarray], code: str
) -> None:
    shop.begin("paper")
    shop.lay(hand(sheet(shop.world.paper.printed[-1])))
    shop.do(shop.bench.check)
    assert (shop.last().device, shop.last().passed, shop.last().code) == ("paper", not code, code)
    assert shop.last().numbers["scale"] == pytest.approx([1, 1], abs=0.005)
    assert shop.job().state is PrintState.CONFIRMED


def test_the_sheet_of_yesterday_fails_and_confirms_nothing(shop: Workshop) -> None:
    shop.begin("paper")
    old = sheet(shop.world.paper.printed[-1])
    shop.world.paper.lose_the_next_answer()
    shop.begin("paper")
    shop.lay(old)
    shop.do(shop.bench.check)
    assert (shop.last().passed, shop.last().code) == (False, "kode_lain")
    assert shop.job().state is PrintState.DOUBTFUL


def test_a_sheet_that_came_out_after_all_settles_the_doubt(shop: Workshop) -> None:
    shop.world.paper.lose_the_next_answer()
    shop.begin("paper")
    assert shop.bench.trial is not None
    shop.lay(sheet(printing.target_sheet(shop.parts, shop.bench.trial.code)))
    shop.do(shop.bench.check)
    assert shop.last().passed
    assert (shop.job().state, shop.job().code) == (PrintState.CONFIRMED, "terbaca_kamera")


@pytest.mark.parametrize(("hand", "note"), [("take_away", "lembar_tidak_ada"), ("unplug", "camera.lost")])
def test_no_sheet_in_the_picture_is_told_and_not_recorded(shop: Workshop, hand: str, note: str) -> None:
    shop.world.camera.latest()
    shop.begin("paper")
    getattr(shop.world.camera, hand)()
    shop.do(shop.bench.check)
    assert shop.bench.trial is not None
    assert shop.bench.trial.note == note
    assert shop.records() == ()


def test_a_jammed_printer_fails_at_once(shop: Workshop) -> None:
    shop.world.paper.jam()
    shop.begin("paper")
    assert (shop.last().passed, shop.last().code) == (False, "paper.jam")


@pytest.mark.nightly
def test_a_print_is_compared_on_the_scanners_glass_where_there_is_no_camera(
    scanning: tuple[Workshop, SimulatedScanner],
) -> None:
    shop, scanner = scanning
    shop.world.camera.unplug()
    shop.begin("paper")
    scanner.lay(jpeg(sheet(shop.world.paper.printed[-1])))
    scan(shop)
    assert (shop.last().device, shop.last().passed) == ("paper", True)


# --- camera and scanner -----------------------------------------------------------------------------------------------


def test_the_camera_is_sharp_then_somebody_bumps_it(shop: Workshop) -> None:
    page = sheet(printing.target_sheet(shop.parts, "KIOU1 00"))
    shop.lay(page)
    shop.do(shop.bench.show, Page.MAT)
    shop.do(shop.bench.photograph)
    shop.do(shop.bench.place, [(0.02, 0.02), (0.98, 0.02), (0.98, 0.98), (0.02, 0.98)])
    shop.world.camera.lay_paper(laid(page, at=(50, 110)))
    shop.begin("camera")
    shop.do(shop.bench.check)
    assert shop.last().passed
    assert shop.last().numbers["turned_share"] == pytest.approx(50 / 1280, abs=0.003)
    shop.do(shop.bench.show, Page.REPORT)
    assert shop.bench.report is not None
    assert "kamera atau alas bergeser" in shop.bench.report.reasons


def test_any_other_paper_is_no_target(shop: Workshop) -> None:
    shop.lay(np.full((1754, 1240, 3), 240, np.uint8))
    shop.begin("camera")
    shop.do(shop.bench.check)
    assert (shop.last().passed, shop.last().code) == (False, "kode_tak_terbaca")


def scan(shop: Workshop) -> None:
    shop.do(shop.bench.scan)

    def ended() -> bool:
        shop.bench.look()
        return shop.bench.trial is not None and shop.bench.trial.stage is not Stage.SCANNING

    until(ended)


def test_the_scanner_reads_the_sheet_then_a_bare_glass_then_jams(scanning: tuple[Workshop, SimulatedScanner]) -> None:
    shop, scanner = scanning
    scanner.lay(jpeg(sheet(printing.target_sheet(shop.parts, "KIOU1 00"))))
    shop.begin("scanner")
    scan(shop)
    assert (shop.last().device, shop.last().passed) == ("scanner", True)
    scanner.jam()
    shop.begin("scanner")
    scan(shop)
    assert (shop.last().passed, shop.last().code) == (False, "scanner.jam")


def test_a_scanner_that_is_gone_is_told_and_not_recorded(scanning: tuple[Workshop, SimulatedScanner]) -> None:
    shop, scanner = scanning
    shop.begin("scanner")
    scanner.unplug()
    shop.do(shop.bench.scan)
    assert shop.bench.trial is not None
    assert (shop.bench.trial.stage, shop.bench.trial.note) == (Stage.LAY, "scanner.absent")


def test_leaving_the_page_stops_a_running_scan(scanning: tuple[Workshop, SimulatedScanner]) -> None:
    shop, scanner = scanning
    scanner.take_its_time(60)
    shop.begin("scanner")
    shop.do(shop.bench.scan)
    until(lambda: scanner.state().condition is Condition.BUSY)
    shop.do(shop.bench.show, Page.OVERVIEW)
    until(lambda: scanner.state().condition is not Condition.BUSY)
    assert shop.records() == ()


# --- code reader, power, disk -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("word", "passed"), [("baik", True), ("tidak_bunyi", False)])
def test_the_reader_reads_the_screen_and_a_person_hears_the_beep_or_not(
    shop: Workshop, word: str, passed: bool
) -> None:
    shop.begin("codes")
    assert shop.bench.trial is not None
    shop.world.codes.scan(shop.bench.trial.code)
    shop.bench.look()
    shop.say(word)
    assert (shop.last().device, shop.last().passed) == ("codes", passed)


def test_the_reader_may_read_the_slip_of_this_bench_and_nothing_else(shop: Workshop) -> None:
    shop.begin("receipt")
    slip = shop.world.receipt.codes[-1]
    shop.begin("codes")
    shop.world.codes.scan(slip)
    shop.bench.look()
    assert shop.bench.trial is not None
    assert shop.bench.trial.stage is Stage.HEARD
    shop.begin("codes")
    shop.world.codes.scan("KIOU1 FFFF")
    shop.bench.look()
    assert (shop.last().passed, shop.last().code) == (False, "kode_lain")


def test_what_was_scanned_before_the_test_began_is_forgotten(shop: Workshop) -> None:
    shop.world.codes.scan("KIOU1 FFFF")
    shop.begin("codes")
    shop.bench.look()
    assert shop.records() == ()


def test_the_plug_is_pulled_and_the_battery_seen(shop: Workshop) -> None:
    shop.begin("power")
    shop.world.power.cut_mains()
    shop.bench.look()
    shop.world.clock.advance(6)
    shop.bench.look()
    assert (shop.last().device, shop.last().passed) == ("power", True)
    assert shop.last().numbers["battery_percent"] == 100


def test_nobody_sees_a_battery_within_half_a_minute(shop: Workshop) -> None:
    shop.begin("power")
    shop.world.clock.advance(31)
    shop.bench.look()
    assert (shop.last().passed, shop.last().code) == (False, "tidak_terlihat")


def test_on_battery_already_waits_for_the_mains_first(shop: Workshop) -> None:
    shop.world.power.state()
    shop.world.power.cut_mains()
    shop.world.power.state()
    shop.world.clock.advance(6)
    shop.begin("power")
    assert shop.bench.trial is not None
    assert shop.bench.trial.note == "sudah_baterai"
    shop.world.power.restore_mains()
    shop.world.power.state()
    shop.world.clock.advance(20)
    shop.bench.look()
    assert shop.bench.trial.note == ""
    assert shop.records() == ()


def test_a_ups_that_does_not_know_fails_at_once(shop: Workshop) -> None:
    shop.world.power.lose_track()
    shop.world.power.state()
    shop.world.clock.advance(60)
    shop.begin("power")
    assert (shop.last().passed, shop.last().code) == (False, "power.unknown")


@pytest.mark.parametrize(
    ("health", "code"), [(READY, ""), (Health(Condition.FAULT, "disk.read_only", "EROFS"), "disk.read_only")]
)
def test_the_disk_is_written_and_read_back(tmp_path: Path, health: Health, code: str) -> None:
    shop = Workshop(tmp_path, canary=lambda: health)
    shop.begin("disk")
    until(lambda: bool(shop.bench.look() or shop.records()))
    assert (shop.last().device, shop.last().passed, shop.last().code) == ("disk", not code, code)


def test_a_disk_that_hangs_does_not_hang_the_bench(tmp_path: Path) -> None:
    dying = threading.Event()

    def never() -> Health:
        dying.wait(60)
        return READY

    shop = Workshop(tmp_path, canary=never)
    shop.begin("disk")
    shop.world.clock.advance(16)
    shop.bench.look()
    assert (shop.last().passed, shop.last().code) == (False, "tidak_menjawab")
    dying.set()


# --- the records ------------------------------------------------------------------------------------------------------


def test_a_test_under_a_dead_clock_says_so(shop: Workshop) -> None:
    shop.world.clock.jump(datetime(1970, 1, 1, tzinfo=UTC))
    shop.begin("receipt")
    shop.say("tidak_keluar")
    assert not shop.last().clock_trusted


def test_a_verdict_is_written_once_however_often_the_page_looks(shop: Workshop) -> None:
    shop.begin("receipt")
    shop.say("tidak_keluar")
    for _ in range(3):
        shop.bench.look()
        shop.say("tidak_keluar")
    assert len(shop.parts.store.diagnostics.history("receipt", most=9)) == 1


def test_every_device_that_can_be_tested_has_its_words() -> None:
    words = Path("content/technician.toml").read_text(encoding="utf-8")
    assert [device for device in KINDS if f"\n{device} = " not in words] == []
