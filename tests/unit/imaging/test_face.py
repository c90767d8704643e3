"""A portrait for an account: what is told of a face that cannot be compared, and that nobody is told without reason."""

import time
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError
from kiosk.imaging.face import Advice, FaceLook, advise, look_at_face
from tests.faces import Person, portrait
from tests.specimens import desk, id_card, on_desk


@pytest.fixture(autouse=True, scope="module")
def one_core() -> Iterator[None]:
    """Processor time is counted below, and other tests run on the other core."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    yield
    cv2.setNumThreads(threads)


GOOD = FaceLook(faces=1, width=0.4, light=130, eyes=2, mouth=True)


def told(*people: Person, light: float = 1.0) -> tuple[Advice, ...]:
    return advise(look_at_face(portrait(*people, light=light)))


@pytest.mark.parametrize("seed", range(5))
def test_a_plain_face_of_any_skin_with_or_without_a_scarf_needs_no_advice(seed: int) -> None:
    assert told(Person(seed=seed, hijab=bool(seed % 2))) == ()


def test_spectacles_that_show_the_eyes_need_no_advice() -> None:
    assert told(Person(seed=1, glasses=True)) == ()


@pytest.mark.parametrize("seed", [0, 1])
def test_a_mask_is_to_be_taken_off(seed: int) -> None:
    assert told(Person(seed=seed, mask=True, hijab=seed == 1)) == (Advice.MASK,)


@pytest.mark.parametrize("seed", [2, 3])
def test_sunglasses_are_to_be_taken_off(seed: int) -> None:
    assert told(Person(seed=seed, sunglasses=True, hijab=seed == 3)) == (Advice.GLASSES,)


def test_mask_and_sunglasses_are_both_named_the_mask_first() -> None:
    assert told(Person(mask=True, sunglasses=True)) == (Advice.MASK, Advice.GLASSES)


def test_a_mask_that_hides_the_face_from_the_cascade_is_known_by_the_eyes_above_it() -> None:
    covered = portrait(Person(seed=2, width=0.34))
    covered[188:285, 165:315] = (60, 60, 60)  # a dark scarf, from the nose down over the neck

    look = look_at_face(covered)

    assert (look.faces, look.mouth) == (1, False)


def test_nobody_before_the_camera_is_told_so() -> None:
    assert told() == (Advice.NO_FACE,)


@pytest.mark.parametrize("kind", ["wood", "dark", "photo"])
def test_no_face_is_seen_in_a_table_top(kind: str) -> None:
    assert look_at_face(desk(kind)).faces == 0


def test_the_grey_shape_on_a_card_is_no_face() -> None:
    assert look_at_face(on_desk(id_card())[0]).faces == 0


def test_two_people_are_told_that_one_is_enough() -> None:
    assert told(Person(at=(0.3, 0.45)), Person(seed=1, at=(0.7, 0.45)))[0] is Advice.SEVERAL


def test_the_face_on_a_card_held_up_is_not_a_second_person() -> None:
    assert told(Person(at=(0.5, 0.4)), Person(at=(0.62, 0.8), width=0.13)) == ()


@pytest.mark.parametrize(("width", "advice"), [(0.15, Advice.FAR), (0.79, Advice.NEAR)])
def test_who_stands_too_far_or_too_near_is_told(width: float, advice: Advice) -> None:
    assert told(Person(width=width)) == (advice,)


@pytest.mark.parametrize("at", [(0.15, 0.45), (0.5, 0.9)])
def test_a_face_at_the_rim_is_called_to_the_middle(at: tuple[float, float]) -> None:
    assert told(Person(at=at)) == (Advice.ASIDE,)


@pytest.mark.parametrize("turn", [-24, 20])
def test_a_head_leant_over_is_told_and_nothing_is_said_of_its_mouth(turn: int) -> None:
    assert told(Person(turn=turn)) == (Advice.TILTED,)


def test_a_head_leant_over_a_little_is_good_enough() -> None:
    assert told(Person(turn=8)) == ()


@pytest.mark.parametrize(("light", "advice"), [(0.2, Advice.DARK), (1.5, Advice.BRIGHT), (2.5, Advice.BRIGHT)])
def test_too_little_and_too_much_light_is_told_and_nothing_else(light: float, advice: Advice) -> None:
    assert told(Person(), light=light) == (advice,)


def test_half_the_light_is_light_enough() -> None:
    assert told(Person(seed=1), light=0.5) == ()


@pytest.mark.parametrize("size", [(1920, 1080), (480, 640)])
def test_any_frame_is_looked_at_at_one_size(size: tuple[int, int]) -> None:
    frame = portrait(Person(), size=size)

    look = look_at_face(frame)

    assert (look.faces, look.eyes, look.mouth) == (1, 2, True)
    assert abs(look.x - 0.5) < 0.03


def test_a_picture_that_no_camera_gives_is_refused() -> None:
    with pytest.raises(ImagingError):
        look_at_face(np.zeros((10, 10, 3), np.uint8))


@pytest.mark.parametrize(
    ("look", "advice"),
    [
        (GOOD, ()),
        (FaceLook(faces=0), (Advice.NO_FACE,)),
        (FaceLook(faces=1, width=0.4, light=130, eyes=0, mouth=True), (Advice.GLASSES,)),
        (FaceLook(faces=1, width=0.4, light=130, eyes=1, mouth=True), ()),
        (FaceLook(faces=1, width=0.1, light=20, eyes=0), (Advice.DARK, Advice.FAR)),
        (FaceLook(faces=3, width=0.4, light=130, eyes=2), (Advice.SEVERAL, Advice.MASK)),
        (FaceLook(faces=1, width=0.4, light=130, white=0.5, eyes=2), (Advice.BRIGHT,)),
    ],
)
def test_what_spoils_the_picture_comes_first_and_silences_what_it_hides(
    look: FaceLook, advice: tuple[Advice, ...]
) -> None:
    assert advise(look) == advice


def test_a_frame_takes_at_most_150_ms_of_one_core() -> None:
    """The best of three counts: the first finds a cold cache, and a shared machine has bad moments."""
    frame, took = portrait(Person(seed=3), size=(1280, 960)), []
    for _ in range(3):
        began = time.process_time()
        look_at_face(frame)
        took.append(time.process_time() - began)

    assert min(took) < 0.15
