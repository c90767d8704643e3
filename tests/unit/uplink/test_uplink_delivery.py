"""Packets to the real centre over good and bad lines: each exactly once, the packet erased, the tombstone kept."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.messages import SignedReceipt, verify_receipt
from kiosk.store import Phase
from kiosk.uplink import Courier
from kiosk.uplink.exchange import Limits
from tests.faultproxy import FaultProxy
from tests.unit.uplink.village import Kiosk, RealCentre, new_kiosk, real_centre, wait_until


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    yield kiosk
    kiosk.close()


def arrived(centre: RealCentre, kiosk: Kiosk) -> dict[str, str]:
    return {packet_id: digest for packet_id, digest in centre.received().items() if packet_id in kiosk.sealed}


def assert_all_delivered(centre: RealCentre, kiosk: Kiosk) -> None:
    assert arrived(centre, kiosk) == kiosk.sealed
    assert kiosk.tombstones() == kiosk.sealed
    assert kiosk.vault.ids() == frozenset()
    assert kiosk.store.waiting() == ()


@pytest.mark.parametrize("size", [1, 65_535, 65_536, 65_537, 300_000])
def test_a_packet_of_any_size_arrives_whole(centre: RealCentre, kiosk: Kiosk, size: int) -> None:
    kiosk.submit(size)
    with kiosk.courier(centre.url) as courier:
        assert courier.deliver_next()
        assert not courier.deliver_next()
    assert_all_delivered(centre, kiosk)


def test_the_tombstone_keeps_a_receipt_that_the_centre_signed_for_these_bytes(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
    with kiosk.store._engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT receipt FROM outbox").scalar()
    public = Ed25519PrivateKey.from_private_bytes((centre.settings.keys / "receipt").read_bytes()).public_key()
    receipt = verify_receipt(SignedReceipt.from_json(str(kept).encode()), public)
    assert (receipt.id, receipt.sha256, receipt.size) == (packet_id, kiosk.sealed[packet_id], 20_000)


def test_packets_leave_oldest_first(centre: RealCentre, kiosk: Kiosk) -> None:
    ids = [kiosk.submit(100) for _ in range(3)]
    with kiosk.courier(centre.url) as courier:
        for count in (1, 2, 3):
            courier.deliver_next()
            assert set(arrived(centre, kiosk)) == set(ids[:count])


def test_all_packets_and_questions_go_over_one_connection(centre: RealCentre, kiosk: Kiosk) -> None:
    for size in (100, 200_000):
        kiosk.submit(size)
    kiosk.store.ask("q1", b"not sealed")
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        courier.deliver_next()
        courier.answer_next()
        courier.deliver_next()
        courier.beat()
        assert line.counted.connections == 1
    assert_all_delivered(centre, kiosk)


def test_a_reply_that_is_lost_after_the_centre_acted_makes_no_second_packet(centre: RealCentre, kiosk: Kiosk) -> None:
    kiosk.submit(100_000)
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        for _ in range(12):  # announce, head, create, chunk, chunk, receipt: each reply is lost once
            line.lose_replies(1)
            deliver_now(kiosk, courier)
        line.lose_replies(0)
        deliver_now(kiosk, courier)
        assert line.counted.lost_replies >= 5
    assert_all_delivered(centre, kiosk)


def deliver_now(kiosk: Kiosk, courier: Courier) -> None:
    """Without waiting for the pause and the back-off, which have tests of their own."""
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_try = 0")
    courier.line.up()
    courier.deliver_next()


def test_a_reply_lost_at_each_single_step_makes_no_second_packet(centre: RealCentre, kiosk: Kiosk) -> None:
    lost = 0
    for step in range(20):  # announce, create, heartbeat, roster, as many chunks as the line makes of it, receipt
        kiosk.submit(100_000)
        with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
            lose_reply_number(line, step)
            for _ in range(3):
                deliver_now(kiosk, courier)
            lost += line.counted.lost_replies
            if not line.counted.lost_replies:  # there is no such reply any more
                break
    assert lost >= 5
    assert_all_delivered(centre, kiosk)


def lose_reply_number(line: FaultProxy, number: int) -> None:
    line.spare_replies(number)
    line.lose_replies(1)


def test_a_portal_that_says_200_to_everything_gets_nothing_and_loses_nothing(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(100_000)
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        line.put_up_portal()
        courier.deliver_next()
        row = kiosk.row(packet_id)
        assert (row.state, row.last_error) == (Phase.SEALED, "bukan_pusat")
        assert kiosk.vault.ids() == {packet_id}
        line.take_down_portal()
        deliver_now(kiosk, courier)
    assert_all_delivered(centre, kiosk)


def test_a_portal_in_the_middle_of_an_upload_loses_nothing_that_had_arrived(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(300_000)
    with FaultProxy(centre.port, cut_every=150_000, latency=0.05) as line, kiosk.courier(line.url) as courier:
        courier.deliver_next()
        line.put_up_portal()
        deliver_now(kiosk, courier)
        assert kiosk.row(packet_id).last_error == "bukan_pusat"
        line.take_down_portal()
        while kiosk.store.waiting():
            deliver_now(kiosk, courier)
        assert line.counted.up < 300_000 * 1.1
    assert_all_delivered(centre, kiosk)


def test_a_silent_line_is_given_up_and_told(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    with FaultProxy(centre.port) as line, kiosk.courier(line.url, limits=Limits(silence_s=0.5)) as courier:
        line.unplug()
        courier.deliver_next()
        assert kiosk.row(packet_id).last_error == "waktu_habis"
    with kiosk.courier(centre.url) as courier:
        deliver_now(kiosk, courier)
    assert_all_delivered(centre, kiosk)


def test_a_line_that_hangs_up_is_told(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit()
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        line.hang_up()
        courier.deliver_next()
        assert kiosk.row(packet_id).last_error == "tidak_tersambung"
        line.pick_up()
        deliver_now(kiosk, courier)
    assert_all_delivered(centre, kiosk)


def test_a_line_cut_every_80_kb_costs_at_most_a_twentieth_more(centre: RealCentre, kiosk: Kiosk) -> None:
    kiosk.submit(1_000_000)
    with FaultProxy(centre.port, cut_every=80_000, latency=0.05) as line, kiosk.courier(line.url) as courier:
        while kiosk.store.waiting():
            deliver_now(kiosk, courier)
        assert line.counted.cuts >= 12
        assert line.counted.up <= 1_000_000 * 1.05
    assert_all_delivered(centre, kiosk)


def test_a_centre_killed_in_the_middle_of_an_upload_goes_on_where_it_was(tmp_path: Path) -> None:
    with real_centre(tmp_path / "centre") as centre:
        kiosk = new_kiosk(tmp_path / "kiosk", centre)
        kiosk.submit(400_000)
        with FaultProxy(centre.port, rate=400_000, latency=0.05) as line, kiosk.courier(line.url) as courier:
            for _ in range(3):
                killer = kill_after(centre, line, 100_000)
                deliver_now(kiosk, courier)
                killer.join()
                centre.start()
            while kiosk.store.waiting():
                deliver_now(kiosk, courier)
            assert line.counted.up <= 400_000 * 1.25
        assert_all_delivered(centre, kiosk)
        kiosk.close()


def kill_after(centre: RealCentre, line: FaultProxy, more: int) -> Thread:
    """-9 to the centre once so many more bytes have passed."""
    goal = line.counted.up + more

    def watch() -> None:
        wait_until(lambda: line.counted.up >= goal)
        centre.kill()

    thread = Thread(target=watch)
    thread.start()
    return thread


def test_an_upload_that_the_centre_lost_is_sent_again(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(200_000)
    with FaultProxy(centre.port, cut_every=100_000) as line, kiosk.courier(line.url) as courier:
        courier.deliver_next()
        (centre.settings.uploads / packet_id).unlink()
        while kiosk.store.waiting():
            deliver_now(kiosk, courier)
    assert_all_delivered(centre, kiosk)


def test_bytes_that_rot_at_the_centre_are_sent_again(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(200_000)
    with FaultProxy(centre.port, cut_every=100_000) as line, kiosk.courier(line.url) as courier:
        courier.deliver_next()
        line.cut_every = 0
        with (centre.settings.uploads / packet_id).open("r+b") as file:
            file.write(secrets.token_bytes(100))
        deliver_now(kiosk, courier)
        row = kiosk.row(packet_id)
        assert (row.last_error, row.state) == ("isi_rusak", Phase.UPLOADING)
        deliver_now(kiosk, courier)
    assert_all_delivered(centre, kiosk)


def test_bytes_that_rot_at_the_kiosk_need_a_person_and_are_not_erased(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(1000)
    (kiosk.folder / "vault" / f"{packet_id}.packet").write_bytes(secrets.token_bytes(1000))
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
    row = kiosk.row(packet_id)
    assert (row.state, row.code) == (Phase.NEEDS_ATTENTION, "isi_rusak")
    assert kiosk.vault.ids() == {packet_id}
    assert packet_id not in centre.received()


@pytest.mark.parametrize(("left", "code"), [(None, "brankas_hilang"), (b"short", "brankas_rusak")])
def test_a_packet_that_is_gone_or_short_needs_a_person_and_lets_the_next_one_pass(
    centre: RealCentre, kiosk: Kiosk, left: bytes | None, code: str
) -> None:
    broken, whole = kiosk.submit(), kiosk.submit()
    file = kiosk.folder / "vault" / f"{broken}.packet"
    file.unlink() if left is None else file.write_bytes(left)
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
        courier.deliver_next()
    assert kiosk.row(broken).code == code
    assert set(arrived(centre, kiosk)) == {whole}


def test_an_id_that_the_centre_knows_with_other_bytes_is_never_overwritten(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(500)
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
    before = centre.received()[packet_id]
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'SEALED', sha256 = hex(zeroblob(32))")
    kiosk.vault.put(packet_id, secrets.token_bytes(500))
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
    assert (kiosk.row(packet_id).state, kiosk.row(packet_id).code) == (Phase.NEEDS_ATTENTION, "isi_berbeda")
    assert centre.received()[packet_id] == before


def test_a_packet_above_the_centre_s_limit_needs_a_person(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(10)
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET size = 999999999")
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
    assert (kiosk.row(packet_id).state, kiosk.row(packet_id).code) == (Phase.NEEDS_ATTENTION, "terlalu_besar")


def test_a_revoked_kiosk_keeps_its_packets_queued_and_asks_rarely(centre: RealCentre, kiosk: Kiosk) -> None:
    ids = [kiosk.submit(100) for _ in range(3)]
    centre.revoke(kiosk.kiosk_id)
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        for _ in range(10):
            courier.deliver_next()
        assert line.counted.connections == 1
        assert courier.line.word == "refused"
    assert kiosk.row(ids[0]).last_error == "kios_tidak_dikenal"
    assert {row.state for row in kiosk.store.waiting()} == {Phase.SEALED}


def test_a_kiosk_that_was_restored_from_an_old_disk_sends_nothing_twice(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(1000)
    content = kiosk.vault.read(packet_id, 0, 1000)
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'SEALED', receipt = NULL")
    kiosk.vault.put(packet_id, content)
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        courier.deliver_next()
        assert line.counted.up < 2500, "announced and answered: not uploaded again"
    assert_all_delivered(centre, kiosk)
