"""From the centre's answers to settings that load."""

from pathlib import Path
from typing import Any

import pytest

from kiosk.enrolment import EnrolmentError, configure, settings_text
from kiosk.enrolment.configuring import write_whole
from kiosk.settings import SettingsError

PUBLIC: dict[str, Any] = {
    "url": "http://127.0.0.1:8710",
    "sealing_key": "ab" * 32,
    "receipt_key": "cd" * 32,
    "roots": "PEM",
}
ENROLMENT: dict[str, Any] = {"kiosk_id": "K-0007", "number": 7, "desa": "3312122001"}
EXTRA = 'assets_dir = "assets"'


def test_the_answers_become_settings_that_load(tmp_path: Path) -> None:
    settings = configure(tmp_path, PUBLIC, ENROLMENT, desa_name='Desa "Contoh" Sejahtera', extra=EXTRA)
    assert (settings.identity.number, settings.identity.desa_name) == (7, 'Desa "Contoh" Sejahtera')
    assert Path(settings.centre.roots_file).read_text() == "PEM"


def test_configuring_twice_gives_the_same_file(tmp_path: Path) -> None:
    for _ in range(2):
        configure(tmp_path, PUBLIC, ENROLMENT, desa_name="Desa Contoh", extra=EXTRA)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kiosk.toml", "roots.pem"]


@pytest.mark.parametrize("key", ["url", "sealing_key", "receipt_key", "roots"])
def test_a_public_answer_that_lacks_a_key_is_refused(key: str) -> None:
    public = {name: value for name, value in PUBLIC.items() if name != key}
    with pytest.raises(EnrolmentError, match=key):
        settings_text(public, ENROLMENT, desa_name="Desa Contoh")


@pytest.mark.parametrize("key", ["kiosk_id", "number", "desa"])
def test_an_enrolment_that_lacks_a_key_is_refused(key: str) -> None:
    enrolment = {name: value for name, value in ENROLMENT.items() if name != key}
    with pytest.raises(EnrolmentError, match=key):
        settings_text(PUBLIC, enrolment, desa_name="Desa Contoh")


def test_a_wrong_key_is_found_before_the_kiosk_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        configure(tmp_path, {**PUBLIC, "sealing_key": "short"}, ENROLMENT, desa_name="Desa Contoh", extra=EXTRA)
    assert caught.value.where == "centre.sealing_key"


def test_quotes_in_a_name_cannot_add_a_setting(tmp_path: Path) -> None:
    name = 'x"\nnumber = 9\n[panel]\nport = 1 #'
    settings = configure(tmp_path, PUBLIC, ENROLMENT, desa_name=name, extra=EXTRA)
    assert (settings.identity.desa_name, settings.identity.number, settings.panel.port) == (name, 7, 0)


def test_an_authority_that_the_centre_names_is_pinned_and_no_other_is_left_behind(tmp_path: Path) -> None:
    assert configure(tmp_path, PUBLIC, ENROLMENT, desa_name="Desa Contoh", extra=EXTRA).centre.ca_file == ""
    pinned = configure(tmp_path, {**PUBLIC, "ca": "CA"}, ENROLMENT, desa_name="Desa Contoh", extra=EXTRA)
    assert Path(pinned.centre.ca_file).read_text() == "CA"


def test_a_file_that_a_power_cut_tore_keeps_its_old_rights_from_nobody(tmp_path: Path) -> None:
    (tmp_path / "secret.tmp").write_text("torn, readable by all")
    write_whole(tmp_path / "secret", "new", mode=0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
