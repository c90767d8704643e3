"""The printed sheets: A4, as many pages as the ministry's, every answer on them, nothing over the edge or over each other."""

import io
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

import blanks
from blanks import filling
from tests.unit.blanks.villagers import (
    PROFILES,
    TODAY,
    WONOGIRI,
    Glyph,
    Office,
    all_ticked,
    answers_of,
    catalogue,
    collisions,
    forms,
    glyphs,
    joined,
    pages,
    pairs,
    text_by_pypdf,
    text_of,
    written,
)

A4 = (595.3, 841.9)
PAGES = {"F-1.02": (1, 1), "F-1.04": (1, 1), "F-1.05": (1, 1), "F-1.06": (1, 1), "F-1.07": (1, 1), "F-2.02": (1, 1), "F-2.03": (1, 1),
         "F-2.04": (1, 1), "F-2.01": (1, 2), "F-1.03": (1, 2), "F-1.01": (2, 5)}  # fmt: skip
EDGE = 14.0  # points: a laser printer's margin
WITH_NIK = [
    pair for pair in pairs() if pair[0] != "F-1.01"
]  # members of a biodata have no NIK yet: it comes of that form
MOST_ASKED = {"ada_ayah": "ya", "yang_pindah": "semua", "untuk": "kuasa", "lagi": "ya", "ubah2_lagi": "ya"}


def most(code: str, profile: str = "wonogiri", *, longest: bool = False) -> dict[str, str]:
    """Answers under which most is asked."""
    service = catalogue(profile).services[code]
    keys = {field.key for field in service.fields()}
    return answers_of(service, longest=longest, **{key: value for key, value in MOST_ASKED.items() if key in keys})


def everywhere() -> Iterator[ParameterSet]:
    """(profile, form, service). By day each form of each service is printed once for each way of asking; the other kabupaten, which
    ask for the same under another letterhead, show each of their forms once, and the rest by night."""
    seen: set[str] = set()
    for profile in PROFILES:
        for form, code in pairs(profile):
            service = f"{form} {catalogue(profile).services[code]!r}"
            head = f"{profile} {form}"
            marks = [pytest.mark.nightly] if {service, head} <= seen else []
            seen |= {service, head}
            yield pytest.param(profile, form, code, marks=marks, id=f"{profile}-{form}-{code}")


def half(cases: list[tuple[str, str]]) -> list[ParameterSet]:
    """(form, service): by day each form once, and every second of the rest; all by night."""
    first = {form: case for case in reversed(cases) for form in case[:1]}
    return [
        pytest.param(
            *case, id="-".join(case), marks=[] if at % 2 == 0 or first[case[0]] == case else [pytest.mark.nightly]
        )
        for at, case in enumerate(cases)
    ]


@cache
def printed(form: str, code: str, profile: str = "wonogiri", *, longest: bool = False) -> bytes:
    return Office(profile=profile).pdf(form, code, most(code, profile, longest=longest))


@pytest.mark.parametrize(("profile", "form", "code"), list(everywhere()))
def test_every_form_of_every_service_in_every_kabupaten(profile: str, form: str, code: str) -> None:
    data = Office(profile=profile).data(form, code, most(code, profile))
    pdf = printed(form, code, profile)
    text, found = text_of(pdf), pages(pdf)
    least, greatest = PAGES[form]
    assert least <= len(found) <= greatest <= forms(profile)[form].pages
    assert all(sorted(page.get_size()) == pytest.approx(A4, abs=1) for page in found)
    assert [value for value in written(data) if joined(value) not in text] == []
    assert joined(catalogue(profile).place.kabupaten.upper()) in text
    assert joined("Dicetak oleh Kios Pelayanan Adminduk Daring, diisi oleh pemohon") in text
    assert [bad for bad in ("None", "{", "}", "null", "@") if bad in text] == []


@pytest.mark.parametrize("form", blanks.FORMS)
def test_another_reader_of_pdfs_finds_the_answers_too(form: str) -> None:
    code = next(code for known, code in pairs() if known == form)
    text = text_by_pypdf(printed(form, code))
    assert [value for value in written(WONOGIRI.data(form, code, most(code))) if joined(value) not in text] == []


@pytest.mark.parametrize(("form", "code"), half(WITH_NIK))
def test_the_applicants_nik_stands_in_its_boxes_digit_by_digit(form: str, code: str) -> None:
    assert most(code)["nik"] in text_of(printed(form, code))


@pytest.mark.parametrize(("form", "code"), half(pairs()))
def test_as_many_crosses_are_printed_as_boxes_are_ticked_each_left_of_its_words(form: str, code: str) -> None:
    labels = all_ticked(WONOGIRI.data(form, code, most(code)))
    marks = [glyphs(page) for page in pages(printed(form, code))]
    beside = [words_right_of(mark, page) for page in marks for mark in page if is_cross(mark, page)]
    assert len(beside) == len(labels)
    for label in labels:
        assert any(joined(label).startswith(words) and words for words in beside), label


def is_cross(glyph: Glyph, page: list[Glyph]) -> bool:
    """An X with nothing near its left: no answer has one there."""
    if glyph.mark != "X":
        return False
    left = [other for other in page if other is not glyph and abs(other.bottom - glyph.bottom) < 4]
    return not any(0 <= glyph.left - other.right < 3.5 for other in left)


def words_right_of(cross: Glyph, page: list[Glyph]) -> str:
    """The first line of what is written beside a cross, up to the next gap."""
    near = [mark for mark in page if 0 < mark.left - cross.right < 160 and -6 < middle(mark) - middle(cross) < 8]
    highest = max((middle(mark) for mark in near if mark.left - cross.right < 12), default=0)
    line = sorted((mark for mark in near if abs(middle(mark) - highest) < 4), key=lambda mark: mark.left)
    words, end = "", cross.right + 8
    for mark in line:
        if mark.left > end + 4.5:
            break
        words, end = words + mark.mark, mark.right
    return words


def middle(glyph: Glyph) -> float:
    return (glyph.bottom + glyph.top) / 2


# --- long answers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "code"), half(pairs()))
def test_the_longest_answers_stay_on_the_paper_and_off_each_other(form: str, code: str) -> None:
    data, pdf = WONOGIRI.data(form, code, most(code, longest=True)), printed(form, code, longest=True)
    found, text = pages(pdf), text_of(pdf)
    assert len(found) <= PAGES[form][1]
    assert [value for value in written(data) if joined(value) not in text] == []
    for page in found:
        marks = glyphs(page)
        assert min(g.left for g in marks) > EDGE
        assert max(g.right for g in marks) < page.get_width() - EDGE
        assert min(g.bottom for g in marks) > EDGE
        assert max(g.top for g in marks) < page.get_height() - EDGE
        assert collisions(marks) == set()


def test_the_search_for_collisions_sees_one() -> None:
    assert collisions([Glyph("A", 10, 10, 16, 18), Glyph("B", 12, 11, 18, 19)]) == {("A", "B")}
    assert collisions([Glyph("A", 10, 10, 16, 18), Glyph("B", 15.5, 10, 22, 18)]) == set()


@pytest.mark.parametrize("form", ["F-1.02", "F-2.01", "F-2.03"])
def test_a_name_that_is_one_endless_word_is_broken_and_not_cut(form: str) -> None:
    answers = {**most("AKL-TRI"), "nama": "W" * 60, "ibu_nama": "W" * 60, "anak_nama": "M" * 60}
    pdf = WONOGIRI.pdf(form, "AKL-TRI", answers)
    assert "W" * 60 in text_of(pdf)
    for page in pages(pdf):
        marks = glyphs(page)
        assert max(g.right for g in marks) < page.get_width() - EDGE
        assert collisions(marks) == set()


# --- trust ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", blanks.FORMS)
def test_the_same_answers_give_the_same_bytes(form: str) -> None:
    code = next(code for known, code in pairs() if known == form)
    assert WONOGIRI.pdf(form, code, most(code)) == WONOGIRI.pdf(form, code, most(code))


def test_every_form_has_a_template_and_every_template_a_form() -> None:
    drawn = {path.stem for path in filling.TEMPLATES.glob("F-*.typ")}
    assert drawn == set(blanks.FORMS) == set(forms())


def test_nothing_personal_is_in_the_properties_of_a_file() -> None:
    pdf = WONOGIRI.pdf("F-1.07", "KTP-HR", most("KTP-HR"))
    told = str(PdfReader(io.BytesIO(pdf)).metadata)
    assert "WARGA" not in told.upper()
    assert "3312" not in told
    assert "F-1.07" in told


@pytest.mark.parametrize("form", ["F-9.99", "", "../layout", "F-1.15"])
def test_an_unknown_form_is_refused_by_a_code(form: str) -> None:
    with pytest.raises(blanks.FormError) as refusal:
        WONOGIRI.pdf(form, "KTP-HR", {})
    assert refusal.value.code == "formulir_tidak_dikenal"


def test_a_form_that_the_content_lacks_is_refused_too() -> None:
    shelf = catalogue()
    with pytest.raises(blanks.FormError) as refusal:
        blanks.filled("F-1.02", shelf.services["KK-HR"], {}, forms={}, place=shelf.place, desa_name="X", today=TODAY)
    assert refusal.value.code == "formulir_tidak_dikenal"


def test_a_template_that_typst_refuses_is_told_without_the_answers(tmp_path: Path) -> None:
    broken = tmp_path / "F-1.02.typ"
    broken.write_text("#panic(sys.inputs.data)")
    with pytest.raises(blanks.FormError) as refusal:
        filling.compiled(broken, '{"nama": "WARGA CONTOH"}')
    assert (refusal.value.code, str(refusal.value)) == ("gagal_disusun", "gagal_disusun")
    assert refusal.value.__cause__ is None


@settings(max_examples=40, deadline=None)
@given(name=st.text(st.characters(blacklist_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=60))
def test_whatever_was_typed_is_text_and_never_typst(name: str) -> None:
    pdf = WONOGIRI.pdf("F-1.07", "KTP-HR", {**most("KTP-HR"), "nama": name})
    assert len(pages(pdf)) == 1


@pytest.mark.parametrize(
    "name", ["#panic()", "$x$", "Warga *Contoh*", "@satu <dua>", "\\u{41}", "Ñoña D'Arc-Sari", "R. Contoh, S.H."]
)
def test_signs_that_typst_knows_stay_signs(name: str) -> None:
    assert joined(name.upper()) in text_of(WONOGIRI.pdf("F-1.07", "KTP-HR", {**most("KTP-HR"), "nama": name}))
