"""Papers in the scanner: one page, a stack, a jam, a villager who does not wait, a camera that is broken."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest

from kiosk.hardware.scanner.protocol import Source
from kiosk.hardware.scanner.simulated import SimulatedScanner
from kiosk.session import Event, Step
from kiosk.session.scanning import Scan
from tests.devices.simulators import until
from tests.specimens import birth_letter
from tests.unit.session.world import World, new_world

SERVICE = "KK-UBAH-3"


def page(quality: int = 90) -> bytes:
    return cv2.imencode(".jpg", birth_letter(), (cv2.IMWRITE_JPEG_QUALITY, quality))[1].tobytes()


@pytest.fixture
def scanner() -> SimulatedScanner:
    return SimulatedScanner()


@pytest.fixture
def world(tmp_path: Path, scanner: SimulatedScanner) -> Iterator[World]:
    made = new_world(tmp_path, scanner=scanner)
    made.to_questions(SERVICE)
    made.answer()
    yield made
    made.kiosk.leave()
    made.parts.store.close()


@pytest.fixture
def stacked(tmp_path: Path) -> Iterator[tuple[World, SimulatedScanner]]:
    feeder = SimulatedScanner(source=Source.FEEDER)
    made = new_world(tmp_path, scanner=feeder)
    made.to_questions(SERVICE)
    made.answer()
    yield made, feeder
    made.kiosk.leave()
    made.parts.store.close()


def scan(world: World) -> None:
    """Begin, and look until the pages have come."""
    world.do(world.kiosk.scan())
    assert world.step is Step.SCANNING
    ended(world)


def ended(world: World) -> None:
    def over() -> bool:
        world.kiosk.look_at_scan()
        return world.step is not Step.SCANNING

    until(over, what="the scan")


def pages_of(world: World) -> int:
    return len(world.kiosk.visit.draft.pages.get(world.kiosk.visit.at, []))


def test_one_page_is_shown_to_be_judged_as_a_photograph_is(world: World, scanner: SimulatedScanner) -> None:
    scanner.lay(page())
    scan(world)
    assert world.step is Step.PAGE
    taken = world.kiosk.visit.taken
    assert taken is not None
    assert taken.judgement.ok
    world.do(world.kiosk.use_page())
    assert world.kiosk.visit.draft.pages


def test_an_application_goes_out_with_scanned_papers_alone(world: World, scanner: SimulatedScanner) -> None:
    world.camera.unplug()
    scanner.lay(page())
    while world.step is Step.CAPTURE:
        scan(world)
        world.do(world.kiosk.use_page())
    world.do(world.kiosk.submit())
    assert world.step is Step.RECEIPT
    assert all(papers for papers in world.packets()[0].papers.values())


def test_a_stack_is_kept_at_once(stacked: tuple[World, SimulatedScanner]) -> None:
    world, feeder = stacked
    feeder.feed(page(), page(80))
    scan(world)
    assert world.step is Step.CAPTURE
    assert pages_of(world) == 2
    assert world.kiosk.visit.complaint == ""


def test_what_came_before_a_jam_is_kept_and_the_sheet_inside_is_told_of(
    stacked: tuple[World, SimulatedScanner],
) -> None:
    world, feeder = stacked
    feeder.jam(after=1)
    feeder.feed(page(), page(80))
    scan(world)
    assert world.step is Step.CAPTURE
    assert pages_of(world) == 1
    assert world.kiosk.visit.complaint == "scanner.paper_left"


@pytest.mark.parametrize("harm", ["open_cover", "hang", "fail", "hold", "break_line"])
def test_a_scanner_in_trouble_leads_back_to_the_paper_with_its_words(
    world: World, scanner: SimulatedScanner, harm: str
) -> None:
    getattr(scanner, harm)()
    answers = dict(world.kiosk.visit.draft.answers)
    scan(world)
    assert world.step is Step.CAPTURE
    assert world.kiosk.visit.complaint in world.parts.faults
    assert world.kiosk.visit.draft.answers == answers


def test_a_scanner_that_was_unplugged_is_told_before_anybody_waits(world: World, scanner: SimulatedScanner) -> None:
    scanner.unplug()
    world.do(world.kiosk.scan())
    assert world.step is Step.CAPTURE
    assert world.kiosk.visit.complaint == "scanner.absent"


def test_who_does_not_wait_stops_it_and_its_pages_are_forgotten(world: World, scanner: SimulatedScanner) -> None:
    scanner.lay(page())
    scanner.take_its_time(60)
    world.do(world.kiosk.scan())
    running = world.kiosk.visit.scan
    assert isinstance(running, Scan)
    world.do(world.kiosk.back())
    assert world.step is Step.CAPTURE
    assert running.wait(5)
    world.kiosk.look_at_scan()
    assert (world.step, pages_of(world)) == (Step.CAPTURE, 0)


def test_a_scan_never_goes_on_for_the_next_visitor(world: World, scanner: SimulatedScanner) -> None:
    scanner.lay(page())
    scanner.take_its_time(60)
    world.do(world.kiosk.scan())
    running = world.kiosk.visit.scan
    assert isinstance(running, Scan)
    world.kiosk.leave()
    assert running.wait(5)
    assert running.result is not None
    assert running.result.pages == ()
    assert world.kiosk.visit.scan is None


def test_half_a_page_is_told_and_nobody_is_left_waiting(world: World, scanner: SimulatedScanner) -> None:
    scanner.lay(page()[:200])
    scan(world)
    assert world.step is Step.CAPTURE
    assert world.kiosk.visit.complaint == "scanner.failed"


def test_a_long_scan_is_no_idleness(world: World, scanner: SimulatedScanner) -> None:
    scanner.take_its_time(60)
    world.do(world.kiosk.scan())
    for _ in range(4):
        world.clock.advance(100)
        world.kiosk.look_at_scan()
        assert world.kiosk.seconds_left() is not None
    assert world.step is Step.SCANNING


def test_a_face_is_never_asked_of_the_scanner(tmp_path: Path) -> None:
    world = new_world(tmp_path, scanner=SimulatedScanner())
    world.to_questions("AKUN")
    world.answer()
    visit = world.kiosk.visit
    faces = [paper.code for paper in visit.service.papers if paper.picture == "swafoto"] if visit.service else []
    visit.at = faces[0]
    world.do(world.kiosk.scan())
    assert world.step is Step.CAPTURE


def test_without_a_camera_services_stay_open_while_a_scanner_takes_their_papers(
    world: World, scanner: SimulatedScanner
) -> None:
    world.camera.unplug()
    assert {offer.service.code for offer in world.kiosk.offers() if offer.available} >= {SERVICE, "AKL"}
    assert "AKUN" not in {offer.service.code for offer in world.kiosk.offers() if offer.available}
    scanner.unplug()
    assert SERVICE not in {offer.service.code for offer in world.kiosk.offers() if offer.available}


def test_clear_pages_are_kept_without_a_question_under_staff_s_hands(world: World, scanner: SimulatedScanner) -> None:
    world.kiosk.visit.assisted_by = "P-0001"
    scanner.lay(page())
    scan(world)
    assert world.step in (Step.CAPTURE, Step.REVIEW)
    assert world.kiosk.visit.draft.pages


def test_a_plain_event_cannot_begin_a_scan_that_nobody_ends(world: World) -> None:
    world.do(Event.SCAN, world.kiosk.back())
    assert world.step is Step.CAPTURE
