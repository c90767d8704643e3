"""The queue: who is next, who waits and why, what never ends in silence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adminduk.clock import ManualClock
from kiosk.store import Phase, Store, Waiting
from kiosk.store.outbox import (
    FIRST_WAIT_S,
    GRACE_S,
    LEASE_S,
    LONGEST_WAIT_S,
    WAITING,
    asked_wait_s,
    wait_s,
)
from tests.unit.store.making import FixedDice, numbered_id, open_store, submission


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Store:
    return open_store(tmp_path, clock=clock)


def put(store: Store, *numbers: int) -> None:
    for number in numbers:
        store.record_submission(submission(number, packet_id=numbered_id(number)))


def claimed(store: Store) -> int | None:
    """The number of the packet that is claimed now."""
    item = store.claim()
    return None if item is None else int(item.id.replace("-", "")[:12], 16)


def row(store: Store, number: int) -> Waiting:
    return next(row for row in store.waiting() if row.id == numbered_id(number))


def test_the_oldest_id_goes_first_whatever_the_order_of_writing(store: Store) -> None:
    put(store, 3, 1, 2)
    assert [claimed(store) for _ in range(4)] == [1, 2, 3, None]


def test_a_claim_says_what_is_needed_to_go_on(store: Store) -> None:
    put(store, 1)
    item = store.claim()
    assert item is not None
    assert (item.state, item.size, item.offset, item.receipt) == (Phase.SEALED, 1000, 0, None)


def test_a_claimed_packet_is_claimed_again_when_the_lease_runs_out(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    assert claimed(store) == 1
    clock.advance(LEASE_S - 1)
    assert claimed(store) is None
    clock.advance(1)
    assert claimed(store) == 1


def test_progress_renews_the_lease(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    store.claim()
    clock.advance(LEASE_S - 1)
    store.advance(numbered_id(1), Phase.UPLOADING, offset=64)
    clock.advance(LEASE_S - 1)
    assert claimed(store) is None


def test_a_courier_that_starts_anew_gets_what_the_killed_one_held_within_a_moment(
    store: Store, clock: ManualClock
) -> None:
    put(store, 1, 2)
    assert claimed(store) == 1
    store.release_leases()
    assert claimed(store) == 2, "a packet that kills every courier lets the others pass"
    clock.advance(GRACE_S)
    assert claimed(store) == 1


def test_a_start_does_not_lengthen_a_lease_that_is_nearly_over(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    store.claim()
    clock.advance(LEASE_S - 1)
    store.release_leases()
    clock.advance(1)
    assert claimed(store) == 1


def test_a_given_back_packet_is_free_at_once(store: Store) -> None:
    put(store, 1)
    store.claim()
    store.release(numbered_id(1))
    assert claimed(store) == 1


def test_a_setback_shows_its_class_its_count_and_the_next_try(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    store.claim()
    store.set_back(numbered_id(1), "tidak_tersambung")
    found = row(store, 1)
    assert (found.attempts, found.last_error, found.state) == (1, "tidak_tersambung", Phase.SEALED)
    assert clock.now().timestamp() < found.next_try <= clock.now().timestamp() + FIRST_WAIT_S


def test_a_packet_that_was_set_back_lets_the_next_one_pass(store: Store, clock: ManualClock) -> None:
    put(store, 1, 2)
    store.claim()
    store.set_back(numbered_id(1), "tidak_tersambung")
    assert claimed(store) == 2
    clock.advance(FIRST_WAIT_S)
    assert claimed(store) == 1


def waits(store: Store, clock: ManualClock, count: int) -> list[float]:
    """Seconds of each of the next waits of packet 1, when every attempt fails."""
    found = []
    for _ in range(count):
        assert claimed(store) == 1
        store.set_back(numbered_id(1), "tidak_tersambung")
        found.append(row(store, 1).next_try - clock.now().timestamp())
        clock.advance(found[-1] + 0.001)
    return found


def test_waits_grow_to_a_cap_and_never_end(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    found = waits(store, clock, 60)
    assert found[:12] == sorted(found[:12])
    assert found[0] < 2 * FIRST_WAIT_S
    assert LONGEST_WAIT_S / 3 < found[-1] <= LONGEST_WAIT_S


def test_progress_makes_the_waits_short_again(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    waits(store, clock, 8)
    store.claim()
    store.advance(numbered_id(1), Phase.UPLOADING, offset=1)
    store.set_back(numbered_id(1), "tidak_tersambung")
    assert row(store, 1).next_try - clock.now().timestamp() <= FIRST_WAIT_S
    assert row(store, 1).attempts == 9, "attempts are counted for ever"


@pytest.mark.parametrize(("state", "offset"), [(Phase.ANNOUNCED, 0), (Phase.UPLOADING, 0), (Phase.UPLOADING, 500)])
def test_a_line_that_takes_announcements_and_kills_uploads_is_not_hammered(
    store: Store, clock: ManualClock, state: Phase, offset: int
) -> None:
    put(store, 1)
    store.advance(numbered_id(1), Phase.UPLOADING, offset=500)
    for _ in range(8):
        store.claim()
        store.advance(numbered_id(1), state, offset=offset)
        store.set_back(numbered_id(1), "tidak_tersambung")
        wait = row(store, 1).next_try - clock.now().timestamp()
        clock.advance(wait + 0.001)
    assert wait > 20 * FIRST_WAIT_S


def test_the_furthest_offset_is_remembered_when_the_centre_lost_the_upload(store: Store) -> None:
    put(store, 1)
    store.advance(numbered_id(1), Phase.UPLOADING, offset=500)
    store.advance(numbered_id(1), Phase.ANNOUNCED, offset=0)
    store.release(numbered_id(1))
    item = store.claim()
    assert item is not None
    assert (item.state, item.offset) == (Phase.ANNOUNCED, 500)


@given(setbacks=st.integers(0, 10_000), part=st.floats(0, 0.999))
def test_every_wait_is_at_least_a_second_and_at_most_the_cap(setbacks: int, part: float) -> None:
    assert 1.0 <= wait_s(setbacks, FixedDice(part)) <= LONGEST_WAIT_S


def test_jitter_is_full_so_that_kiosks_do_not_return_together() -> None:
    waits = [wait_s(6, FixedDice(part / 10)) for part in range(10)]
    assert len(set(waits)) == 10
    assert max(waits) - min(waits) > 0.8 * max(waits)


@given(asked=st.floats(0, 1e9), part=st.floats(0, 0.999))
def test_the_centre_s_wish_is_kept_within_reason(asked: float, part: float) -> None:
    wait = asked_wait_s(asked, FixedDice(part))
    assert min(max(asked, 1.0), LONGEST_WAIT_S) <= wait <= LONGEST_WAIT_S


def test_a_thousand_kiosks_told_to_wait_a_minute_do_not_return_in_the_same_second() -> None:
    waits = {round(asked_wait_s(60, FixedDice(part / 1000))) for part in range(1000)}
    assert min(waits) >= 60
    assert len(waits) > 10


def test_a_wait_the_centre_asked_for_is_shown(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    store.claim()
    store.set_back(numbered_id(1), "http_503", wait=100.0)
    assert 100 <= row(store, 1).next_try - clock.now().timestamp() <= 125


def test_a_refused_packet_waits_for_a_person_and_is_not_tried(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    store.claim()
    store.need_attention(numbered_id(1), "isi_berbeda")
    clock.advance(10 * LONGEST_WAIT_S)
    assert claimed(store) is None
    assert (row(store, 1).state, row(store, 1).code) == (Phase.NEEDS_ATTENTION, "isi_berbeda")
    assert ("needs_attention", numbered_id(1), "isi_berbeda") in store.events()


def test_a_person_can_send_a_refused_packet_again(store: Store) -> None:
    put(store, 1)
    store.need_attention(numbered_id(1), "isi_berbeda")
    store.try_again(numbered_id(1))
    assert (row(store, 1).state, row(store, 1).code) == (Phase.SEALED, "")
    assert claimed(store) == 1


def test_trying_again_never_wakes_a_tombstone(store: Store) -> None:
    put(store, 1)
    store.receive(numbered_id(1), "{}")
    store.purge(numbered_id(1))
    store.try_again(numbered_id(1))
    assert claimed(store) is None


def test_a_received_packet_is_still_claimed_until_it_is_erased(store: Store) -> None:
    put(store, 1)
    store.claim()
    store.receive(numbered_id(1), "the receipt")
    store.release(numbered_id(1))
    item = store.claim()
    assert item is not None
    assert (item.state, item.receipt) == (Phase.RECEIVED, "the receipt")


def test_a_tombstone_keeps_id_hash_and_receipt_and_is_never_sent_again(store: Store, clock: ManualClock) -> None:
    put(store, 1)
    store.receive(numbered_id(1), "the receipt")
    store.purge(numbered_id(1))
    clock.advance(1e6)
    assert claimed(store) is None
    assert store.waiting() == ()
    assert store.packet_ids() == frozenset()
    with store._engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT id, sha256, receipt, state FROM outbox").one()
    assert tuple(kept) == (numbered_id(1), f"{1:064x}", "the receipt", "PURGED")


def test_packets_that_must_be_on_the_disk_are_all_that_are_not_purged(store: Store) -> None:
    put(store, 1, 2, 3)
    store.need_attention(numbered_id(1), "x")
    store.receive(numbered_id(2), "{}")
    assert store.packet_ids() == {numbered_id(1), numbered_id(2), numbered_id(3)}


def test_nothing_waits_without_a_next_try(store: Store, clock: ManualClock) -> None:
    put(store, *range(1, 6))
    for number in range(1, 6):
        store.claim()
        store.set_back(numbered_id(number), "tidak_tersambung")
    latest = max(waiting.next_try for waiting in store.waiting() if waiting.state in WAITING)
    assert latest <= clock.now().timestamp() + LONGEST_WAIT_S
    clock.advance(LONGEST_WAIT_S)
    assert [claimed(store) for _ in range(5)] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("years", [-50, 60])
def test_a_clock_that_jumps_never_blocks_the_queue(store: Store, clock: ManualClock, years: int) -> None:
    put(store, 1, 2)
    store.claim()
    store.set_back(numbered_id(1), "tidak_tersambung")
    store.claim()
    clock.jump(clock.at.replace(year=clock.at.year + years))
    assert {claimed(store), claimed(store)} == {1, 2}


def test_counters_count_over_a_restart_and_each_by_itself(tmp_path: Path, store: Store) -> None:
    assert [store.next_number("heartbeat") for _ in range(3)] == [1, 2, 3]
    assert store.next_number("other") == 1
    assert open_store(tmp_path).next_number("heartbeat") == 4


def test_the_newest_word_about_a_device_counts(store: Store) -> None:
    store.report_device("receipt", "receipt.paper_out")
    store.report_device("camera", "ready")
    store.report_device("receipt", "ready")
    assert store.devices() == {"camera": "ready", "receipt": "ready"}
