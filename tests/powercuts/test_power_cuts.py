"""Power is cut for real: the kernel under kiosk, courier and centre is killed, its page cache with it, over a bad line.

What is claimed. At EVERY cut: whoever holds a printed receipt has their application whole, in the kiosk's vault with its row, or
at the centre. When at last everything was carried:

- every printed receipt has exactly one row at the centre, and every packet there decrypts to the hash that was announced, to the
  ticket on the paper and to the page that this visitor had laid down;
- the centre has exactly the kiosk's tombstones, each with the centre's signature: no row, file, upload or draft besides;
- power that goes between the transaction and the paper leaves an application without a paper: it is at the centre once, its
  ticket stands in the kiosk's outbox, its print never as confirmed, and there is at most one for each cut;
- a visitor whose submit did not come as far as its transaction got no paper, and nothing of it is left anywhere;
- both file systems and both databases are sound, and no byte of NIK, KK number, name or page stands on either raw disk.

Not modelled: a disk that lies about what it wrote. The PIN's hash is cheap here, as in tests/unit/central.
"""

import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.powercuts import disks, guest, judge
from tests.powercuts.guest import Guest
from tests.powercuts.people import SECRETS
from tests.powercuts.village import Village, settle

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(bool(guest.missing()), reason=f"no power can be cut here, missing: {' '.join(guest.missing())}"),
]
FAIR = "delay 150ms loss 5% rate 256kbit"
WORST = "delay 400ms loss 10% rate 64kbit"
BOOT_S, SILENCE_S, LATEST_S = 300.0, 6.0, 30.0
SEED, NIGHTLY_CUTS = 20261294, 13  # by day: twice while a paper is due, twice while packets are carried
EVERYTHING = ("centre", "courier")


@dataclass
class Story:
    """A village through its power cuts."""

    village: Village
    folder: Path
    dice: random.Random
    heard: judge.Heard = field(default_factory=judge.Heard)
    cuts: int = 0

    @contextmanager
    def booted(self, *, line: str = "", **told: object) -> Iterator[Guest]:
        how = {"parts": (), "sizes": [], "pause_s": 0.0, "drain": False, "weak": "", **told}
        machine = Guest(self.folder, self.village.disks, line=line, told=how)
        try:
            yield machine
        finally:
            machine.cut()
            self.heard.listen(machine.lines)

    def cut(self, *, line: str, parts: Sequence[str], sizes: Sequence[int], within: int) -> list[str]:
        """Power goes at one of ``within`` things that are heard, and up to 0.4 s later. What is wrong now."""
        at, later = self.dice.randrange(1, within), self.dice.uniform(0, 0.4)
        with self.booted(line=line, parts=parts, sizes=sizes, pause_s=0.2) as machine:
            machine.until(
                lambda: len(machine.lines) >= at or "SERVED" in machine.lines, seconds=BOOT_S, what=f"line {at}"
            )
            latest = time.monotonic() + (LATEST_S if parts else 0.0)  # then there is nothing more to carry
            while len(machine.lines) < at and time.monotonic() < latest and machine.silent_s < SILENCE_S:
                machine.run_on(0.1)
            machine.run_on(later)
        self.cuts += 1
        both, wrong = judge.look(self.village, self.folder)
        wrong += judge.lost(both, self.heard)
        tell(f"cut {self.cuts}: at line {at} + {later:.2f} s, {'+'.join(parts) or 'alone'}, {len(self.heard.papers)} papers, "
              f"{sum(state != 'announced' for state, _ in both.packets.values())} at the centre, {self.heard.resumed} resumed, {wrong or 'nothing lost'}")  # fmt: skip
        return wrong

    def drain(self) -> None:
        """The last day: power stays and the line is good, until nothing waits."""
        with self.booted(parts=("centre", "worker", "courier"), drain=True) as machine:
            machine.until(machine.ended, seconds=2 * BOOT_S, what="end of the last day")
        assert "UNMOUNTED" in machine.lines, machine.told()

    def verdict(self) -> list[str]:
        """Everything of this file's first lines."""
        both, wrong = judge.look(self.village, self.folder)
        wrong += judge.lost(both, self.heard)
        wrong += judge.left(both, self.heard, self.village, self.folder / "centre", cuts=self.cuts)
        for image in self.village.disks:
            wrong += [f"{image.stem}: {told}" for told in [disks.complaints(image)] if told]
            wrong += [f"{image.stem}: personal data in the clear" for needle in SECRETS if disks.holds(image, needle)]
        heard = self.heard
        tell(f"{self.cuts} cuts, {len(heard.laid)} submits, {len(heard.papers)} receipts, {len(both.tickets)} rows, "
              f"{len(set(both.outbox)) - len(heard.papers)} without paper, {heard.resumed} resumed, {heard.asked} requests, "
              f"wrong: {wrong or 'nothing'}")  # fmt: skip
        return wrong


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@pytest.fixture
def story() -> Iterator[Story]:
    with guest.ground() as folder:
        yield Story(settle(folder), folder, random.Random(SEED))


@pytest.mark.timeout(900)
def test_power_that_goes_five_times_loses_and_doubles_no_application(story: Story) -> None:
    for parts, line, within in ((), "", 8), (EVERYTHING, FAIR, 30), ((), "", 8), ((), "", 8), (EVERYTHING, FAIR, 40):
        sizes = [story.dice.randrange(2_000, 6_000) for _ in range(2)]
        assert story.cut(line=line, parts=parts, sizes=sizes, within=within) == []
    story.drain()
    assert story.verdict() == []
    assert len(story.heard.papers) >= 3


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("number", range(4), ids="village-{}".format)
def test_power_that_goes_fifty_times_in_four_villages_loses_and_doubles_no_application(
    story: Story, number: int
) -> None:
    line = (FAIR, WORST)[number % 2]
    story.dice = random.Random(seed := time.time_ns())
    tell(f"seed {seed}, {line}")
    for _ in range(NIGHTLY_CUTS):
        alone = story.dice.random() < 0.5
        sizes = [story.dice.randrange(2_000, 40_000) for _ in range(2)]
        parts = () if alone else EVERYTHING
        assert story.cut(line=line, parts=parts, sizes=sizes, within=10 if alone else 90) == []
    story.drain()
    assert story.verdict() == []


@pytest.mark.nightly
@pytest.mark.timeout(900)
@pytest.mark.parametrize("weak", ["store", "packets", "centre"])
def test_a_sync_that_is_left_out_is_noticed(story: Story, weak: str) -> None:
    """That the cuts are real: what only the page cache held is gone, and the same judge says so."""
    parts = EVERYTHING if weak == "centre" else ()
    with story.booted(parts=parts, sizes=[4_000] * 3, weak=weak) as machine:
        machine.until(lambda: "SERVED" in machine.lines, seconds=BOOT_S, what="three papers")
        if weak == "centre":
            machine.until(lambda: b"packet_delivered" in machine.log, seconds=BOOT_S, what="a delivery")
    both, _ = judge.look(story.village, story.folder)
    assert story.heard.papers
    assert judge.lost(both, story.heard)
