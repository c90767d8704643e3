"""How much goes in one request and how fast: learned from the line, held to the settings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from adminduk.clock import ManualClock
from kiosk.store import Phase
from kiosk.uplink.centre import Centre
from kiosk.uplink.chunks import FIRST, LARGEST, LARGEST_PIECE, SMALLEST, SMALLEST_PIECE, Chunks
from kiosk.uplink.exchange import Exchange
from kiosk.uplink.hours import QuietHours
from kiosk.uplink.pace import Blocks, Cap
from kiosk.uplink.signing import KioskSignature
from tests.unit.store.making import numbered_id
from tests.unit.uplink.strangers import Forger, Reply, Request, Stranger
from tests.unit.uplink.village import Kiosk

CENTRE_KEY = Ed25519PrivateKey.generate()


def carry(chunks: Chunks, clock: ManualClock, bytes_s: float, count: int = 40) -> None:
    """So many chunks over a line of that rate."""
    for _ in range(count):
        size = chunks.size
        chunks.begin()
        clock.advance(size / bytes_s)
        chunks.arrived(size)


# --- the chunk --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kbit_s", "size"), [(4, SMALLEST), (16, 16_384), (64, 64_000), (128, 128_000), (5000, LARGEST)]
)
def test_a_chunk_takes_eight_seconds_of_the_line(kbit_s: int, size: int) -> None:
    clock = ManualClock()
    chunks = Chunks(clock)
    carry(chunks, clock, kbit_s * 125)
    assert chunks.size == pytest.approx(size, rel=0.03)


def test_a_line_that_turns_bad_is_believed_at_once_and_one_that_turns_good_little_by_little() -> None:
    clock = ManualClock()
    chunks = Chunks(clock)
    carry(chunks, clock, 1_000_000)
    carry(chunks, clock, 4_000, 1)
    assert chunks.size == pytest.approx(32_000, abs=2)
    before = chunks.size
    carry(chunks, clock, 1_000_000, 1)
    assert before < chunks.size <= before * 2


def test_a_cut_halves_the_chunk_and_many_do_not_make_it_vanish() -> None:
    chunks = Chunks(ManualClock())
    chunks.cut()
    assert chunks.size == FIRST // 2
    for _ in range(10):
        chunks.cut()
    assert chunks.size == SMALLEST


def test_the_short_end_of_a_packet_says_nothing_about_the_line() -> None:
    clock = ManualClock()
    chunks = Chunks(clock)
    carry(chunks, clock, 1_000_000)
    chunks.begin()
    clock.advance(2)
    chunks.arrived(300)
    assert chunks.size == LARGEST


def test_a_clock_that_stands_still_divides_nothing_by_zero() -> None:
    chunks = Chunks(ManualClock())
    for _ in range(9):
        chunks.begin()
        chunks.arrived(chunks.size)
    assert chunks.size == LARGEST


def test_under_a_cap_even_the_first_chunk_takes_no_longer_than_eight_seconds() -> None:
    assert Chunks(ManualClock(), most_bytes_s=4000).size == 32_000
    assert Chunks(ManualClock(), most_bytes_s=10**9).size == FIRST


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["arrived", "cut"]), st.integers(1, 2**20), st.floats(0, 1000))))
def test_whatever_the_line_does_sizes_stay_within_their_bounds(what: list[tuple[str, int, float]]) -> None:
    clock = ManualClock()
    chunks = Chunks(clock)
    for word, count, seconds in what:
        chunks.begin()
        clock.advance(seconds)
        chunks.arrived(count) if word == "arrived" else chunks.cut()
        assert SMALLEST <= chunks.size <= LARGEST
        assert SMALLEST_PIECE <= chunks.piece <= LARGEST_PIECE


@pytest.mark.parametrize(
    ("apart", "least", "most"), [(60_000, 2048, 2300), (500_000, 4000, 5500), (30_000_000, 16_384, 16_384)]
)
def test_pieces_grow_with_the_bytes_between_two_cuts(apart: int, least: int, most: int) -> None:
    """sqrt(2 · 22 · apart): as much for the records as for what a cut loses."""
    chunks = Chunks(ManualClock())
    for _ in range(12):
        for _ in range(apart // 50_000):
            chunks.arrived(50_000)
        chunks.cut()
    for _ in range(apart // 50_000):
        chunks.arrived(50_000)
    assert least <= chunks.piece <= most


# --- the cap ----------------------------------------------------------------------------------------------------------


def test_no_cap_never_waits() -> None:
    assert Cap(0, ManualClock()).wait_s(10**9) == 0


@settings(max_examples=40, deadline=None)
@given(st.integers(16, 10_000), st.lists(st.integers(1, 16_384), min_size=1, max_size=60))
def test_however_it_is_cut_up_a_body_leaves_no_faster_than_the_cap(kbit_s: int, blocks: list[int]) -> None:
    clock, rate = ManualClock(), kbit_s * 125.0
    cap, began = Cap(rate, clock), clock.monotonic()
    gone = 0
    for block in blocks:
        clock.advance(cap.wait_s(block))
        gone += block
        assert gone <= rate * (clock.monotonic() - began + 1) + 1e-3
    assert clock.monotonic() - began >= (sum(blocks) - rate) / rate - 1e-6


def test_a_long_rest_saves_up_no_more_than_a_second() -> None:
    clock = ManualClock()
    cap = Cap(1000, clock)
    clock.advance(3600)
    assert cap.wait_s(1000) == 0
    assert cap.wait_s(500) == pytest.approx(0.5)


def test_a_body_is_read_in_blocks_and_each_is_heard_of_before_it_goes() -> None:
    heard: list[int] = []
    body = Blocks(b"x" * 10_000, 4096, heard.append)
    read = []
    while block := body.read(16_384):
        read.append(len(block))
    assert read == heard == [4096, 4096, 1808]
    assert Blocks(b"abc", 2, heard.append).read() == b"ab"


def capped(url: str, clock: ManualClock, kbit_s: int) -> Centre:
    signature = KioskSignature("K-0001", Ed25519PrivateKey.generate(), clock)
    return Centre(
        Exchange(url, signature, clock, most_bytes_s=kbit_s * 125, pause=clock.advance), CENTRE_KEY.public_key()
    )


def test_an_upload_under_a_cap_takes_its_time_in_chunks_of_eight_seconds() -> None:
    clock, forger = ManualClock(), Forger(CENTRE_KEY)
    forger.held[numbered_id(1)] = b""
    moments: list[float] = []
    with Stranger(forger) as stranger:
        centre = capped(stranger.url, clock, 64)
        began = clock.monotonic()
        content = bytes(200_000)
        centre.upload(
            numbered_id(1), 200_000, lambda at, n: content[at : at + n], lambda _: moments.append(clock.monotonic())
        )
    assert clock.monotonic() - began == pytest.approx(200_000 / 8000, abs=1.5)
    assert max(later - sooner for sooner, later in pairwise(moments)) <= 8.1
    assert len(forger.held[numbered_id(1)]) == 200_000


# --- quiet hours ------------------------------------------------------------------------------------------------------


def wib(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-21T{text}+07:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("begin", "end", "quiet", "open_"),
    [
        ("22:00", "05:00", ("22:00", "23:59", "00:00", "04:59"), ("21:59", "05:00", "12:00")),
        ("08:00", "14:00", ("08:00", "13:59"), ("07:59", "14:00", "23:00")),
    ],
)
def test_hours_are_those_of_the_place(begin: str, end: str, quiet: tuple[str, ...], open_: tuple[str, ...]) -> None:
    hours = QuietHours.of(begin, end, "Asia/Jakarta")
    assert hours is not None
    assert all(hours.hold(wib(text)) for text in quiet)
    assert not any(hours.hold(wib(text)) for text in open_)


def test_the_same_moment_is_quiet_in_one_place_and_not_in_another() -> None:
    moment = wib("21:30")
    jakarta, jayapura = (QuietHours.of("22:00", "05:00", zone) for zone in ("Asia/Jakarta", "Asia/Jayapura"))
    assert jakarta is not None
    assert jayapura is not None
    assert (jakarta.hold(moment), jayapura.hold(moment)) == (False, True)


def test_no_hours_and_a_clock_that_lost_its_battery_hold_nothing_back() -> None:
    hours = QuietHours.of("22:00", "05:00", "Asia/Jakarta")
    assert hours is not None
    assert not hours.hold(wib("23:00").replace(year=1999))
    assert QuietHours.of("", "", "Asia/Jakarta") is None


NIGHT = QuietHours.of("09:00", "15:00", "Asia/Jakarta")  # the manual clock stands at 10:00 there


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def kiosk(tmp_path: Path, clock: ManualClock) -> Iterator[Kiosk]:
    receipt_key = CENTRE_KEY.public_key().public_bytes_raw()
    kiosk = Kiosk(tmp_path / "kiosk", "K-0001", Ed25519PrivateKey.generate(), receipt_key, clock=clock)
    yield kiosk
    kiosk.close()


def test_in_quiet_hours_packets_rest_while_small_things_go(kiosk: Kiosk, clock: ManualClock) -> None:
    kiosk.submit(1000)
    with Stranger(Forger(CENTRE_KEY)) as stranger, kiosk.courier(stranger.url, hours=NIGHT) as courier:
        assert courier.announce_next()
        clock.advance(301)  # whoever brought it has gone home
        assert not courier.deliver_next()
        assert courier.beat()
        clock.advance(5 * 3600)
        assert courier.deliver_next()
    assert [request.method for request in stranger.heard].count("PATCH") == 1
    assert kiosk.tombstones() == kiosk.sealed


@pytest.mark.parametrize("why", ["a packet just sealed", "a question just asked"])
def test_in_quiet_hours_packets_go_while_somebody_may_stand_there(kiosk: Kiosk, clock: ManualClock, why: str) -> None:
    kiosk.submit(1000)
    with Stranger(Forger(CENTRE_KEY)) as stranger, kiosk.courier(stranger.url, hours=NIGHT) as courier:
        courier.announce_next()
        if why == "a question just asked":
            clock.advance(301)
            assert not courier.deliver_next()
            kiosk.store.ask("q1", b"sealed")
            courier.answer_next()
        assert courier.deliver_next()
    assert kiosk.tombstones() == kiosk.sealed


def test_an_upload_that_runs_into_the_quiet_hours_goes_on_after_them(kiosk: Kiosk, clock: ManualClock) -> None:
    packet_id = kiosk.submit(400_000)
    clock.jump(wib("08:59"))
    forger = Forger(CENTRE_KEY)

    def slowly(request: Request) -> Reply:
        clock.advance(45)
        return forger.honest("PATCH", "uploads", request)

    forger.lies["PATCH", "uploads"] = slowly
    with Stranger(forger) as stranger, kiosk.courier(stranger.url, hours=NIGHT) as courier:
        assert courier.deliver_next()
        held = len(forger.held[packet_id])
        assert 0 < held < 400_000
        assert kiosk.row(packet_id).state is Phase.UPLOADING
        assert not courier.deliver_next()
        clock.advance(timedelta(hours=7).total_seconds())
        assert courier.deliver_next()
    assert kiosk.tombstones() == kiosk.sealed
    sent = sum(len(request.body) for request in stranger.heard if request.method == "PATCH")
    assert sent == 400_000
