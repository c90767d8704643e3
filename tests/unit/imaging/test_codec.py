"""Bytes out and bytes in."""

import io

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from kiosk.imaging import ImagingError, Sheet, decode_upload, preview
from tests.specimens import birth_letter, on_desk


def decoded(content):
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)


def written(image, kind, **how):
    content = io.BytesIO()
    quick = {"speed": 10} if kind == "AVIF" else {}
    Pillow.fromarray(np.ascontiguousarray(image[..., ::-1])).save(content, kind, **quick, **how)
    return content.getvalue()


def code_of(call):
    with pytest.raises(ImagingError) as caught:
        call()
    return caught.value.code


PAGE = birth_letter()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "AVIF"])
def test_a_picture_someone_brought_is_opened(kind):
    assert np.abs(decode_upload(written(PAGE, kind)).astype(int) - PAGE).mean() < 3


def test_a_phone_held_upright_gives_an_upright_page():
    turned = Pillow.Exif()
    turned[0x0112] = 6  # the camera was turned by a quarter

    assert decode_upload(written(PAGE, "JPEG", exif=turned)).shape == (PAGE.shape[1], PAGE.shape[0], 3)


def test_a_grey_or_transparent_picture_comes_out_in_three_colours():
    content = io.BytesIO()
    Pillow.new("LA", (300, 200), (120, 90)).save(content, "PNG")

    assert decode_upload(content.getvalue()).shape == (200, 300, 3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"<svg/>",
        written(PAGE, "GIF"),
        written(PAGE, "TIFF"),
        b"\xff\xd8\xff\xe0" + b"\0" * 400,
        written(PAGE[::8, ::8], "AVIF")[:400],
        b"\0\0\0\x1cftypavif" + b"\0" * 400,
    ],
    ids=["nothing", "pdf", "svg", "gif", "tiff", "a jpeg's head alone", "half an avif", "an avif's head alone"],
)
def test_what_is_no_photograph_is_refused(content):
    assert code_of(lambda: decode_upload(content)) == "bukan_gambar"


def test_a_file_of_more_than_20_mb_is_refused_unread():
    assert code_of(lambda: decode_upload(b"\xff\xd8" + b"\0" * 20_000_000)) == "terlalu_besar"


@pytest.mark.parametrize("size", [(8000, 7000), (30000, 30000)])
def test_a_small_file_that_would_unpack_to_gigabytes_is_refused(size):
    content = io.BytesIO()
    Pillow.MAX_IMAGE_PIXELS, kept = None, Pillow.MAX_IMAGE_PIXELS
    try:
        Pillow.new("1", size).save(content, "PNG")
    finally:
        Pillow.MAX_IMAGE_PIXELS = kept

    assert len(content.getvalue()) < 1_000_000
    assert code_of(lambda: decode_upload(content.getvalue())) == "terlalu_besar"


def test_a_thumbnail_is_refused():
    assert code_of(lambda: decode_upload(written(PAGE[:20, :20], "PNG"))) == "terlalu_kecil"


def outcome(content):
    try:
        decode_upload(content)
    except ImagingError as error:
        return error.code
    return "opened"


WHOLE = {kind: written(PAGE[::8, ::8], kind) for kind in ("JPEG", "AVIF")}


@pytest.mark.parametrize("kind", WHOLE)
@given(place=st.floats(0, 1, exclude_max=True), flip=st.integers(1, 255))
def test_a_bent_file_gives_a_picture_or_a_code_and_nothing_else(kind, place, flip):
    whole = WHOLE[kind]
    at = int(place**3 * len(whole))  # most of what can go wrong stands in the head
    bent = whole[:at] + bytes([whole[at] ^ flip]) + whole[at + 1 :]

    assert outcome(bent) in {"opened", "bukan_gambar", "terlalu_besar", "terlalu_kecil"}


def test_the_preview_is_960_wide_and_outlines_the_sheet():
    frame, truth = on_desk(PAGE, seed=2)

    plain = decoded(preview(frame, None)).astype(int)
    outlined = decoded(preview(frame, Sheet(truth, 0.9))).astype(int)

    assert outlined.shape == (720, 960, 3)
    middle = np.rint((truth[0] + truth[3]) / 2 * 0.75).astype(int)
    assert np.abs(outlined - plain)[middle[1], middle[0]].sum() > 60
    assert np.abs(outlined - plain)[5, 5].sum() < 30


def test_the_outline_of_a_cut_sheet_has_another_colour():
    frame, truth = on_desk(PAGE, seed=2)

    assert preview(frame, Sheet(truth, 0.9)) != preview(frame, Sheet(truth, 0.9, cut=True))


def test_a_sheet_that_was_not_found_is_not_outlined():
    frame, truth = on_desk(PAGE, seed=2)

    assert preview(frame, Sheet(truth, 0.0)) == preview(frame, None)


def test_the_preview_leaves_the_frame_as_it_was():
    frame = np.full((720, 960, 3), 90, np.uint8)
    preview(frame, Sheet(np.array([(100, 100), (800, 100), (800, 600), (100, 600)], np.float32), 0.9))

    assert (frame == 90).all()
