"""What waits on the kiosk's disk tells nothing, and the search that says so finds what is planted. Whole visits: test_residue_memory.py."""

import base64
import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.browser import WARGA
from tests.journeys.residue import traces
from tests.journeys.stack import set_up
from tests.journeys.visitor import ANSWERS

pytestmark = pytest.mark.journey

WORDS = (*WARGA.values(), WARGA["hp"].removeprefix("0"))


def test_the_waiting_packet_is_closed_to_the_kiosk_too(tmp_path: Path) -> None:
    """The line is down: the packet waits on the disk, and tells nothing."""
    made = set_up(tmp_path / "all")
    run = subprocess.run([sys.executable, "-m", "tests.journeys.visitor", made.settings, "2"], check=False, timeout=60)
    assert run.returncode == 0
    assert len(list((made.kiosk / "state" / "vault").glob("*.packet"))) == 2
    words = [value for value in ANSWERS.values() if len(value) > 7] + ["halaman contoh"]
    assert traces([made.kiosk], words) == []


@pytest.mark.parametrize(
    "leak",
    [
        WARGA["nik"].encode(),
        WARGA["nama"].lower().encode(),
        WARGA["nama"].encode("utf-16-le"),
        base64.b64encode(b"nik=" + WARGA["nik"].encode() + b"&x"),
        gzip.compress(b"log: " + WARGA["nama"].encode()),
        WARGA["kk"].encode().hex().encode(),
    ],
    ids=["plain", "other case", "wide", "base64", "gzip", "hex"],
)
def test_the_same_search_finds_a_planted_leak(tmp_path: Path, leak: bytes) -> None:
    (tmp_path / "deep" / "down").mkdir(parents=True)
    (tmp_path / "deep" / "down" / "page.cache").write_bytes(b"\0\1" * 50 + leak if leak[:2] != b"\x1f\x8b" else leak)
    assert len(traces([tmp_path], WORDS)) == 1


def test_a_file_named_after_a_person_is_found(tmp_path: Path) -> None:
    (tmp_path / f"scan-{WARGA['nik']}.jpg").write_bytes(b"x")
    assert traces([tmp_path], WORDS) == [f"name of {tmp_path}/scan-{WARGA['nik']}.jpg"]
