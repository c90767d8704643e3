"""The command line: set up, configure, and clear complaints."""

import json
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.settings import load

PUBLIC = {"url": "http://127.0.0.1:8710", "sealing_key": "ab" * 32, "receipt_key": "cd" * 32, "roots": "PEM"}


def answers(folder: Path) -> list[str]:
    (folder / "public.json").write_text(json.dumps(PUBLIC))
    (folder / "enrolment.json").write_text(json.dumps({"kiosk_id": "K-0001", "number": 1, "desa": "3312122001"}))
    return [
        "configure", "--dir", str(folder), "--public", str(folder / "public.json"),
        "--enrolment", str(folder / "enrolment.json"), "--desa-name", "Desa Contoh", "--assets", str(folder),
    ]  # fmt: skip


def test_setup_prints_only_the_public_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--dir", str(tmp_path)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["public_key"]
    assert len(bytes.fromhex(printed["public_key"])) == 32


def test_what_the_technician_decides_stands_in_the_settings(tmp_path: Path) -> None:
    words = [
        "--receipt",
        "tcp://127.0.0.1:9100?model=TM-T20II",
        "--panel-size",
        "15.6",
        "1280",
        "800",
        "--shell",
        "none",
    ]
    assert main([*answers(tmp_path), *words]) == 0
    settings = load(tmp_path / "kiosk.toml")
    assert settings.devices.receipt == "tcp://127.0.0.1:9100?model=TM-T20II"
    assert (settings.screen.diagonal_inch, settings.screen.width, settings.screen.shell) == (15.6, 1280, "none")


@pytest.mark.parametrize("command", ["ui", "courier"])
def test_no_settings_is_one_clear_line(tmp_path: Path, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--settings", str(tmp_path / "missing.toml")]) == 2
    assert capsys.readouterr().err.splitlines() == [
        "kiosk: berkas_tidak_ada at the file: run `python -m kiosk setup` first"
    ]


def test_an_answer_that_lacks_a_key_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = answers(tmp_path)
    (tmp_path / "enrolment.json").write_text("{}")
    assert main(words) == 2
    assert "jawaban_pusat_kurang" in capsys.readouterr().err


def test_a_shell_that_does_not_exist_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*answers(tmp_path), "--shell", "lynx"]) == 2
    assert "screen.shell" in capsys.readouterr().err
