"""The disk has spoilt the store: what people were promised lies in the vault, and goes on its way all the same."""

import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from uuid6 import uuid7

from adminduk.clock import ManualClock, read_stamp
from kiosk.store import Phase, Store, StoreError, mending
from kiosk.vault import Vault
from tests.unit.store.making import KEY, FixedDice, lay_store, submission

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return lay_store(tmp_path / "kiosk.db")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "vault")


def opened(path: Path, key: bytes = KEY) -> Store:
    return mending.open_or_mend(path, key, clock=ManualClock(), dice=FixedDice())


def started(path: Path, vault: Vault, drafts: frozenset[str] = frozenset()) -> tuple[Store, tuple[str, ...]]:
    store = opened(path)
    return store, mending.take_up(store, vault, drafts, days=7)


def packet(vault: Vault) -> str:
    packet_id = str(uuid7())
    vault.put(packet_id, secrets.token_bytes(500))
    return packet_id


def spoil(path: Path, page: int, at: int = 1000) -> None:
    """One bit, as an old disk does."""
    content = bytearray(path.read_bytes())
    content[page * PAGE + at] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("page", [0, 1, 7])
def test_one_bit_of_any_page_and_every_waiting_packet_goes_on_its_way(path: Path, vault: Vault, page: int) -> None:
    store, _ = started(path, vault)
    ids = [packet(vault) for _ in range(3)]
    for number, packet_id in enumerate(ids, 1):
        store.record_submission(submission(number, packet_id=packet_id))
    store.close()
    path.with_name("kiosk.db-wal").unlink(missing_ok=True)
    spoil(path, page)
    store, taken_up = started(path, vault)
    assert list(taken_up) == ids
    item = store.claim()
    assert item is not None
    assert (item.id, item.state, item.sha256, item.size) == (ids[0], Phase.SEALED, vault.sha256(ids[0]), 500)
    assert path.with_name("kiosk.db.rusak-1").exists(), "nothing of the old one is thrown away"


def test_a_store_that_somebody_deleted_takes_no_packet_with_it(path: Path, vault: Vault) -> None:
    packet_id = packet(vault)
    path.unlink()
    store, taken_up = started(path, vault)
    assert taken_up == (packet_id,)
    assert vault.clean_up(store.packet_ids()) == frozenset()


def test_a_store_that_knows_the_vault_takes_nothing_up_and_an_orphan_is_an_orphan(path: Path, vault: Vault) -> None:
    started(path, vault)[0].close()
    orphan = packet(vault)
    store, taken_up = started(path, vault)
    assert taken_up == ()
    assert vault.clean_up(store.packet_ids()) == {orphan}


def test_drafts_get_their_whole_time_again(path: Path, vault: Vault) -> None:
    draft = str(uuid7())
    store, _ = started(path, vault, frozenset({draft}))
    assert store.drafts.alive(draft)
    assert store.drafts.over() == frozenset()


def test_the_moment_of_sealing_is_read_from_the_id(path: Path, vault: Vault) -> None:
    packet(vault)
    store, _ = started(path, vault)
    (waiting,) = store.waiting()
    sealed = read_stamp(waiting.sealed_at)
    assert abs(sealed - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_whole_store_is_left_alone_and_a_second_one_that_broke_has_its_own_name(path: Path, vault: Vault) -> None:
    started(path, vault)[0].close()
    started(path, vault)[0].close()
    assert list(path.parent.glob("*.rusak-*")) == []
    for _ in range(2):
        spoil(path, 0)
        started(path, vault)[0].close()
    assert len(list(path.parent.glob("kiosk.db.rusak-?"))) == 2


def test_a_disk_without_room_is_no_damaged_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("penuh")

    monkeypatch.setattr(mending, "check", full)
    with pytest.raises(StoreError, match="penuh"):
        opened(path)
    assert list(path.parent.glob("*.rusak-*")) == []


def test_who_has_the_old_file_open_notices(path: Path, vault: Vault) -> None:
    couriers = opened(path)
    assert not couriers.replaced()
    spoil(path, 0)
    started(path, vault)[0].close()
    assert couriers.replaced()
    path.unlink()
    assert couriers.replaced()


def test_a_disk_that_gives_no_more_of_the_file_is_told_from_one_that_takes_nothing(path: Path) -> None:
    """SQLite says the same of both. The kernel's own memory file answers a reader as a dead sector does."""
    assert mending._unreadable(Path("/proc/self/mem"))
    assert not mending._unreadable(path)
    assert not mending._unreadable(path.with_name("nothing"))
