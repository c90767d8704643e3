"""The page that is sent: small, in colour, always the same bytes, and nothing but the picture in them."""

import io
from itertools import pairwise

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from adminduk.packets import ending
from kiosk.imaging import ImagingError, decode_upload, encode, find_sheet, flatten
from kiosk.imaging.encoding import PAGE_STEPS, PICTURE_STEPS, TARGET_BYTES, avif
from kiosk.imaging.flatten import A4_PX, CARD_PX
from kiosk.imaging.shapes import Image
from kiosk.imaging.tidying import tidy
from tests.hardpage import HardPage, hard_page, off_colour
from tests.specimens import birth_letter, id_card, kk_page, on_desk, real_photo

PAGE = birth_letter()
SNOW = np.random.default_rng(3).integers(0, 256, (1600, 1200, 3)).astype(np.uint8)
EVERYTHING = 10**9


@pytest.fixture(scope="module")
def hard() -> HardPage:
    return hard_page(20)


@pytest.fixture(scope="module")
def sent(hard: HardPage) -> bytes:
    return encode(hard.flat)


def code_of(picture: np.ndarray, **how: int) -> str:
    with pytest.raises(ImagingError) as caught:
        encode(picture, **how)
    return caught.value.code


def opened(content: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def jpeg_85(picture: Image) -> bytes:
    return cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, 85, cv2.IMWRITE_JPEG_OPTIMIZE, 1))[1].tobytes()


def rgb(picture: Image) -> Image:
    return np.ascontiguousarray(picture[..., ::-1])


# --- small --------------------------------------------------------------------------------------------------------------


def test_a_hard_page_is_six_times_smaller_than_jpeg_85_and_its_inks_keep_their_colours(
    hard: HardPage, sent: bytes
) -> None:
    assert len(jpeg_85(hard.flat)) >= 6 * len(sent)
    assert max(off_colour(opened(sent), hard).values()) < 14


@pytest.mark.nightly
def test_text_recognition_reads_hard_pages_no_worse_than_from_jpeg_85() -> None:
    from tests.lines_read import wrong

    pages = [hard_page(seed) for seed in (20, 21, 22)]
    ours, usual = (
        [wrong(opened(made(page.flat)), page.hard_lines())[0] for page in pages] for made in (encode, jpeg_85)
    )

    assert sum(ours) <= sum(usual) + 2, (ours, usual)


def test_a_photographed_page_is_sent_in_its_target_at_full_size() -> None:
    frame, truth = on_desk(kk_page(), seed=1, size=(2592, 1944))

    content = encode(flatten(frame, truth))

    assert len(content) <= TARGET_BYTES
    assert opened(content).shape == kk_page().shape


@pytest.mark.nightly
def test_the_real_photograph_is_sent_in_its_target() -> None:
    photo = real_photo()
    sheet = find_sheet(photo)

    assert sheet is not None
    assert len(encode(flatten(photo, sheet.corners))) <= TARGET_BYTES


# --- steps --------------------------------------------------------------------------------------------------------------


def test_each_step_is_smaller_than_the_one_before(hard: HardPage) -> None:
    part = np.ascontiguousarray(hard.flat[800:1400, 300:1100])
    for picture, steps in ((part, PAGE_STEPS), (id_card(), PICTURE_STEPS)):
        sizes = [len(avif(rgb(picture), step)) for step in steps]
        assert all(finer > coarser for finer, coarser in pairwise(sizes)), sizes


def test_a_page_above_its_target_is_sent_coarser_and_at_last_smaller(hard: HardPage, sent: bytes) -> None:
    coarser = encode(hard.flat, target=len(sent) - 1)
    least = encode(hard.flat, target=1, most=EVERYTHING)

    assert len(least) < len(coarser) < len(sent)
    assert opened(coarser).shape == hard.flat.shape
    assert opened(least).shape == (round(A4_PX[1] * 0.75), round(A4_PX[0] * 0.75), 3)


@pytest.mark.nightly
def test_a_page_of_nothing_but_texture_is_sent_all_the_same() -> None:
    texture = cv2.GaussianBlur(cv2.resize(SNOW, A4_PX), (0, 0), 0.6)

    content = encode(np.asarray(texture, np.uint8))

    assert len(content) <= 800_000
    assert opened(content).shape[1] < A4_PX[0]


# --- what it is not ---------------------------------------------------------------------------------------------------


def test_a_page_that_stays_too_large_is_refused() -> None:
    assert code_of(SNOW[:300, :300], target=1_000, most=3_000) == "terlalu_besar"


@pytest.mark.parametrize(
    "picture", [PAGE[..., 0], PAGE.astype(np.float32), PAGE[..., :2]], ids=["grey", "floats", "two colours"]
)
def test_what_no_camera_gives_is_refused(picture: np.ndarray) -> None:
    assert code_of(picture) == "bukan_gambar"


def test_a_thumbnail_is_refused() -> None:
    assert code_of(PAGE[:31, :400]) == "terlalu_kecil"


def test_a_card_is_sent_as_it_was_seen_its_shadow_too() -> None:
    card = np.asarray(id_card() * np.linspace(1, 0.6, CARD_PX[1])[None, :, None], np.uint8)

    assert encode(card) == avif(rgb(card), PICTURE_STEPS[0])
    assert np.abs(opened(encode(card)).astype(int) - card).mean() < 3


def test_a_sheet_that_shows_hardly_any_paper_is_sent_as_it_was_seen() -> None:
    night = np.full((A4_PX[1], A4_PX[0], 3), (30, 45, 60), np.uint8)
    night[400:700, 300:900] = PAGE[400:700, 300:900]

    assert tidy(night) is None
    assert np.abs(opened(encode(night)).astype(int) - night).mean() < 3


# --- bytes ------------------------------------------------------------------------------------------------------------


def test_the_same_page_gives_the_same_bytes_and_is_left_alone(hard: HardPage, sent: bytes) -> None:
    page = hard.flat.copy()

    assert encode(page) == sent
    assert (page == hard.flat).all()
    assert encode(id_card()) == encode(id_card())


def test_nothing_but_the_picture_is_in_the_bytes(sent: bytes) -> None:
    assert ending(sent) == "avif"
    with Pillow.open(io.BytesIO(sent)) as picture:
        assert not {"exif", "xmp", "icc_profile"} & set(picture.info)
        assert picture.n_frames == 1
    assert not [word for word in (b"Exif", b"xmp", b"xml", b"ICC", b"libavif", b"Pillow", b"20") if word in sent[:300]]


def test_what_was_sent_is_opened_again_by_whoever_reads_it_later() -> None:
    """A card whose number is read after it was kept; a technician's page."""
    again = decode_upload(encode(id_card()))

    assert (again.shape, again.dtype) == (id_card().shape, np.uint8)
    assert np.abs(again.astype(int) - id_card()).mean() < 3


def test_red_is_red_and_blue_is_blue() -> None:
    for colour in ((40, 40, 200), (200, 60, 40)):
        flat = np.full((400, 400, 3), colour, np.uint8)
        assert opened(encode(flat)).mean(axis=(0, 1)) == pytest.approx(colour, abs=6)
