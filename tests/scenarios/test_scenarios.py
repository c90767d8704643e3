"""Every scenario of content/scenarios: with twins, and with real drivers before third-party simulators where they exist."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from content.loader import ROOT
from kiosk.scenarios import HANDS, See, load, play
from tests.devices.simulators import PaperStack, ReceiptEmulator
from tests.scenarios import real_hands
from tests.scenarios.theatre import Theatre
from tests.unit.documents.paperwork import Office
from tests.unit.uplink.village import RealCentre

SCENARIOS = load(ROOT / "scenarios")
FAILURES = range(1, 16)  # anchors of the field, by how often they were found
# scenario → the roles that a real driver plays; the other devices are twins
REAL = {
    "01-kertas-a4-habis": ("paper",),
    "02-struk-tidak-jelas-keluar": ("receipt",),
    "03-tutup-terbuka-tombol-ditekan-berkali-kali": ("receipt",),
    "04-kabel-struk-goyah": ("receipt",),
    "05-status-berbohong": ("receipt",),
    "07-struk-putus-di-tengah": ("receipt",),
    "08-kamera-beku-delapan-detik": ("camera",),
    "09-pemindai-macet-lalu-dicabut": ("scanner",),
    "10-perangkat-berganti-nomor": ("receipt", "codes"),
    "12-listrik-mati-setelah-kirim": ("receipt",),
    "16-hari-yang-buruk": ("receipt",),
    "17-listrik-padam-baterai-habis": ("power",),
    "18-pencetak-a4-macet-di-tengah": ("paper",),
}


@pytest.fixture
def theatre(request: pytest.FixtureRequest, tmp_path: Path, office: Office) -> Iterator[Theatre]:
    code, roles = request.param
    centre: RealCentre | None = None
    if "line" in SCENARIOS[code].needs:
        centre = request.getfixturevalue("centre")
    with ExitStack() as opened:
        real = {role: opened.enter_context(device(role, request, tmp_path / role)) for role in roles}
        stage = Theatre(tmp_path, office=office, real=real, centre=centre)
        opened.callback(stage.close)
        yield stage


def device(role: str, request: pytest.FixtureRequest, folder: Path):  # type: ignore[no-untyped-def]
    folder.mkdir(parents=True)
    if role == "receipt":
        brain: ReceiptEmulator = request.getfixturevalue("brain")
        return real_hands.real_receipt(brain)
    if role == "paper":
        stack: PaperStack = request.getfixturevalue("stack")
        return real_hands.real_paper(stack)
    return getattr(real_hands, f"real_{role}")(folder)


@pytest.mark.parametrize("theatre", [(code, ()) for code in SCENARIOS], indirect=True, ids=lambda one: one[0])
def test_with_twins(theatre: Theatre, request: pytest.FixtureRequest) -> None:
    play(SCENARIOS[request.node.callspec.params["theatre"][0]], theatre)


@pytest.mark.devices
@pytest.mark.parametrize("theatre", REAL.items(), indirect=True, ids=lambda one: f"{one[0]}-{'-'.join(one[1])}")
def test_with_real_drivers(theatre: Theatre, request: pytest.FixtureRequest) -> None:
    play(SCENARIOS[request.node.callspec.params["theatre"][0]], theatre)


def test_each_failure_of_the_field_has_a_scenario_of_its_own() -> None:
    told = [scenario.failure for scenario in SCENARIOS.values()]
    assert [failure for failure in FAILURES if failure not in told] == []
    assert len(SCENARIOS) >= len(FAILURES)


def test_each_scenario_ends_with_something_seen_and_every_step_but_waiting_is_told() -> None:
    for scenario in SCENARIOS.values():
        assert isinstance(scenario.turns[-1], See), scenario.code
        assert all(
            turn.note for turn in scenario.turns if not hasattr(turn, "seconds") and not isinstance(turn, See)
        ), scenario.code
        assert scenario.title
        assert scenario.teaches


def test_each_device_of_the_language_is_pushed_by_some_scenario() -> None:
    pushed = set().union(*(scenario.needs for scenario in SCENARIOS.values()))
    assert set(HANDS) - pushed == set()
