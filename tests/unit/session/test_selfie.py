"""Portraits: through which camera, of what, and what is told. Nobody is kept from going on."""

import cv2
import numpy as np
import pytest

from adminduk.clock import ManualClock
from content.loader import ROOT, load, read_toml
from kiosk.hardware.camera.faces import FaceCamera
from kiosk.hardware.camera.not_fitted import NoCamera
from kiosk.hardware.camera.simulated import SimulatedCamera
from kiosk.imaging.face import Advice
from kiosk.session import selfie
from tests.faces import Person, portrait
from tests.specimens import id_card, on_desk

CATALOGUE = load("wonogiri")
ACCOUNT = {paper.code: paper for paper in CATALOGUE.services["AKUN"].papers}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def camera(clock: ManualClock, scene: np.ndarray) -> SimulatedCamera:
    made = SimulatedCamera(clock=clock)
    made.lay_paper(scene)
    return made


def pixels(jpeg: bytes | bytearray | None) -> np.ndarray:
    assert jpeg
    return np.asarray(cv2.imdecode(np.frombuffer(bytes(jpeg), np.uint8), cv2.IMREAD_COLOR))


def test_the_account_asks_for_one_face_and_its_other_papers_are_none() -> None:
    assert [code for code, paper in ACCOUNT.items() if selfie.is_face(paper)] == ["swafoto"]


def test_a_good_portrait_is_the_whole_frame_not_mirrored_and_needs_no_advice(clock: ManualClock) -> None:
    scene = portrait(Person(at=(0.4, 0.45)), size=(1280, 960))

    taken = selfie.photograph(camera(clock, scene))

    assert taken is not None
    assert taken.advice == ()
    page = pixels(taken.page)
    assert page.shape == (900, 1200, 3)
    assert np.abs(page.astype(int) - cv2.resize(scene, (1200, 900))).mean() < 6


def test_a_card_held_up_is_not_cut_out_of_the_picture(clock: ManualClock) -> None:
    scene = on_desk(id_card(), size=(1280, 960))[0]

    taken = selfie.photograph(camera(clock, scene))

    assert taken is not None
    assert not taken.sheet.found
    assert pixels(taken.page).shape == (900, 1200, 3)


def test_a_masked_visitor_is_advised_and_has_a_picture_to_go_on_with(clock: ManualClock) -> None:
    taken = selfie.photograph(camera(clock, portrait(Person(mask=True))))

    assert taken is not None
    assert taken.advice == (Advice.MASK,)
    assert len(taken.page) > 2000


def test_a_camera_that_shows_nothing_takes_nothing(clock: ManualClock) -> None:
    gone = camera(clock, portrait(Person()))
    gone.unplug()

    assert selfie.photograph(gone) is None
    assert selfie.preview(gone) is None


def test_people_see_themselves_as_in_a_mirror(clock: ManualClock) -> None:
    scene = np.zeros((480, 640, 3), np.uint8)
    scene[:, :320] = 200

    seen = pixels(selfie.preview(camera(clock, scene)))

    assert seen[:, -100:].mean() > 150 > seen[:, :100].mean()


def test_a_face_is_seen_by_its_own_camera_where_it_works(clock: ManualClock) -> None:
    own, over_papers = FaceCamera(SimulatedCamera(clock=clock)), SimulatedCamera(clock=clock)

    assert selfie.eye(own, over_papers) is own
    own.latest()
    assert selfie.eye(own, over_papers) is own


def test_without_its_own_camera_or_with_a_broken_one_the_camera_over_the_papers_sees_the_face(
    clock: ManualClock,
) -> None:
    broken, over_papers = SimulatedCamera(clock=clock), SimulatedCamera(clock=clock)
    broken.unplug()

    assert selfie.eye(NoCamera(), over_papers) is over_papers
    assert selfie.eye(FaceCamera(broken), over_papers) is over_papers


@pytest.mark.parametrize("advice", Advice)
def test_every_advice_has_words_that_say_what_to_do(advice: Advice) -> None:
    assert CATALOGUE.complaints[advice].endswith(".")


@pytest.mark.parametrize("advice", [Advice.MASK, Advice.GLASSES])
def test_who_is_told_wrongly_is_told_how_to_go_on(advice: Advice) -> None:
    assert "Tekan Pakai" in CATALOGUE.complaints[advice]


def test_no_advice_shares_its_words_with_another_complaint() -> None:
    words = list(read_toml(ROOT / "base" / "complaints.toml").values())

    assert all(words.count(CATALOGUE.complaints[advice]) == 1 for advice in Advice)
