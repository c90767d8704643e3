"""The units hold what the design promises, and systemd itself finds nothing to say."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.carrier.moving_out import NOTE
from kiosk.errands import FOLDER, Verb
from tests.small_disk import needs_root

TOP = Path(__file__).parents[3]
SYSTEMD = TOP / "systemd"
STAY = sorted(SYSTEMD / f"kios-{name}.service" for name in ("ui", "courier"))  # they run for ever
ERRANDS = sorted(
    SYSTEMD / f"kios-{name}.service" for name in ("carrier", "move")
)  # they end; something starts them again
KEYED = [*STAY, SYSTEMD / "kios-carrier.service"]
UNITS = sorted(SYSTEMD.glob("*.service"))
PATHS = sorted(SYSTEMD.glob("*.path"))
RULE = SYSTEMD / "71-kios-stick.rules"


def directives(unit: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in unit.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def copied(unit: Path, folder: Path) -> Path:
    """The unit with the paths of this checkout in place of /opt/kios: verify looks for the program. A template as one of its
    instances."""
    copy = folder / unit.name.replace("@", "@sdb1")
    copy.write_text(unit.read_text().replace("/opt/kios", str(TOP)))
    return copy


@pytest.mark.parametrize("unit", [*UNITS, *PATHS], ids=lambda unit: unit.name)
def test_systemd_analyze_finds_nothing(unit: Path, tmp_path: Path) -> None:
    started = [unit.with_suffix(".service")] if unit.suffix == ".path" else []
    copies = [copied(path, tmp_path) for path in [unit, *started, *SYSTEMD.glob("*.target")]]
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, copies)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_the_verifier_notices_a_typing_error(tmp_path: Path) -> None:
    broken = copied(STAY[0], tmp_path)
    broken.write_text(broken.read_text().replace("WatchdogSec=", "WatchdogSecond="))
    run = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(broken)], capture_output=True, text=True, check=False
    )
    assert "WatchdogSecond" in run.stderr


@pytest.mark.parametrize("unit", STAY, ids=lambda unit: unit.name)
def test_a_hung_process_is_noticed_and_comes_back(unit: Path) -> None:
    lines = directives(unit)
    assert lines["Type"] == ["notify"]
    assert int(lines["WatchdogSec"][0]) > 0
    assert lines["Restart"] == ["always"]
    assert lines["StartLimitIntervalSec"] == ["0"]  # never gives up


def test_the_screen_has_no_network_but_loopback() -> None:
    lines = directives(SYSTEMD / "kios-ui.service")
    assert (lines["IPAddressDeny"], lines["IPAddressAllow"]) == (["any"], ["localhost"])


def test_the_courier_has_no_devices() -> None:
    assert directives(SYSTEMD / "kios-courier.service")["PrivateDevices"] == ["yes"]


def test_they_run_as_two_users_and_only_the_courier_holds_the_device_key() -> None:
    screen, courier = (directives(SYSTEMD / f"kios-{name}.service") for name in ("ui", "courier"))
    assert screen["User"] != courier["User"]
    assert screen["Group"] == courier["Group"]
    assert not [value for value in screen["LoadCredentialEncrypted"] if value.startswith("device_key")]
    users = (TOP / "systemd/kios.sysusers.conf").read_text()
    assert all(user[0] in users for user in (screen["User"], courier["User"]))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_crash_leaves_no_memory_image(unit: Path) -> None:
    assert directives(unit)["LimitCORE"] == ["0"]


@pytest.mark.parametrize("unit", KEYED, ids=lambda unit: unit.name)
def test_nothing_of_it_reaches_the_swap_or_a_tmp_that_others_read(unit: Path) -> None:
    """That a kernel keeps to it: tests/journeys/test_residue_swap.py."""
    lines = directives(unit)
    assert lines["MemorySwapMax"] == ["0"]
    assert lines["PrivateTmp"] == ["yes"]


def test_what_the_screen_writes_for_a_moment_lies_in_memory() -> None:
    lines = directives(SYSTEMD / "kios-ui.service")
    assert "TMPDIR=/run/kios-ui" in lines["Environment"][0].split()
    assert lines["RuntimeDirectory"] == ["kios-ui"]


@pytest.mark.parametrize("unit", KEYED, ids=lambda unit: unit.name)
def test_who_was_not_told_how_keys_are_kept_takes_them_for_weaker(unit: Path) -> None:
    lines = directives(unit)
    assert "key_storage:/etc/kios/key_storage" in lines["LoadCredential"]
    assert lines["SetCredential"] == ["key_storage:host"]


# --- errands and sticks -------------------------------------------------------------------------------------------------------


def test_every_request_of_the_screen_starts_somebody_and_so_does_one_that_broke_off() -> None:
    asked = [name for path in PATHS for name in directives(path)["PathExists"]]
    for verb in Verb:
        for state in ("request", "taken"):
            assert f"/var/lib/kios/{FOLDER}/{verb}.{state}" in asked
    assert f"/etc/kios/{NOTE}" in asked
    folders = (SYSTEMD / "kios.tmpfiles.conf").read_text()
    assert f"d /var/lib/kios/{FOLDER} 2770 root kios -" in folders


@pytest.mark.parametrize("unit", ERRANDS, ids=lambda unit: unit.name)
def test_one_that_dies_at_once_spins_no_processor_and_is_never_given_up(unit: Path) -> None:
    """Its request is still there, so systemd starts it again as soon as it has ended."""
    lines = directives(unit)
    assert lines["Type"] == ["oneshot"]
    assert lines["StartLimitIntervalSec"] == ["0"]
    assert lines["ExecStopPost"][-1] == "-/bin/sleep 1"


def test_the_carrier_is_the_courier_without_devices_and_a_stick_is_writable_only_while_it_runs() -> None:
    lines, courier = (directives(SYSTEMD / f"kios-{name}.service") for name in ("carrier", "courier"))
    for same in ("User", "Group", "PrivateDevices", "NoNewPrivileges", "ProtectSystem", "CapabilityBoundingSet"):
        assert lines[same] == courier[same]
    assert lines["ExecStartPre"] == ["-+/opt/kios/provisioning/stick.sh writable"]
    assert lines["ExecStopPost"][0] == "-+/opt/kios/provisioning/stick.sh readonly"


def test_only_the_move_runs_as_root_and_reaches_what_it_must_wipe() -> None:
    lines = directives(SYSTEMD / "kios-move.service")
    assert "User" not in lines
    assert lines["ReadWritePaths"][0].split()[:2] == ["/etc/kios", "/var/lib/kios"]
    assert "--credentials /etc/kios" in lines["ExecStart"][0]


def test_a_stick_is_mounted_where_everybody_sees_it() -> None:
    """Whatever gives a unit a mount namespace of its own would hide the stick from the others."""
    own = {"PrivateTmp", "PrivateDevices", "PrivateMounts", "ProtectSystem", "ProtectHome", "ReadWritePaths", "ProtectProc",
           "ProtectKernelTunables", "ProtectKernelModules", "ProtectControlGroups", "ProtectKernelLogs"}  # fmt: skip
    assert not own & set(directives(SYSTEMD / "kios-stick@.service"))


# --- the steps themselves: udev's word, and a real file system ------------------------------------------------------------------

PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"


def judged_by_udev(tmp_path: Path, **facts: str) -> str:
    """What systemd's udev makes of a disk with these facts, in a mount space of its own, and without what it remembers."""
    (tmp_path / "10-facts.rules").write_text(
        ", ".join(f'ENV{{{name}}}="{value}"' for name, value in facts.items()) + "\n"
    )
    shutil.copy(RULE, tmp_path)
    disk = next(iter(sorted(Path("/sys/class/block").iterdir())))
    see = (
        f"mkdir -p /run/udev && mount -t tmpfs tmpfs /run/udev && mount --bind {tmp_path} /etc/udev/rules.d"
        f" && exec udevadm test --action=add {disk}"
    )
    run = subprocess.run(
        ["unshare", "-m", "sh", "-c", see], env={"PATH": PATH}, capture_output=True, text=True, check=True
    )
    return run.stdout.replace(disk.name, "DISK")


@needs_root
def test_udev_starts_the_mount_of_a_stick_with_a_file_system_and_of_nothing_else(tmp_path: Path) -> None:
    wanted = "SYSTEMD_WANTS=kios-stick@DISK.service"
    assert wanted in judged_by_udev(tmp_path, ID_BUS="usb", ID_FS_USAGE="filesystem")
    assert wanted not in judged_by_udev(tmp_path, ID_BUS="ata", ID_FS_USAGE="filesystem")
    assert wanted not in judged_by_udev(tmp_path, ID_BUS="usb", ID_FS_USAGE="crypto")


def stick_sh(home: Path, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(TOP / "provisioning/stick.sh"), *words], capture_output=True, text=True, check=check,
        env={"KIOS_STICKS": str(home), "PATH": PATH},
    )  # fmt: skip


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[str]:
    """The kernel's name of a small disk with a file system."""
    image = tmp_path / "stick.img"
    image.write_bytes(b"")
    os.truncate(image, 4 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True, env={"PATH": PATH})
    made = subprocess.run(
        ["losetup", "-f", "--show", str(image)], capture_output=True, text=True, check=False, env={"PATH": PATH}
    )
    if made.returncode != 0:
        pytest.skip(f"no loop devices here: {made.stderr.strip()}")
    yield made.stdout.strip().removeprefix("/dev/")
    subprocess.run(["losetup", "-d", made.stdout.strip()], check=True, env={"PATH": PATH})


def mounted_at(place: Path) -> str:
    run = subprocess.run(["findmnt", "-n", "-o", "OPTIONS", str(place)], capture_output=True, text=True, check=False)
    return run.stdout.strip()


@needs_root
def test_a_stick_is_read_only_but_while_an_errand_runs_and_nothing_on_it_can_be_run(tmp_path: Path, disk: str) -> None:
    home = tmp_path / "kios"
    stick_sh(home, "mount", disk)
    assert mounted_at(home / disk).startswith("ro,nosuid,nodev,noexec")
    stick_sh(home, "mount", disk)  # plugged twice, told twice: one mount
    stick_sh(home, "writable")
    assert mounted_at(home / disk).startswith("rw,nosuid,nodev,noexec")
    stick_sh(home, "readonly")
    assert mounted_at(home / disk).startswith("ro,nosuid,nodev,noexec")
    stick_sh(home, "unmount", disk)
    assert not (home / disk).exists()
    stick_sh(home, "writable")  # no stick is no mistake


def test_a_fat_stick_belongs_to_the_carrier_and_what_no_kiosk_reads_is_refused(tmp_path: Path) -> None:
    options = stick_sh(tmp_path, "options", "vfat").stdout.strip().split(",")
    assert {"nosuid", "nodev", "noexec", "ro", "uid=kios-courier", "gid=kios", "flush"} <= set(options)
    assert stick_sh(tmp_path, "options", "exfat").stdout.startswith("nosuid,nodev,noexec,ro,uid=kios-courier")
    assert stick_sh(tmp_path, "options", "iso9660", check=False).returncode != 0
    assert stick_sh(tmp_path, "eject", check=False).returncode == 2
