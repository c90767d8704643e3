"""A card reader's trouble is told to the technician and stands in nobody's way."""

from dataclasses import replace

import pytest

from kiosk.hardware.card.simulated import SimulatedCardReader
from kiosk.session import notices
from tests.unit.session.world import World


@pytest.fixture
def reader(world: World) -> SimulatedCardReader:
    made = SimulatedCardReader()
    world.kiosk.parts = replace(world.parts, card=made)
    return made


def test_a_kiosk_without_a_reader_tells_of_none(world: World) -> None:
    assert "card" not in world.kiosk.health()


def test_a_reader_that_is_gone_is_told_and_closes_nothing(world: World, reader: SimulatedCardReader) -> None:
    before = [offer.available for offer in world.kiosk.offers()]
    reader.stop_service()
    assert world.kiosk.health()["card"].code == "card.service_down"
    assert [offer.available for offer in world.kiosk.offers()] == before
    assert notices(world.kiosk.parts) == ()


def test_a_card_that_lies_there_is_no_health(world: World, reader: SimulatedCardReader) -> None:
    before = world.kiosk.health()["card"]
    reader.lay_card()
    assert world.kiosk.health()["card"] == before
