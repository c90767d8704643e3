"""Options of the journeys."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screens", type=Path, default=None, help="keep the photographs of every screen in this folder")


@pytest.fixture
def screens(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where photographs go: thrown away unless asked for."""
    chosen = request.config.getoption("--screens")
    folder = Path(chosen).resolve() if chosen else tmp_path / "screens"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
