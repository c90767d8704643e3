"""The heartbeat's answer hints at new content: heard, spread, and of no use to a liar."""

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.publishing.newest import timestamp_version
from kiosk.updates.round import EVERY_S, HINTED_S, SPREAD_S, ContentRound
from kiosk.updates.seen import last_version
from tests.unit.updates.printshop import Counted, Printshop, Village
from tests.unit.uplink.strangers import Reply, Stranger
from tests.unit.uplink.village import Kiosk


@pytest.fixture
def resting(kiosk: Village, shop: Printshop) -> ContentRound:
    """One that has looked just now, for a long time."""
    shop.publish(shop.write("Selamat datang"))
    found = kiosk.round
    found.rest()
    assert found.look(shop.served) == 1
    return found


def look_if_due(round_: ContentRound, shop: Printshop) -> tuple[int, int]:
    """(what was staged, bytes that it took); (-1, 0) when it is not due."""
    if not round_.due:
        return -1, 0
    served = Counted(shop.served)
    round_.rest()
    return round_.look(served), served.bytes


def test_a_release_is_taken_within_ten_minutes_of_the_heartbeat_and_not_after_a_day(
    kiosk: Village, shop: Printshop, resting: ContentRound
) -> None:
    shop.publish(shop.write("Sugeng rawuh"))
    hint = timestamp_version(shop.publisher.folder)
    assert hint is not None
    assert hint > last_version(kiosk.folder / "updates")
    kiosk.clock.advance(300)
    assert not resting.due
    resting.hear(hint)
    kiosk.clock.advance(SPREAD_S)
    assert look_if_due(resting, shop)[0] == 2
    assert last_version(kiosk.folder / "updates") == hint


def test_kiosks_that_hear_it_together_do_not_ask_together(kiosk: Village, shop: Printshop) -> None:
    moments = set()
    for _ in range(20):
        one = kiosk.round
        one.rest()
        one.hear(5)
        moments.add(int(one._due - kiosk.clock.monotonic()))
        assert 0 <= one._due - kiosk.clock.monotonic() < SPREAD_S
    assert len(moments) > 10


def test_what_is_known_already_and_what_is_not_said_hurries_nobody(kiosk: Village, resting: ContentRound) -> None:
    known = last_version(kiosk.folder / "updates")
    assert known > 0
    for hint in (0, known - 1, known):
        resting.hear(hint)
        kiosk.clock.advance(SPREAD_S)
        assert not resting.due


def test_a_liar_who_says_the_same_wins_one_small_request_a_day(
    kiosk: Village, shop: Printshop, resting: ContentRound
) -> None:
    took = []
    for _ in range(int(EVERY_S / 300) - 1):
        resting.hear(999_999_999)
        kiosk.clock.advance(300)
        found, size = look_if_due(resting, shop)
        took += [size] if found >= 0 else []
    assert len(took) == 1
    assert took[0] < 1_024


def test_a_liar_who_counts_up_wins_one_an_hour(kiosk: Village, shop: Printshop, resting: ContentRound) -> None:
    looks = 0
    for number in range(int(EVERY_S / 300) - 1):
        resting.hear(1_000 + number)
        kiosk.clock.advance(300)
        looks += look_if_due(resting, shop)[0] >= 0
    assert 20 <= looks <= EVERY_S / HINTED_S


def test_a_lie_of_yesterday_hides_no_news_of_today(kiosk: Village, shop: Printshop, resting: ContentRound) -> None:
    resting.hear(999_999_999)
    kiosk.clock.advance(SPREAD_S)
    look_if_due(resting, shop)
    kiosk.clock.advance(EVERY_S - SPREAD_S + 1)
    resting._due = float("inf")
    shop.publish(shop.write("Sugeng rawuh"))
    resting.hear(timestamp_version(shop.publisher.folder) or 0)
    kiosk.clock.advance(SPREAD_S)
    assert look_if_due(resting, shop)[0] == 2


def test_without_any_hint_it_looks_once_a_day_all_the_same(
    kiosk: Village, shop: Printshop, resting: ContentRound
) -> None:
    shop.publish(shop.write("Sugeng rawuh"))
    kiosk.clock.advance(EVERY_S * 1.1)
    assert look_if_due(resting, shop)[0] == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"signed":{}}', b'{"signed":{"version":"7"}}', None])
def test_a_centre_that_has_signed_nothing_or_lost_it_hints_nothing(tmp_path: Path, damage: bytes | None) -> None:
    (tmp_path / "metadata").mkdir()
    if damage is not None:
        (tmp_path / "metadata" / "timestamp.json").write_bytes(damage)
    assert timestamp_version(tmp_path) is None
    assert last_version(tmp_path) in (0, 7)


# --- through the courier ------------------------------------------------------------------------------------------------


@pytest.fixture
def carrier(tmp_path: Path) -> Iterator[Kiosk]:
    key = Ed25519PrivateKey.generate()
    made = Kiosk(tmp_path / "carrier", "K-0017", key, key.public_key().public_bytes_raw())
    yield made
    made.close()


@pytest.mark.parametrize(
    ("header", "hurried"),
    [
        ("7", True),
        ("0", False),
        ("-7", False),
        ("7.5", False),
        ("soon", False),
        ("9" * 10, False),
        ("²", False),
        (None, False),
    ],
)
def test_a_courier_hears_a_number_and_nothing_else(
    carrier: Kiosk, shop: Printshop, kiosk: Village, header: str | None, hurried: bool
) -> None:
    headers = {"Kios-Content": header} if header and header.isascii() else {}

    def round_of(_store: Any) -> ContentRound:
        made = kiosk.round
        made.rest()
        made.dice = secrets
        return made

    answer = Reply(204, b"", headers)
    with (
        Stranger(lambda _request: answer) as stranger,
        carrier.courier(stranger.url, content=partial(round_of)) as courier,
    ):
        courier.beat()
        content = courier._content
        assert content is not None
        assert (content._due - kiosk.clock.monotonic() < SPREAD_S) is hurried
        assert not courier.line.quiet
