"""The disk under the state folder: nearly full, full, read-only, dying. Real file systems in a name space of their own."""

import errno
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adminduk.clock import ManualClock
from kiosk.hardware.health import READY, Condition
from kiosk.hardware.power.disk import (
    CANARY,
    CANARY_EVERY_S,
    LIMITS,
    Disk,
    Limits,
    Room,
    broken,
    canary,
    ext4_errors,
    judged,
    room,
)

ROOMY = Limits(low_bytes=0, full_bytes=0, low_inodes=0, full_inodes=0)

LOOK = """
import json, sys
from pathlib import Path
from adminduk.clock import ManualClock
from kiosk.hardware.power.disk import Disk, Limits
limits = Limits(**json.loads(sys.argv[2]))
health = Disk(Path(sys.argv[1]), clock=ManualClock(), ext4=Path(sys.argv[1]), limits=limits).state()
print(health.condition, health.code, health.evidence.split()[0] if health.evidence else "-")
"""


def seen_on(folder: Path, prepare: str, *, options: str = "size=1m", **limits: int) -> list[str]:
    """Condition, code and first evidence of a small tmpfs after ``prepare``, a shell line that runs in it."""
    given = {"low_bytes": 0, "full_bytes": 0, "low_inodes": 0, "full_inodes": 0, **limits}
    script = f'mount -t tmpfs -o {options} none "$1" && (cd "$1" && {prepare}) && exec "$2" -c "$3" "$1" "$4"'
    words = ["unshare", "-rm", "sh", "-c", script, "sh", str(folder), sys.executable, LOOK, json.dumps(given)]
    run = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60, cwd=Path(__file__).parents[2])
    return run.stdout.split()


def disk(folder: Path, **options: object) -> tuple[Disk, ManualClock]:
    clock = ManualClock()
    return Disk(folder, clock=clock, **{"ext4": folder / "no-ext4", "limits": ROOMY, **options}), clock


# --- real file systems ------------------------------------------------------------------------------------------------


def test_a_disk_that_takes_and_keeps_is_ready(tmp_path: Path) -> None:
    assert seen_on(tmp_path, "true") == ["ready", "-"]


def test_a_card_that_turned_read_only_is_found_by_the_canary(tmp_path: Path) -> None:
    assert seen_on(tmp_path, 'mount -o remount,ro "$PWD"') == ["fault", "disk.read_only", "EROFS"]


def test_a_disk_without_a_byte_left_is_full(tmp_path: Path) -> None:
    fill = "head -c 2m /dev/zero > scans 2> /dev/null || true"
    assert seen_on(tmp_path, fill) == ["fault", "disk.full", "ENOSPC"]


def test_a_disk_without_an_inode_left_is_full_however_many_bytes_are_free(tmp_path: Path) -> None:
    files = "touch 1 2 3 4 5 6 7 8 9 2> /dev/null || true"
    assert seen_on(tmp_path, files, options="size=1m,nr_inodes=6") == ["fault", "disk.full", "ENOSPC"]


def test_little_room_warns_before_it_stops(tmp_path: Path) -> None:
    fill = "head -c 600k /dev/zero > scans"
    assert seen_on(tmp_path, fill, low_bytes=500_000) == ["attention", "disk.low", "free_mb=0"]
    assert seen_on(tmp_path, fill, low_bytes=900_000, full_bytes=500_000) == ["fault", "disk.full", "free_mb=0"]


# --- judging ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("free", "inodes", "code"),
    [
        (LIMITS.low_bytes, LIMITS.low_inodes, ""),
        (LIMITS.low_bytes - 1, LIMITS.low_inodes, "disk.low"),
        (LIMITS.low_bytes, LIMITS.low_inodes - 1, "disk.low"),
        (LIMITS.full_bytes - 1, LIMITS.low_inodes, "disk.full"),
        (LIMITS.low_bytes, LIMITS.full_inodes - 1, "disk.full"),
        (LIMITS.low_bytes, None, ""),
        (0, None, "disk.full"),
    ],
)
def test_what_runs_out_first_counts(free: int, inodes: int | None, code: str) -> None:
    assert judged(Room(free_bytes=free, inodes=inodes), LIMITS).code == code


def test_room_is_what_an_unprivileged_writer_has() -> None:
    """block size, fragment size, blocks, free, for us; inodes, free, for us; flags, longest name."""
    found = os.statvfs_result((8192, 4096, 1000, 500, 400, 900, 300, 200, 0, 255))
    assert room(found) == Room(free_bytes=400 * 4096, inodes=200)


def test_a_file_system_that_counts_no_inodes_has_enough_of_them() -> None:
    found = os.statvfs_result((4096, 4096, 1000, 500, 400, 0, 0, 0, 0, 255))
    assert room(found).inodes is None


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk.full"), (errno.EDQUOT, "disk.full"), (errno.EROFS, "disk.read_only"),
        (errno.EACCES, "disk.read_only"), (errno.EIO, "disk.errors"), (errno.ENOENT, "disk.errors"),
    ],
)  # fmt: skip
def test_each_error_of_a_disk_has_a_meaning(number: int, code: str) -> None:
    health = broken(OSError(number, "x"))
    assert (health.condition, health.code, health.evidence) == (Condition.FAULT, code, errno.errorcode[number])


def test_errors_that_the_kernel_counted_are_told_while_all_still_works(tmp_path: Path) -> None:
    for name, count in {"mmcblk0p2": "3", "dm-0": "0", "sda1": "broken"}.items():
        (tmp_path / "ext4" / name).mkdir(parents=True)
        (tmp_path / "ext4" / name / "errors_count").write_text(f"{count}\n")
    (tmp_path / "ext4" / "features").mkdir()
    assert ext4_errors(tmp_path / "ext4") == {"mmcblk0p2": 3}
    health = disk(tmp_path, ext4=tmp_path / "ext4")[0].state()
    assert (health.condition, health.code, health.evidence) == (Condition.ATTENTION, "disk.errors", "mmcblk0p2=3")
    worse = disk(tmp_path, ext4=tmp_path / "ext4", limits=Limits(full_bytes=2**62))[0].state()
    assert worse.code == "disk.full"
    (tmp_path / "ext4" / "mmcblk0p2" / "errors_count").write_text("0\n")
    assert disk(tmp_path, ext4=tmp_path / "ext4")[0].state() == READY


def test_the_kernels_own_counters_can_be_read() -> None:
    assert all(count > 0 for count in ext4_errors().values())


# --- the canary -------------------------------------------------------------------------------------------------------


def test_the_canary_leaves_nothing_behind(tmp_path: Path) -> None:
    assert canary(tmp_path, b"x" * 512) == READY
    assert list(tmp_path.iterdir()) == []


def test_a_canary_left_by_a_power_cut_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / CANARY).write_bytes(b"old")
    assert canary(tmp_path, b"x" * 512) == READY


def test_a_disk_that_gives_back_something_else_is_dying(tmp_path: Path) -> None:
    class Changing(bytes):
        """What is compared is not what was written: as if a cell had flipped."""

        def __eq__(self, other: object) -> bool:
            return False

        __hash__ = None  # type: ignore[assignment]

    health = canary(tmp_path, Changing(b"x"))
    assert (health.condition, health.code, health.evidence) == (Condition.FAULT, "disk.errors", "canary changed")


def test_a_canary_that_is_no_file_is_not_followed_and_not_fatal(tmp_path: Path) -> None:
    (tmp_path / CANARY).mkdir()
    assert canary(tmp_path, b"x").condition is Condition.FAULT


def test_the_canary_flies_rarely_while_all_is_well_and_often_while_not(tmp_path: Path) -> None:
    flights: list[int] = []

    def dice(count: int) -> bytes:
        flights.append(count)
        return b"x" * count

    folder = tmp_path / "state"
    folder.mkdir()
    watched, clock = disk(folder, dice=dice)
    for _ in range(3):
        assert watched.state() == READY
    clock.advance(CANARY_EVERY_S)
    folder.rmdir()
    assert [watched.state().code, watched.state().code] == ["disk.errors"] * 2
    folder.mkdir()
    assert watched.state() == READY
    assert len(flights) == 4


def test_a_change_is_logged_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = tmp_path / "state"
    watched, _ = disk(folder)
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            watched.state()
        folder.mkdir()
        watched.state()
    assert [record.getMessage().split()[2] for record in caplog.records] == ["code=disk.errors", "code="]
    assert repr(watched)
