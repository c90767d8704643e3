"""The units hold what the design promises, and systemd itself finds nothing to say."""

import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
UNITS = sorted((TOP / "systemd").glob("*.service"))


def directives(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def copied(unit: Path, folder: Path) -> Path:
    """The unit with the paths of this checkout in place of /opt/kios: verify looks for the program."""
    copy = folder / unit.name
    copy.write_text(unit.read_text().replace("/opt/kios", str(TOP)))
    return copy


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_analyze_finds_nothing(unit: Path, tmp_path: Path) -> None:
    copies = [copied(path, tmp_path) for path in [unit, *(TOP / "systemd").glob("*.target")]]
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, copies)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_the_verifier_notices_a_typing_error(tmp_path: Path) -> None:
    broken = copied(UNITS[0], tmp_path)
    broken.write_text(broken.read_text().replace("WatchdogSec=", "WatchdogSecond="))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(broken)], capture_output=True, text=True, check=False
    )
    assert "WatchdogSecond" in run.stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_hung_process_is_noticed_and_comes_back(unit: Path) -> None:
    lines = directives(unit)
    assert lines["Type"] == ["notify"]
    assert int(lines["WatchdogSec"][0]) > 0
    assert lines["Restart"] == ["always"]
    assert lines["StartLimitIntervalSec"] == ["0"]  # never gives up


def test_the_screen_has_no_network_but_loopback() -> None:
    lines = directives(TOP / "systemd/kios-ui.service")
    assert (lines["IPAddressDeny"], lines["IPAddressAllow"]) == (["any"], ["localhost"])


def test_the_courier_has_no_devices() -> None:
    assert directives(TOP / "systemd/kios-courier.service")["PrivateDevices"] == ["yes"]


def test_they_run_as_two_users_and_only_the_courier_holds_the_device_key() -> None:
    screen, courier = (directives(TOP / f"systemd/kios-{name}.service") for name in ("ui", "courier"))
    assert screen["User"] != courier["User"]
    assert screen["Group"] == courier["Group"]
    assert not [value for value in screen["LoadCredentialEncrypted"] if value.startswith("device_key")]
    users = (TOP / "systemd/kios.sysusers.conf").read_text()
    assert all(user[0] in users for user in (screen["User"], courier["User"]))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_crash_leaves_no_memory_image(unit: Path) -> None:
    assert directives(unit)["LimitCORE"] == ["0"]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_who_was_not_told_how_keys_are_kept_takes_them_for_weaker(unit: Path) -> None:
    lines = directives(unit)
    assert "key_storage:/etc/kios/key_storage" in lines["LoadCredential"]
    assert lines["SetCredential"] == ["key_storage:host"]
