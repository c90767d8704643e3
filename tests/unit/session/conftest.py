"""A kiosk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.session.world import World, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield made
    made.parts.store.close()
