"""Set-up steps: safe to run twice, honest without root, and a device image gets what the units need."""

import os
import pwd
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[3]
SCRIPTS = sorted((TOP / "provisioning").rglob("*.sh"))


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*arguments], capture_output=True, text=True, check=False, cwd=TOP, env={**os.environ, **environment}
    )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_valid_sh(script: Path) -> None:
    shell = "bash" if "bash" in script.read_text().splitlines()[0] else "sh"
    assert run(shell, "-n", str(script)).returncode == 0


def test_nothing_missing_installs_nothing_and_says_nothing() -> None:
    result = run("sh", "provisioning/system_packages.sh", "run")
    assert (result.returncode, result.stdout) == (0, "")


def test_without_root_the_one_line_is_printed_and_nothing_is_installed(tmp_path: Path) -> None:
    copy = tmp_path / "provisioning"
    (copy / "packages").mkdir(parents=True)
    (copy / "packages" / "x.txt").write_text("kios-package-that-is-nowhere -\n")
    (copy / "system_packages.sh").write_text((TOP / "provisioning/system_packages.sh").read_text())
    for path in (tmp_path, copy, copy / "packages"):
        path.chmod(0o755)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.getuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o011)
    result = subprocess.run(
        ["sh", str(copy / "system_packages.sh"), "x"], capture_output=True, text=True, check=False,
        user=pwd.getpwnam("nobody").pw_uid if os.getuid() == 0 else None, cwd="/",
    )  # fmt: skip
    assert result.returncode == 1
    assert "apt-get install -y --no-install-recommends kios-package-that-is-nowhere" in result.stderr


def test_a_package_that_this_architecture_does_not_have_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "x.txt").write_text("kios-package-that-is-nowhere - vax\n")
    (tmp_path / "system_packages.sh").write_text((TOP / "provisioning/system_packages.sh").read_text())
    result = run("sh", str(tmp_path / "system_packages.sh"), "x")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_environment_is_not_built_twice() -> None:
    assert run("sh", "provisioning/environment.sh", "run").stdout == ""


def test_the_assets_are_not_built_twice() -> None:
    run(str(TOP / ".venv/bin/python"), "provisioning/assets/build.py")
    assert run(str(TOP / ".venv/bin/python"), "provisioning/assets/build.py").stdout == ""


@pytest.mark.skipif(os.getuid() != 0, reason="installing into an image needs root")
def test_a_device_image_gets_units_users_and_closed_folders_however_often(tmp_path: Path) -> None:
    for name in ("etc", "var/lib", "usr/lib"):
        (tmp_path / name).mkdir(parents=True)
    for _ in range(2):
        result = run("sh", "provisioning/device.sh", "--root", str(tmp_path))
        assert result.returncode == 0, result.stderr
    assert (tmp_path / "usr/lib/systemd/system/kios-ui.service").exists()
    users = (tmp_path / "etc/passwd").read_text()
    assert users.count("kios-ui:") == 1
    assert users.count("kios-courier:") == 1
    assert (tmp_path / "var/lib/kios/vault").stat().st_mode & 0o7777 == 0o2770
    for name in ("suspend", "hibernate"):  # a memory that is written to the swap is somebody's
        assert (tmp_path / f"etc/systemd/system/{name}.target").readlink() == Path("/dev/null")


def test_no_file_of_ours_names_the_host_of_a_package_registry() -> None:
    hosts = ["pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "deb.debian" + ".org"]
    files = run("git", "ls-files", "-z").stdout.split("\0")[:-1]
    guilty = [
        (name, host)
        for name in files
        if (TOP / name).is_file()
        for host in hosts
        if host.encode() in (TOP / name).read_bytes()
    ]
    assert guilty == []


def test_make_help_prints_itself() -> None:
    shown = run("make", "help").stdout
    for target in ("run", "test", "help", "screens", "nightly"):
        assert f"make {target} " in shown
