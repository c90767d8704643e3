"""Settings: a clear complaint for each mistake, and the page that documents them stays true."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from kiosk.settings import Settings, SettingsError, load

KEY = "ab" * 32
GOOD = f"""
profile = "wonogiri"
state_dir = "state"
assets_dir = "assets"
[identity]
kiosk_id = "K-0001"
number = 1
desa = "3312122001"
desa_name = "Desa Contoh"
[centre]
url = "http://127.0.0.1:8710"
sealing_key = "{KEY}"
receipt_key = "{KEY}"
roots_file = "roots.pem"
"""
DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def written(folder: Path, text: str) -> Path:
    path = folder / "kiosk.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint(folder: Path, text: str) -> tuple[str, str]:
    with pytest.raises(SettingsError) as caught:
        load(written(folder, text))
    return caught.value.code, caught.value.where


def test_a_good_file_becomes_one_frozen_value_with_absolute_paths(tmp_path: Path) -> None:
    settings = load(written(tmp_path, GOOD))
    assert settings.state == tmp_path / "state"
    assert settings.centre.roots_file == str(tmp_path / "roots.pem")
    assert settings.devices.simulated
    with pytest.raises(AttributeError):
        settings.profile = "x"  # type: ignore[misc]  # the point of the test


def test_whole_numbers_are_taken_for_a_diagonal(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD + "[screen]\ndiagonal_inch = 32\n")).screen.diagonal_inch == 32.0


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path / "missing.toml")
    assert caught.value.code == "berkas_tidak_ada"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("profile =", "profile"), ("bukan_toml", "")),
        (("profile =", "profil ="), ("kunci_tidak_dikenal", "profil")),
        (("number = 1", "nomor = 1"), ("kunci_tidak_dikenal", "identity.nomor")),
        (('desa = "3312122001"\n', ""), ("wajib_diisi", "identity.desa")),
        (('profile = "wonogiri"', "profile = 3"), ("jenis_salah", "profile")),
        (("number = 1", 'number = "1"'), ("jenis_salah", "identity.number")),
        (("number = 1", "number = true"), ("jenis_salah", "identity.number")),
        (("number = 1", "number = 0"), ("nilai_salah", "identity.number")),
        (("number = 1", "number = 10000"), ("nilai_salah", "identity.number")),
        (('"3312122001"', '"33121220"'), ("nilai_salah", "identity.desa")),
        (('"3312122001"', '"٣٣١٢١٢٢٠٠x"'), ("nilai_salah", "identity.desa")),
        (('"http://127', '"ftp://127'), ("nilai_salah", "centre.url")),
        ((f'sealing_key = "{KEY}"', 'sealing_key = "ab"'), ("nilai_salah", "centre.sealing_key")),
        ((f'receipt_key = "{KEY}"', f'receipt_key = "{"zz" * 32}"'), ("nilai_salah", "centre.receipt_key")),
    ],
)
def test_a_mistake_names_its_code_and_place(tmp_path: Path, change: tuple[str, str], expected: tuple[str, str]) -> None:
    old, new = change
    assert old in GOOD
    assert complaint(tmp_path, GOOD.replace(old, new, 1)) == expected


def test_a_value_where_a_section_belongs(tmp_path: Path) -> None:
    text = 'identity = "K-0001"\n' + GOOD.replace("[identity]", "[lain]")
    assert complaint(tmp_path, text)[0] in ("jenis_salah", "kunci_tidak_dikenal")


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ('[screen]\nshell = "lynx"\n', "screen.shell"),
        ("[screen]\ndiagonal_inch = 2.0\n", "screen.diagonal_inch"),
        ("[screen]\nwidth = 0\n", "screen.width"),
    ],
)
def test_a_panel_that_cannot_be(tmp_path: Path, section: str, where: str) -> None:
    assert complaint(tmp_path, GOOD + section) == ("nilai_salah", where)


@pytest.mark.parametrize(
    ("section", "where"),
    [
        ('[storage]\nsecond_copy = "salinan"\n', "storage.second_copy"),
        ('[storage]\nstick = "media/kios"\n', "storage.stick"),
        ("[storage]\nwaiting_days = 0\n", "storage.waiting_days"),
        ("[storage]\nwaiting_days = 366\n", "storage.waiting_days"),
        ("[limits]\noldest_days = -1\n", "limits.oldest_days"),
        ("[limits]\nfree_mb = -1\n", "limits.free_mb"),
    ],
)
def test_another_disk_is_named_whole_and_a_limit_is_a_number(tmp_path: Path, section: str, where: str) -> None:
    assert complaint(tmp_path, GOOD + section) == ("nilai_salah", where)


def test_the_device_panel_is_refused_beside_a_real_device(tmp_path: Path) -> None:
    text = GOOD + '[devices]\nreceipt = "tcp://127.0.0.1:9100"\n[panel]\nport = 8701\n'
    assert complaint(tmp_path, text) == ("nilai_salah", "panel.port")


@pytest.mark.parametrize("role", ["receipt", "codes", "camera"])
@pytest.mark.parametrize("name", ["/dev/ttyUSB0", "/dev/ttyACM12?baud=9600", "/dev/video0", "/dev/usb/lp1"])
def test_a_name_that_another_device_may_bear_tomorrow_is_refused(tmp_path: Path, role: str, name: str) -> None:
    text = GOOD + f'[devices]\n{role} = "serial://{name}"\n'
    assert complaint(tmp_path, text) == ("nama_tidak_tetap", f"devices.{role}")


def test_names_that_stay_are_taken(tmp_path: Path) -> None:
    names = ("serial:///dev/kios-struk", "serial:///dev/serial/by-id/usb-Contoh_7-if00")
    for name in names:
        (tmp_path / "kiosk.toml").write_text(GOOD + f'[devices]\nreceipt = "{name}"\n')
        assert load(tmp_path / "kiosk.toml").devices.receipt == name


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("most_kbit_s = 15", "uplink.most_kbit_s"),
        ("most_kbit_s = -1", "uplink.most_kbit_s"),
        ("pull_s = 29", "uplink.pull_s"),
        ("pull_s = 3601", "uplink.pull_s"),
        ('quiet_from = "22.00"\nquiet_until = "05:00"', "uplink.quiet_from"),
        ('quiet_from = "24:00"\nquiet_until = "05:00"', "uplink.quiet_from"),
        ('quiet_from = "22:00"\nquiet_until = "5:00"', "uplink.quiet_until"),
        ('quiet_from = "22:00"', "uplink.quiet_until"),
        ('quiet_until = "05:00"', "uplink.quiet_until"),
        ('quiet_from = "22:00"\nquiet_until = "22:00"', "uplink.quiet_until"),
    ],
)
def test_a_cap_or_quiet_hours_that_cannot_be(tmp_path: Path, line: str, where: str) -> None:
    assert complaint(tmp_path, GOOD + f"[uplink]\n{line}\n") == ("nilai_salah", where)


def test_a_cap_and_quiet_hours_over_midnight_are_taken(tmp_path: Path) -> None:
    text = GOOD + '[uplink]\nmost_kbit_s = 16\nquiet_from = "22:00"\nquiet_until = "05:00"\n'
    uplink = load(written(tmp_path, text)).uplink
    assert (uplink.most_kbit_s, uplink.quiet_from, uplink.quiet_until) == (16, "22:00", "05:00")
    assert load(written(tmp_path, GOOD)).uplink.most_kbit_s == 0


def dotted_keys(kind: type, prefix: str = "") -> set[str]:
    hints = get_type_hints(kind)
    keys: set[str] = set()
    for item in fields(kind):
        inner = hints[item.name]
        keys |= dotted_keys(inner, f"{prefix}{item.name}.") if is_dataclass(inner) else {prefix + item.name}
    return keys


def test_the_page_documents_every_setting_and_no_other() -> None:
    rows = [line.split("|")[1].strip().strip("`") for line in DOCS.read_text().splitlines() if line.startswith("| `")]
    assert set(rows) == dotted_keys(Settings)
    assert len(rows) == len(set(rows))


@pytest.mark.parametrize("role", ["camera", "selfie"])
def test_a_camera_by_a_number_that_may_be_anothers_tomorrow_is_refused(tmp_path: Path, role: str) -> None:
    text = GOOD + f'[devices]\n{role} = "v4l2:///dev/video0"\n'
    assert complaint(tmp_path, text) == ("nilai_salah", f"devices.{role}")


def test_one_camera_cannot_be_both(tmp_path: Path) -> None:
    same = "v4l2:///dev/v4l/by-id/usb-Contoh-video-index0"
    text = GOOD + f'[devices]\ncamera = "{same}"\nselfie = "{same}"\n'
    assert complaint(tmp_path, text) == ("nilai_salah", "devices.selfie")


def test_a_kiosk_without_any_camera_is_a_kiosk(tmp_path: Path) -> None:
    """It was refused as "another camera": none is not the same one twice."""
    file = tmp_path / "kiosk.toml"
    file.write_text(GOOD + '[devices]\ncamera = "none:"\n')
    assert load(file).devices.selfie == load(file).devices.camera == "none:"


@pytest.mark.parametrize("key", ["read_nik", "auto_capture"])
def test_what_a_kiosk_does_by_itself_can_be_switched_off(tmp_path: Path, key: str) -> None:
    assert getattr(load(written(tmp_path, f"{key} = false\n{GOOD}")), key) is False
    assert complaint(tmp_path, f'{key} = "no"\n{GOOD}') == ("jenis_salah", key)
