"""Small before large: the centre knows of every packet before the first large one leaves; progress begins waits anew."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import ManualClock
from adminduk.messages import Announced
from kiosk.store import Phase
from kiosk.uplink import Courier
from kiosk.uplink.pulse import EVERY_S
from tests.unit.uplink.strangers import JSON, Forger, Reply, Request, Stranger, problem
from tests.unit.uplink.village import Kiosk

CENTRE_KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kiosk(tmp_path: Path, clock: ManualClock) -> Iterator[Kiosk]:
    receipt_key = CENTRE_KEY.public_key().public_bytes_raw()
    kiosk = Kiosk(tmp_path / "kiosk", "K-0001", Ed25519PrivateKey.generate(), receipt_key, clock=clock)
    yield kiosk
    kiosk.close()


def run_until_empty(kiosk: Kiosk, courier: Courier) -> None:
    stop = Event()
    courier.run(stop, alive=lambda: None if kiosk.store.waiting() else stop.set())


def methods(stranger: Stranger) -> list[str]:
    """Method and first word of the path, without what the kiosk asks for on its own behalf."""
    told = [f"{request.method} {request.path.strip('/').split('/')[0].split('?')[0]}" for request in stranger.heard]
    return [word for word in told if word not in ("GET changes", "GET content")]


def test_questions_then_announcements_then_the_heartbeat_and_only_then_packets(kiosk: Kiosk) -> None:
    ids = [kiosk.submit(3000) for _ in range(3)]
    kiosk.store.ask("q1", b"sealed")
    with Stranger(Forger(CENTRE_KEY)) as stranger, kiosk.courier(stranger.url) as courier:
        run_until_empty(kiosk, courier)
    each = ["POST uploads", "PATCH uploads", "POST packets"]
    small = ["POST inquiries", "PUT packets", "PUT packets", "PUT packets", "PUT heartbeat", "GET staff"]
    assert methods(stranger) == small + each * 3
    assert [request.packet_id for request in stranger.heard if request.method == "PATCH"] == ids
    assert kiosk.tombstones() == kiosk.sealed


def test_a_packet_is_announced_once_and_each_one_more_when_the_courier_begins_anew(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(3000)
    with Stranger(Forger(CENTRE_KEY)) as stranger:
        with kiosk.courier(stranger.url) as courier:
            assert courier.announce_next()
            assert not courier.announce_next()
            assert kiosk.row(packet_id).state is Phase.ANNOUNCED
        with kiosk.courier(stranger.url) as courier:  # killed in between: what the centre said is forgotten
            assert not courier.announce_next()
            assert courier.deliver_next()
    assert methods(stranger).count("PUT packets") == 2
    assert kiosk.tombstones() == kiosk.sealed


def test_a_packet_that_is_received_already_is_not_sent_again_when_it_was_announced_first(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(3000)
    forger = Forger(CENTRE_KEY)
    forger.held[packet_id] = kiosk.vault.read(packet_id, 0, 3000)
    known = Reply(200, Announced(id=packet_id, state="received", offset=3000).to_json(), JSON)
    forger.lies["PUT", "packets"] = lambda _: known
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        assert courier.announce_next()
        assert courier.deliver_next()
    assert methods(stranger) == ["PUT packets", "POST packets"]
    assert kiosk.tombstones() == kiosk.sealed


def test_an_upload_that_the_centre_received_while_its_answer_was_lost_is_not_sent_again(kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(3000)
    forger = Forger(CENTRE_KEY)
    forger.lies["POST", "receipt"] = lambda _: None
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        courier.deliver_next()
        assert kiosk.row(packet_id).state is Phase.UPLOADING
        known = Reply(200, Announced(id=packet_id, state="received", offset=3000).to_json(), JSON)
        forger.lies = {("PUT", "packets"): lambda _: known, ("HEAD", "uploads"): lambda _: Reply(404)}
        again(kiosk, courier)
    assert methods(stranger)[-3:] == ["HEAD uploads", "PUT packets", "POST packets"]
    assert kiosk.tombstones() == kiosk.sealed


def test_an_announcement_that_the_centre_forgot_is_made_again(kiosk: Kiosk) -> None:
    """Its database came back from a copy of yesterday."""
    kiosk.submit(3000)
    forger = Forger(CENTRE_KEY)
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        courier.announce_next()
        forger.lies["POST", "uploads"] = lambda _: problem(404, "belum_diumumkan")
        courier.deliver_next()
        forger.lies = {}
        again(kiosk, courier)
    assert methods(stranger).count("PUT packets") == 2
    assert kiosk.tombstones() == kiosk.sealed


def test_an_upload_that_goes_on_is_not_announced_again(kiosk: Kiosk) -> None:
    kiosk.submit(200_000)
    forger = Forger(CENTRE_KEY)
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        courier.beat()
        courier.fetch_roster()
        break_off_at(forger, 65_536)
        courier.deliver_next()
        forger.lies = {}
        again(kiosk, courier)
    assert methods(stranger).count("PUT packets") == 1
    assert methods(stranger).count("HEAD uploads") == 1
    assert kiosk.tombstones() == kiosk.sealed


def again(kiosk: Kiosk, courier: Courier) -> None:
    """At once, without the pause and the back-off."""
    with kiosk.store._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE outbox SET next_try = 0")
    courier.line.up()
    courier.deliver_next()


def break_off_at(forger: Forger, offset: int) -> None:
    """The line goes while a chunk from there on is sent; a third of it had arrived."""

    def die(request: Request) -> Reply | None:
        if int(request.headers["Upload-Offset"]) < offset:
            return forger.honest("PATCH", "uploads", request)
        forger.held[request.packet_id] += request.body[: len(request.body) // 3]
        return None

    forger.lies["PATCH", "uploads"] = die


@pytest.mark.parametrize(
    ("reply", "state", "code"),
    [
        (None, Phase.SEALED, "tidak_tersambung"),
        (problem(503, "sibuk", 5), Phase.SEALED, "sibuk"),
        (problem(413, "terlalu_besar"), Phase.NEEDS_ATTENTION, "terlalu_besar"),
        (problem(409, "isi_berbeda"), Phase.NEEDS_ATTENTION, "isi_berbeda"),
        (problem(401, "kios_tidak_dikenal"), Phase.SEALED, "kios_tidak_dikenal"),
    ],
)
def test_an_announcement_that_fails_means_what_it_means_later_too(
    kiosk: Kiosk, reply: Reply | None, state: Phase, code: str
) -> None:
    packet_id = kiosk.submit(3000)
    with Stranger(lambda _: reply) as stranger, kiosk.courier(stranger.url) as courier:
        assert courier.announce_next()
        assert not courier.announce_next()
    assert (kiosk.row(packet_id).state, kiosk.row(packet_id).last_error) == (state, code)
    assert kiosk.vault.ids() == {packet_id}


def test_a_packet_sealed_during_a_long_upload_is_announced_before_its_end(kiosk: Kiosk, clock: ManualClock) -> None:
    kiosk.submit(400_000)
    forger = Forger(CENTRE_KEY)

    def submit_once(request: Request) -> Reply:
        if request.headers["Upload-Offset"] == "0":
            kiosk.submit(3000)
        clock.advance(EVERY_S)
        return forger.honest("PATCH", "uploads", request)

    forger.lies["PATCH", "uploads"] = submit_once
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        courier.deliver_next()
    told = methods(stranger)
    assert told.count("PUT packets") == 2
    assert max(n for n, word in enumerate(told) if word == "PUT packets") < told.index("POST packets")
    assert told.count("PUT heartbeat") >= 2, "a long upload does not silence the kiosk"


# --- progress begins the waits anew -----------------------------------------------------------------------------------


def setbacks(kiosk: Kiosk) -> int:
    with kiosk.store._engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT setbacks FROM outbox").scalar_one())


def test_a_line_that_cuts_every_chunk_but_lets_some_of_it_through_is_not_waited_for_longer_and_longer(
    kiosk: Kiosk,
) -> None:
    """No chunk ever comes to its end, so that only the offset tells of progress."""
    kiosk.submit(400_000)
    forger = Forger(CENTRE_KEY)
    break_off_at(forger, 0)
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        for _ in range(8):
            again(kiosk, courier)
            assert setbacks(kiosk) <= 1
        forger.lies = {}
        again(kiosk, courier)
    assert kiosk.tombstones() == kiosk.sealed


def test_a_line_that_lets_nothing_through_is_waited_for_longer_and_longer(kiosk: Kiosk) -> None:
    kiosk.submit(400_000)
    forger = Forger(CENTRE_KEY)
    forger.lies["PATCH", "uploads"] = lambda _: None
    with Stranger(forger) as stranger, kiosk.courier(stranger.url) as courier:
        for count in range(1, 6):
            again(kiosk, courier)
            assert setbacks(kiosk) == count
