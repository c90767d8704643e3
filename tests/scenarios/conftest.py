"""The simulators, once for all scenarios."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.devices.simulators import PaperStack, ReceiptEmulator, a4_printer_stack, receipt_printer_emulator
from tests.unit.documents.paperwork import Office
from tests.unit.uplink.village import RealCentre, real_centre


@pytest.fixture(scope="session")
def office() -> Office:
    return Office.open()


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCentre]:
    with real_centre(tmp_path_factory.mktemp("centre")) as running:
        yield running


@pytest.fixture(scope="session")
def brain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReceiptEmulator]:
    with receipt_printer_emulator(tmp_path_factory.mktemp("emupos")) as running:
        yield running


@pytest.fixture(scope="session")
def stack() -> Iterator[PaperStack]:
    with a4_printer_stack() as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
