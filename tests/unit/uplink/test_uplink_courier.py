"""What the courier does between packets: questions first, surveys, heartbeats, pauses that hold for the whole kiosk."""

import base64
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from uuid6 import uuid7

from adminduk.clock import ManualClock
from adminduk.messages import ANSWER_INFO, INQUIRY_INFO, Heartbeat, Inquiry, InquiryAnswer, SurveyAnswer
from adminduk.packets import seal_to, unseal
from central.schema import kiosks, survey_answers
from kiosk.store import Phase
from kiosk.uplink import Courier
from kiosk.uplink.pulse import EVERY_S
from tests.faultproxy import FaultProxy
from tests.unit.store.making import numbered_id, ticket
from tests.unit.uplink.strangers import Forger, Reply, Request, Stranger, problem
from tests.unit.uplink.village import Kiosk, RealCentre, new_kiosk, real_centre, wait_until

CENTRE_KEY = Ed25519PrivateKey.generate()


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kiosk(tmp_path: Path, centre: RealCentre) -> Iterator[Kiosk]:
    kiosk = new_kiosk(tmp_path / "kiosk", centre)
    yield kiosk
    kiosk.close()


@pytest.fixture
def remote(tmp_path: Path, clock: ManualClock) -> Iterator[Kiosk]:
    """A kiosk for strangers, with a clock that moves when told."""
    receipt_key = CENTRE_KEY.public_key().public_bytes_raw()
    kiosk = Kiosk(tmp_path / "remote", "K-0001", Ed25519PrivateKey.generate(), receipt_key, clock=clock)
    yield kiosk
    kiosk.close()


@contextmanager
def running(courier: Courier) -> Iterator[Event]:
    """The courier's loop in a thread, until told to stop."""
    stop = Event()
    thread = Thread(target=courier.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
        assert not thread.is_alive()


# --- questions --------------------------------------------------------------------------------------------------------


def ask(kiosk: Kiosk, centre: RealCentre) -> tuple[str, X25519PrivateKey]:
    """What the visit does: a sealed question, answered only to a key in memory."""
    reply_key, question_id = X25519PrivateKey.generate(), str(uuid7())
    reply_to = base64.b64encode(reply_key.public_key().public_bytes_raw()).decode()
    inquiry = Inquiry(kind="status", ticket=ticket(1), proof={"pin": "123456"}, reply_to=reply_to)
    sealed = seal_to(centre.context.keys.sealing.public_key(), inquiry.to_json(), INQUIRY_INFO)
    kiosk.store.ask(question_id, sealed)
    return question_id, reply_key


def test_a_question_comes_back_as_an_answer_only_the_visit_can_open(centre: RealCentre, kiosk: Kiosk) -> None:
    question_id, reply_key = ask(kiosk, centre)
    with kiosk.courier(centre.url) as courier:
        assert courier.answer_next()
        assert not courier.answer_next()
    reply = kiosk.store.reply(question_id)
    assert reply is not None
    assert reply.sealed is not None
    answer = InquiryAnswer.from_json(unseal(reply_key, reply.sealed, ANSWER_INFO))
    assert answer.code in ("salah", "tidak_ada")


def test_a_question_that_fails_is_told_at_once_and_not_repeated(centre: RealCentre, kiosk: Kiosk) -> None:
    question_id, _ = ask(kiosk, centre)
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        line.hang_up()
        assert courier.answer_next()
        assert not courier.answer_next()
    reply = kiosk.store.reply(question_id)
    assert reply is not None
    assert reply.code == "tidak_tersambung"


def test_a_question_that_the_centre_cannot_open_is_told(centre: RealCentre, kiosk: Kiosk) -> None:
    kiosk.store.ask("q1", b"not sealed at all")
    with kiosk.courier(centre.url) as courier:
        courier.answer_next()
    reply = kiosk.store.reply("q1")
    assert reply is not None
    assert reply.code == "segel_rusak"


def test_a_person_who_asks_during_a_long_upload_does_not_wait_for_its_end(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(2_000_000)
    with FaultProxy(centre.port, rate=400_000) as line, kiosk.courier(line.url) as courier, running(courier):
        wait_until(lambda: line.counted.up > 150_000)
        question_id, _ = ask(kiosk, centre)
        wait_until(lambda: not pending(kiosk, question_id))
        assert kiosk.row(packet_id).state is Phase.UPLOADING
        line.rate = 0
        wait_until(lambda: not kiosk.store.waiting())


def pending(kiosk: Kiosk, question_id: str) -> bool:
    reply = kiosk.store.reply(question_id)
    return reply is not None and reply.pending


def test_a_question_goes_before_packets(remote: Kiosk) -> None:
    remote.submit()
    remote.store.ask("q1", b"sealed")
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier, running(courier):
        wait_until(lambda: not remote.store.waiting())
    assert stranger.heard[0].path == "/inquiries"


def test_a_question_is_carried_even_while_the_line_rests(remote: Kiosk) -> None:
    remote.submit()
    with Stranger(lambda _: problem(503, "sibuk", 600)) as stranger, remote.courier(stranger.url) as courier:
        courier.deliver_next()
        assert rests(courier)
        remote.store.ask("q1", b"sealed")
        stranger.answering = lambda _: Reply(200, b"opaque", {"Content-Type": "application/octet-stream"})
        assert courier.answer_next()
        assert not rests(courier), "an answer shows that the line is well again"
    reply = remote.store.reply("q1")
    assert reply is not None
    assert reply.sealed == b"opaque"


def rests(courier: Courier) -> bool:
    return courier.line.quiet


# --- pauses -----------------------------------------------------------------------------------------------------------


def test_a_centre_that_says_wait_a_minute_hears_nothing_of_the_other_packets_for_a_minute(
    remote: Kiosk, clock: ManualClock
) -> None:
    for _ in range(5):
        remote.submit(100)
    remote.store.add_survey(numbered_id(1), b"{}")
    with Stranger(lambda _: problem(503, "sibuk", 60)) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(20):
            courier.deliver_next()
            courier.send_survey()
            courier.beat()
        assert len(stranger.heard) == 1
        clock.advance(59)
        courier.deliver_next()
        assert len(stranger.heard) == 1
        clock.advance(17)
        courier.deliver_next()
        assert len(stranger.heard) == 2
        assert courier.line.word == "busy"


def test_a_line_that_is_down_is_tried_by_one_packet_at_a_time(remote: Kiosk, clock: ManualClock) -> None:
    for _ in range(50):
        remote.submit(100)
    with Stranger(lambda _: None) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(600):
            courier.deliver_next()
            clock.advance(1)
    assert 15 <= len(stranger.heard) <= 60, "at least every 40 s, never a storm"


def test_after_ten_hours_without_a_line_the_first_packet_leaves_within_half_a_minute(
    remote: Kiosk, clock: ManualClock
) -> None:
    for _ in range(30):
        remote.submit(100)
    with Stranger(lambda _: None) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(300):
            courier.deliver_next()
            clock.advance(120)
        stranger.answering = Forger(CENTRE_KEY)
        clock.advance(30)
        for _ in range(31):
            courier.deliver_next()
    assert remote.tombstones()


def test_nothing_that_failed_waits_longer_than_ten_minutes_after_the_line_returned(
    remote: Kiosk, clock: ManualClock
) -> None:
    for _ in range(10):
        remote.submit(100)
    with Stranger(lambda _: None) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(200):
            courier.deliver_next()
            clock.advance(60)
        stranger.answering = Forger(CENTRE_KEY)
        clock.advance(600)
        while courier.deliver_next():
            pass
    assert remote.tombstones() == remote.sealed


def test_the_log_tells_each_edge_of_the_line_once(
    remote: Kiosk, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "kiosk.uplink")
    remote.submit(100)
    with Stranger(lambda _: None) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(300):
            courier.deliver_next()
            clock.advance(30)
        stranger.answering = Forger(CENTRE_KEY)
        clock.advance(600)
        courier.deliver_next()
        remote.submit(100)
        courier.deliver_next()
    words = [record.getMessage().split()[0] for record in caplog.records if record.name.endswith("line")]
    assert words == ["line_down", "line_up"]


def test_the_log_holds_no_path_no_url_and_no_key(remote: Kiosk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "kiosk")
    remote.submit(100)
    remote.submit(100)
    (remote.folder / "vault" / f"{min(remote.sealed)}.packet").unlink()
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier:
        courier.deliver_next()
        courier.deliver_next()
    text = caplog.text
    assert "packet_needs_attention" in text
    assert "packet_delivered" in text
    for secret in (str(remote.folder), stranger.url, ticket(0), ticket(1)):
        assert secret not in text


# --- surveys ----------------------------------------------------------------------------------------------------------


def survey(survey_id: str) -> SurveyAnswer:
    return SurveyAnswer(id=survey_id, service="kk_perubahan", month="2026-11", scores=(4, 3, None, 4, 4, 3, 2, 1, 4))


def test_a_survey_answer_of_a_delivered_packet_arrives_once(centre: RealCentre, kiosk: Kiosk) -> None:
    packet_id = kiosk.submit(100)
    kiosk.store.add_survey(packet_id, survey(packet_id).to_json())
    with FaultProxy(centre.port) as line, kiosk.courier(line.url) as courier:
        courier.deliver_next()
        line.lose_replies(1)
        assert courier.send_survey()
        courier.line.up()
        with kiosk.store._engine.begin() as connection:
            connection.exec_driver_sql("UPDATE surveys SET next_try = 0")
        assert courier.send_survey()
        assert not courier.send_survey()
    assert kiosk.store.next_survey() is None
    with centre.engine.connect() as connection:
        kept = connection.execute(sa.select(survey_answers).where(survey_answers.c.id == packet_id)).all()
    assert [row.scores for row in kept] == ["43-443214"]


def test_a_survey_answer_that_is_refused_is_dropped_and_said_so(remote: Kiosk) -> None:
    remote.store.add_survey(numbered_id(1), b"{}")
    with Stranger(lambda _: problem(409, "isi_berbeda")) as stranger, remote.courier(stranger.url) as courier:
        assert courier.send_survey()
    assert remote.store.next_survey() is None
    assert ("survey_refused", numbered_id(1), "isi_berbeda") in remote.store.events()


@pytest.mark.parametrize("reply", [None, problem(503, "sibuk", 5), problem(401, "kios_tidak_dikenal")])
def test_a_survey_answer_waits_for_better_times(remote: Kiosk, clock: ManualClock, reply: Reply | None) -> None:
    remote.store.add_survey(numbered_id(1), survey(numbered_id(1)).to_json())
    with Stranger(lambda _: reply) as stranger, remote.courier(stranger.url) as courier:
        assert courier.send_survey()
        assert not courier.send_survey()
        clock.advance(601)
        stranger.answering = lambda request: Reply(200, request.body, {"Content-Type": "application/json"})
        assert courier.send_survey()
    assert remote.store.next_survey() is None


# --- the heartbeat ----------------------------------------------------------------------------------------------------


def test_a_heartbeat_says_how_the_kiosk_is(centre: RealCentre, kiosk: Kiosk) -> None:
    kiosk.submit(100)
    kiosk.store.report_device("receipt", "receipt.paper_low")
    with kiosk.courier(centre.url) as courier:
        assert courier.beat()
        assert not courier.beat()
    with centre.engine.connect() as connection:
        row = connection.execute(sa.select(kiosks).where(kiosks.c.id == kiosk.kiosk_id)).one()
    beat = Heartbeat.from_json(row.last_heartbeat.encode())
    assert (beat.sequence, beat.queue, beat.clock_trusted) == (1, 1, True)
    assert beat.devices == {"receipt": "receipt.paper_low"}
    assert beat.versions == {"kiosk": "test"}
    assert beat.free_mb > 0


def heartbeats(stranger: Stranger) -> list[Heartbeat]:
    return [Heartbeat.from_json(request.body) for request in stranger.heard if request.path == "/heartbeat"]


def test_a_heart_beats_every_five_minutes_or_a_little_more(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(lambda _: Reply(204)) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(3600):
            courier.beat()
            clock.advance(1)
    assert 3600 / (EVERY_S * 1.1) <= len(heartbeats(stranger)) <= 3600 / EVERY_S + 1


def test_a_sequence_number_goes_up_over_a_restart_and_a_lost_beat(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(lambda _: None) as stranger:
        for reply in (None, Reply(204), Reply(204)):
            stranger.answering = lambda _, reply=reply: reply  # type: ignore[misc]
            clock.advance(1000)
            with remote.courier(stranger.url) as courier:
                courier.beat()
    assert [beat.sequence for beat in heartbeats(stranger)] == [1, 2, 3]


def test_a_heartbeat_tells_the_age_of_the_oldest_packet(remote: Kiosk, clock: ManualClock) -> None:
    remote.submit(100)
    clock.advance(7200)
    with Stranger(lambda _: Reply(204)) as stranger, remote.courier(stranger.url) as courier:
        courier.beat()
    assert heartbeats(stranger)[0].oldest_s == 7200


def test_a_heartbeat_with_a_lost_clock_says_so_and_no_nonsense_age(remote: Kiosk, clock: ManualClock) -> None:
    remote.submit(100)
    clock.jump(clock.at.replace(year=1976))
    with Stranger(lambda _: Reply(204)) as stranger, remote.courier(stranger.url) as courier:
        courier.beat()
    (beat,) = heartbeats(stranger)
    assert (beat.clock_trusted, beat.oldest_s, beat.queue) == (False, 0, 1)


def test_a_heart_that_is_not_heard_does_not_race(remote: Kiosk, clock: ManualClock) -> None:
    with Stranger(lambda _: problem(500, "http_500")) as stranger, remote.courier(stranger.url) as courier:
        for _ in range(600):
            courier.beat()
            clock.advance(1)
    assert len(stranger.heard) <= 3


# --- the loop ---------------------------------------------------------------------------------------------------------


def test_the_watchdog_is_fed_between_the_chunks_of_a_long_upload(remote: Kiosk) -> None:
    remote.submit(640_000)
    fed_at: list[int] = []
    stop = Event()
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier:

        def alive() -> None:
            fed_at.append([request.method for request in stranger.heard].count("PATCH"))
            if not remote.store.waiting():
                stop.set()

        courier.run(stop, alive=alive)
    assert fed_at[-1] >= 4
    assert set(fed_at) == set(range(fed_at[-1] + 1))


def test_a_stop_between_chunks_gives_the_packet_back(remote: Kiosk) -> None:
    packet_id = remote.submit(640_000)
    stop, forger = Event(), Forger(CENTRE_KEY)

    def stop_at_the_second(request: Request) -> Reply:
        if request.headers.get("Upload-Offset") != "0":
            stop.set()
        return forger.honest("PATCH", "uploads", request)

    forger.lies[("PATCH", "uploads")] = stop_at_the_second
    with Stranger(forger) as stranger, remote.courier(stranger.url) as courier:
        courier.run(stop)
    held = len(forger.held[packet_id])
    assert [request.method for request in stranger.heard].count("PATCH") == 2
    item = remote.store.claim()
    assert item is not None
    assert (item.id, item.offset, item.state) == (packet_id, held, Phase.UPLOADING)


def test_a_packet_that_a_killed_courier_held_is_taken_up_within_seconds(remote: Kiosk, clock: ManualClock) -> None:
    remote.submit(100)
    assert remote.store.claim() is not None
    with Stranger(Forger(CENTRE_KEY)) as stranger, remote.courier(stranger.url) as courier, running(courier):
        wait_until(lambda: courier._stop.is_set() or remote_is_idle(stranger))
        clock.advance(5)
        wait_until(lambda: not remote.store.waiting(), 10)


def remote_is_idle(stranger: Stranger) -> bool:
    """The loop turns: its first heartbeat went out."""
    return bool(heartbeats(stranger))


def test_a_packet_submitted_while_the_courier_idles_leaves_within_a_second(centre: RealCentre, kiosk: Kiosk) -> None:
    with kiosk.courier(centre.url) as courier, running(courier):
        wait_until(lambda: courier.line.word == "up")
        kiosk.submit(1000)
        wait_until(lambda: not kiosk.store.waiting(), 3)
    assert kiosk.tombstones() == kiosk.sealed


def test_two_couriers_by_mistake_deliver_each_packet_once(centre: RealCentre, kiosk: Kiosk) -> None:
    for _ in range(12):
        kiosk.submit(70_000)
    with kiosk.courier(centre.url) as one, kiosk.courier(centre.url) as other, running(one), running(other):
        wait_until(lambda: not kiosk.store.waiting(), 60)
    assert {i: d for i, d in centre.received().items() if i in kiosk.sealed} == kiosk.sealed
    assert kiosk.tombstones() == kiosk.sealed


# --- the kiosk's clock ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", [-86_400 * 18_250, -400, -20, -6, 4, 6, 20, 400, 86_400])
def test_a_clock_that_is_wrong_does_not_stop_the_packets(centre: RealCentre, tmp_path: Path, seconds: int) -> None:
    wrong = SkewedClock(seconds)
    kiosk = new_kiosk(tmp_path / "skewed", centre, clock=wrong)
    kiosk.submit(70_000)
    with kiosk.courier(centre.url) as courier:
        courier.deliver_next()
        assert courier.line.word == "up"
    assert kiosk.tombstones() == kiosk.sealed
    kiosk.close()


class SkewedClock(ManualClock):
    """Goes, but wrong by so many seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self._wrong = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._wrong


def test_a_courier_whose_store_was_put_aside_ends_so_that_its_next_process_opens_the_new_one(
    remote: Kiosk, clock: ManualClock
) -> None:
    remote.submit(1000)
    file = remote.store._path
    with remote.courier("http://127.0.0.1:9") as courier:
        file.rename(file.with_name(file.name + ".rusak-1"))
        courier.run(Event())  # comes back by itself
    assert not file.exists()
