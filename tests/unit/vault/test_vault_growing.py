"""A file that arrives in pieces: killed at each step, cut, flipped, replaced; never half a file under a whole one's name."""

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import pytest
from uuid6 import uuid7

from kiosk.vault import GrowingVault, VaultError

NAME, OTHER = str(uuid7()), str(uuid7())
CONTENT = secrets.token_bytes(100)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def grown(vault: GrowingVault, content: bytes = CONTENT, piece: int = 30) -> None:
    offset = vault.held(NAME, SHA256)
    while offset < len(content):
        offset = vault.grow(NAME, SHA256, offset, content[offset : offset + piece])


def test_pieces_become_a_whole_file(tmp_path: Path) -> None:
    vault = GrowingVault(tmp_path)
    grown(vault)
    assert vault.ids() == frozenset(), "not before its hash was checked"
    assert vault.finish(NAME, SHA256)
    assert vault.read(NAME, 0, 1000) == CONTENT
    assert [path.suffix for path in tmp_path.iterdir()] == [".packet"]


@pytest.mark.parametrize("steps", range(5))
def test_killed_after_any_piece_it_goes_on_from_there(tmp_path: Path, steps: int) -> None:
    vault = GrowingVault(tmp_path)
    for at in range(steps):
        vault.grow(NAME, SHA256, at * 25, CONTENT[at * 25 : at * 25 + 25])
    again = GrowingVault(tmp_path)
    assert again.held(NAME, SHA256) == steps * 25
    grown(again)
    assert again.finish(NAME, SHA256)
    assert again.read(NAME, 0, 1000) == CONTENT


def test_a_piece_that_was_half_written_is_written_over(tmp_path: Path) -> None:
    vault = GrowingVault(tmp_path)
    vault.grow(NAME, SHA256, 0, CONTENT[:50])
    vault.grow(NAME, SHA256, 30, CONTENT[30:60])
    assert vault.held(NAME, SHA256) == 60
    grown(vault)
    assert vault.finish(NAME, SHA256)


@pytest.mark.parametrize("spoilt", [CONTENT[:-1], CONTENT + b"x", CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])])
def test_what_is_not_whole_goes_and_begins_anew(tmp_path: Path, spoilt: bytes) -> None:
    vault = GrowingVault(tmp_path)
    vault.grow(NAME, SHA256, 0, spoilt)
    assert not vault.finish(NAME, SHA256)
    assert (vault.held(NAME, SHA256), list(tmp_path.iterdir())) == (0, [])


def test_other_bytes_of_the_same_document_do_not_go_on_from_the_old_ones(tmp_path: Path) -> None:
    vault = GrowingVault(tmp_path)
    vault.grow(NAME, SHA256, 0, CONTENT[:50])
    assert vault.held(NAME, "f" * 64) == 0


def test_only_what_is_wanted_stays(tmp_path: Path) -> None:
    vault = GrowingVault(tmp_path)
    grown(vault)
    vault.finish(NAME, SHA256)
    vault.grow(OTHER, SHA256, 0, b"begun")
    vault.grow(OTHER, "e" * 64, 0, b"of bytes that were replaced")
    assert vault.keep_only(frozenset([NAME]), frozenset([(OTHER, SHA256)])) == frozenset()
    assert (vault.ids(), vault.held(OTHER, SHA256), vault.held(OTHER, "e" * 64)) == ({NAME}, 5, 0)
    assert vault.keep_only(frozenset(), frozenset()) == {NAME}
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_no_id_and_a_hash_that_leads_elsewhere_are_refused(tmp_path: Path) -> None:
    vault = GrowingVault(tmp_path)
    with pytest.raises(ValueError, match="badly formed"):
        vault.grow("../x", SHA256, 0, b"")
    with pytest.raises(VaultError):
        vault.grow(NAME, "../" + "a" * 61, 0, b"")


def test_a_disk_with_less_room_than_is_to_be_left_is_full(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    assert not GrowingVault(tmp_path).full()
    assert not GrowingVault(tmp_path, least_free=free // 2).full()
    assert GrowingVault(tmp_path, least_free=free * 2).full()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_disk_that_takes_nothing_says_so(tmp_path: Path) -> None:
    vault = GrowingVault(tmp_path)
    tmp_path.chmod(0o500)
    with pytest.raises(VaultError):
        vault.grow(NAME, SHA256, 0, b"x")


def test_a_part_that_vanished_is_told(tmp_path: Path) -> None:
    with pytest.raises(VaultError) as caught:
        GrowingVault(tmp_path).finish(NAME, SHA256)
    assert caught.value.code == "hilang"
