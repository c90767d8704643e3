"""The technician's steps for USB devices and for CUPS: enrolled, named, checked; written once however often they run."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.hardware.enrolled import parse
from provisioning.devices import main
from tests.unit.hardware.test_plugged import PLACE, tree

TOP = Path(__file__).parents[3]
CUPSD = shutil.which("cupsd", path="/usr/sbin:/usr/bin")


def kiosk(tmp_path: Path, **ports: str) -> list[str]:
    """An image with these devices plugged, as arguments."""
    (tmp_path / "image").mkdir(exist_ok=True)
    return ["--root", str(tmp_path / "image"), "--sysfs", str(tree(tmp_path, **ports))]


def written(tmp_path: Path, name: str) -> str:
    return (tmp_path / "image" / name).read_text()


def test_what_is_plugged_is_listed_with_what_tells_it_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*kiosk(tmp_path, p1_2="A1", p1_4_3=""), "list"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split() == ["1-2", "04b8:0e15", "serial", "A1", PLACE + "2"]
    assert second.split()[3] == "-"


def test_a_device_is_enrolled_and_the_settings_line_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = kiosk(tmp_path, p1_2="A1", p1_3="B2")
    assert main([*where, "enrol", "struk", "1-2"]) == 0
    assert "usb:04b8:0e15?serial=A1" in capsys.readouterr().out
    assert 'ATTRS{serial}=="A1"' in written(tmp_path, "etc/udev/rules.d/70-kios-devices.rules")
    assert main([*where, "check"]) == 0


def test_enrolling_again_replaces_and_other_roles_stay(tmp_path: Path) -> None:
    where = kiosk(tmp_path, p1_2="A1", p1_3="B2")
    for role, port in (("struk", "1-2"), ("antrean", "1-3"), ("struk", "1-3")):
        main([*where, "enrol", role, port])
    roles = {one.role: one.wanted.serial for one in parse(written(tmp_path, "etc/kios/devices.toml"))}
    assert roles == {"antrean": "B2", "struk": "B2"}
    main([*where, "forget", "antrean"])
    assert "antrean" not in written(tmp_path, "etc/udev/rules.d/70-kios-devices.rules")


def test_the_check_names_the_cable_that_was_moved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = kiosk(tmp_path, p1_2="0", p1_3="0")
    main([*where, "enrol", "struk", "1-2"])
    (tmp_path / "bus" / "1-2").rename(tmp_path / "bus" / "1-7")
    (tmp_path / "bus" / "1-3").unlink()
    capsys.readouterr()
    assert main([*where, "check"]) == 1
    assert capsys.readouterr().out == f"struk: moved enrolled at {PLACE}2, found at 1-7\n"


def test_an_empty_port_enrols_nothing(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="nothing is plugged at 1-9"):
        main([*kiosk(tmp_path, p1_2="A1"), "enrol", "struk", "1-9"])
    assert not (tmp_path / "image/etc").exists()


def install(image: Path) -> subprocess.CompletedProcess[str]:
    step = str(TOP / "provisioning/cups/install.sh")
    return subprocess.run(["sh", step, str(image)], capture_output=True, text=True, check=True)


def test_cups_keeps_its_spool_in_memory_and_knows_our_policy_once(tmp_path: Path) -> None:
    """Debian's own file, with our block behind it; CUPS itself reads the result."""
    conf = tmp_path / "etc/cups/cupsd.conf"
    conf.parent.mkdir(parents=True)
    conf.write_text(Path("/usr/share/cups/cupsd.conf.default").read_text())
    for _ in range(2):
        install(tmp_path)
    assert conf.read_text().count("<Policy kios>") == 1
    spool = (tmp_path / "etc/systemd/system/cups.service.d/kios.conf").read_text()
    assert "TemporaryFileSystem=/var/spool/cups" in spool
    assert CUPSD is not None
    read = subprocess.run([CUPSD, "-t", "-c", str(conf)], capture_output=True, text=True, check=False)
    assert "is OK" in read.stdout + read.stderr


def test_an_image_without_cups_is_told_and_gets_the_spools_rule(tmp_path: Path) -> None:
    assert "run this again" in install(tmp_path).stderr
    assert (tmp_path / "etc/systemd/system/cups.service.d/kios.conf").exists()
