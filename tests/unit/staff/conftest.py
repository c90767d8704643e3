"""A hall with a roster of one person, P-0007."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.staff.hall import Hall


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Hall]:
    """No roster yet."""
    hall = Hall(tmp_path)
    yield hall
    hall.store.close()


@pytest.fixture
def hall(empty: Hall) -> Hall:
    empty.hear()
    return empty
