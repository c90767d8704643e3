"""A scenario on the device panel: it pushes, the trainee does, it looks, and says what is not there yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from content.loader import ROOT
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.hardware.simulation import SimulatedDevices
from kiosk.panel.app import create_panel
from kiosk.panel.lessons import Lessons
from kiosk.panel.papers import PAPERS
from kiosk.scenarios import Act, load
from kiosk.session.facts import facts
from tests.unit.session.world import World, new_world

SCENARIOS = load(ROOT / "scenarios")
COVER = "03-tutup-terbuka-tombol-ditekan-berkali-kali"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = new_world(tmp_path, scanner=SimulatedScanner())
    yield made
    made.parts.store.close()


@pytest.fixture
def lessons(world: World) -> Lessons:
    scanner = world.parts.scanner
    assert isinstance(scanner, SimulatedScanner)
    devices = SimulatedDevices(world.receipt, world.paper, world.camera, scanner, world.codes, world.power)
    return Lessons(SCENARIOS, devices, PAPERS, lambda: facts(world.kiosk))


@pytest.fixture
def panel(lessons: Lessons, world: World) -> FlaskClient:
    scanner = world.parts.scanner
    assert isinstance(scanner, SimulatedScanner)
    devices = SimulatedDevices(world.receipt, world.paper, world.camera, scanner, world.codes, world.power)
    return create_panel(devices, PAPERS, lessons).test_client()


def page(panel: FlaskClient) -> str:
    return panel.get("/").get_data(as_text=True)


def test_what_needs_a_line_or_a_power_cut_is_left_to_the_tests(lessons: Lessons) -> None:
    assert COVER in lessons.playable
    assert not {"16-hari-yang-buruk", "13-penyimpanan-penuh"} & set(lessons.playable)
    assert len(lessons.playable) >= 10


def test_a_lesson_that_is_not_there_is_refused(panel: FlaskClient) -> None:
    assert panel.post("/lessons/nothing/start").status_code == 404
    assert panel.post("/lessons/16-hari-yang-buruk/start").status_code == 404


def test_a_trainee_is_led_through_a_mishap_to_its_end(panel: FlaskClient, lessons: Lessons, world: World) -> None:
    panel.post(f"/lessons/{COVER}/start")
    hands = {"fill_in": lambda: (world.to_questions(), world.answer()), "photograph": world.photograph,
             "send": lambda: world.do(world.kiosk.submit()), "slip_again": lambda: world.do(world.kiosk.slip_again())}  # fmt: skip
    for _ in range(len(SCENARIOS[COVER].turns)):
        assert lessons.playing is not None
        turn = lessons.playing.at
        if isinstance(turn, Act):
            hands[turn.act]()
        panel.post("/lessons/next")
        assert lessons.missing == {}, turn
    assert "Selesai. Semua yang harus terlihat sudah terlihat." in page(panel)
    panel.post("/lessons/stop")
    assert lessons.playing is None
    assert SCENARIOS[COVER].title in page(panel)


def test_who_says_done_without_doing_is_told_what_is_not_there(panel: FlaskClient, lessons: Lessons) -> None:
    panel.post(f"/lessons/{COVER}/start")
    for _ in range(7):
        panel.post("/lessons/next")
    assert lessons.missing["applications"] == 0
    assert "Belum terlihat:" in page(panel)
    assert [row.mark for row in lessons.rows()].count("now") == 1


def test_going_on_without_a_lesson_does_nothing(panel: FlaskClient, lessons: Lessons) -> None:
    panel.post("/lessons/next")
    assert lessons.rows() == []
