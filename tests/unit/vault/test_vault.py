"""Sealed packets on disk: whole or not there, whatever happens to the power and the disk."""

import errno
import hashlib
import os
import resource
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid6 import uuid7

from kiosk.vault import Vault, VaultError

TOP = Path(__file__).parents[3]


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


def new_id() -> str:
    return str(uuid7())


def names(tmp_path: Path) -> set[str]:
    return {path.name for path in (tmp_path / "vault").iterdir()}


def test_a_packet_comes_back_as_it_went_in(vault: Vault) -> None:
    packet_id = new_id()
    vault.put(packet_id, b"sealed")
    assert vault.size(packet_id) == 6
    assert vault.read(packet_id, 0, 100) == b"sealed"
    assert vault.sha256(packet_id) == hashlib.sha256(b"sealed").hexdigest()
    assert vault.has(packet_id)
    assert vault.ids() == {packet_id}


@given(content=st.binary(max_size=300), offset=st.integers(0, 400), length=st.integers(0, 400))
def test_any_slice_is_that_slice(content: bytes, offset: int, length: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault, packet_id = Vault(Path(folder)), new_id()
        vault.put(packet_id, content)
        assert vault.read(packet_id, offset, length) == content[offset : offset + length]


def test_putting_the_same_again_is_fine(vault: Vault) -> None:
    packet_id = new_id()
    vault.put(packet_id, b"sealed")
    vault.put(packet_id, b"sealed")
    assert vault.read(packet_id, 0, 100) == b"sealed"


def test_putting_other_bytes_under_the_same_id_is_refused_and_changes_nothing(vault: Vault) -> None:
    packet_id = new_id()
    vault.put(packet_id, b"sealed")
    with pytest.raises(VaultError) as caught:
        vault.put(packet_id, b"others")
    assert caught.value.code == "sudah_ada"
    assert vault.read(packet_id, 0, 100) == b"sealed"


def test_a_packet_is_not_for_others_to_read(vault: Vault, tmp_path: Path) -> None:
    vault.put(new_id(), b"sealed")
    (file,) = (tmp_path / "vault").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXO | stat.S_IXUSR | stat.S_IWGRP) == 0


def test_a_file_name_says_only_the_id(vault: Vault, tmp_path: Path) -> None:
    packet_id = new_id()
    vault.put(packet_id, b"sealed")
    assert names(tmp_path) == {f"{packet_id}.packet"}


@pytest.mark.parametrize("name", ["../x", "", "3312120101909901", "a/b", "x" * 36])
def test_a_name_that_is_no_id_never_reaches_the_disk(vault: Vault, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        vault.put(name, b"sealed")
    assert names(tmp_path) == set()


def test_an_erased_packet_is_gone_and_may_be_erased_again(vault: Vault, tmp_path: Path) -> None:
    packet_id = new_id()
    vault.put(packet_id, b"sealed")
    vault.erase(packet_id)
    vault.erase(packet_id)
    assert not vault.has(packet_id)
    assert names(tmp_path) == set()


@pytest.mark.parametrize("verb", ["size", "sha256", "read"])
def test_a_packet_that_is_not_there_is_missing_with_a_code(vault: Vault, verb: str) -> None:
    arguments = (new_id(), 0, 10) if verb == "read" else (new_id(),)
    with pytest.raises(VaultError) as caught:
        getattr(vault, verb)(*arguments)
    assert caught.value.code == "hilang"


@pytest.mark.parametrize("verb", ["size", "sha256", "read"])
def test_a_disk_that_fails_is_a_code_and_no_crash(vault: Vault, tmp_path: Path, verb: str) -> None:
    packet_id = new_id()
    (tmp_path / "vault" / f"{packet_id}.packet").symlink_to(f"{packet_id}.packet")  # a loop: the system says no
    arguments = (packet_id, 0, 10) if verb == "read" else (packet_id,)
    with pytest.raises(VaultError) as caught:
        getattr(vault, verb)(*arguments)
    assert caught.value.code == "rusak"


# --- power and disks --------------------------------------------------------------------------------------------------

PUTTING = """
import sys
from pathlib import Path
from kiosk.vault import Vault
Vault(Path(sys.argv[1])).put(sys.argv[2], b"sealed" * 5000)
"""


def put_in_a_process(tmp_path: Path, packet_id: str, *before: str) -> subprocess.CompletedProcess[str]:
    words = [*before, sys.executable, "-c", PUTTING, str(tmp_path / "vault"), packet_id]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(words, cwd=TOP, capture_output=True, text=True, timeout=60, check=False, env=environment)


STEPS = ("fsync", "rename", "fsync_folder")


def test_a_put_syncs_the_file_then_renames_then_syncs_the_folder(tmp_path: Path) -> None:
    packet_id, trace = new_id(), tmp_path / "trace"
    put_in_a_process(tmp_path, packet_id, "strace", "-f", "-y", "-o", str(trace), "-e", "trace=fsync,rename,unlink")
    calls = [line.split(maxsplit=1)[1] for line in trace.read_text().splitlines() if "vault" in line]
    assert len(calls) == 3
    assert calls[0].startswith("fsync(")
    assert f"{packet_id}.tmp>" in calls[0]
    assert calls[1].startswith("rename(")
    assert calls[2].startswith("fsync(")
    assert calls[2].split("<")[1].startswith(f"{tmp_path}/vault>")


def test_an_erase_syncs_the_folder(tmp_path: Path) -> None:
    packet_id, trace = new_id(), tmp_path / "trace"
    put_in_a_process(tmp_path, packet_id)
    code = PUTTING.replace('put(sys.argv[2], b"sealed" * 5000)', "erase(sys.argv[2])")
    words = ["strace", "-y", "-o", str(trace), "-e", "trace=fsync,unlink", sys.executable, "-c", code]
    subprocess.run([*words, str(tmp_path / "vault"), packet_id], cwd=TOP, check=True, timeout=60)
    calls = [line.split("(")[0] for line in trace.read_text().splitlines() if "/vault" in line]
    assert calls == ["unlink", "fsync"]


@pytest.mark.parametrize(("call", "when", "whole"), [("fsync", 1, False), ("rename", 1, False), ("fsync", 2, True)])
def test_a_kill_at_any_step_leaves_the_whole_packet_or_none(tmp_path: Path, call: str, when: int, whole: bool) -> None:
    packet_id, vault = new_id(), Vault(tmp_path / "vault")
    kill = f"inject={call}:signal=SIGKILL:when={when}"
    done = put_in_a_process(tmp_path, packet_id, "strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e", kill)
    assert done.returncode != 0
    assert vault.has(packet_id) or not whole
    if vault.has(packet_id):
        assert vault.read(packet_id, 0, 1 << 20) == b"sealed" * 5000
    vault.clean_up(vault.ids())
    assert names(tmp_path) <= {f"{packet_id}.packet"}
    vault.put(packet_id, b"sealed" * 5000)
    assert names(tmp_path) == {f"{packet_id}.packet"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_says_no_leaves_nothing_behind(tmp_path: Path, call: str, number: int) -> None:
    packet_id = new_id()
    (tmp_path / "vault").mkdir()
    draft = tmp_path / "vault" / f"{packet_id}.tmp"
    inject = f"inject={call}:error={errno.errorcode[number]}"
    traced = ("strace", "-f", "-o", "/dev/null", "-P", str(draft), "-e", f"trace={call}", "-e", inject)
    done = put_in_a_process(tmp_path, packet_id, *traced)
    code = "rusak" if number == errno.EIO else "penuh"
    assert done.stderr.splitlines()[-1].endswith(f"VaultError: {code}")
    assert names(tmp_path) == set()


def test_a_full_disk_leaves_nothing_behind_and_the_next_packet_fits(vault: Vault, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(VaultError) as caught:
            vault.put(new_id(), b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "penuh"
    assert names(tmp_path) == set()
    vault.put(new_id(), b"x" * 5000)


def test_an_error_tells_no_path(tmp_path: Path) -> None:
    with pytest.raises(VaultError) as caught:
        Vault(tmp_path / "vault").size(new_id())
    assert str(caught.value) == "hilang"
    assert caught.value.filename is None


# --- what a power cut leaves ------------------------------------------------------------------------------------------


def test_a_torn_draft_is_swept_at_the_start(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault" / f"{new_id()}.tmp").write_bytes(b"half a pack")
    assert vault.clean_up(frozenset()) == frozenset()
    assert names(tmp_path) == set()


def test_a_draft_is_not_taken_for_a_packet(vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "vault" / f"{new_id()}.tmp").write_bytes(b"half a pack")
    assert vault.ids() == frozenset()


def test_a_packet_that_nobody_got_a_receipt_for_is_erased_and_told(vault: Vault) -> None:
    kept, orphan = new_id(), new_id()
    vault.put(kept, b"sealed")
    vault.put(orphan, b"sealed")
    assert vault.clean_up(frozenset({kept})) == {orphan}
    assert vault.ids() == {kept}


def test_a_row_without_its_packet_is_no_reason_to_erase_others(vault: Vault) -> None:
    kept = new_id()
    vault.put(kept, b"sealed")
    assert vault.clean_up(frozenset({kept, new_id()})) == frozenset()
    assert vault.ids() == {kept}
