"""systemd hears READY=1 and WATCHDOG=1; elsewhere nobody listens and nothing happens."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.notify import notify


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind(str(tmp_path / "notify"))
        link.settimeout(5)
        yield link


def test_systemd_hears_what_is_said(systemd: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    assert notify("READY=1")
    assert systemd.recv(100) == b"READY=1"


def test_an_abstract_socket_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.bind("\0kios-notify-test")
        link.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", "@kios-notify-test")
        assert notify("WATCHDOG=1")
        assert link.recv(100) == b"WATCHDOG=1"


def test_without_systemd_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert not notify("READY=1")
