"""The villagers' poster: one sheet that an old farmer reads from two metres, true for the kabupaten that hangs it."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium
import pytest

import blanks
from adminduk.tables import ContentError
from blanks.poster import MOST_SERVICES, Words, drawing
from content.loader import load_poster
from tests.unit.blanks.villagers import (
    DESA_NAME,
    PROFILES,
    TODAY,
    catalogue,
    collisions,
    glyphs,
    joined,
    pages,
    text_by_pypdf,
    text_of,
)

TOP = Path(__file__).parents[3]
FONTS = TOP / "build" / "fonts"
EDGE = 20.0  # points: what a desk printer leaves white
LONG_DESA = "Kelurahan Contoh Sejahtera Makmur Sentosa Abadi"


@cache
def shown() -> dict[str, bytes]:
    """What the screens show: icons and pictures."""
    return blanks.pictures_in(TOP / "build" / "static" / "icons", TOP / "kiosk" / "ui" / "static" / "pictures")


def words(profile: str = "wonogiri", **changes: Any) -> Words:
    return replace(blanks.parse_words(load_poster(profile), catalogue(profile)), **changes)


def printed(
    profile: str = "wonogiri", *, desa: str = DESA_NAME, fonts: Path | None = FONTS,
    pictures: Mapping[str, bytes] | None = None, today: date = TODAY, **changes: Any,
) -> bytes:  # fmt: skip
    return blanks.poster(
        catalogue(profile), words(profile, **changes), desa_name=desa, today=today,
        pictures=shown() if pictures is None else pictures, fonts=fonts,
    )  # fmt: skip


@cache
def usual(profile: str = "wonogiri") -> bytes:
    return printed(profile)


def data(profile: str = "wonogiri", **changes: Any) -> dict[str, Any]:
    own = words(profile, **changes)
    return drawing(catalogue(profile), own, desa_name=DESA_NAME, today=TODAY, known=frozenset(shown()))


def sizes_of(pdf: bytes) -> list[tuple[str, float]]:
    """Every character with the size of its letters in points, in the order of the file."""
    text = pages(pdf)[0].get_textpage()
    return [(text.get_text_range(n, 1), pdfium.FPDFText_GetFontSize(text, n)) for n in range(text.count_chars())]


def size_of(words: str, sizes: list[tuple[str, float]]) -> float:
    """The smallest letter of these words where they stand in the file."""
    marks = [(mark, size) for mark, size in sizes if mark.strip() and mark.isprintable()]
    found = "".join(mark for mark, _ in marks).find(joined(words))
    assert found >= 0, words
    return min(size for _, size in marks[found : found + len(joined(words))])


# --- the sheet --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_the_poster_is_one_upright_a4_sheet_in_every_kabupaten(profile: str) -> None:
    found = pages(usual(profile))
    assert len(found) == 1
    assert found[0].get_size() == pytest.approx((595.3, 841.9), abs=1)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_word_of_the_poster_can_be_read_from_the_file(profile: str) -> None:
    text, drawn, place = text_of(usual(profile)), data(profile), catalogue(profile).place
    told = [
        drawn["free"],
        DESA_NAME,
        place.kabupaten,
        place.complaints,
        drawn["cannot_read"]["text"],
        drawn["no_payment"],
    ]
    told += [drawn["privacy"], "21 November 2026", drawn["groups_title"], drawn["papers_title"]]
    told += [entry["text"] for entry in (*drawn["steps"], *drawn["groups"])]
    told += [entry["service"] for entry in drawn["often"]]
    told += [paper["text"] for entry in drawn["often"] for paper in entry["papers"]]
    assert [words for words in told if joined(words) not in text] == []
    assert [word for word in drawn["title"].split() if word not in text] == []
    assert [bad for bad in ("None", "{", "}", "null", "@") if bad in text] == []


def test_another_reader_of_pdfs_finds_the_words_too() -> None:
    text = text_by_pypdf(usual())
    assert [step for step in (one.text for one in words().steps) if joined(step) not in text] == []


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("fonts", [FONTS, None], ids=["screen-font", "own-font"])
@pytest.mark.parametrize("desa", [DESA_NAME, LONG_DESA])
def test_nothing_runs_over_the_edge_or_over_each_other(profile: str, fonts: Path | None, desa: str) -> None:
    page = pages(printed(profile, fonts=fonts, desa=desa))[0]
    marks = glyphs(page)
    assert min(g.left for g in marks) > EDGE
    assert max(g.right for g in marks) < page.get_width() - EDGE
    assert min(g.bottom for g in marks) > EDGE
    assert max(g.top for g in marks) < page.get_height() - EDGE
    assert collisions(marks) == set()


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("fonts", [FONTS, None], ids=["screen-font", "own-font"])
def test_the_letters_are_read_from_two_metres_and_the_small_ones_at_arms_length(
    profile: str, fonts: Path | None
) -> None:
    drawn = data(profile)
    sizes = sizes_of(printed(profile, fonts=fonts))
    assert size_of("kependudukan di sini", sizes) >= 48
    assert size_of(drawn["where"], sizes) >= 18
    assert [one["text"] for one in drawn["steps"] if size_of(one["text"], sizes) < 18] == []
    assert min(size_of(one["service"], sizes) for one in drawn["often"]) >= 10
    assert min(size for mark, size in sizes if mark.strip() and size > 1) >= 8


def test_the_letters_are_those_of_the_screen() -> None:
    pdf = usual()
    assert b"AtkinsonHyperlegible" in pdf
    assert b"Libertinus" not in pdf


def test_without_the_screens_font_the_sheet_is_still_whole() -> None:
    assert joined("Rahasiakan PIN") in text_of(printed(fonts=None))


def test_a_black_and_white_printer_shows_every_picture() -> None:
    """Grey pictures are as dark as coloured ones: in each step's frame there is ink above its words."""
    image = pages(usual())[0].render(scale=1).to_pil().convert("L")
    wide, high = image.width / 3, image.height * 0.19
    for step in range(6):
        left, top = int(step % 3 * wide), int(image.height * 0.2 + step // 3 * high)
        frame = image.crop((left + 30, top, int(left + wide) - 30, int(top + high / 2)))
        assert sum(frame.histogram()[:110]) > 0.01 * frame.width * frame.height, step + 1


# --- what is on it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", PROFILES)
def test_only_what_the_kabupaten_offers_is_on_the_poster(profile: str) -> None:
    shelf, drawn = catalogue(profile), data(profile)
    assert [one["text"] for one in drawn["groups"]] == [g.title for g in shelf.groups if shelf.in_group(g.code)]
    offered = {service.short for service in shelf.services.values()}
    assert {entry["service"] for entry in drawn["often"]} <= offered
    assert len(drawn["often"]) == MOST_SERVICES


def test_a_kabupaten_without_cards_does_not_promise_them() -> None:
    assert "KTP-el dan KIA" not in [one["text"] for one in data("maluku_tengah")["groups"]]
    assert joined("KTP-el dan KIA") not in text_of(usual("maluku_tengah"))
    assert joined("KTP-el dan KIA") in text_of(usual("wonogiri"))


@pytest.mark.parametrize("profile", PROFILES)
def test_nobody_comes_twice_because_a_paper_that_is_always_asked_for_was_not_named(profile: str) -> None:
    for entry in words(profile).often:
        if (service := catalogue(profile).services.get(entry.service)) is None:
            continue
        always = {paper.code for paper in service.papers if paper.required and paper.when is None and not paper.form}
        assert always <= {code for codes in entry.papers for code in codes}, entry.service


@pytest.mark.parametrize("profile", PROFILES)
def test_papers_look_as_they_do_on_the_screen(profile: str) -> None:
    drawn = [paper["picture"] for entry in data(profile)["often"] for paper in entry["papers"]]
    assert set(drawn) <= set(shown())
    assert "paper-kk" in drawn


def test_a_paper_whose_picture_is_not_there_is_a_plain_letter() -> None:
    few = frozenset(shown()) - {"paper-kk"}
    drawn = drawing(catalogue(), words(), desa_name=DESA_NAME, today=TODAY, known=few)
    pictures = {paper["picture"] for entry in drawn["often"] for paper in entry["papers"]}
    assert "paper-kk" not in pictures
    assert "paper-surat" in pictures


def test_hours_and_telephone_are_dotted_lines_until_somebody_writes_them() -> None:
    assert "Jambuka:....." in text_of(usual())
    known = text_of(printed(hours="Senin-Jumat 08.00-15.00", phone="0812 0000 0000"))
    assert "Jambuka:Senin-Jumat08.00-15.00" in known
    assert "Teleponpetugas:081200000000" in known


def test_the_pin_and_the_price_are_said_plainly() -> None:
    text = text_of(usual())
    for told in ("GRATIS", "Jangan bayar siapa pun", "Rahasiakan PIN", "Dengarkan", "lapor.go.id"):
        assert joined(told) in text


@pytest.mark.parametrize("profile", PROFILES)
def test_steps_are_few_short_and_each_has_a_picture(profile: str) -> None:
    steps = words(profile).steps
    assert 5 <= len(steps) <= 6
    assert [step.text for step in steps if len(step.text) > 52] == []
    assert [step.picture for step in steps if step.picture not in shown()] == []


# --- trust ------------------------------------------------------------------------------------------------------------


def test_the_same_day_gives_the_same_bytes_and_another_day_another_date() -> None:
    assert printed() == usual()
    assert joined("22 November 2026") in text_of(printed(today=date(2026, 11, 22)))


def test_a_picture_that_is_not_there_is_refused_by_a_code() -> None:
    with pytest.raises(blanks.FormError) as refusal:
        printed(pictures={name: svg for name, svg in shown().items() if name != "take-slip"})
    assert refusal.value.code == "gambar_hilang"
    assert "take-slip" in str(refusal.value.__cause__)


def test_words_that_do_not_fit_one_sheet_are_refused_and_not_cut() -> None:
    long = tuple(replace(step, text="Sentuh layar lalu pilih yang Anda perlukan " * 3) for step in words().steps)
    for changes in (
        {"steps": long},
        {"title": "Urus surat kependudukan di sini " * 4},
        {"privacy": "Panjang sekali " * 150},
    ):
        with pytest.raises(blanks.FormError) as refusal:
            printed(**changes)
        assert refusal.value.code == "gagal_disusun"


@pytest.mark.parametrize("name", ["#panic()", "Desa $x$ *Contoh*", "Desa Contoh \\u{41}", "@satu <dua>"])
def test_a_village_whose_name_typst_knows_stays_a_name(name: str) -> None:
    assert joined(name) in text_of(printed(desa=name))


def test_a_kabupatens_own_words_win_over_the_base(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "profiles" / "contoh").mkdir(parents=True)
    (tmp_path / "base" / "poster.toml").write_text((TOP / "content/base/poster.toml").read_text())
    (tmp_path / "profiles/contoh/poster.toml").write_text(
        'phone = "0812"\ncannot_read = "Ora bisa maca? Tutul Dengarkan."\n'
    )
    told = blanks.parse_words(load_poster("contoh", root=tmp_path), catalogue())
    assert (told.phone, told.cannot_read) == ("0812", "Ora bisa maca? Tutul Dengarkan.")
    assert told.title == words().title


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"titel": "x"}, "kunci_tidak_dikenal", "poster.titel"),
        ({"title": 7}, "jenis_salah", "poster.title"),
        ({"steps": [{"picture": "lay"}]}, "wajib_diisi", "poster.steps[0].text"),
        ({"often": [{"service": "AKL", "papers": "kk"}]}, "jenis_salah", "poster.often[0].papers"),
        ({"often": [{"service": "AKL", "papers": ["paspor"]}]}, "rujukan_hilang", "poster.often[0].papers"),
        ({"often": [{"service": "AKL", "papers": ["kk", ["kk", "kitas"]]}]}, "rujukan_hilang", "poster.often[0].papers"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_words_is_told_with_its_place(change: dict[str, Any], code: str, where: str) -> None:
    with pytest.raises(ContentError) as mistake:
        blanks.parse_words({**load_poster(), **change}, catalogue())
    assert (mistake.value.code, mistake.value.where) == (code, where)


def test_a_service_that_the_kabupaten_does_not_offer_is_passed_over() -> None:
    told = blanks.parse_words(load_poster(), catalogue("maluku_tengah"))
    assert "KTP-HR" in [entry.service for entry in told.often]
    assert "KTP hilang atau rusak" not in [entry["service"] for entry in data("maluku_tengah")["often"]]


def test_a_word_missing_from_the_words_is_told() -> None:
    few = {key: value for key, value in load_poster().items() if key != "privacy"}
    with pytest.raises(ContentError) as mistake:
        blanks.parse_words(few, catalogue())
    assert (mistake.value.code, mistake.value.where) == ("wajib_diisi", "poster.privacy")


def test_a_later_folder_of_pictures_wins(tmp_path: Path) -> None:
    for folder, content in (("one", b"<svg/>"), ("two", b"<svg>2</svg>")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lay.svg").write_bytes(content)
    (tmp_path / "one" / "bell.svg").write_bytes(b"<svg/>")
    (tmp_path / "one" / "notes.txt").write_text("no picture")
    found = blanks.pictures_in(tmp_path / "one", tmp_path / "two")
    assert found == {"lay": b"<svg>2</svg>", "bell": b"<svg/>"}


def test_a_part_of_a_picture_lies_inside_the_picture() -> None:
    for step in words().steps:
        if step.part:
            x, y, width, height = map(float, step.part.split())
            box = re.search(rb'viewBox="([^"]*)"', shown()[step.picture])
            assert box is not None
            whole = [float(number) for number in box[1].split()]
            assert whole[0] <= x < x + width <= whole[0] + whole[2]
            assert whole[1] <= y < y + height <= whole[1] + whole[3]
