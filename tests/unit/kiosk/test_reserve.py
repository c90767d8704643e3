"""A disk that filled up over night: the kiosk still starts, and says why it takes nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import appliance, reserve
from kiosk.settings import Settings
from kiosk.store import StoreError
from tests.devices.simulators import until
from tests.small_disk import needs_root, small_disk
from tests.unit.kiosk.setting_up import configured

MB = 1024 * 1024
SIZE, LEAST = 4 * MB, MB
pytestmark = needs_root


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A kiosk whose state lies on a disk of its own, of 64 MB."""
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk", "64m") as disk:
        yield configured(disk)


def start(settings: Settings, *, says: str = "") -> None:
    """Until the first screen says that."""
    reserve.settle(settings.state, size=SIZE, least=LEAST)
    screen = appliance.build_screen(settings, by_hand=False, on_wiped=lambda: None)
    client, host = screen.app.test_client(), {"Host": f"127.0.0.1:{settings.screen.port}"}
    client.get(screen.address(), headers=host)
    until(lambda: says in client.get("/", headers=host).text, what="the first screen's word")
    screen.kiosk.parts.store.close()


def fill(settings: Settings) -> Path:
    """To the last block."""
    photos, seen = settings.state.parent / "photos", os.statvfs(settings.state)
    photos.write_bytes(bytes(seen.f_bavail * seen.f_frsize))
    return photos


def test_a_kiosk_whose_disk_filled_up_starts_and_says_so(settings: Settings) -> None:
    start(settings)
    fill(settings)
    start(settings, says="Kios belum bisa menerima pengajuan. Panggil petugas.")
    assert not (settings.state / reserve.NAME).exists()


def test_without_a_reserve_it_would_not_start(settings: Settings) -> None:
    start(settings)
    (settings.state / reserve.NAME).unlink()
    fill(settings)
    with pytest.raises(StoreError, match="penuh"):
        start(settings)


def test_with_room_again_the_next_start_lays_it_down_anew(settings: Settings) -> None:
    start(settings)
    photos = fill(settings)
    start(settings)
    photos.unlink()
    start(settings)
    assert (settings.state / reserve.NAME).stat().st_blocks * 512 >= SIZE


def test_a_name_without_blocks_left_by_a_power_cut_is_no_reserve(tmp_path: Path) -> None:
    with (tmp_path / reserve.NAME).open("wb") as file:
        file.truncate(SIZE)
    reserve.settle(tmp_path, size=SIZE, least=LEAST)
    assert (tmp_path / reserve.NAME).stat().st_blocks * 512 >= SIZE


def test_on_a_small_disk_it_takes_no_room(settings: Settings) -> None:
    reserve.settle(settings.state, size=8 * MB, least=LEAST)
    assert not (settings.state / reserve.NAME).exists()


def test_a_disk_that_refuses_it_keeps_no_kiosk_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_given: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "posix_fallocate", refused)
    reserve.settle(tmp_path, size=SIZE, least=LEAST)
    assert "reserve_failed kind=OSError" in caplog.text
