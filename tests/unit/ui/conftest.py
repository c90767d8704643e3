"""A kiosk and its pages for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.session.world import World, new_world
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import Pages, pages


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield made
    made.parts.store.close()


@pytest.fixture
def kiosk_pages(world: World) -> Pages:
    return pages(world)


@pytest.fixture
def hand(kiosk_pages: Pages) -> Hand:
    """A visitor who has come in by the one-time address."""
    made = Hand(kiosk_pages)
    made.enter()
    return made
