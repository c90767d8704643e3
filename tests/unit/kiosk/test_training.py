"""Training: the same kiosk with twins and a state of its own, marked on each screen and on each paper."""

from pathlib import Path

import pytest

from kiosk import keys
from kiosk.rehearsal import training
from kiosk.settings import Centre, Devices, Identity, Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    state = tmp_path / "state"
    keys.make(state)
    return Settings(
        state_dir=str(state), assets_dir=str(tmp_path),
        identity=Identity(kiosk_id="kios-17", number=17, desa="3312122001", desa_name="Desa Contoh"),
        centre=Centre(url="http://127.0.0.1:1", sealing_key="00" * 32, receipt_key="00" * 32, roots_file=""),
        devices=Devices(receipt="serial:/dev/kios-struk", paper="ipp://127.0.0.1/printers/A4"),
    )  # fmt: skip


def test_no_real_device_and_no_real_application_is_touched(settings: Settings) -> None:
    practised = training(settings, folder=settings.state.parent / "run", panel_port=8790)
    assert practised.devices.simulated
    assert practised.state != settings.state
    assert keys.read(practised.state, keys.STORE_KEY) != keys.read(settings.state, keys.STORE_KEY)
    assert (practised.panel.port, practised.profile) == (8790, settings.profile)


def test_every_screen_and_paper_says_that_it_is_training(settings: Settings) -> None:
    assert "LATIHAN" in training(settings, folder=settings.state.parent / "run", panel_port=1).identity.desa_name


def test_the_last_trainees_state_is_gone(settings: Settings) -> None:
    left = training(settings, folder=settings.state.parent / "run", panel_port=1).state / "left.txt"
    left.write_text("x")
    training(settings, folder=settings.state.parent / "run", panel_port=1)
    assert not left.exists()
    assert settings.state.exists()
