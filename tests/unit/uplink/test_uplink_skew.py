"""A village PC whose clock is wrong: the centre's Date says by how much, and the heartbeat reports it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adminduk.clock import ManualClock, SystemClock
from adminduk.messages import Heartbeat
from kiosk.uplink.signing import measure
from tests.unit.uplink.strangers import Reply, Stranger
from tests.unit.uplink.village import Kiosk

NOON = datetime(2026, 11, 21, 12, 0, 0, 900_000, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()


@pytest.mark.parametrize("seconds", [-3 * 3600, 0, 26 * 3600])
def test_the_second_heartbeat_says_how_wrong_the_clock_is(tmp_path: Path, seconds: int) -> None:
    wrong = SystemClock().now() - timedelta(seconds=seconds)  # the stranger's Date is this machine's
    clock = ManualClock(at=wrong)
    kiosk = Kiosk(tmp_path / "kiosk", "K-0001", KEY, KEY.public_key().public_bytes_raw(), clock=clock)
    with Stranger(lambda _: Reply(204)) as centre:
        with kiosk.courier(centre.url, key_storage="host") as courier:
            for _ in range(2):
                while not courier.beat():  # not due yet
                    clock.advance(60)
                clock.jump(wrong)
        heard = [Heartbeat.from_json(one.body) for one in centre.heard if one.path == "/heartbeat"]
    kiosk.close()
    first, second = (beat.skew_s for beat in heard)
    assert first is None  # nobody had answered before it
    assert second is not None
    assert abs(second - seconds) < 60
    assert {beat.key_storage for beat in heard} == {"host"}


@pytest.mark.parametrize("text", [None, "", "kemarin", "Sat, 21 Nov 2026", "99"])
def test_a_date_that_cannot_be_read_measures_nothing(text: str | None) -> None:
    assert measure(text, NOON) is None


def test_a_date_has_whole_seconds_and_so_has_the_skew() -> None:
    assert measure("Sat, 21 Nov 2026 12:00:05 GMT", NOON) == timedelta(seconds=5)
    assert measure("Sat, 21 Nov 2026 11:59:58 GMT", NOON) == timedelta(seconds=-2)
