"""Showing a paper before it is printed."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from kiosk.documents import DocumentError, page_count, preview
from tests.unit.documents.paperwork import Office, blank_pdf

A4 = (595.28, 841.89)


def size(png):
    return Image.open(io.BytesIO(png)).size


def code_of(call):
    with pytest.raises(DocumentError) as caught:
        call()
    return caught.value.code


def test_pages_are_counted():
    assert page_count(blank_pdf(A4, A4, A4)) == 3


def test_a_signed_paper_is_still_counted_and_shown():
    signed = Office.open().sign(blank_pdf(A4))

    assert page_count(signed) == 1
    assert size(preview(signed))[0] == 960


def test_the_first_page_is_shown_at_the_asked_width_and_its_own_shape():
    width, height = size(preview(blank_pdf(A4), width=640))

    assert width == 640  # PDFium rounds up, which would make it 641
    assert height / width == pytest.approx(A4[1] / A4[0], abs=0.005)


def test_a_later_page_is_shown_by_its_number():
    lying = size(preview(blank_pdf(A4, A4[::-1]), page=2))

    assert lying[0] > lying[1]


@pytest.mark.parametrize("page", [0, -1, 2])
def test_a_page_that_is_not_there_is_refused(page):
    assert code_of(lambda: preview(blank_pdf(A4), page=page)) == "halaman_tidak_ada"


@pytest.mark.parametrize("width", [0, -5, 2401, 10**9])
def test_a_width_no_screen_has_is_refused(width):
    assert code_of(lambda: preview(blank_pdf(A4), width=width)) == "terlalu_besar"


def test_a_page_like_a_ribbon_cannot_eat_the_memory():
    assert code_of(lambda: preview(blank_pdf((1, 14000)), width=2400)) == "terlalu_besar"


@pytest.mark.parametrize("content", [b"", b"no pdf", b"%PDF-1.7\n"])
def test_what_is_no_pdf_is_refused(content):
    assert code_of(lambda: page_count(content)) == "rusak"
    assert code_of(lambda: preview(content)) == "rusak"


def test_a_refusal_frees_the_library_for_the_next():
    code_of(lambda: page_count(b"no pdf"))
    code_of(lambda: preview(blank_pdf(A4), page=9))

    assert page_count(blank_pdf(A4)) == 1


def test_two_screens_may_ask_at_once():
    pdf = blank_pdf(A4)
    alone = preview(pdf, width=300)

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda _: preview(pdf, width=300), range(30))) == [alone] * 30
