"""What a scanner typed reaches the visit that the page belongs to, and no other; only where the kiosk has such a scanner."""

from dataclasses import replace

import pytest

from adminduk.tickets import claim_code, new_claim
from kiosk.hardware.codes.wedge import WedgeCodeReader
from kiosk.session import Event, Step
from tests.unit.session.world import World
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import pages


@pytest.fixture
def typing(world: World) -> WedgeCodeReader:
    """The kiosk's scanner types."""
    reader = WedgeCodeReader(clock=world.clock)
    world.kiosk.parts = replace(world.parts, codes=reader)
    return reader


def scan(hand: Hand, text: str, *, visit: str = "") -> int:
    form = {"kunjungan": visit or hand.pages.world.kiosk.visit.id, "kode": text}
    return hand.client.post("/kode", data=form, base_url=hand.pages.origin).status_code


def test_a_scanned_slip_opens_its_status(world: World, typing: WedgeCodeReader, hand: Hand) -> None:
    world.do(Event.CHECK)
    assert scan(hand, claim_code(new_claim(17, world.parts.dice))) == 204
    hand.get("/denyut")
    assert world.step is Step.WAITING


def test_a_scan_counts_as_a_touch(world: World, typing: WedgeCodeReader, hand: Hand) -> None:
    world.do(Event.CHECK)
    world.clock.advance(60)
    scan(hand, "bukan kode kami")
    assert world.kiosk.visit.touched == world.clock.monotonic()


def test_a_page_of_an_earlier_visit_hands_nothing_in(world: World, typing: WedgeCodeReader, hand: Hand) -> None:
    old = world.kiosk.visit.id
    world.do(Event.CHECK)
    world.kiosk.leave()
    assert scan(hand, "KIOS1 RAHASIA", visit=old) == 409
    assert typing.next() is None


def test_a_visit_s_end_forgets_the_scan(world: World, typing: WedgeCodeReader, hand: Hand) -> None:
    world.do(Event.CHECK)
    scan(hand, "KIOS1 RAHASIA")
    world.kiosk.leave()
    assert typing.next() is None


def test_a_kiosk_with_another_reader_takes_no_typed_codes(world: World, hand: Hand) -> None:
    assert scan(hand, "KIOS1 RAHASIA") == 409
    assert world.codes.next() is None
    assert "data-wedge" not in hand.look()


def test_nobody_without_the_window_s_cookie_hands_anything_in(world: World, typing: WedgeCodeReader) -> None:
    stranger = pages(world)
    form = {"kunjungan": world.kiosk.visit.id, "kode": "KIOS1"}
    answer = stranger.app.test_client().post("/kode", data=form, base_url=stranger.origin)
    assert answer.status_code == 403
    assert typing.next() is None


def test_the_page_listens_everywhere_but_where_staff_fills_a_block(
    world: World, typing: WedgeCodeReader, hand: Hand
) -> None:
    """There a scanner may type a number into the field, as docs/petugas.md promises."""
    assert "data-wedge" in hand.look()
    world.kiosk.visit.step = Step.TICKET
    assert "data-wedge" in hand.look()
    world.to_questions()
    world.kiosk.visit.step = Step.BLOCK
    assert "data-wedge" not in hand.look()
