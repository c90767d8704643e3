"""A disk that filled up over night: the kiosk still starts, and says why it takes nothing."""

import os
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from adminduk.clock import SystemClock
from kiosk import appliance, reserve
from kiosk.settings import Settings
from kiosk.store import StoreError
from tests.devices.simulators import until
from tests.journeys.raw_disk import make_disk, mounted
from tests.small_disk import needs_root
from tests.unit.kiosk.setting_up import configured
from tests.unit.store.making import submission

MB = 1024 * 1024
FULL = "Kios belum bisa menerima pengajuan. Panggil petugas."


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A kiosk whose state lies on an ext4 of its own, of 256 MB: full is below 96."""
    make_disk(tmp_path / "disk.img", megabytes=256)
    with mounted(tmp_path / "disk.img", tmp_path / "disk") as disk:
        yield configured(disk)


def start(settings: Settings, *, size: int = reserve.SIZE, says: str = "", silent: str = FULL) -> None:
    """Until the first screen says that, and does not say the other."""
    reserve.settle(settings.state, size=size)
    screen = appliance.build_screen(settings, by_hand=False, on_wiped=lambda: None)
    client, host = screen.app.test_client(), {"Host": f"127.0.0.1:{settings.screen.port}"}
    client.get(screen.address(), headers=host)

    def said() -> bool:
        page = client.get("/", headers=host).text
        return says in page and (not silent or silent not in page)

    until(said, what="the first screen's word")
    screen.kiosk.parts.store.close()


def fill(settings: Settings) -> Path:
    """To the last block, root's too."""
    photos, at = settings.state.parent / "photos", 0
    with photos.open("wb") as file:
        for piece in (16 * MB, MB, 65536, 4096):
            with suppress(OSError):
                while True:
                    os.posix_fallocate(file.fileno(), at, piece)
                    at += piece
    return photos


@needs_root
def test_a_kiosk_whose_disk_filled_up_starts_and_says_so(settings: Settings) -> None:
    start(settings)
    with closing(appliance.open_store(settings, SystemClock())) as store:
        store.record_submission(one := submission(1))
    appliance.open_vault(settings).put(one.id, b"sealed")
    fill(settings)
    start(settings, says=FULL, silent="")
    assert not (settings.state / reserve.NAME).exists()
    with closing(appliance.open_store(settings, SystemClock())) as store:  # the courier's
        assert store.claim()
        assert store.receive(one.id, "{}"), "what waits is still sent"


@needs_root
def test_without_a_reserve_it_would_not_start(settings: Settings) -> None:
    start(settings)
    (settings.state / reserve.NAME).unlink()
    fill(settings)
    with pytest.raises(StoreError, match="penuh"):
        start(settings)


@needs_root
def test_with_room_again_the_next_start_lays_it_down_anew(settings: Settings) -> None:
    start(settings)
    photos = fill(settings)
    start(settings, silent="")
    photos.unlink()
    start(settings)
    assert (settings.state / reserve.NAME).stat().st_blocks * 512 >= reserve.SIZE


def test_a_name_without_blocks_left_by_a_power_cut_is_no_reserve(tmp_path: Path) -> None:
    with (tmp_path / reserve.NAME).open("wb") as file:
        file.truncate(reserve.SIZE)
    reserve.settle(tmp_path)
    assert (tmp_path / reserve.NAME).stat().st_blocks * 512 >= reserve.SIZE


@needs_root
def test_on_a_small_disk_it_takes_no_room(settings: Settings) -> None:
    reserve.settle(settings.state, size=64 * MB)
    assert not (settings.state / reserve.NAME).exists()


def test_a_disk_that_refuses_it_keeps_no_kiosk_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*_given: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "posix_fallocate", refused)
    reserve.settle(tmp_path)
    assert "reserve_failed kind=OSError" in caplog.text


def test_the_very_first_start_has_no_folder_yet_and_complains_of_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reserve.settle(tmp_path / "state")
    assert caplog.records == []
