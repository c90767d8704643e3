"""When kiosks beat: spread by their ids, as often as the centre says, and never all at once after a power cut."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import ManualClock
from kiosk.uplink.pulse import EVERY_S, LEAST_S, MOST_S, Pulse, phase
from tests.unit.store.making import numbered_id, open_store, submission
from tests.unit.uplink.strangers import Reply, Stranger
from tests.unit.uplink.village import Kiosk


def made(folder: Path, clock: ManualClock, kiosk_id: str = "K-0017") -> Pulse:
    return Pulse(open_store(folder, clock=clock), folder, {}, clock, kiosk_id)


def test_a_fleet_that_starts_in_one_second_beats_evenly_from_the_second_beat_on() -> None:
    parts = sorted(phase(f"K-{number:04d}") for number in range(1, 1001))
    tenths = [sum(low / 10 <= part < (low + 1) / 10 for part in parts) for low in range(10)]
    assert parts[0] >= 0
    assert parts[-1] < 1
    assert min(tenths) > 60
    assert max(tenths) < 140
    assert phase("K-0017") == phase("K-0017")


def test_the_first_beat_is_at_once_the_second_by_the_id_and_then_by_the_interval(tmp_path: Path) -> None:
    time = ManualClock()
    pulse = made(tmp_path, time)
    assert pulse.due
    moments = []
    for _ in range(4):
        while not pulse.due:
            time.advance(1)
        moments.append(time.monotonic())
        pulse.rest()
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert gaps[0] == pytest.approx(EVERY_S * (0.5 + phase("K-0017")), abs=1)
    assert gaps[1:] == [EVERY_S, EVERY_S]
    pulse.store.close()


@pytest.mark.parametrize(("said", "every"), [(600.0, 600.0), (1.0, LEAST_S), (9e9, MOST_S), (None, EVERY_S)])
def test_the_centre_sets_the_interval_within_reason(tmp_path: Path, said: float | None, every: float) -> None:
    pulse = made(tmp_path, ManualClock())
    pulse.slow_down(said)
    assert pulse.every_s == every
    pulse.slow_down(None)
    assert pulse.every_s == every
    pulse.store.close()


@pytest.mark.parametrize(
    ("header", "every"),
    [
        ({"Kios-Beat-Every": "900"}, 900.0),
        ({"Kios-Beat-Every": "soon"}, EVERY_S),
        ({"Kios-Beat-Every": "9" * 9}, EVERY_S),
        ({}, EVERY_S),
    ],
)
def test_a_courier_takes_the_interval_from_the_answer(tmp_path: Path, header: dict[str, str], every: float) -> None:
    key = Ed25519PrivateKey.generate()
    kiosk = Kiosk(tmp_path / "kiosk", "K-0017", key, key.public_key().public_bytes_raw())
    with Stranger(lambda _request: Reply(204, b"", header)) as stranger, kiosk.courier(stranger.url) as courier:
        courier.beat()
        assert courier._pulse is not None
        assert courier._pulse.every_s == every
    kiosk.close()


def test_a_beat_tells_how_old_the_oldest_is_and_nothing_of_a_dead_clock(tmp_path: Path) -> None:
    time = ManualClock()
    pulse = made(tmp_path, time)
    pulse.store.record_submission(submission(1, packet_id=numbered_id(1)))
    time.advance(500)
    beat = pulse.beat()
    assert beat.queue == 1
    assert beat.oldest_s >= 500
    time.jump(datetime(1970, 1, 1, tzinfo=UTC))
    assert pulse.beat().oldest_s == 0
    pulse.store.close()
