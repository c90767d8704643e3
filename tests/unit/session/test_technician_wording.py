"""Tests, numbers and moments as a technician reads them; and what happens when nothing can be written any more."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.hardware.health import Condition, Outcome
from kiosk.session.technician import mat, overview, printing, report, wording
from kiosk.session.technician.bench import Page
from kiosk.session.technician.overview import span
from kiosk.session.technician.wording import Measured
from kiosk.store import Diagnostic, PrintKind, StoreError
from tests.unit.session.workshop import Workshop

ONE = Diagnostic(
    id=1, at="2026-11-21T03:00:00.000000Z", clock_trusted=True, device="paper", kind="print", passed=True, code="",
    numbers={}, staff_id="P-0007",
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    made = Workshop(tmp_path)
    yield made
    made.parts.store.close()


@pytest.mark.parametrize(
    ("device", "numbers", "shown"),
    [
        ("paper", {"moved_mm": 0.0934}, Measured(caption="Geser tanda terjauh", value="0,0934 mm", limit="paling banyak 3 mm")),
        ("scanner", {"moved_mm": 5.1}, Measured(caption="Geser tanda terjauh", value="5,1 mm", limit="paling banyak 6 mm")),
        ("paper", {"scale": [0.9804, 1.0]}, Measured(caption="Ukuran mendatar, tegak", value="98,0 × 100,0 %", limit="100 % ± 1,5 %")),
        ("paper", {"line": 0.131}, Measured(caption="Garis terkuat", value="13,1 %", limit="paling banyak 12 %")),
        ("power", {"battery_percent": 97}, Measured(caption="Baterai", value="97 %")),
        ("power", {"seconds": 5.2}, Measured(caption="Waktu", value="5,2 detik", limit="paling banyak 30 detik")),
    ],
)  # fmt: skip
def test_a_number_stands_with_a_comma_its_unit_and_its_limit(
    shop: Workshop, device: str, numbers: dict[str, Any], shown: Measured
) -> None:
    assert wording.measured(shop.parts, device, numbers) == (shown,)


def test_numbers_stand_in_one_order_and_what_was_not_measured_is_left_out(shop: Workshop) -> None:
    found = wording.measured(
        shop.parts, "paper", {"black": 0.1, "scale": None, "reasons": ["x"], "moved_mm": 1, "corners": []}
    )
    assert [one.caption for one in found] == ["Geser tanda terjauh", "Hitam"]


def test_a_camera_is_held_to_the_limits_of_photographs_and_a_scanner_to_its_own(shop: Workshop) -> None:
    limits = [wording.measured(shop.parts, device, {"sharpness": 0.3})[0].limit for device in ("camera", "scanner")]
    assert limits[0] != limits[1]
    assert f"{shop.parts.thresholds.least_sharpness:.3g}".replace(".", ",") in limits[0]


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (None, "Belum diuji"), (ONE, "Lulus"), (replace(ONE, passed=False, code="garis"), "Gagal: Ada garis pada bidang abu-abu"),
        (replace(ONE, passed=False, code="newer.code"), "Gagal: newer.code"),
    ],
)  # fmt: skip
def test_how_a_test_went_is_said_in_words(shop: Workshop, test: Diagnostic | None, words: str) -> None:
    assert wording.tested(shop.parts, test) == words


def test_a_device_fault_is_said_as_the_staff_reads_it(shop: Workshop) -> None:
    failed = replace(ONE, passed=False, code="paper.jam")
    assert wording.tested(shop.parts, failed) == f"Gagal: {shop.parts.faults['paper.jam'].staff}"


def test_a_moment_stands_in_the_kabupatens_time_and_doubt_beside_it(shop: Workshop) -> None:
    assert wording.when(shop.parts, None) == ""
    assert wording.when(shop.parts, ONE) == "21 November 2026 10:00 WIB"
    doubted = replace(ONE, clock_trusted=False)
    assert wording.when(shop.parts, doubted) == "21 November 2026 10:00 WIB (jam tidak dipercaya)"
    assert (wording.day(shop.parts, ONE), wording.day(shop.parts, doubted)) == ("21-11-2026", "jam tidak dipercaya")


def test_the_mats_record_is_no_test_of_the_camera(shop: Workshop) -> None:
    shop.parts.store.diagnostics.add(
        mat.DEVICE, mat.KIND, passed=True, staff_id="P-0007", numbers={"corners": [[0, 0]] * 4}
    )
    (record,) = overview.history(shop.parts, "camera", most=3)
    assert (record.what, record.numbers) == ("Sudut alas", "")
    assert next(one for one in overview.rows(shop.parts) if one.role == "camera").test is None


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "baru saja"), (59, "baru saja"), (60, "sudah 1 menit"), (7199, "sudah 1 jam"), (86400 * 3, "sudah 3 hari")]
)  # fmt: skip
def test_a_span_is_the_largest_whole_unit(shop: Workshop, seconds: float, words: str) -> None:
    assert span(shop.parts.toolbox.words, seconds) == words


def test_a_word_that_is_not_there_is_a_mistake_of_ours_and_a_code_without_words_is_shown(shop: Workshop) -> None:
    words = shop.parts.toolbox.words
    with pytest.raises(KeyError):
        words("report", "nothing")
    assert words.named("devices", "turnstile") == "turnstile"


# --- a disk that takes nothing more -----------------------------------------------------------------------------------


@pytest.fixture
def full(shop: Workshop) -> Workshop:
    """The disk takes nothing more: every table's last page is written to its end."""
    store = shop.parts.store
    store.close()
    sa.event.listen(store._engine, "connect", lambda line, _: line.execute("PRAGMA max_page_count = 1"))
    for size in (3000, 100, 0):
        fill(lambda size=size: store.diagnostics.add("old", "old", passed=True, staff_id="", numbers={"x": "x" * size}))
    fill(lambda: store.intend_print(PrintKind.TEST, "x" * 36))
    return shop


def fill(write: Callable[[], object]) -> None:
    with suppress(StoreError):
        for _ in range(900):
            write()


def test_a_test_that_cannot_be_written_down_says_so_and_a_print_without_intent_is_none(full: Workshop) -> None:
    job, result = printing.print_slip(full.parts, printing.target_slip(full.parts, "KIOU1 00"))
    assert (job, result.outcome, full.world.receipt.printed) == (None, Outcome.REFUSED, [])
    full.begin("codes")
    full.say("kode_tak_terbaca")
    assert full.bench.note == "sibuk"
    assert {one.device for one in full.records()} == {"old"}


def test_the_overview_and_the_report_still_stand(full: Workshop) -> None:
    assert len(overview.rows(full.parts)) == 6
    assert not report.made(full.parts, staff_id="P-0007").ready
    full.do(full.bench.show, Page.MAT)
    full.do(full.bench.photograph)
    full.do(full.bench.place, [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)])
    assert full.bench.note == "sibuk"


def test_a_kiosk_whose_clock_is_dead_makes_a_report_that_says_so(shop: Workshop) -> None:
    shop.world.clock.jump(datetime(1970, 1, 2, tzinfo=UTC))
    made = report.made(shop.parts, staff_id="P-0007")
    assert not made.clock_trusted
    assert made.oldest_hours == 0
    assert "19700102T0000-" in report.capsule_of(shop.parts, made)


def test_a_device_that_is_only_low_is_ready_and_is_told(shop: Workshop) -> None:
    shop.world.receipt.run_low()
    low = next(one for one in overview.rows(shop.parts) if one.role == "receipt")
    assert (low.good, low.retried, low.health.condition) == (True, False, Condition.ATTENTION)
    assert low.step == shop.parts.faults["receipt.paper_low"].technician
