"""The staff's page of paper: what is left, for how long, and what to touch after changing it."""

from kiosk.session import Event, Step
from kiosk.session.consumables import new_roll
from kiosk.store import Supply, Use
from tests.unit.session.world import World
from tests.unit.ui.hand import Hand


def at_paper(world: World, hand: Hand) -> str:
    world.kiosk.touch(world.kiosk.visit.id)
    world.kiosk.visit.step = Step.STAFF_PAPER
    return hand.look()


def test_a_kiosk_that_was_told_nothing_says_so(world: World, hand: Hand) -> None:
    page = at_paper(world, hand)
    assert page.count("belum diketahui") == 2
    assert len(hand.forms("add_sheets")) == 3


def test_metres_and_days_are_told(world: World, hand: Hand) -> None:
    new_roll(world.parts)
    for _ in range(3):
        world.parts.store.supplies.take(Use(Supply.ROLL, 4000, world.clock.now().date().isoformat()), sure=True)
        world.clock.advance(86400)
    page = at_paper(world, hand)
    assert "kira-kira 38 meter" in page
    assert "Cukup kira-kira 9 hari kerja" in page


def test_the_buttons_change_the_count(world: World, hand: Hand) -> None:
    at_paper(world, hand)
    hand.press("new_roll")
    assert "Gulungan baru dicatat" in hand.page
    hand.press("add_sheets", lembar="250")
    assert "kira-kira 250 lembar" in hand.page
    assert "kira-kira 50 meter" in hand.page


def test_the_way_there_and_back(world: World) -> None:
    world.kiosk.visit.step = Step.STAFF
    world.do(Event.TO_PAPER)
    assert world.step is Step.STAFF_PAPER
    world.do(Event.BACK)
    assert world.step is Step.STAFF
