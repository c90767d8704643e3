"""Pictures of papers: who cannot read sees which paper is meant, how it is laid, and what a bad photo looks like."""

import re
import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from adminduk.catalogue import ContentError
from adminduk.services import Paper, Service
from content.loader import ROOT, load, read_toml
from kiosk.session import Step
from kiosk.ui.words import PICTURES, PLAIN, Words
from tests.unit.session.world import CATALOGUE, World, birth_letter_on_desk
from tests.unit.ui.hand import Hand
from tests.unit.ui.harness import PANELS, pages

UI = PICTURES.parents[1]
TOP = UI.parents[1]
FILES = sorted(PICTURES.glob("*.svg"))
DRAWN = sorted(PICTURES.glob("paper-*.svg"))
PROFILES = sorted(path.name for path in (ROOT / "profiles").iterdir() if path.is_dir())
SERVICES = [service for service in CATALOGUE.services.values() if service.papers]
RAW = read_toml(ROOT / "base" / "papers.toml")
SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 14_000  # one picture; the courier brings new ones over a village's line


def name(path: Path) -> str:
    return path.stem


def papers_of(profile: str) -> dict[str, Paper]:
    services = load(profile).services.values()
    return {f"{service.code} {paper.code}": paper for service in services for paper in service.every_paper()}


def tags(path: Path) -> list[ElementTree.Element]:
    return list(ElementTree.parse(path).getroot().iter())  # noqa: S314 - our own file


# --- which picture shows which paper --------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_every_paper_of_every_kabupaten_has_a_picture_of_its_own_kind(profile: str, world: World) -> None:
    words = Words(world.kiosk)
    shown = {where: words.paper_picture(paper) for where, paper in papers_of(profile).items()}
    assert shown == {where: f"paper-{paper.picture}" for where, paper in papers_of(profile).items()}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_plain_letter_is_shown_only_for_a_paper_that_says_so(profile: str, world: World) -> None:
    words = Words(world.kiosk)
    plain = {paper.picture for paper in papers_of(profile).values() if words.paper_picture(paper) == PLAIN}
    assert plain <= {"surat"}


def test_papers_that_no_service_asks_for_yet_have_one_too() -> None:
    assert {f"paper-{paper['picture']}" for paper in RAW.values()} <= set(map(name, DRAWN))


@pytest.mark.parametrize("profile", PROFILES)
def test_no_two_papers_of_one_service_look_alike(profile: str) -> None:
    for service in load(profile).services.values():
        shown = [paper.picture for paper in service.papers]
        assert len(set(shown)) == len(shown), service.code


def test_two_pictures_are_never_the_same_drawing() -> None:
    assert len({path.read_bytes() for path in FILES}) == len(FILES)


@pytest.mark.parametrize(
    ("paper", "picture"),
    [("kk", "kk"), ("buku_nikah", "buku-nikah"), ("surat_hilang", "polisi"), ("surat_lahir", "surat-lahir"), ("paspor", "paspor"), ("putusan", "pengadilan"), ("surat_kematian", "surat-kematian"), ("swafoto", "swafoto"), ("ktp_rusak", "ktp-rusak")],
)  # fmt: skip
def test_what_once_looked_alike_does_no_more(paper: str, picture: str) -> None:
    assert RAW[paper]["picture"] == picture


def test_a_picture_that_this_kiosk_does_not_have_yet_becomes_a_plain_letter(world: World) -> None:
    newer = Paper(code="x", name="Surat baru", picture="dari-rilis-berikut")
    assert Words(world.kiosk).paper_picture(newer) == PLAIN
    assert (PICTURES / f"{PLAIN}.svg").exists()


def test_no_picture_lies_about_unused() -> None:
    """Named by a template, by Python, by the place's pattern, by the poster, or by a paper."""
    sources = [*UI.rglob("*.html"), *UI.rglob("*.py"), ROOT / "base" / "poster.toml", TOP / "blanks" / "poster.py"]
    text = "\n".join(path.read_text() for path in sources)
    named = {f"paper-{paper['picture']}" for paper in RAW.values()} | {PLAIN}
    named |= {load(profile).place.pattern for profile in PROFILES}
    named |= {path.stem for path in FILES if re.search(rf'["/]{path.stem}[".]', text)}
    assert set(map(name, FILES)) - named == set()


# --- what a picture may be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", DRAWN, ids=name)
def test_a_picture_of_a_paper_fits_every_frame(path: Path) -> None:
    root = tags(path)[0]
    assert root.attrib["viewBox"] == "0 0 120 100"
    assert not {"width", "height"} & set(root.attrib)


@pytest.mark.parametrize("path", DRAWN, ids=name)
def test_a_picture_is_shapes_only(path: Path) -> None:
    """No letters of a font that the kiosk may not have, nothing from elsewhere, nothing that runs."""
    shapes = ("svg", "g", "path", "rect", "circle", "ellipse", "defs", "clipPath")
    assert {element.tag for element in tags(path)} <= {f"{SVG}{shape}" for shape in shapes}
    assert "href" not in path.read_text()


@pytest.mark.parametrize("path", DRAWN, ids=name)
def test_a_picture_is_small_enough_for_a_village_line(path: Path) -> None:
    assert path.stat().st_size <= MOST_BYTES


@pytest.mark.parametrize("path", DRAWN, ids=name)
def test_a_picture_cuts_only_with_its_own_scissors(path: Path) -> None:
    own = [element.attrib["id"] for element in tags(path) if "id" in element.attrib]
    assert len(own) == len(set(own))
    assert set(re.findall(r"url\(#(\w+)\)", path.read_text())) <= set(own)


@pytest.mark.parametrize("path", DRAWN, ids=name)
def test_a_picture_has_colour_and_dark_lines(path: Path) -> None:
    """Flat and of high contrast: at 15 mm a thin or pale drawing is a smudge."""
    text = path.read_text()
    assert 'stroke="#1b1a17" stroke-width="3"' in text
    assert len(set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{3,6})"', text))) >= 3


# --- mistakes in a kabupaten's content --------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT, tmp_path / "content")
    return tmp_path / "content"


@pytest.mark.parametrize(
    ("line", "code"),
    [("", "wajib_diisi"), ('picture = "../kk"', "nilai_salah"), ('picture = "KK"', "nilai_salah"), ('picture = "kk "', "nilai_salah"), ("picture = 3", "jenis_salah")],
)  # fmt: skip
def test_a_paper_without_a_picture_or_with_a_path_for_one_is_refused(copy: Path, line: str, code: str) -> None:
    file = copy / "base" / "papers.toml"
    file.write_text(file.read_text().replace('picture = "kk"', line, 1))
    with pytest.raises(ContentError) as caught:
        load(root=copy)
    assert (caught.value.code, caught.value.where) == (code, "papers.kk.picture")


def test_a_service_may_show_a_paper_by_another_picture(copy: Path) -> None:
    file = copy / "base" / "services" / "konsol.toml"
    file.write_text(file.read_text().replace('"ktp", ', '{ paper = "ktp", picture = "ktp-dua" }, ', 1))
    assert [paper.picture for paper in load(root=copy).services["KONSOL"].papers] == ["kk", "ktp-dua", "layar"]


# --- the screen that asks for a paper ---------------------------------------------------------------------------------------


def ask_for(world: World, hand: Hand, service: Service, paper: Paper) -> str:
    """The page that asks for this paper, as a visitor comes to it."""
    world.kiosk.visit.service, world.kiosk.visit.step = replace(service, papers=(paper,)), Step.CAPTURE
    world.kiosk.visit.at = paper.code
    return hand.look()


def anywhere(paper: Paper) -> Paper:
    return replace(paper, when=None)


def spoilers(paper: Paper) -> list[str]:
    """A face is no photocopy, but may be too dark."""
    return ["blurred", "cut", "glare", "dim" if paper.picture == "swafoto" else "copied"]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_the_paper_that_is_asked_for_lies_under_the_camera_and_is_spoiled_in_four_ways(
    service: Service, world: World, hand: Hand
) -> None:
    for paper in map(anywhere, service.papers):
        page = ask_for(world, hand, service, paper)
        assert page.count(f"pictures/paper-{paper.picture}.svg") == 5, paper.code
        assert re.findall(r'<g class="(blurred|cut|glare|copied|dim)">', page) == spoilers(paper)


def test_what_spoils_a_photo_stands_in_words_beside_each_picture(world: World, hand: Hand) -> None:
    service = CATALOGUE.services["AKL"]
    ask_for(world, hand, service, anywhere(service.papers[0]))
    for word in ("Letakkan kertas ASLI rata di bawah kamera.", "Jangan seperti ini:", "Kabur", "Terpotong", "Silau", "Fotokopi"):  # fmt: skip
        assert word in hand.words


def test_a_face_is_not_laid_down_but_held_to_the_camera(world: World, hand: Hand) -> None:
    service = CATALOGUE.services["AKUN"]
    (face,) = (paper for paper in service.papers if paper.code == "swafoto")
    ask_for(world, hand, service, anywhere(face))
    assert "Hadapkan wajah dan kartu ke kamera." in hand.words
    assert "Letakkan kertas" not in hand.words
    assert ("Gelap" in hand.words, "Fotokopi" in hand.words) == (True, False)


def test_the_examples_make_room_for_the_photos_that_were_taken(world: World, hand: Hand) -> None:
    service = CATALOGUE.services["AKL"]
    ask_for(world, hand, service, anywhere(service.papers[0]))
    world.camera.lay_paper(birth_letter_on_desk())
    hand.press("take")
    hand.press("use_and_another")
    assert "Sudah difoto: 1 dari 2 halaman" in hand.words
    assert "pictures/paper-" not in hand.page


@pytest.mark.parametrize("withdrawn", [True, False])
def test_that_the_office_keeps_an_original_is_said_before_it_is_laid_down(
    withdrawn: bool,
    world: World,
    hand: Hand,
) -> None:
    service = CATALOGUE.services["KTP-HR"]
    ask_for(world, hand, service, replace(anywhere(service.papers[0]), withdrawn=withdrawn))
    assert ("Nanti yang ASLI ditarik kantor Dukcapil." in hand.words) is withdrawn


def test_a_hint_never_says_again_that_the_office_keeps_it() -> None:
    for paper in papers_of("wonogiri").values():
        assert "ditarik" not in paper.hint, paper.code


# --- the screen that tells what to bring --------------------------------------------------------------------------------------


def bring(world: World, service: Service, panel: str) -> str:
    hand = Hand(pages(world, panel=PANELS[panel]))
    hand.enter()
    world.kiosk.visit.service, world.kiosk.visit.step = service, Step.REQUIREMENTS
    return hand.look()


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_each_paper_to_bring_stands_there_as_its_picture(service: Service, panel: str, world: World) -> None:
    page = bring(world, service, panel)
    for paper in service.papers:
        assert f'src="/static/pictures/paper-{paper.picture}.svg' in page, paper.code


def test_original_and_photocopy_are_shown_of_the_first_paper_to_bring(world: World) -> None:
    page = bring(world, CATALOGUE.services["KONSOL"], "portrait")
    assert page.count('<image href="/static/pictures/paper-kk.svg') == 2
    assert page.count('class="copied"') == 1


def test_an_original_that_stays_at_the_office_is_marked_in_the_list(world: World) -> None:
    page = bring(world, CATALOGUE.services["KTP-HR"], "portrait")
    assert page.count("nanti ditarik") == sum(paper.withdrawn for paper in CATALOGUE.services["KTP-HR"].papers) == 1
