"""Papers under the camera: taken, judged, straightened by a finger, kept."""

import math

import cv2
import numpy as np
import pytest

from kiosk.imaging import decode_upload, thumbnail
from kiosk.session import Event, Step, capture
from tests.specimens import birth_letter, on_desk
from tests.unit.session.world import World, birth_letter_on_desk

WHOLE = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]


@pytest.fixture
def camera_world(world: World) -> World:
    """At the first paper, a birth letter under the camera."""
    world.to_questions()
    world.answer()
    world.camera.lay_paper(birth_letter_on_desk())
    return world


def pixels(jpeg: bytes | None) -> np.ndarray:
    assert jpeg is not None
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))


def test_a_good_page_is_judged_good(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take())
    assert camera_world.step is Step.PAGE
    assert camera_world.kiosk.visit.taken is not None
    assert camera_world.kiosk.visit.taken.judgement.ok


def test_a_blurred_page_is_told_but_may_be_used(camera_world: World) -> None:
    camera_world.camera.lay_paper(on_desk(birth_letter(), seed=3, size=(1920, 1440), blur=4.0)[0])
    camera_world.do(camera_world.kiosk.take())
    taken = camera_world.kiosk.visit.taken
    assert taken is not None
    assert "blur" in taken.judgement.problems
    assert "blur" in camera_world.parts.catalogue.complaints
    camera_world.do(camera_world.kiosk.use_page())
    assert camera_world.kiosk.visit.draft.pages["kk_lama"]


def test_what_is_shown_is_what_is_sent(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take())
    shown = capture.shown(camera_world.kiosk.visit)
    camera_world.do(camera_world.kiosk.use_page(another=True))
    assert capture.kept(camera_world.kiosk.visit, 1) == shown


def test_the_preview_outlines_the_sheet(camera_world: World) -> None:
    live = pixels(camera_world.kiosk.next_picture(None)[0])
    plain = pixels(capture.imaging.preview(birth_letter_on_desk(), None))
    assert live.shape == plain.shape
    assert np.abs(live.astype(int) - plain).max() > 60


def test_a_retaken_photo_leaves_no_trace(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take())
    taken = camera_world.kiosk.visit.taken
    assert taken is not None
    camera_world.do(camera_world.kiosk.retake())
    assert camera_world.step is Step.CAPTURE
    assert camera_world.kiosk.visit.taken is None
    assert not any(taken.page)


def test_back_from_the_page_is_a_retake_too(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take(), camera_world.kiosk.back())
    assert camera_world.step is Step.CAPTURE
    assert camera_world.kiosk.visit.taken is None


def test_corners_are_shares_of_the_frame_clockwise_from_the_top_left(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take())
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = capture.shares(camera_world.kiosk.visit)
    assert 0 <= x1 < x2 <= 1
    assert 0 <= y2 < y3 <= 1
    assert x4 < x3
    assert y1 < y4


def test_a_finger_moves_the_corners_and_the_page_is_made_anew(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take())
    before = capture.shown(camera_world.kiosk.visit)
    camera_world.do(Event.ADJUST, camera_world.kiosk.adjust([(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]))
    assert camera_world.step is Step.PAGE
    assert capture.shown(camera_world.kiosk.visit) != before


def test_the_whole_frame_is_always_possible(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.take(), Event.ADJUST, camera_world.kiosk.adjust(WHOLE))
    assert camera_world.step is Step.PAGE


@pytest.mark.parametrize(
    "corners",
    [
        [],
        WHOLE[:3],
        [(0.5, 0.5)] * 4,
        [(math.nan, 0.0), *WHOLE[1:]],
        [(math.inf, 0.0), *WHOLE[1:]],
        [(0.0, 0.0), (1.0, 0.0), (0.0, 0.001), (1.0, 0.001)],
    ],
)
def test_corners_that_make_no_sheet_are_refused_in_words(
    camera_world: World, corners: list[tuple[float, float]]
) -> None:
    camera_world.do(camera_world.kiosk.take(), Event.ADJUST, camera_world.kiosk.adjust(corners))
    assert (camera_world.step, camera_world.kiosk.visit.complaint) == (Step.CORNERS, "sudut_salah")
    assert camera_world.kiosk.visit.taken is not None


def test_corners_outside_the_frame_are_brought_back(camera_world: World) -> None:
    outside = [(-3.0, -3.0), (4.0, -3.0), (4.0, 4.0), (-3.0, 4.0)]
    camera_world.do(camera_world.kiosk.take(), Event.ADJUST, camera_world.kiosk.adjust(outside))
    assert capture.shares(camera_world.kiosk.visit) == WHOLE


def test_more_pages_than_a_paper_has_push_the_oldest_out(camera_world: World) -> None:
    kiosk = camera_world.kiosk
    for _ in range(3):
        camera_world.do(kiosk.take(), kiosk.use_page(another=True))
    assert len(kiosk.visit.draft.pages["kk_lama"]) == 2


def test_one_page_is_enough_when_another_was_wanted_but_is_not_there(camera_world: World) -> None:
    kiosk = camera_world.kiosk
    camera_world.do(kiosk.take(), kiosk.use_page(another=True))
    assert camera_world.step is Step.CAPTURE
    camera_world.do(kiosk.enough())
    assert kiosk.visit.at == "bukti"


def test_no_page_is_not_enough(camera_world: World) -> None:
    camera_world.do(camera_world.kiosk.enough())
    assert (camera_world.step, camera_world.kiosk.visit.at) == (Step.CAPTURE, "kk_lama")


def test_a_page_is_taken_away_again(camera_world: World) -> None:
    kiosk = camera_world.kiosk
    camera_world.do(kiosk.take(), kiosk.use_page(another=True), kiosk.remove_page(1))
    assert "kk_lama" not in kiosk.visit.draft.pages
    assert capture.kept(kiosk.visit, 1) is None


def test_nothing_is_shown_when_nothing_was_taken(world: World) -> None:
    visit = world.kiosk.visit
    assert capture.shown(visit) is None
    assert capture.framed(visit) is None
    assert capture.shares(visit) == []
    capture.discard(visit)
    assert not capture.adjust(
        visit, world.parts, world.parts.catalogue.services["AKL"].papers[0], np.zeros((4, 2), np.float32)
    )


def test_a_paper_laid_upside_down_is_kept_upright(world: World) -> None:
    world.to_questions()
    world.answer()
    kept = []
    for scene in (birth_letter_on_desk(), np.ascontiguousarray(birth_letter_on_desk()[::-1, ::-1])):
        world.camera.lay_paper(scene)
        world.do(world.kiosk.take())
        assert world.kiosk.visit.taken is not None
        kept.append(decode_upload(bytes(world.kiosk.visit.taken.page)))
        world.do(world.kiosk.retake())
    upright, turned = (thumbnail(page).astype(np.float32) for page in kept)
    assert np.abs(upright - turned).mean() < np.abs(upright - turned[::-1, ::-1]).mean() / 3
