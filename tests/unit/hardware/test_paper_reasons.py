"""IPP reasons to one state, and the device's last word."""

import pytest

from kiosk.hardware.health import PRINTED, Condition, Outcome
from kiosk.hardware.paper.cups_driver import is_last_word
from kiosk.hardware.paper.device import DeviceJob, finished, together
from kiosk.hardware.paper.ipp import IppAddress
from kiosk.hardware.paper.reasons import plain, summarise
from kiosk.hardware.paper.simulated import SimulatedPaperPrinter
from kiosk.hardware.paper.spooler import Spooled


@pytest.mark.parametrize(
    ("reasons", "code"),
    [
        (["none"], ""),
        ([], ""),
        (["media-jam-error"], "paper.jam"),
        (["media-jam"], "paper.jam"),
        (["cover-open-report"], "paper.cover_open"),
        (["door-open"], "paper.cover_open"),
        (["media-empty-warning", "media-needed"], "paper.paper_out"),
        (["toner-empty"], "paper.toner_out"),
        (["marker-supply-low-warning"], "paper.toner_low"),
        (["media-low-report"], "paper.paper_low"),
        (["paused"], "paper.aborted"),
        (["media-low", "media-jam"], "paper.jam"),
        (["toner-low", "media-empty"], "paper.paper_out"),
        (["something-new"], ""),
    ],
)
def test_reasons(reasons: list[str], code: str) -> None:
    assert summarise(reasons).code == code


def test_busy_only_where_nothing_is_wrong() -> None:
    assert summarise([], busy=True).condition is Condition.BUSY
    assert summarise(["media-jam"], busy=True).condition is Condition.FAULT


def test_an_unknown_reason_is_kept_as_evidence() -> None:
    assert "something-new" in summarise(["something-new", "media-low"]).evidence


def test_severities_are_stripped() -> None:
    assert [plain(f"media-jam{end}") for end in ("", "-report", "-warning", "-error")] == ["media-jam"] * 4


@pytest.mark.parametrize(
    ("state", "impressions", "outcome"),
    [
        (9, 1, Outcome.OK),
        (8, 0, Outcome.REFUSED),
        (8, 1, Outcome.DOUBTFUL),
        (7, 0, Outcome.REFUSED),
        (7, 2, Outcome.DOUBTFUL),
        (8, None, Outcome.DOUBTFUL),  # a printer that does not count: silence is not "nothing"
    ],
)
def test_the_devices_last_word(state: int, impressions: int | None, outcome: Outcome) -> None:
    assert finished(DeviceJob(state, impressions)).outcome is outcome


@pytest.mark.parametrize(
    ("jobs", "expected"),
    [
        ([], None),
        ([(9, 1)], DeviceJob(9, 1)),
        ([(7, 0), (9, 1)], DeviceJob(9, 1)),  # cancelled by a CUPS that went down, printed by the one that came up
        ([(9, 1), (3, 0)], DeviceJob(9, 1)),
        ([(7, 1), (5, 0)], DeviceJob(5, 1)),
        ([(7, 0), (8, 0)], DeviceJob(7, 0)),
        ([(7, 0), (8, None)], DeviceJob(7, None)),
    ],
)
def test_a_document_that_was_sent_twice_is_one_document(
    jobs: list[tuple[int, int | None]], expected: DeviceJob | None
) -> None:
    facts = (
        {"job-state": state, **({} if count is None else {"job-impressions-completed": count})} for state, count in jobs
    )
    assert together(facts) == expected


@pytest.mark.parametrize(
    ("job", "spooled", "last"),
    [
        (DeviceJob(9, 1), Spooled.UNKNOWN, True),
        (DeviceJob(5, 0), Spooled.OVER, False),
        (DeviceJob(7, 0), Spooled.OVER, True),
        (DeviceJob(7, 0), Spooled.FORGOTTEN, True),
        (DeviceJob(7, 0), Spooled.BUSY, False),  # CUPS sends it again: nothing was on paper
        (DeviceJob(7, 1), Spooled.BUSY, True),
        (DeviceJob(8, None), Spooled.BUSY, True),
        (DeviceJob(8, 1), Spooled.UNKNOWN, False),  # a CUPS that is away may bring it once more
    ],
)
def test_what_is_a_last_word(job: DeviceJob, spooled: Spooled, last: bool) -> None:
    assert is_last_word(job, spooled) is last


def test_an_address_has_the_standard_port() -> None:
    assert IppAddress.of("ipp://printer/ipp/print") == IppAddress("printer", 631, "/ipp/print")


@pytest.mark.parametrize(
    ("hand", "code"),
    [
        ("unplug", "paper.absent"),
        ("jam", "paper.jam"),
        ("open_cover", "paper.cover_open"),
        ("run_out_of_paper", "paper.paper_out"),
        ("empty_toner", "paper.toner_out"),
    ],
)
def test_the_twin_refuses_what_it_cannot_print(hand: str, code: str) -> None:
    twin = SimulatedPaperPrinter()
    getattr(twin, hand)()
    result = twin.print(b"%PDF", job="d")
    assert (result.outcome, result.code, twin.printed) == (Outcome.REFUSED, code, [])


def test_the_twin_recovers_by_the_same_hands() -> None:
    twin = SimulatedPaperPrinter()
    for breaks, mends in (
        (twin.unplug, twin.plug_in), (twin.jam, twin.clear_jam), (twin.open_cover, twin.close_cover),
        (twin.run_out_of_paper, twin.refill), (twin.empty_toner, twin.change_toner),
    ):  # fmt: skip
        breaks()
        assert twin.state().condition is not Condition.READY
        mends()
        assert twin.print(b"%PDF", job="d") == PRINTED


def test_a_jam_in_the_middle_of_the_twins_job_is_doubtful() -> None:
    twin = SimulatedPaperPrinter()
    twin.jam_during_the_next_job()
    assert twin.print(b"%PDF", job="d").outcome is Outcome.DOUBTFUL
    assert twin.state().code == "paper.jam"


def test_a_lost_answer_is_doubtful_once() -> None:
    twin = SimulatedPaperPrinter()
    twin.lose_the_next_answer()
    assert twin.print(b"%PDF", job="d").code == "paper.timeout"
    assert twin.print(b"%PDF", job="d") == PRINTED
    twin.run_low()
    assert twin.state().code == "paper.paper_low"
