"""One signed repository is made and copied: its keys, two kabupaten, no release yet."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from central.publishing.chest import Chest
from central.publishing.publisher import Publisher
from tests.unit.updates.printshop import Printshop, Village, village


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Printshop:
    return Printshop(tmp_path_factory.mktemp("made") / "shop")


@pytest.fixture
def shop(made: Printshop, tmp_path: Path) -> Printshop:
    folder = Path(shutil.copytree(made.folder, tmp_path / "shop"))
    copy = Printshop.__new__(Printshop)
    copy.__dict__.update(made.__dict__)
    copy.folder, copy.keys, copy.content = folder, folder / "keys", folder / "draft"
    copy.publisher = Publisher(
        folder=folder / "content", online=Chest((folder / "online",)), offline=Chest((copy.keys,))
    )  # fmt: skip
    return copy


@pytest.fixture
def kiosk(shop: Printshop, tmp_path: Path) -> Iterator[Village]:
    with village(tmp_path / "kiosk", shop.root) as kiosk:
        yield kiosk
