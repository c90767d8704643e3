"""The second disk: pulled out, full, hanging, back again; and the day on which the first one loses a packet."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adminduk.clock import ManualClock
from kiosk.store import Phase, Store
from kiosk.vault import SecondCopy, Vault, on_other_disk
from kiosk.vault.second import FOLDER, PATIENCE_S
from tests.small_disk import needs_root, small_disk
from tests.unit.store.making import numbered_id, open_store, ticket
from tests.unit.store.making import submission as some_submission


@dataclass
class Disks:
    """A vault and its store, and a stick that a hand plugs and pulls."""

    store: Store
    vault: Vault
    home: Path
    clock: ManualClock
    plugged: bool = True
    restored: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        def put_back(packet_id: str) -> None:
            self.restored.append(packet_id)
            self.store.try_again(packet_id)

        self.second = SecondCopy(
            self.home, self.vault, self.store.unsent, clock=self.clock, other_disk=lambda: self.plugged,
            restored=put_back,
        )  # fmt: skip

    def submit(self, number: int, content: bytes = b"sealed") -> str:
        packet_id = numbered_id(number)
        self.vault.put(packet_id, content)
        given = some_submission(number, packet_id=packet_id, size=len(content))
        digest = hashlib.sha256(content).hexdigest()
        self.store.record_submission(type(given)(**{**_fields(given), "sha256": digest, "ticket": ticket(number)}))
        return packet_id

    def look(self) -> str:
        self.second.round()
        return self.second.code

    @property
    def copies(self) -> set[str]:
        return {path.stem for path in (self.home / FOLDER).glob("*.packet")}


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]  # a slotted dataclass


@pytest.fixture
def disks(tmp_path: Path) -> Iterator[Disks]:
    clock = ManualClock()
    store = open_store(tmp_path, clock=clock)
    (tmp_path / "stick").mkdir()
    yield Disks(store, Vault(tmp_path / "vault"), tmp_path / "stick", clock)
    store.close()


def test_each_packet_that_waits_is_copied_and_goes_when_its_receipt_came(disks: Disks) -> None:
    first, second = disks.submit(1), disks.submit(2)
    assert disks.look() == ""
    assert disks.copies == {first, second}
    disks.store.receive(first, "{}")
    disks.vault.erase(first)
    disks.store.purge(first)
    assert disks.look() == ""
    assert disks.copies == {second}
    assert disks.restored == []


def test_a_stick_pulled_out_is_told_and_catches_up_when_it_is_back(disks: Disks) -> None:
    disks.plugged = False
    packet_id = disks.submit(1)
    assert disks.look() == "copy.absent"
    assert not (disks.home / FOLDER).exists()
    disks.plugged = True
    assert disks.look() == ""
    assert disks.copies == {packet_id}


@needs_root
def test_a_full_stick_is_told_and_the_visit_never_hears_of_it(disks: Disks) -> None:
    with small_disk(disks.home, "64k"):
        assert on_other_disk(disks.home, disks.vault._folder)
        disks.submit(1, b"x" * 90_000)
        assert disks.look() == "copy.full"
        assert [path.suffix for path in (disks.home / FOLDER).iterdir()] == []


def test_a_stick_that_may_not_be_written_is_told(disks: Disks) -> None:
    (disks.home / FOLDER).write_text("a file where the folder should be")
    disks.submit(1)
    assert disks.look() == "copy.errors"


def test_a_stick_that_hangs_is_told_after_a_minute_and_holds_up_nobody(tmp_path: Path, disks: Disks) -> None:
    begun, release = threading.Event(), threading.Event()

    def hangs() -> bool:
        begun.set()
        return not release.wait(10)

    second = SecondCopy(tmp_path / "stick", disks.vault, disks.store.unsent, clock=disks.clock, other_disk=hangs)
    stop = threading.Event()
    thread = threading.Thread(target=second.keep, args=(stop,), daemon=True)
    thread.start()
    assert begun.wait(5)
    second.nudge()  # what a submission does: it comes back at once
    assert second.code == ""
    disks.clock.advance(PATIENCE_S + 1)
    assert second.code == "copy.hung"
    stop.set()
    release.set()
    second.nudge()
    thread.join(5)
    assert second.code == "copy.absent"


def test_a_packet_that_the_first_disk_lost_comes_back_from_the_second(disks: Disks) -> None:
    packet_id = disks.submit(1, b"the only one")
    disks.look()
    disks.vault.erase(packet_id)
    disks.store.need_attention(packet_id, "brankas_hilang")
    assert disks.look() == ""
    assert disks.vault.read(packet_id, 0, 100) == b"the only one"
    assert disks.restored == [packet_id]
    assert [row.state for row in disks.store.waiting()] == [Phase.SEALED]


def test_a_packet_damaged_on_the_first_disk_is_replaced_by_the_whole_copy(disks: Disks) -> None:
    packet_id = disks.submit(1, b"whole")
    disks.look()
    (disks.vault._folder / f"{packet_id}.packet").write_bytes(b"spoilt")
    disks.store.need_attention(packet_id, "brankas_rusak")
    disks.look()
    assert disks.vault.read(packet_id, 0, 100) == b"whole"
    assert disks.restored == [packet_id]


def test_a_damaged_copy_is_not_put_in_the_place_of_anything(disks: Disks) -> None:
    packet_id = disks.submit(1)
    disks.look()
    (disks.home / FOLDER / f"{packet_id}.packet").write_bytes(b"spoilt")
    disks.vault.erase(packet_id)
    disks.look()
    assert not disks.vault.has(packet_id)
    assert disks.restored == []


def test_a_damaged_packet_is_never_copied(disks: Disks) -> None:
    packet_id = disks.submit(1)
    (disks.vault._folder / f"{packet_id}.packet").write_bytes(b"spoilt")
    disks.look()
    assert disks.copies == set()


def test_a_receipt_that_comes_while_a_packet_is_put_back_leaves_nothing_behind(disks: Disks) -> None:
    packet_id = disks.submit(1)
    disks.look()
    disks.vault.erase(packet_id)
    looks = iter([disks.store.unsent(), ()])
    second = SecondCopy(
        disks.home, disks.vault, lambda: next(looks), clock=disks.clock, other_disk=lambda: True,
        restored=disks.restored.append,
    )  # fmt: skip
    second.round()
    assert not disks.vault.has(packet_id)
    assert disks.restored == []


def test_a_half_written_copy_goes_and_the_folder_of_the_first_disk_is_no_second_disk(disks: Disks) -> None:
    packet_id = disks.submit(1)
    (disks.home / FOLDER).mkdir()
    (disks.home / FOLDER / f"{numbered_id(9)}.tmp").write_bytes(b"torn")
    disks.look()
    assert {path.name for path in (disks.home / FOLDER).iterdir()} == {f"{packet_id}.packet"}
    assert not on_other_disk(disks.home, disks.vault._folder)
    assert not on_other_disk(disks.home / "none", disks.vault._folder)
