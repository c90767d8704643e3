"""The parts put together: what a start settles, what the watchdog tells, what the logs hide."""

import logging
import secrets
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adminduk.clock import SystemClock
from kiosk import appliance, keys, opened, rehearsal
from kiosk.logs import EventFormatter, Masking
from kiosk.notify import notify
from kiosk.settings import Settings
from kiosk.store import PrintState, Submission
from tests.unit.kiosk.setting_up import configured

NIK = "3312120101909901"
TOP = Path(__file__).parents[3]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return configured(tmp_path)


def test_the_screen_is_built_with_its_panel_and_closed_pages(settings: Settings) -> None:
    screen = appliance.build_screen(settings, by_hand=False, on_wiped=lambda: None)
    assert screen.panel is not None
    client = screen.app.test_client()
    host = f"127.0.0.1:{settings.screen.port}"
    assert client.get("/", headers={"Host": host}).status_code == 403
    key = screen.address().split("=", 1)[1]
    assert client.get(f"/masuk?kunci={key}", headers={"Host": host}).status_code == 302
    assert client.get("/", headers={"Host": host}).status_code == 200
    assert screen.app.test_client().get(f"/masuk?kunci={key}", headers={"Host": host}).status_code == 403, "used once"


def test_a_start_after_a_power_cut_settles_prints_and_erases_orphans(settings: Settings) -> None:
    clock = SystemClock()
    store, vault = appliance.open_store(settings, clock), appliance.open_vault(settings)
    appliance.settle_after_crash(store, vault, appliance.open_drafts(settings))  # the start before
    ids = ["01a1fc62-68af-764b-8599-9db65e4023c8", "01a1fc62-68af-764b-8599-9db65e4023c9"]
    for packet_id in ids:
        vault.put(packet_id, b"tersegel")
    submission = Submission(
        id=ids[0], sha256="ab" * 32, size=8, ticket="000178604937", service="AKL",
        sealed_at="2026-11-21T03:00:00.000000Z", clock_trusted=True,
    )  # fmt: skip
    job = store.record_submission(submission)
    store.settle_print(job, PrintState.HANDED_OVER)
    appliance.settle_after_crash(store, vault, appliance.open_drafts(settings))
    assert vault.ids() == {ids[0]}
    assert [printed.state for printed in store.prints_of(ids[0])] == [PrintState.DOUBTFUL]
    assert ("orphan_erased", ids[1]) in [(event, subject) for event, subject, _ in store.events()]
    store.close()


def test_the_panel_is_refused_beside_a_real_device(settings: Settings) -> None:
    screen = appliance.build_screen(settings, by_hand=True, on_wiped=lambda: None)
    from dataclasses import replace

    from kiosk.hardware.receipt import connect

    screen.kiosk.parts = replace(screen.kiosk.parts, receipt=connect("tcp://127.0.0.1:9"))
    with pytest.raises(TypeError):
        rehearsal.twins(screen.kiosk)


def test_how_the_devices_are_is_written_down_when_it_changes(settings: Settings) -> None:
    screen = appliance.build_screen(settings, by_hand=True, on_wiped=lambda: None)
    told: dict[str, str] = {}
    appliance.tell_devices(screen.kiosk, told)
    twins = rehearsal.twins(screen.kiosk)
    twins.receipt.run_out_of_paper()
    appliance.tell_devices(screen.kiosk, told)
    assert screen.kiosk.parts.store.devices()["receipt"] == "receipt.paper_out"
    assert told["paper"] == "ready"


def test_the_address_is_for_this_user_only(settings: Settings) -> None:
    for text in ("satu", "dua"):
        appliance.leave_address(settings, lambda text=text: text)  # type: ignore[misc]  # bound on purpose
    path = appliance.run_folder(settings) / "address"
    assert path.read_text() == "dua"
    assert path.stat().st_mode & 0o777 == 0o600


def test_systemds_runtime_folder_is_used_where_there_is_one(settings: Settings, tmp_path: Path) -> None:
    chosen = appliance.run_folder(settings, {"RUNTIME_DIRECTORY": str(tmp_path / "tmpfs")})
    assert chosen == tmp_path / "tmpfs"
    assert chosen.is_dir()


def test_a_store_with_another_key_is_refused(settings: Settings) -> None:
    from kiosk.store import StoreError

    appliance.open_store(settings, SystemClock()).close()
    (settings.state / "keys" / keys.STORE_KEY).write_bytes(secrets.token_bytes(32))
    with pytest.raises(StoreError):
        appliance.open_store(settings, SystemClock())


def test_the_watchdog_hears_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert notify("READY=1") is False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        assert notify("WATCHDOG=1") is True
        assert systemd.recv(64) == b"WATCHDOG=1"


def test_no_nik_leaves_by_a_log_line_or_a_traceback() -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "answer %s from %s", (NIK, "081200009901"), None)
    assert Masking().filter(record)
    formatter = EventFormatter("%(message)s")
    assert NIK not in formatter.format(record)
    assert "081200009901" not in formatter.format(record)
    try:
        raise ValueError(NIK)
    except ValueError as error:
        shown = formatter.formatException((type(error), error, error.__traceback__))
    assert NIK not in shown
    assert "ValueError" in shown


def test_what_may_hang_is_asked_in_a_thread(settings: Settings) -> None:
    clock = SystemClock()
    real = replace(settings, devices=replace(settings.devices, scanner="sane:pnm", power="sysfs:///nowhere"))
    scanner, power = (
        opened.open_scanner(real, clock, runtime=appliance.run_folder(real)),
        opened.open_power(real, clock),
    )
    assert [type(one).__name__ for one in (scanner, power)] == ["PolledScanner", "PolledPower"]
    scanner.close()
    power.close()
    disk = opened.open_disk(real, clock)
    assert disk.latest().code not in ("disk.full", "disk.read_only")
    disk.close()


def test_a_device_that_is_not_where_it_was_enrolled_is_logged_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    enrolled = tmp_path / "devices.toml"
    enrolled.write_text('[struk]\nvendor = "04b8"\nproduct = "0e15"\nserial = "TIDAK-ADA"\n')
    with caplog.at_level("WARNING"):
        opened.tell_misplaced(enrolled)
        opened.tell_misplaced(tmp_path / "nothing.toml")
    assert [record.getMessage().split(" evidence")[0] for record in caplog.records] == [
        "device_misplaced role=struk miss=absent"
    ]


def test_a_spoilt_store_at_the_start_and_the_waiting_packet_is_not_swept(settings: Settings) -> None:
    clock, packet_id = SystemClock(), "01a1fc62-68af-764b-8599-9db65e4023c8"
    store = appliance.open_store(settings, clock)
    vault, drafts = appliance.open_vault(settings), appliance.open_drafts(settings)
    appliance.settle_after_crash(store, vault, drafts)
    vault.put(packet_id, b"tersegel")
    store.close()
    file = settings.state / "kiosk.db"
    content = bytearray(file.read_bytes())
    content[5000] ^= 1
    file.write_bytes(content)
    mended = appliance.open_or_mend_store(settings, clock)
    appliance.settle_after_crash(mended, vault, drafts)
    assert vault.ids() == mended.packet_ids() == {packet_id}


def test_quiet_hours_go_by_the_kabupatens_clocks(settings: Settings) -> None:
    assert appliance.quiet_hours(settings) is None
    night = appliance.quiet_hours(
        replace(settings, uplink=replace(settings.uplink, quiet_from="22:00", quiet_until="05:00"))
    )
    assert night is not None
    assert night.hold(datetime(2026, 11, 21, 16, 0, tzinfo=UTC))  # 23:00 WIB
    assert not night.hold(datetime(2026, 11, 21, 3, 0, tzinfo=UTC))
