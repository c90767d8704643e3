"""kill -9 at any instant, then run again: exactly one at the centre, nothing else, an empty vault, full tombstones."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.store import Phase
from tests.faultproxy import FaultProxy
from tests.unit.uplink.village import TOP, Kiosk, RealCentre, new_kiosk, real_centre, wait_until

COURIER = """
import secrets, signal, sys
from pathlib import Path
from threading import Event
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from adminduk.clock import SystemClock
from kiosk.uplink import Post, run_courier
folder, url, kiosk_id, store_key, device_key, receipt_key = sys.argv[1:]
stop = Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
post = Post(
    store_file=Path(folder, "store.db"), vault_folder=Path(folder, "vault"), url=url, kiosk_id=kiosk_id,
    desa="3312122001", store_key=bytes.fromhex(store_key), device_key=Ed25519PrivateKey.from_private_bytes(bytes.fromhex(device_key)),
    receipt_key=bytes.fromhex(receipt_key),
)
ready = lambda: print("ready", flush=True)
run_courier(post, stop, clock=SystemClock(), dice=secrets, ready=ready, alive=lambda: None)
"""


def start_courier(kiosk: Kiosk, url: str, *before: str) -> subprocess.Popen[bytes]:
    post = kiosk.post(url)
    words = [
        str(kiosk.folder), url, kiosk.kiosk_id, post.store_key.hex(), kiosk.key.private_bytes_raw().hex(),
        post.receipt_key.hex(),
    ]  # fmt: skip
    return subprocess.Popen(
        [*before, sys.executable, "-c", COURIER, *words], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip


@contextmanager
def courier_process(kiosk: Kiosk, url: str) -> Iterator[subprocess.Popen[bytes]]:
    process = start_courier(kiosk, url)
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=10)


def kill_at(process: subprocess.Popen[bytes], line: FaultProxy, bytes_up: int, *, seconds: float) -> None:
    """-9 once so many bytes have left, or at the latest after ``seconds``."""
    deadline = time.monotonic() + seconds
    while line.counted.up < bytes_up and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[1].decode()[-2000:]
        time.sleep(0.001)
    process.kill()
    process.communicate(timeout=10)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[RealCentre]:
    with real_centre(tmp_path / "centre") as centre:
        yield centre


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    yield kiosk
    kiosk.close()


def assert_exactly_once(centre: RealCentre, kiosk: Kiosk) -> None:
    assert centre.received() == kiosk.sealed
    assert centre.everything_known() == set(kiosk.sealed)
    assert kiosk.tombstones() == kiosk.sealed
    assert kiosk.vault.ids() == frozenset()
    assert list((kiosk.folder / "vault").iterdir()) == []


@pytest.mark.timeout(240)
@pytest.mark.nightly  # by day tests/faults at each step exactly, and tests/journeys/test_killed.py at random
def test_a_courier_killed_twenty_times_delivers_each_packet_exactly_once(centre: RealCentre, kiosk: Kiosk) -> None:
    dice, kills = random.Random(20261121), 0
    for _ in range(24):
        kiosk.submit(dice.randrange(500, 120_000))
    with FaultProxy(centre.port, rate=1_500_000) as line:
        while kills < 22:
            process = start_courier(kiosk, line.url)
            kill_at(process, line, line.counted.up + dice.randrange(0, 90_000), seconds=8)
            kills += 1
            if kills == 6:
                kiosk.submit(30_000)  # a villager comes in between
        with courier_process(kiosk, line.url):
            wait_until(lambda: not kiosk.store.waiting(), 60, every=0.1)
    assert_exactly_once(centre, kiosk)


@pytest.mark.timeout(1800)
@pytest.mark.nightly
def test_a_courier_and_a_centre_killed_eighty_times_on_a_bad_line_deliver_each_packet_exactly_once(
    centre: RealCentre, kiosk: Kiosk
) -> None:
    """At any instant, in processes of their own; at every step, two hundred times each: tests/faults/test_kills.py."""
    dice = random.Random(time.time_ns())
    for _ in range(60):
        kiosk.submit(dice.randrange(500, 200_000))
    with FaultProxy(centre.port, rate=1_500_000, cut_every=170_000) as line:
        for kill in range(80):
            process = start_courier(kiosk, line.url)
            kill_at(process, line, line.counted.up + dice.randrange(0, 150_000), seconds=8)
            if kill % 5 == 0:
                centre.kill()
                centre.start()
        with courier_process(kiosk, line.url):
            wait_until(lambda: not kiosk.store.waiting(), 600, every=0.2)
    assert_exactly_once(centre, kiosk)


class PowerGoesError(BaseException):
    """The plug, pulled."""


def power_goes_at(kiosk_engine: sa.Engine, event: str, count: int) -> None:
    """Just before the ``count``-th transaction begins, or just before it commits."""
    seen = 0

    def pull(_connection: sa.Connection) -> None:
        nonlocal seen
        seen += 1
        if seen == count:
            raise PowerGoesError

    sa.event.listen(kiosk_engine, event, pull)


@pytest.mark.parametrize("event", ["begin", "commit"])
def test_power_going_at_every_transaction_of_a_delivery_makes_no_second_packet(
    centre: RealCentre, kiosk: Kiosk, event: str
) -> None:
    for count in range(1, 100):
        kiosk.submit(150_000)
        with kiosk.courier(centre.url) as courier:
            power_goes_at(courier._store._engine, event, count)
            try:
                courier.announce_next()
                courier.deliver_next()
            except PowerGoesError:
                assert_nothing_is_lost(centre, kiosk)
            else:
                break
        free_at_once(kiosk)
        with kiosk.courier(centre.url) as courier:
            assert courier.deliver_next()
        assert_exactly_once(centre, kiosk)
    assert count > 8, "a delivery has more transactions than that"
    assert_exactly_once(centre, kiosk)


def assert_nothing_is_lost(centre: RealCentre, kiosk: Kiosk) -> None:
    """Every sealed packet is on the kiosk or durable at the centre, at every moment."""
    assert set(kiosk.sealed) == kiosk.vault.ids() | set(centre.received())


def free_at_once(kiosk: Kiosk) -> None:
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET leased_until = 0")


@pytest.mark.parametrize(("call", "when"), [("unlink", 1), ("fsync", 1)])
def test_a_kill_at_the_erasing_itself_only_leaves_something_to_tidy(
    centre: RealCentre, kiosk: Kiosk, call: str, when: int
) -> None:
    """The receipt is stored already. ``unlink`` of the packet, then ``fsync`` of its folder: killed as each returns."""
    packet_id = kiosk.submit()
    paths = ["-P", str(kiosk.folder / "vault" / f"{packet_id}.packet"), "-P", str(kiosk.folder / "vault")]
    kill = ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}"]
    process = start_courier(kiosk, centre.url, "strace", "-f", "-o", "/dev/null", *paths, *kill)
    process.communicate(timeout=60)
    assert kiosk.row(packet_id).state is Phase.RECEIVED
    with courier_process(kiosk, centre.url):
        wait_until(lambda: not kiosk.store.waiting(), 30)
    assert_exactly_once(centre, kiosk)


def test_a_second_courier_on_the_same_kiosk_gives_up_at_once(centre: RealCentre, kiosk: Kiosk) -> None:
    with courier_process(kiosk, centre.url) as first:
        assert first.stdout
        assert first.stdout.readline() == b"ready\n"
        second = start_courier(kiosk, centre.url)
        assert b"CourierRunningError" in second.communicate(timeout=30)[1]
        assert first.poll() is None


def test_a_courier_that_is_told_to_stop_stops_between_two_chunks(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(3_000_000)
    with FaultProxy(centre.port, rate=300_000) as line, courier_process(kiosk, line.url) as process:
        wait_until(lambda: line.counted.up > 150_000)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert kiosk.row(packet_id).last_error == ""
        assert line.counted.up < 1_500_000
    with courier_process(kiosk, centre.url):
        wait_until(lambda: not kiosk.store.waiting(), 30)
    assert_exactly_once(centre, kiosk)
