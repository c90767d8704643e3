"""The papers of an application as one PDF: complete and in order, or none and which page spoils it."""

import io
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pikepdf
import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from PIL import Image

from adminduk.application import Role
from adminduk.packets import Page
from central.context import Context
from central.documents import bundle as bundling
from central.documents.bundle import A4_PT, BundleError, bundle, placed
from central.schema import audit
from tests.unit.central.conftest import rows
from tests.unit.central.office import NAME_OF, Browser, admit, hire
from tests.unit.central.people import NAME, NIK, Kiosk, picture, ticket

A4, LYING = (595, 842), (842, 595)
Admit = Callable[..., str]


@pytest.fixture
def desk(light: Context, light_app: Flask) -> Flask:
    hire(light)
    return light_app


@pytest.fixture
def take(light: Context, light_kiosk: Kiosk, desk: Flask) -> Admit:
    """Admit an application with these pages, by their names."""

    def admitted(*pages: Page, **changes: Any) -> str:
        papers: dict[str, tuple[Page, ...]] = {}
        for page in pages:
            code = page.name.rsplit("-", 1)[0]
            papers[code] = (*papers.get(code, ()), page)
        return admit(light, light_kiosk, **{"papers": papers, **changes})

    return admitted


@lru_cache(maxsize=16)
def drawn(kind: str, size: tuple[int, int] = (310, 438), colour: tuple[int, int, int] = (250, 250, 250)) -> bytes:
    """A picture with a dark corner at its upper left, so that its way up is seen."""
    image = Image.new("RGB", size, colour)
    image.paste((200, 30, 30), (0, 0, size[0] // 4, size[1] // 4))
    out = io.BytesIO()
    image.save(out, kind, quality=80, **({"speed": 10} if kind == "AVIF" else {}))
    return out.getvalue()


def avif(name: str = "kk_lama-1.avif", **how: Any) -> Page:
    return Page(name, drawn("AVIF", **how))


def pdf(name: str, sheets: int = 1, **how: Any) -> Page:
    out = io.BytesIO()
    with pikepdf.new() as made:
        for _ in range(sheets):
            made.add_blank_page(page_size=(300, 400))
        made.save(out, **how)
    return Page(name, out.getvalue())


def cut(page: Page) -> Page:
    return Page(page.name, page.content[: len(page.content) // 2])


def sizes(content: bytes) -> list[tuple[int, int]]:
    with pypdfium2.PdfDocument(content) as opened:
        return [(round(width), round(height)) for width, height in map(opened.get_page_size, range(len(opened)))]


def shown(content: bytes) -> Iterator[Image.Image]:
    """Each sheet as a viewer draws it, 1 px a point."""
    with pypdfium2.PdfDocument(content) as opened:
        for sheet in opened:
            yield sheet.render().to_pil().convert("RGB")


def spoilt(*pages: Page) -> tuple[str, str]:
    with pytest.raises(BundleError) as caught:
        bundle(pages)
    return caught.value.code, caught.value.page


def looks(context: Context) -> list[tuple[object, ...]]:
    """What officers did."""
    mine = sa.select(audit).where(audit.c.actor.in_(NAME_OF.values())).order_by(audit.c.id)
    return [(row.actor, row.what, row.target) for row in rows(context, mine)]


# --- on the sheet -----------------------------------------------------------------------------------------------------


def test_a_page_fills_its_sheet_standing_or_lying() -> None:
    content = bundle([avif(size=(1654, 2339)), avif(size=(2339, 1654)), avif(size=(1240, 1754))])

    assert sizes(content) == [A4, LYING, A4]
    for sheet in shown(content):
        assert sheet.getpixel((20, 20))[0] > 150 > sheet.getpixel((20, 20))[1]
        assert sheet.getpixel((sheet.width - 5, sheet.height - 5)) > (240, 240, 240)


def test_a_card_lies_upright_at_twice_its_size_in_the_middle() -> None:
    width, height, wide, tall = placed(1011, 638)

    assert (width, height) == A4_PT
    assert (wide, tall) == pytest.approx((85.6 * 2 / 25.4 * 72, 54 * 2 / 25.4 * 72), rel=0.01)
    (sheet,) = shown(bundle([avif(size=(1011, 638), colour=(40, 40, 200))]))
    assert sheet.getpixel((sheet.width // 2, sheet.height // 2))[2] > 150
    assert sheet.getpixel((sheet.width // 2, 40)) == (255, 255, 255)


@pytest.mark.parametrize("size", [(1, 5000), (5000, 1), (7000, 7000), (1200, 900), (40, 40), (2339, 2338)])
def test_no_picture_reaches_beyond_its_sheet(size: tuple[int, int]) -> None:
    width, height, wide, tall = placed(*size)

    assert 0 < wide <= width + 1e-6
    assert 0 < tall <= height + 1e-6
    assert sorted((width, height)) == sorted(A4_PT)
    assert wide / tall == pytest.approx(size[0] / size[1])


def test_a_jpeg_of_the_release_before_goes_in_as_it_came() -> None:
    old = drawn("JPEG")

    assert old in bundle([Page("kk_lama-1.jpg", old)])


def test_a_grey_or_a_printer_s_picture_is_no_trouble() -> None:
    inks = io.BytesIO()
    Image.new("CMYK", (200, 300), (0, 0, 0, 0)).save(inks, "JPEG")
    for content in (picture(), inks.getvalue()):
        (sheet,) = shown(bundle([Page("bukti-1.jpg", content)]))
        assert min(sheet.getpixel((sheet.width // 2, sheet.height // 2))) > 180


def test_a_pdf_comes_along_without_what_it_would_start() -> None:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page(page_size=(300, 400))
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(9901)")
        mark = pikepdf.Dictionary(Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=script)
        made.pages[0].obj.AA = pikepdf.Dictionary(O=script)
        made.pages[0].obj.Annots = pikepdf.Array([made.make_indirect(mark)])
        made.Root.OpenAction = script
        made.docinfo["/Author"] = NAME
        made.save(out)
    assert b"JavaScript" in out.getvalue()

    content = bundle([avif(), Page("bukti-1.pdf", out.getvalue()), pdf("bukti-2.pdf", sheets=2)])

    assert sizes(content) == [A4, *[(300, 400)] * 3]
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert "/OpenAction" not in opened.Root
        assert not [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and "/JS" in each]


# --- bytes --------------------------------------------------------------------------------------------------------------


def test_the_same_pages_give_the_same_bytes_and_tell_nothing_of_when_and_with_what() -> None:
    pages = [avif(), Page("bukti-1.jpg", picture()), pdf("bukti-2.pdf")]
    content = bundle(pages)

    assert bundle(pages) == content
    assert bundle(pages[::-1]) != content
    with pikepdf.open(io.BytesIO(content)) as opened:
        assert "/Info" not in opened.trailer
        assert "/Metadata" not in opened.Root
    assert not re.search(rb"Date|Producer|Creator|img2pdf|Exif", content)


# --- mishaps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        cut(avif("bukti-2.avif")), cut(Page("bukti-2.jpg", drawn("JPEG"))), Page("bukti-2.jpg", b""),
        Page("bukti-2.avif", drawn("JPEG")[:40]), Page("bukti-2.jpg", drawn("PNG")), Page("bukti-2.pdf", b"%PDF-1.7 contoh"),
        pdf("bukti-2.pdf", encryption=pikepdf.Encryption(owner="a", user="b")), pdf("bukti-2.pdf", sheets=0),
    ],
    ids=["half an avif", "half a jpeg", "nothing", "a head", "another kind", "no pdf", "locked", "without a sheet"],
)  # fmt: skip
def test_a_page_that_cannot_be_opened_is_named(broken: Page) -> None:
    assert spoilt(avif(), Page("bukti-1.jpg", picture()), broken) == ("halaman_rusak", broken.name)


def test_a_small_file_of_too_many_pixels_is_not_unpacked() -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 7000)).convert("L").save(out, "JPEG")

    assert len(out.getvalue()) < 2_000_000
    assert spoilt(Page("bukti-1.jpg", out.getvalue())) == ("halaman_rusak", "bukti-1.jpg")


def test_a_pdf_as_thick_as_a_book_is_not_bound() -> None:
    half = bundling.MOST_SHEETS // 2 + 1

    assert spoilt(pdf("bukti-1.pdf", half), pdf("bukti-2.pdf", half)) == ("terlalu_banyak", "bukti-2.pdf")
    assert spoilt(pdf("bukti-1.pdf", 2 * half)) == ("halaman_rusak", "bukti-1.pdf")


# --- at the desk --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(NAME_OF), ids=str)
def test_whoever_may_look_may_take_the_papers_along_and_it_is_written_down(
    light: Context, take: Admit, desk: Flask, role: Role
) -> None:
    case_id = take(avif(), avif("bukti-1.avif"))

    answer = Browser.of(desk, NAME_OF[role]).get(f"/permohonan/{case_id}/berkas.pdf")

    assert (answer.status_code, answer.mimetype, len(sizes(answer.data))) == (200, "application/pdf", 2)
    assert answer.headers["Content-Disposition"] == f"attachment; filename=berkas-{ticket(1)}.pdf"
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")
    assert looks(light) == [(NAME_OF[role], "unduh_berkas", case_id)]
    assert not [path for path in light.settings.dir.rglob("*") if path.suffix in (".pdf", ".avif", ".jpg")]


def test_papers_lie_in_the_order_of_the_service_and_unknown_ones_last(take: Admit, desk: Flask) -> None:
    case_id = take(
        pdf("kertas_lama-1.pdf", 4),
        avif("bukti-1.avif", size=(1400, 990)),
        pdf("kk_lama-1.pdf", 2),
        avif("kk_lama-2.avif"),
    )

    answer = Browser.of(desk, "vera").get(f"/permohonan/{case_id}/berkas.pdf")

    assert sizes(answer.data) == [(300, 400), (300, 400), A4, LYING, *[(300, 400)] * 4]


def test_a_broken_page_is_said_in_words_and_the_others_are_still_shown(
    light: Context, take: Admit, desk: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    case_id, browser = take(avif(), cut(avif("kk_lama-2.avif")), avif("bukti-1.avif")), Browser.of(desk, "vera")

    answer = browser.get(f"/permohonan/{case_id}/berkas.pdf")

    service = light.catalogue.services["KK-UBAH-3"]
    name = next(paper.name for paper in service.every_paper() if paper.code == "kk_lama")
    assert answer.status_code == 500
    assert f"<b>{name}, halaman 2.</b>" in answer.text
    assert f'href="/permohonan/{case_id}"' in answer.text
    assert f"papers_unbound packet={case_id} page=kk_lama-2.avif code=halaman_rusak" in caplog.text
    assert not [word for word in (NIK, NAME) if word in caplog.text + answer.text]
    assert looks(light)[-1] == ("vera", "unduh_berkas", case_id)
    assert browser.get(f"/permohonan/{case_id}/halaman/bukti-1.avif").status_code == 200


def test_the_desk_offers_the_file_where_there_are_papers_only(take: Admit, desk: Flask) -> None:
    browser, sent, bare = Browser.of(desk, "vera"), take(avif()), take(number=2)

    assert "/berkas.pdf" in browser.get(f"/permohonan/{sent}").text
    assert "/berkas.pdf" not in browser.get(f"/permohonan/{bare}").text
    assert browser.get(f"/permohonan/{bare}/berkas.pdf").status_code == 404


def test_an_avif_page_is_shown_as_one(take: Admit, desk: Flask) -> None:
    page = avif()

    answer = Browser.of(desk, "vera").get(f"/permohonan/{take(page)}/halaman/{page.name}")

    assert (answer.data, answer.mimetype) == (page.content, "image/avif")
    assert (answer.headers["Cache-Control"], answer.headers["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_without_a_login_nobody_takes_anything(light: Context, take: Admit, desk: Flask) -> None:
    answer = Browser.open(desk).get(f"/permohonan/{take(avif())}/berkas.pdf")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/masuk")
    assert looks(light) == []
