"""The bench: who may come, what the overview says of each device, the mat's corners, the readiness report."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from adminduk import capsule
from kiosk.hardware.health import READY, Condition, Health
from kiosk.imaging import whole_frame
from kiosk.session import Step
from kiosk.session.technician import mat, overview, pictures, report, wording
from kiosk.session.technician.bench import Bench, Page
from kiosk.session.technician.overview import numbered
from kiosk.session.technician.toolbox import Sightings
from kiosk.session.technician.trials import KINDS, SAID
from kiosk.store import Phase, PrintKind
from tests.unit.session.workshop import WHO, Workshop, laid, sheet
from tests.unit.session.world import World
from tests.unit.store.making import submission

CORNERS = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.parts.store.close()


def row(shop: Workshop, role: str) -> overview.Row:
    return next(one for one in overview.rows(shop.parts) if one.role == role)


# --- coming and going -------------------------------------------------------------------------------------------------


def test_nobody_comes_to_the_bench_of_a_locked_kiosk(world: World) -> None:
    bench = Bench(world.kiosk)
    assert not bench.come(world.kiosk.visit.id)
    world.kiosk.officer = WHO
    assert not bench.come(world.kiosk.visit.id)  # a visitor's screen stands
    world.kiosk.visit.step = Step.STAFF
    assert not bench.come("another visit")
    assert bench.come(world.kiosk.visit.id)
    assert bench.open


def test_a_page_of_an_earlier_visit_changes_nothing(shop: Workshop) -> None:
    assert not shop.bench.act("0" * 32, lambda: shop.bench.begin("receipt"))
    assert shop.world.receipt.printed == []


def test_locking_the_kiosk_closes_the_bench(shop: Workshop) -> None:
    shop.begin("receipt")
    shop.world.do(shop.kiosk.lock_staff())
    assert not shop.bench.open
    assert shop.bench.trial is None
    assert not shop.bench.act(shop.kiosk.visit.id, lambda: shop.bench.begin("receipt"))


def test_a_technician_who_went_away_leaves_a_locked_kiosk_and_no_picture(shop: Workshop) -> None:
    shop.lay(np.full((1754, 1240, 3), 240, np.uint8))
    shop.do(shop.bench.show, Page.MAT)
    shop.do(shop.bench.photograph)
    frame = shop.bench.frame
    shop.world.clock.advance(211)
    shop.kiosk.seconds_left()
    assert not shop.bench.open
    assert shop.kiosk.officer is None
    assert frame is not None
    assert not frame.any()


def test_waiting_for_the_battery_is_no_idleness(shop: Workshop) -> None:
    shop.begin("power")
    for _ in range(3):
        shop.world.clock.advance(9)
        shop.bench.look()
    assert shop.kiosk.seconds_left() == pytest.approx(210)


def test_back_at_the_staffs_menu_the_camera_rests(shop: Workshop) -> None:
    shop.kiosk.parts.camera.latest()
    assert shop.bench.go_away(shop.kiosk.visit.id)
    assert not shop.bench.open
    assert shop.kiosk.visit.step is Step.STAFF
    assert not shop.bench.go_away(shop.kiosk.visit.id)


@pytest.mark.parametrize(("page", "device"), [("nowhere", ""), (Page.TRIAL, "")])
def test_a_page_that_there_is_not_is_not_shown(shop: Workshop, page: str, device: str) -> None:
    shop.do(shop.bench.show, page, device)
    assert shop.bench.page is Page.OVERVIEW


@pytest.mark.parametrize("device", ["", "card", "../disk"])
def test_a_device_without_a_test_is_not_tested(shop: Workshop, device: str) -> None:
    shop.begin(device)
    assert shop.bench.trial is None


# --- the overview -----------------------------------------------------------------------------------------------------


def test_every_device_that_is_fitted_stands_there_and_no_other(shop: Workshop) -> None:
    assert [one.role for one in overview.rows(shop.parts)] == ["receipt", "paper", "camera", "codes", "power", "disk"]


def test_a_fault_stands_there_with_its_step_and_what_the_device_said(shop: Workshop) -> None:
    shop.world.codes.be_held_by("ModemManager 712")
    shop.world.clock.advance(3)
    found = row(shop, "codes")
    assert (found.state, found.health.code, found.health.evidence) == (
        "Terganggu",
        "codes.busy",
        "held by ModemManager 712",
    )
    assert found.step == shop.parts.faults["codes.busy"].technician
    assert (found.good, found.retried) == (False, True)


def test_since_when_is_counted_in_time_that_no_clock_can_jump(shop: Workshop) -> None:
    assert row(shop, "receipt").since == "baru saja"
    shop.world.clock.jump(shop.world.clock.now().replace(year=2031))
    assert row(shop, "receipt").since == "baru saja"
    for seconds, words in ((125, "sudah 2 menit"), (3 * 3600, "sudah 3 jam"), (50 * 3600, "sudah 2 hari")):
        shop.world.clock.advance(seconds)
        assert row(shop, "receipt").since == words
    shop.world.receipt.run_low()
    assert (row(shop, "receipt").since, row(shop, "receipt").changes) == ("baru saja", 1)


def test_evidence_that_counts_seconds_is_no_change() -> None:
    seen = Sightings()
    for at in range(3):
        frozen = Health(Condition.FAULT, "camera.frozen", f"one picture for {at} s")
        found = seen.look({"camera": frozen}, float(at))
    assert (found["camera"].since, found["camera"].changes) == (0.0, 0)
    assert found["camera"].health.evidence == "one picture for 2 s"
    assert seen.look({"camera": READY}, 9.0)["camera"].changes == 1


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("serial:///dev/ttyUSB0?baud=9600", True), ("v4l2:///dev/video0", True), ("serial:///dev/usb/lp1", True),
        ("serial:///dev/serial/by-id/usb-1a86_USB_Serial-if00-port0?baud=9600", False), ("serial:///dev/kios-struk", False),
        ("v4l2:///dev/v4l/by-id/usb-Doc_0001-video-index0", False), ("tcp://192.168.7.20:9100?model=TM-T20II", False),
        ("simulated://", False), ("/var/lib/kios", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_that_moves_with_the_order_of_plugging_is_known(address: str, holds: bool) -> None:
    assert numbered(address) is holds


def test_a_stable_name_says_what_it_stands_for_and_who_else_holds_it() -> None:
    assert overview.leads_to("serial:///dev/stdin") == Path("/dev/stdin").resolve().name
    assert overview.leads_to("serial:///dev/null") == overview.leads_to("simulated://") == ""
    assert overview.held_by("serial:///dev/kios-struk-that-is-not") == overview.held_by("tcp://127.0.0.1:9100") == ""
    assert isinstance(overview.held_by("serial:///dev/null"), str)


# --- the mat ----------------------------------------------------------------------------------------------------------


def test_the_mats_corners_stand_in_where_no_sheet_is_found(shop: Workshop) -> None:
    picture = laid(np.full((1754, 1240, 3), 240, np.uint8))
    assert np.array_equal(mat.fallback(shop.parts, picture).corners, whole_frame(picture).corners)
    shop.world.camera.lay_paper(picture)
    shop.do(shop.bench.show, Page.MAT)
    shop.do(shop.bench.photograph)
    assert pictures.framed(shop.bench) is not None
    shop.do(shop.bench.place, CORNERS)
    assert (shop.bench.note, shop.bench.frame) == ("tersimpan", None)
    found = mat.fallback(shop.parts, picture)
    assert not found.found
    assert found.corners[0] == pytest.approx((127.9, 95.9), abs=0.1)


@pytest.mark.parametrize(
    "corners", [[], [(0.1, 0.1)] * 4, [(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)], [(float("nan"), 0)] * 4]
)
def test_corners_that_cross_or_are_none_are_refused(shop: Workshop, corners: list[tuple[float, float]]) -> None:
    shop.do(shop.bench.show, Page.MAT)
    shop.do(shop.bench.photograph)
    shop.do(shop.bench.place, corners)
    assert shop.bench.note == "sudut_salah"
    assert mat.known(shop.parts) is None


def test_without_a_camera_there_is_nothing_to_place(shop: Workshop) -> None:
    shop.world.camera.latest()
    shop.world.camera.unplug()
    shop.do(shop.bench.show, Page.MAT)
    shop.do(shop.bench.photograph)
    assert (shop.bench.note, shop.bench.frame) == ("camera.lost", None)
    shop.do(shop.bench.place, CORNERS)
    assert mat.known(shop.parts) is None


def test_the_handles_begin_where_they_were_left(shop: Workshop) -> None:
    shop.do(shop.bench.show, Page.MAT)
    shop.do(shop.bench.photograph)
    shop.do(shop.bench.place, CORNERS)
    shop.do(shop.bench.photograph)
    assert shop.bench.corners is not None
    assert shop.bench.corners == pytest.approx(np.array(CORNERS), abs=0.001)


# --- the report -------------------------------------------------------------------------------------------------------


def pass_all(shop: Workshop) -> None:
    for one in overview.rows(shop.parts):
        shop.parts.store.diagnostics.add(one.role, KINDS[one.role], passed=True, staff_id="P-0007")


def test_a_kiosk_that_was_never_tested_is_not_ready_and_says_why(shop: Workshop) -> None:
    made = report.made(shop.parts, staff_id="P-0007")
    assert not made.ready
    assert made.reasons[0] == "Pencetak struk: belum diuji"
    assert len(made.reasons) == 6


def test_all_tests_passed_and_all_devices_fine_is_ready(shop: Workshop) -> None:
    pass_all(shop)
    assert report.made(shop.parts, staff_id="P-0007").reasons == ()


def test_one_failed_test_one_broken_device_and_one_stuck_packet_are_three_reasons(shop: Workshop) -> None:
    pass_all(shop)
    shop.parts.store.diagnostics.add("paper", "print", passed=False, code="pucat", staff_id="P-0007")
    shop.world.receipt.open_cover()
    stuck = submission(1)
    shop.parts.store.record_submission(stuck)
    shop.parts.store.record_submission(submission(2))
    shop.parts.store.need_attention(stuck.id, "ditolak")
    shop.world.clock.advance(3 * 3600)
    made = report.made(shop.parts, staff_id="P-0007")
    assert made.reasons == (
        "Pencetak struk: Terganggu (receipt.cover_open)", "Pencetak A4: uji gagal (Hitam terlalu pucat)",
        "1 permohonan tertahan",
    )  # fmt: skip
    assert (made.waiting, made.attention, made.oldest_hours) == (1, 1, 3)
    assert Phase.NEEDS_ATTENTION in {one.state for one in shop.parts.store.waiting()}


def test_a_silent_device_is_neither_good_nor_ready(shop: Workshop) -> None:
    pass_all(shop)
    shop.world.receipt.go_silent()
    assert report.made(shop.parts, staff_id="P-0007").reasons == ("Pencetak struk: Tidak diketahui (receipt.silent)",)


def test_the_slip_carries_a_capsule_that_can_be_read_again(shop: Workshop) -> None:
    pass_all(shop)
    shop.do(shop.bench.show, Page.REPORT)
    shop.do(shop.bench.print_capsule)
    assert shop.bench.note == "kapsul_dicetak"
    read = capsule.read(shop.world.receipt.codes[-1])
    assert read is not None
    assert (read.kiosk_id, read.ready, read.clock_trusted, read.free_mb) == ("kios-17", True, True, 51_200)
    assert {one.role: (one.state, one.tested) for one in read.devices}["paper"] == ("ready", capsule.LastTest.PASSED)
    assert "SIAP dipakai warga" in " ".join(shop.world.receipt.printed[-1].split())


def test_the_report_goes_on_a4_through_the_ledger_and_names_nobody(shop: Workshop) -> None:
    shop.do(shop.bench.show, Page.REPORT)
    shop.do(shop.bench.print_report)
    assert shop.bench.note == "laporan_dicetak"
    assert pictures.report_pages(shop.bench) >= 1
    assert (pictures.report_page(shop.bench, 1) or b"").startswith(b"\x89PNG")
    assert pictures.report_page(shop.bench, 99) is None
    words = shop.world.paper.printed[-1]
    assert WHO.name.encode() not in words
    assert shop.world.paper.jobs[-1].startswith("t-")


def test_turning_the_reports_page_keeps_the_report(shop: Workshop) -> None:
    shop.do(shop.bench.show, Page.REPORT)
    before = shop.bench.report
    shop.do(shop.bench.show, Page.REPORT, "", 1)
    assert shop.bench.report is before
    assert shop.bench.at == 1


def test_a_printer_that_refuses_the_report_says_why(shop: Workshop) -> None:
    shop.do(shop.bench.show, Page.REPORT)
    shop.world.paper.run_out_of_paper()
    shop.do(shop.bench.print_report)
    assert shop.bench.note == "paper.paper_out"


def test_a_doubtful_test_print_that_was_given_up_waits_for_the_staff(shop: Workshop) -> None:
    shop.world.receipt.go_silent()
    shop.begin("receipt")
    shop.do(shop.bench.show, Page.OVERVIEW)
    assert [job.kind for job in shop.parts.store.doubtful_prints()] == [PrintKind.TEST]


def test_a_sheet_of_the_kiosk_says_where_it_was_printed(shop: Workshop) -> None:
    shop.begin("paper")
    assert sheet(shop.world.paper.printed[-1]).shape[0] > 1700


# --- words ------------------------------------------------------------------------------------------------------------

SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in sorted(Path(report.__file__).parent.glob("*.py")))


def test_every_word_that_the_bench_says_stands_in_the_content(shop: Workshop) -> None:
    asked = set(re.findall(r'words(?:\.named)?\("([a-z]+)", "([a-z_0-9]+)"', SOURCES))
    tables = shop.parts.toolbox.words.tables
    assert len(asked) > 20
    assert {(table, word) for table, word in asked if word not in tables[table]} == set()


def test_every_reason_and_note_has_words(shop: Workshop) -> None:
    """What a verdict says is asked in test_technician_verdicts.py."""
    codes = set(re.findall(r'(?:\.end\(|note = )"([a-z_.]+)"', SOURCES)) | SAID.keys() - {"baik"}
    assert len(codes) > 12
    assert [code for code in codes if wording.said(shop.parts, code) == code] == []
