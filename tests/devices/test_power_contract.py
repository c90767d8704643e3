"""One contract for the twin of battery and mains, for the NUT driver before the real upsd, and for the kernel's files."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from adminduk.clock import ManualClock, SystemClock
from kiosk.hardware.health import READY, Condition
from kiosk.hardware.power import Mains, connect
from kiosk.hardware.power.watch import BACK_FOR_S, DEAD_AFTER_S, LOST_FOR_S, SILENT_FOR_S, UNSURE_FOR_S
from tests.devices.power_bench import START, Bench, NutBench, SysfsBench, TwinBench, Ups, ups_simulator
from tests.devices.simulators import free_port, until


@pytest.fixture(scope="module")
def ups(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ups]:
    with ups_simulator(tmp_path_factory.mktemp("nut")) as running:
        yield running


@pytest.fixture(params=["twin", "sysfs"])
def quick(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """For what the watch does and no driver can change; the simulated UPS takes a second for every order."""
    return TwinBench() if request.param == "twin" else SysfsBench(tmp_path)


@pytest.fixture(params=["twin", "sysfs", pytest.param("nut", marks=pytest.mark.devices)])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    if request.param == "twin":
        yield TwinBench()
    elif request.param == "sysfs":
        yield SysfsBench(tmp_path)
    else:
        simulator: Ups = request.getfixturevalue("ups")
        yield NutBench(simulator)
        simulator.recover()


def code(bench: Bench) -> str:
    return bench.power.state().health.code


def lose_mains(bench: Bench) -> None:
    """And wait until it counts."""
    bench.power.state()
    bench.cut_mains()
    bench.power.state()
    bench.clock.advance(LOST_FOR_S)
    assert code(bench) == "power.on_battery"


def test_with_mains_all_is_ready(bench: Bench) -> None:
    state = bench.power.state()
    assert (state.mains, state.battery_percent, state.health.condition) == (Mains.YES, 100, Condition.READY)


def test_mains_gone_means_finish_this_visit_and_take_no_new_one(bench: Bench) -> None:
    lose_mains(bench)
    state = bench.power.state()
    assert (state.mains, state.health.condition) == (Mains.NO, Condition.ATTENTION)
    assert state.health.usable


def test_a_dip_of_a_second_sends_nobody_away(quick: Bench) -> None:
    quick.power.state()
    quick.cut_mains()
    assert code(quick) == ""
    quick.clock.advance(1)
    quick.restore_mains()
    assert code(quick) == ""
    quick.clock.advance(LOST_FOR_S)
    assert code(quick) == ""


def test_two_dips_do_not_add_up(quick: Bench) -> None:
    quick.power.state()
    for _ in range(2):
        quick.cut_mains()
        assert code(quick) == ""
        quick.clock.advance(LOST_FOR_S - 1)
        quick.restore_mains()
        assert code(quick) == ""


def test_mains_that_flap_back_open_no_visit_until_they_stay(quick: Bench) -> None:
    lose_mains(quick)
    quick.restore_mains()
    assert code(quick) == "power.on_battery"
    quick.clock.advance(BACK_FOR_S)
    assert quick.power.state().mains is Mains.YES
    assert code(quick) == ""


def test_a_battery_at_its_end_means_save_and_stop_now(bench: Bench) -> None:
    lose_mains(bench)
    bench.drain_to(8, minutes=4)
    state = bench.power.state()
    assert (state.battery_percent, state.minutes_left) == (8, 4)
    assert (state.health.condition, state.health.code) == (Condition.FAULT, "power.low")


def test_few_minutes_left_are_low_however_full_it_claims_to_be(quick: Bench) -> None:
    lose_mains(quick)
    quick.drain_to(60, minutes=3)
    assert code(quick) == "power.low"


def test_an_empty_battery_at_mains_stops_nobody(quick: Bench) -> None:
    quick.drain_to(8, minutes=2)
    assert code(quick) == ""


def test_a_cut_with_an_empty_battery_waits_for_no_grace(quick: Bench) -> None:
    quick.drain_to(8, minutes=2)
    quick.power.state()
    quick.cut_mains()
    assert (quick.power.state().mains, code(quick)) == (Mains.NO, "power.low")


def test_a_worn_battery_is_told_while_mains_are_there(bench: Bench) -> None:
    bench.wear_out()
    state = bench.power.state()
    assert (state.health.condition, state.health.code) == (Condition.ATTENTION, "power.replace_battery")


def test_a_supply_that_does_not_know_is_neither_yes_nor_no(bench: Bench) -> None:
    bench.power.state()
    bench.lose_track()
    bench.power.state()
    bench.clock.advance(UNSURE_FOR_S)
    state = bench.power.state()
    assert (state.mains, state.health.condition) == (Mains.UNKNOWN, Condition.UNKNOWN)
    assert state.health.code == "power.unknown"


def test_silence_counts_after_a_while_and_ends_by_itself(bench: Bench) -> None:
    assert code(bench) == ""
    bench.fall_silent()
    assert code(bench) == ""
    bench.clock.advance(SILENT_FOR_S)
    state = bench.power.state()
    assert (state.mains, state.battery_percent, state.minutes_left) == (Mains.UNKNOWN, None, None)
    assert (state.health.condition, state.health.code) == (Condition.UNKNOWN, "power.silent")
    bench.speak_again()
    until(lambda: bench.power.state().health == READY, what="the supply")


def test_silence_on_battery_is_taken_for_its_end(quick: Bench) -> None:
    lose_mains(quick)
    quick.fall_silent()
    quick.clock.advance(SILENT_FOR_S)
    assert code(quick) == "power.on_battery"
    quick.clock.advance(DEAD_AFTER_S - SILENT_FOR_S)
    assert code(quick) == "power.low"
    quick.speak_again()


def test_a_kiosk_that_starts_on_battery_is_on_battery(quick: Bench) -> None:
    quick.cut_mains()
    assert code(quick) == "power.on_battery"


def test_a_data_cable_that_dies_with_its_socket_is_taken_for_a_cut(quick: Bench) -> None:
    quick.power.state()
    quick.cut_mains()
    assert code(quick) == ""
    quick.fall_silent()
    quick.clock.advance(SILENT_FOR_S)
    assert code(quick) == "power.on_battery"
    quick.clock.advance(DEAD_AFTER_S)
    assert (quick.power.state().mains, code(quick)) == (Mains.NO, "power.low")


def test_changes_are_logged_once(quick: Bench, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        quick.power.state()
        quick.drain_to(99, minutes=30)
        quick.power.state()
        lose_mains(quick)
        quick.drain_to(98, minutes=29)
        quick.power.state()
    assert [record.getMessage().split()[2] for record in caplog.records] == ["code=", "code=power.on_battery"]


def test_closing_twice_is_harmless(bench: Bench) -> None:
    bench.power.close()
    bench.power.close()
    assert bench.power.state().health == READY
    assert repr(bench.power)


# --- what only a UPS can do -------------------------------------------------------------------------------------------


@pytest.mark.devices
def test_the_ups_says_itself_that_its_battery_is_low(ups: Ups) -> None:
    ups.say({**START, "ups.status": "OB DISCHRG LB"})
    state = connect(ups.url, clock=ManualClock()).state()
    assert (state.health.code, state.minutes_left) == ("power.low", 40)


@pytest.mark.parametrize(
    ("status", "said"), [("FSD OB LB", "power.low"), ("OL FSD", "power.low"), ("OL CHRG LB", ""), ("OL BOOST", "")]
)
def test_low_is_what_makes_upsmon_switch_off(status: str, said: str) -> None:
    assert heard(f'BEGIN LIST VAR kios\nVAR kios ups.status "{status}"\nEND LIST VAR kios\n'.encode())[0] == said


@pytest.mark.devices
def test_a_ups_that_nobody_knows_is_silent(ups: Ups) -> None:
    health = connect(f"{ups.url}-lain", clock=ManualClock()).state().health
    assert (health.code, health.evidence) == ("power.silent", "ERR UNKNOWN-UPS")


@pytest.mark.devices
def test_an_upsd_that_hangs_costs_two_seconds_at_most(ups: Ups) -> None:
    ups.hang()
    clock = SystemClock()
    begun = clock.monotonic()
    health = connect(ups.url).state().health
    ups.recover()
    assert (health.code, health.evidence) == ("power.silent", "TimeoutError")
    assert clock.monotonic() - begun < 4  # 1.5 s, and a busy machine


@pytest.mark.devices
def test_the_cable_to_the_ups_is_pulled(tmp_path: Path) -> None:
    with ups_simulator(tmp_path) as ups:
        power = connect(ups.url, clock=ManualClock())
        assert power.state().health == READY
        ups.driver.terminate()
        until(lambda: connect(ups.url).state().health.evidence == "ERR DRIVER-NOT-CONNECTED", what="upsd's word")


def test_no_upsd_at_all_is_silence() -> None:
    health = connect(f"nut://127.0.0.1:{free_port()}/kios").state().health
    assert (health.code, health.evidence) == ("power.silent", "ConnectionRefusedError")


@pytest.mark.parametrize(
    ("answer", "evidence"),
    [
        (b"", "ConnectionResetError"),
        (b"BEGIN LIST VAR kios\nVAR kios ups.st", "ConnectionResetError"),
        (b"VAR kios x \"" + b"x" * 70_000, "ENDLESS-ANSWER"),
        (b"ERR DATA-STALE\n", "ERR DATA-STALE"),
        (b"ERR \n", "ERR"),
    ],
)  # fmt: skip
def test_half_an_answer_is_no_answer(answer: bytes, evidence: str) -> None:
    assert heard(answer) == ("power.silent", evidence)


@pytest.mark.parametrize(
    "line", [b'VAR kios ups.status "OL', b"VAR kios", b'VAR kios battery.charge "nan"', b"\xff\xfe"]
)
def test_a_line_that_makes_no_sense_is_passed_over(line: bytes) -> None:
    assert heard(b"BEGIN LIST VAR kios\n" + line + b"\nEND LIST VAR kios\n") == ("power.unknown", "ups.status=-")


def heard(answer: bytes) -> tuple[str, str]:
    """What becomes of an answer that no upsd would give; code and evidence."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(100)
                line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        health = connect(f"nut://127.0.0.1:{server.getsockname()[1]}/kios").state().health
        thread.join(5)
    return health.code, health.evidence


# --- what only the kernel's files can do ------------------------------------------------------------------------------


def test_a_kiosk_without_any_supply_of_its_own_is_silent(tmp_path: Path) -> None:
    (tmp_path / "hidpp_battery_0").mkdir()
    (tmp_path / "hidpp_battery_0" / "scope").write_text("Device\n")
    assert connect(f"sysfs://{tmp_path}").state().health.evidence == "no power supply"


@pytest.mark.parametrize(
    ("status", "mains"),
    [("Discharging", Mains.NO), ("Charging", Mains.YES), ("Not charging", Mains.YES), ("Unknown", Mains.UNKNOWN)],
)
def test_without_an_adapter_the_battery_tells(tmp_path: Path, status: str, mains: Mains) -> None:
    (tmp_path / "BAT0").mkdir()
    for name, content in {"type": "Battery", "status": status, "capacity": "80"}.items():
        (tmp_path / "BAT0" / name).write_text(content)
    assert connect(f"sysfs://{tmp_path}").state().mains is mains


def test_two_batteries_are_one(tmp_path: Path) -> None:
    bench = SysfsBench(tmp_path)
    bench.lay("BAT1", type="Battery", status="Not charging", capacity="20", energy_now="10000000", power_now="0")
    lose_mains(bench)
    bench.lay("BAT0", capacity="80", energy_now="20000000", power_now="15000000")
    state = bench.power.state()
    assert (state.battery_percent, state.minutes_left) == (50, 120)


def test_a_battery_that_was_taken_out_does_not_count(tmp_path: Path) -> None:
    bench = SysfsBench(tmp_path)
    bench.lay("BAT1", type="Battery", present="0", status="Unknown", capacity="0", health="Dead")
    assert bench.power.state().battery_percent == 100
    assert code(bench) == ""


@pytest.mark.parametrize("word", ["capacity", "energy_now"])
def test_nonsense_from_a_battery_is_not_known(tmp_path: Path, word: str) -> None:
    bench = SysfsBench(tmp_path)
    lose_mains(bench)
    for nonsense in ("", "nan", "unknown", "999" if word == "capacity" else "9" * 20):
        bench.lay("BAT0", power_now="12000000", **{word: nonsense})
        state = bench.power.state()
        assert (state.battery_percent if word == "capacity" else state.minutes_left) is None


# --- URLs -------------------------------------------------------------------------------------------------------------


def test_a_kiosk_without_a_battery_has_no_fault_and_knows_nothing_of_mains() -> None:
    state = connect("none:").state()
    assert (state.mains, state.battery_percent, state.minutes_left) == (Mains.UNKNOWN, None, None)
    assert (state.health.condition, state.health.code) == (Condition.ABSENT, "")


def test_the_twin_stands_behind_its_url() -> None:
    assert connect("simulated://").state().mains is Mains.YES


@pytest.mark.parametrize("url", ["apc://x", "nut://127.0.0.1/", "nut://127.0.0.1/kios%0aLOGOUT", "nut://127.0.0.1/a b"])
def test_a_url_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        connect(url)
