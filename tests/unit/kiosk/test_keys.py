"""Keys: made once, read with care, never shown."""

from pathlib import Path

import pytest

from kiosk import keys


def test_setup_twice_keeps_the_first_keys(tmp_path: Path) -> None:
    keys.make(tmp_path)
    first = (keys.read(tmp_path, keys.STORE_KEY), keys.public_hex(tmp_path))
    keys.make(tmp_path)
    assert (keys.read(tmp_path, keys.STORE_KEY), keys.public_hex(tmp_path)) == first


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    keys.make(tmp_path)
    assert {(tmp_path / "keys" / name).stat().st_mode & 0o777 for name in (keys.STORE_KEY, keys.DEVICE_KEY)} == {0o600}
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


def test_two_kiosks_never_share_a_key(tmp_path: Path) -> None:
    for name in ("a", "b"):
        keys.make(tmp_path / name)
    assert keys.public_hex(tmp_path / "a") != keys.public_hex(tmp_path / "b")
    assert keys.read(tmp_path / "a", keys.STORE_KEY) != keys.read(tmp_path / "b", keys.STORE_KEY)


def test_a_power_cut_while_making_keys_leaves_a_draft_that_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "store_key.tmp").write_bytes(b"torn")
    keys.make(tmp_path)
    assert len(keys.read(tmp_path, keys.STORE_KEY)) == 32
    assert not list((tmp_path / "keys").glob("*.tmp"))


def test_a_missing_key_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(keys.KeyMissingError, match="store_key"):
        keys.read(tmp_path, keys.STORE_KEY)


def test_a_torn_key_is_refused_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / keys.STORE_KEY).write_bytes(b"rahasia")
    with pytest.raises(ValueError, match="32 bytes") as caught:
        keys.read(tmp_path, keys.STORE_KEY)
    assert "rahasia" not in str(caught.value)


def test_systemd_credentials_win_over_the_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys.make(tmp_path)
    given = tmp_path / "credentials"
    given.mkdir()
    (given / keys.STORE_KEY).write_bytes(b"c" * 32)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    assert keys.read(tmp_path, keys.STORE_KEY) == b"c" * 32
