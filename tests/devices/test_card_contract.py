"""One contract for the card reader's twin and for the driver before the real pcscd: a card is there, or not, or unknown."""

import logging
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.card import CardState, Presence, connect, winscard
from kiosk.hardware.card.polled import PATIENCE_S, PolledCardReader
from kiosk.hardware.card.simulated import SimulatedCardReader
from kiosk.hardware.health import READY, Condition, Health
from tests.devices.card_bench import (
    ASK_ATR,
    POWER_OFF,
    POWER_ON,
    RESET,
    Bench,
    PcscBench,
    Pcscd,
    TwinBench,
    card_service,
    two_ports,
)
from tests.devices.simulators import until

# what a client may ask without touching a card
HARMLESS = {
    "CMD_VERSION", "ESTABLISH_CONTEXT", "RELEASE_CONTEXT", "CMD_GET_READERS_STATE", "CMD_WAIT_READER_STATE_CHANGE",
    "CMD_STOP_WAITING_READER_STATE_CHANGE", "LIST_READERS",
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    with card_service(tmp_path_factory.mktemp("pcscd")) as running:
        yield running


@pytest.fixture
def pcsc(service: Pcscd) -> Iterator[PcscBench]:
    made = PcscBench(service)
    yield made
    made.close()


@pytest.fixture(params=["twin", pytest.param("pcsc", marks=pytest.mark.devices)])
def bench(request: pytest.FixtureRequest) -> Bench:
    if request.param == "twin":
        return TwinBench()
    made: Bench = request.getfixturevalue("pcsc")
    return made


def becomes(bench: Bench, presence: Presence, code: str = "") -> None:
    """The daemon looks 2.5 times a second."""
    until(lambda: told(bench.reader.state()) == (presence, code), what=f"{presence} {code}")


def told(state: CardState) -> tuple[Presence, str]:
    return state.presence, state.health.code


def test_a_card_is_laid_down_and_taken_away(bench: Bench) -> None:
    assert bench.reader.state() == CardState(Presence.ABSENT, READY)
    bench.lay_card()
    becomes(bench, Presence.PRESENT)
    assert bench.reader.state().health == READY
    bench.take_card()
    becomes(bench, Presence.ABSENT)
    bench.lay_card()
    becomes(bench, Presence.PRESENT)


def test_a_card_upside_down_is_there_and_needs_turning(bench: Bench) -> None:
    bench.lay_card_upside_down()
    becomes(bench, Presence.PRESENT, "card.mute")
    assert bench.reader.state().health.condition is Condition.ATTENTION
    bench.lay_card()
    becomes(bench, Presence.PRESENT)


def test_a_reader_that_is_unplugged_under_a_card_makes_it_unknown_and_comes_back_by_itself(bench: Bench) -> None:
    bench.lay_card()
    becomes(bench, Presence.PRESENT)
    bench.unplug()
    becomes(bench, Presence.UNKNOWN, "card.absent")
    assert bench.reader.state().health.condition is Condition.ABSENT
    bench.take_card()
    bench.plug_in()
    becomes(bench, Presence.ABSENT)


def test_a_daemon_that_is_killed_makes_the_card_unknown_and_is_found_again(bench: Bench) -> None:
    bench.lay_card()
    becomes(bench, Presence.PRESENT)
    bench.stop_service()
    becomes(bench, Presence.UNKNOWN, "card.service_down")
    assert bench.reader.state().health.condition is Condition.FAULT
    bench.take_card()
    bench.start_service()
    becomes(bench, Presence.ABSENT)
    bench.lay_card()
    becomes(bench, Presence.PRESENT)


def test_when_somebody_s_card_came_and_went_stands_in_no_log(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.reader.state()
    with caplog.at_level(logging.DEBUG):
        bench.lay_card()
        becomes(bench, Presence.PRESENT)
        bench.take_card()
        becomes(bench, Presence.ABSENT)
    assert [record for record in caplog.records if record.name.startswith("kiosk.hardware.card")] == []


def test_its_repr_says_nothing_of_a_card(bench: Bench) -> None:
    before = repr(bench.reader)
    bench.lay_card()
    becomes(bench, Presence.PRESENT)
    assert repr(bench.reader) == before


def test_closing_twice_harms_nobody(bench: Bench) -> None:
    bench.reader.close()
    bench.reader.close()


@pytest.mark.devices
def test_no_client_of_ours_ever_speaks_to_the_chip(pcsc: PcscBench) -> None:
    """Told by the daemon and by the card: it powers a card to see that it is one, and that is all that happens to it."""
    pcsc.lay_card()
    becomes(pcsc, Presence.PRESENT)
    for _ in range(20):
        pcsc.reader.state()
    pcsc.take_card()
    assert pcsc.heard
    assert set(pcsc.heard) <= {POWER_OFF, POWER_ON, RESET, ASK_ATR}
    assert "CMD_GET_READERS_STATE" in pcsc.service.commands
    assert pcsc.service.commands <= HARMLESS


@pytest.mark.devices
def test_a_daemon_that_hangs_does_not_hold_up_the_screen(pcsc: PcscBench) -> None:
    clock = ManualClock()
    polled = PolledCardReader(pcsc.reader, clock=clock)
    until(lambda: told(polled.state()) == (Presence.ABSENT, ""), what="the first answer")
    pcsc.service.signal(signal.SIGSTOP)
    try:
        until(lambda: _hangs(polled, clock), what="the daemon's silence")
        assert polled.state().health.condition is Condition.FAULT
    finally:
        pcsc.service.signal(signal.SIGCONT)
    until(lambda: told(polled.state()) == (Presence.ABSENT, ""), what="the daemon's waking")
    polled.close()


def _hangs(polled: PolledCardReader, clock: ManualClock) -> bool:
    """Time passes; a question that was on its way when the daemon froze still answers once."""
    clock.advance(PATIENCE_S + 1)
    return told(polled.state()) == (Presence.UNKNOWN, "card.service_down")


@pytest.mark.devices
def test_a_reader_that_goes_between_two_questions_is_no_reader(
    pcsc: PcscBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stood in the list; when its state was asked, the daemon knew it no more."""
    monkeypatch.setattr(winscard, "_names", lambda *_: [b"Pembaca Contoh Lama 00 00"])
    assert told(pcsc.reader.state()) == (Presence.UNKNOWN, "card.absent")


@pytest.mark.devices
def test_another_reader_s_card_is_not_ours(pcsc: PcscBench) -> None:
    pcsc.lay_card()
    becomes(pcsc, Presence.PRESENT)
    other = connect("pcsc:?reader=ACR122").state()
    assert told(other) == (Presence.UNKNOWN, "card.absent")
    assert connect("pcsc:").state() == CardState(Presence.PRESENT, READY)


def test_before_the_first_answer_nobody_knows() -> None:
    class Slow(SimulatedCardReader):
        asked = Event()

        def state(self) -> CardState:
            self.asked.wait(20)
            return super().state()

    polled = PolledCardReader(Slow(), clock=ManualClock())
    assert told(polled.state()) == (Presence.UNKNOWN, "")
    assert polled.state().health.condition is Condition.BUSY
    Slow.asked.set()
    until(lambda: polled.state() == CardState(Presence.ABSENT, READY), what="the first answer")
    assert repr(polled) == "<PolledCardReader <SimulatedCardReader ready>>"
    polled.close()


def test_a_kiosk_without_a_reader_has_no_fault() -> None:
    reader = connect("none:")
    assert reader.state() == CardState(Presence.UNKNOWN, Health(Condition.ABSENT, evidence="not fitted"))
    reader.close()


def test_the_neighbour_of_a_free_port_may_be_taken_and_then_others_are_found() -> None:
    """A connection elsewhere had the reader's second port: pcscd found no reader, eleven tests waited in vain."""
    first = two_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 1))
        assert two_ports() not in (first, first + 1)
    assert first < int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]) - 1
