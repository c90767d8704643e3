"""A kiosk for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.documents.paperwork import Office
from tests.unit.session.world import World, new_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path)
    yield made
    made.parts.store.close()


@pytest.fixture(scope="module")
def office() -> Office:
    return Office.open()


@pytest.fixture
def trusting(tmp_path: Path, office: Office) -> World:
    """It believes what that office signs."""
    return new_world(tmp_path / "trusting", roots=office.pem)
