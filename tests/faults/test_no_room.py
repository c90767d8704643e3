"""A disk that refuses each write in turn: the right code is told, nothing is lost, nothing half remains, and with room again
it goes on. Once with room for the very next write already, in the same process; once without any until the next start.

By day some of the writes, by night all.
"""

import re
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from adminduk.clock import SystemClock
from kiosk.store import StoreError, mending
from tests.faults.cases import CASES, Case
from tests.faults.forked import Ending, Fault, Step, Zygote
from tests.faults.village import Village, some
from tests.small_disk import needs_root, small_disk
from tests.unit.store.making import KEY, lay_store, open_store, submission

WRITES = ("write", "pwrite64", "ftruncate", "fsync", "fdatasync", "mkdir", "rename")
FULL = "error=ENOSPC"
NIGHT = [pytest.mark.nightly, pytest.mark.timeout(1800)]
# A process that cannot write may end: systemd starts it anew every two seconds. It ends with a word of ours at the kiosk; at
# the centre with the system's, for the admin who reads its log.
ENDS_AT_KIOSK = re.compile(r"(StoreError|VaultError): (penuh|rusak)$")
ENDS_AT_CENTRE = re.compile(r"No space left on device|database or disk is full|disk I/O error")
AT_CENTRE = ("take_in", "bring", "admit")
OK = ("ready", "ok")
Steps = Callable[[str], tuple[Step, ...]]
ONCE = ("carry", "bring", "admit")  # they go on by themselves, or with the next start


def said(case: Case, ending: Ending) -> None:
    """Only what a disk without room may make it say."""
    for word in ending.told:
        first, _, rest = word.partition(" ")
        if first == "broke":
            ends = ENDS_AT_CENTRE if case.story in AT_CENTRE else ENDS_AT_KIOSK
            assert ends.search(rest.strip()), rest
        elif first in ("refused", "stick") or (first in ("copy", "content", "brought") and rest.split()[0] not in OK):
            assert " ".join(word.split()[:2]) in case.codes


@pytest.mark.parametrize("every", [53, pytest.param(1, marks=NIGHT)])
@pytest.mark.parametrize("name", CASES)
def test_each_write_refused_loses_nothing_and_with_room_it_goes_on(
    zygote: Zygote, stages: dict[str, Village], steps_of: Steps, tmp_path: Path, name: str, every: int
) -> None:
    case, writes = CASES[name], [step for step in steps_of(name) if step.call in WRITES]
    faults = [Fault(step.call, step.number, FULL, on) for step in writes for on in (False, True)]
    for number, fault in enumerate(some(faults, every)):
        village = stages[case.stage].copy(tmp_path / f"village-{number}")
        given = case.given(village)
        tries = {} if case.story in ONCE else {"tries": 1 if fault.on else 2}
        refused = zygote.run(case.story, fault=fault, **given, **tries)
        after = zygote.run(case.story, **given)
        try:
            said(case, refused)
            assert after.whole, after
            case.holds(village, [refused, after])
        except AssertionError as error:
            raise AssertionError(f"{name}, {fault}: {refused.told}") from error
        finally:
            village.close()


@pytest.mark.parametrize(
    ("name", "after", "call", "place", "word"),
    [
        # the row refused and the erasing too: the visitor is told, and what of the row came to the log promises nobody anything
        ("the screen keeps an application", "rename", "fsync", r"store\.db-wal>", "refused penuh"),
        # delivered, and only not erased: nobody must act
        ("the courier delivers", "unlink", "fsync", r"/vault>", ""),
        # nobody can be looked up: that is no kiosk which is not known
        ("the centre takes in", "", "ftruncate", r"central\.db-shm>", "refused 500"),
        # no crash of the courier
        ("new content", "", "mkdir", r'/updates"', "content content.unkept"),
        # full, not broken
        ("the second disk", "", "mkdir", r'/second"', "copy copy.full"),
    ],
)
def test_a_refusal_is_not_taken_for_something_else(
    zygote: Zygote, stages: dict[str, Village], steps_of: Steps, tmp_path: Path, name: str, after: str, call: str,
    place: str, word: str,
) -> None:  # fmt: skip
    case, steps = CASES[name], steps_of(name)
    begin = next((number for number, step in enumerate(steps) if step.call == after), 0)
    step = next(step for step in steps[begin:] if step.call == call and re.search(place, step.words))
    village = stages[case.stage].copy(tmp_path / "village")
    given = case.given(village)
    refused = zygote.run(case.story, fault=Fault(call, step.number, FULL, on=True), **given)
    said(case, refused)
    assert not word or word in refused.told
    after_it = zygote.run(case.story, **given)
    case.holds(village, [refused, after_it])
    village.close()


@needs_root
@pytest.mark.parametrize("left", [0, 4096, 16384, 24576])
def test_a_start_on_a_full_disk_puts_no_good_store_aside(tmp_path: Path, left: int) -> None:
    """A reader too needs 32 KB beside the store. Whose lines are in it must not depend on that."""
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk", "1m") as disk:
        lay_store(disk / "store.db")
        store = open_store(disk)
        store.record_submission(one := submission(1))
        store.close()
        (disk / "photos").write_bytes(bytes(_free(disk) - left))
        with pytest.raises(StoreError, match="penuh"):
            mending.open_or_mend(disk / "store.db", KEY, clock=SystemClock(), dice=secrets)
        assert not list(disk.glob("*rusak*"))
        (disk / "photos").unlink()
        store = mending.open_or_mend(disk / "store.db", KEY, clock=SystemClock(), dice=secrets)
        assert store.packet_ids() == {one.id}
        store.close()


def _free(disk: Path) -> int:
    import os

    seen = os.statvfs(disk)
    return seen.f_bavail * seen.f_frsize
