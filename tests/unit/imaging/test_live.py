"""One frame of the live picture, and how much work it is: counted in pixels, not in seconds."""

import cv2
import numpy as np
import pytest

from kiosk.imaging import ImagingError
from kiosk.imaging.live import MOST_FOLLOWED, look
from tests.clutter import among_things
from tests.specimens import birth_letter, desk, id_card, kk_page, on_desk
from tests.spoiled import SKIN, Shot, finger, grain

FRAME, TRUTH = on_desk(kk_page(), seed=2)
CLUTTERED = among_things(birth_letter(), background="wood", seed=5)[0]
LOOK = look(FRAME)
WORKERS = (
    "resize", "medianBlur", "cvtColor", "merge", "split", "GaussianBlur", "Sobel", "dilate", "erode", "Canny", "threshold",
    "morphologyEx", "findContours", "remap", "warpPerspective", "imencode", "subtract", "absdiff", "filter2D",
)  # fmt: skip


class Counter:
    """Pixels that went into OpenCV's functions, in frames of 1280 x 960; and how many were given a whole frame."""

    def __init__(self, monkeypatch, whole):
        self.pixels, self.whole, self.calls = 0, 0, []
        for name in WORKERS:
            monkeypatch.setattr(cv2, name, self._counting(name, getattr(cv2, name), whole))

    def _counting(self, name, work, whole):
        def counted(*given, **how):
            result = work(*given, **how)
            # of a picture that is warped only those pixels are read that come out
            for picture in (result,) if name in ("remap", "warpPerspective") else (*given, result):
                if isinstance(picture, np.ndarray):
                    self.pixels += picture.size
                    self.whole += picture.shape[:2] == whole
            self.calls.append(name)
            return result

        return counted

    @property
    def frames(self):
        return self.pixels / (1280 * 960 * 3)


def shares(corners, size=(1280, 960)):
    return (corners + 0.5) / np.array(size)


def test_the_sheet_is_where_it_is_in_shares_of_the_picture():
    assert np.abs(LOOK.seen.page.corners - shares(TRUTH)).max() < 0.0005


def test_the_picture_is_the_preview_with_its_outline():
    shown = cv2.imdecode(np.frombuffer(LOOK.picture(), np.uint8), cv2.IMREAD_COLOR)

    assert shown.shape == (720, 960, 3)
    middle = np.rint((LOOK.sheet.corners[0] + LOOK.sheet.corners[1]) / 2).astype(int)
    blue, green, red = shown[middle[1], middle[0]].astype(int)
    assert green > max(blue, red) + 50


@pytest.mark.parametrize("size", [(640, 480), (800, 600), (1920, 1080), (2592, 1944)])
def test_any_camera_gives_a_picture_of_the_previews_width(size):
    frame = cv2.resize(FRAME, size, interpolation=cv2.INTER_AREA)

    assert look(frame).small.shape[1] == 960


def test_an_empty_desk_shows_no_sheet():
    empty = look(desk("wood"))

    assert (empty.sheet, empty.seen.page) == (None, None)
    assert empty.picture()


def test_a_sheet_that_hangs_out_of_the_picture_is_outlined_but_no_page():
    place = np.array([(380, 320), (890, 335), (905, 1160), (370, 1150)], np.float32)
    cut = look(on_desk(birth_letter(), corners=place)[0])

    assert cut.sheet.cut
    assert cut.seen.page is None


@pytest.mark.parametrize("tone", SKIN)
def test_a_finger_that_holds_the_paper_is_a_hand(tone):
    held = finger(Shot("kk", kk_page(), FRAME, TRUTH), FRAME, (0.9, 0.5), start=(1.15, 0.55), tone=tone)

    assert look(held).seen.page.hand > 0.006
    assert LOOK.seen.page.hand == 0.0


def test_a_card_is_looked_at_as_a_card():
    frame, _ = on_desk(id_card(), seed=2)

    assert look(frame, shape="card").seen.page.sharpness > look(frame).seen.page.sharpness


@pytest.mark.parametrize("image", [np.zeros((480, 640), np.uint8), np.zeros((20, 20, 3), np.uint8)])
def test_what_no_camera_delivers_is_refused(image):
    with pytest.raises(ImagingError):
        look(image)


# --- following ----------------------------------------------------------------------------------------------------------


def moved(across, down):
    matrix = np.array([[1, 0, across], [0, 1, down]], np.float32)
    return cv2.warpAffine(FRAME, matrix, FRAME.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def test_a_sheet_that_slides_slowly_is_followed_to_parts_of_a_pixel():
    seen = LOOK
    for step in range(1, 6):
        seen = look(grain(moved(step, step / 2), seed=step), before=seen)
        assert np.abs(seen.seen.page.corners - shares(TRUTH + np.array((step, step / 2)))).max() < 0.0005
    assert seen.followed == 5


def test_a_sheet_that_was_pushed_is_searched_for():
    assert look(moved(60, 20), before=LOOK).followed == 0


def test_a_sheet_that_is_gone_is_searched_for_and_not_followed():
    gone = look(desk("dark"), before=LOOK)

    assert (gone.sheet, gone.followed) == (None, 0)


def test_once_in_a_while_it_is_searched_for_though_nothing_moved():
    seen = LOOK
    for _ in range(MOST_FOLLOWED + 1):
        seen = look(FRAME, before=seen)

    assert seen.followed == 0


def test_an_empty_desk_is_not_searched_again_and_again():
    empty = look(desk("wood"))

    assert look(desk("wood"), before=empty).followed == 1


# --- work ---------------------------------------------------------------------------------------------------------------


def counted(monkeypatch, frame, **how):
    with monkeypatch.context() as patched:
        work = Counter(patched, frame.shape[:2])
        look(frame, **how).picture()
    return work


def test_a_whole_frame_is_touched_once_to_shrink_it(monkeypatch):
    work = counted(monkeypatch, CLUTTERED)

    assert work.whole == 1
    assert work.calls[0] == "resize"
    assert work.frames < 12


def test_following_saves_the_search(monkeypatch):
    work = counted(monkeypatch, FRAME, before=LOOK)

    assert "medianBlur" not in work.calls
    assert "Canny" not in work.calls
    assert work.frames < 0.7 * counted(monkeypatch, FRAME).frames


def test_four_times_the_pixels_are_one_pass_more(monkeypatch):
    large = cv2.resize(FRAME, (2560, 1920), interpolation=cv2.INTER_LINEAR)
    usual, more = counted(monkeypatch, FRAME), counted(monkeypatch, large)

    assert more.whole == 1
    assert more.frames - usual.frames < 5.5  # four in, one out
