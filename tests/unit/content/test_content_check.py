"""`kiosk content check` finds every mistake of an admin: in which file, on which line, and what to write instead."""

import re
from pathlib import Path

import pytest

from adminduk.catalogue import PARTS, ContentError, parse_catalogue
from content.loader import ROOT, own_folder, profiles, read_parts
from content.wording import Words
from tests.unit.content.mistakes import PLANTED
from tests.unit.content.planting import brief, change, checked, copied

TOP = Path(__file__).parents[3]
WORDS = Words.read(TOP)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copied(tmp_path)


@pytest.mark.parametrize("profile", profiles())
def test_our_own_content_has_no_mistake(profile: str) -> None:
    report = checked(ROOT, profile)
    assert [WORDS.line(finding) for finding in report.findings] == []


def test_all_profiles_together_are_counted() -> None:
    report = checked(ROOT, *profiles())
    assert (report.services, report.profiles, report.findings) == (56, 5, ())


# --- one mistake, one line --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "old", "new", "code", "say", "place"), PLANTED)
def test_a_mistake_is_told_once_on_its_line(
    root: Path, file: str, old: str, new: str, code: str, say: str, place: str | None
) -> None:
    line = change(root, file, old, new)
    last = line + new.count("\n")
    found = checked(root).mistakes
    wanted = [finding for finding in found if (finding.code, finding.say) == (code, say)]
    assert [finding.file for finding in wanted] == [root / file], [brief(finding) for finding in found]
    assert line <= wanted[0].at.line <= last
    assert place is None or wanted[0].place == place
    for finding in found:
        assert WORDS.remedy(finding.say, finding.facts)


def test_a_key_that_is_missing_is_told_at_the_table_that_needs_it(root: Path) -> None:
    line = change(root, "base/groups.toml", "[hilang]\n", "[baru]\n[hilang]\n")
    found = checked(root).mistakes
    assert {(finding.at.line, finding.place, finding.code) for finding in found if "baru" in finding.place} == {
        (line, "baru.title", "wajib_diisi"), (line, "baru.icon", "wajib_diisi"),
    }  # fmt: skip


def test_a_key_that_is_missing_in_a_service_is_told_at_the_top_of_its_file(root: Path) -> None:
    change(root, "base/services/akl.toml", 'short = "Akta kelahiran"\n', "")
    (finding,) = checked(root).mistakes
    assert (finding.file.name, finding.at.line, finding.place) == ("akl.toml", 1, "short")
    assert '"short"' in WORDS.line(finding)


def test_what_is_not_there_is_told_where_it_would_stand(root: Path) -> None:
    change(root, "base/survey.toml", '  "Apakah waktunya cepat?",\n', "")
    forms = change(root, "base/services/kk-baru-1.toml", '"F-1.02", "F-1.05"', '"F-1.02"')
    blocks = change(root, "base/services/cek.toml", 'flow = "check"', 'flow = "apply"')
    assert [brief(finding) for finding in checked(root).mistakes] == [
        ("cek.toml", blocks - 4, "wajib_diisi", "asks_nothing"),
        ("kk-baru-1.toml", forms + 4, "rujukan_hilang", "form_of_paper"),
        ("survey.toml", 1, "nilai_salah", "questions"),
    ]


def test_a_source_of_a_form_that_is_neither_answer_nor_text_is_told(root: Path) -> None:
    line = change(root, "base/forms.toml", 'answers = ["mati_jam"]', 'answers = [{ answer = "mati_jam", text = "x" }]')
    assert [brief(finding) for finding in checked(root).mistakes] == [
        ("forms.toml", line, "wajib_diisi", "answer_or_text")
    ]


def test_two_sections_of_a_form_with_one_name_are_told(root: Path) -> None:
    text = (root / "base/forms.toml").read_text()
    first, second = re.findall(r'code = "(\w+)"', text.split('["F-2.01"]')[1])[:2]
    line = change(root, "base/forms.toml", f'code = "{second}"', f'code = "{first}"')
    assert ("forms.toml", line, "ganda", "section_twice") in [brief(finding) for finding in checked(root).mistakes]


def test_a_prefix_that_is_no_region_is_told_in_the_profile(root: Path) -> None:
    line = change(root, "profiles/buleleng/routing.toml", '"510803"', '"5108.03"')
    assert [brief(finding) for finding in checked(root, "buleleng").mistakes] == [
        ("routing.toml", line, "nilai_salah", "shape_prefix")
    ]


def test_a_letter_that_is_not_utf8_is_told_with_its_line(root: Path) -> None:
    path = root / "base/services/akl.toml"
    path.write_bytes(path.read_bytes().replace(b"gratis", b"grat\xefs"))
    assert [brief(finding) for finding in checked(root).mistakes] == [("akl.toml", 3, "bukan_utf8", "not_utf8")]


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_with_a_mistyped_name_is_told_and_so_is_the_one_that_is_missing(root: Path) -> None:
    (root / "base/reasons.toml").rename(root / "base/reason.toml")
    found = checked(root).mistakes
    assert [(finding.file.name, finding.code) for finding in found] == [
        ("reason.toml", "berkas_tidak_dikenal"),
        ("reasons.toml", "berkas_hilang"),
    ]
    assert 'Maksud Anda "reasons.toml"?' in WORDS.line(found[0])


def test_a_missing_file_is_not_told_again_by_everything_that_needs_it(root: Path) -> None:
    (root / "base/papers.toml").unlink()
    assert [finding.code for finding in checked(root).mistakes] == ["berkas_hilang"]


def test_a_file_of_a_profile_that_only_the_base_may_have_is_told(root: Path) -> None:
    (root / "profiles/wonogiri/faults.toml").write_text("")
    assert [finding.code for finding in checked(root).mistakes] == ["berkas_tidak_dikenal"]
    assert checked(root, "mataram").mistakes == ()


def test_a_service_file_with_capitals_or_another_ending_is_told(root: Path) -> None:
    folder = root / "base/services"
    (folder / "akl.toml").rename(folder / "akl.toml.txt")
    (folder / "Baru.toml").write_text("")
    found = [finding for finding in checked(root).mistakes if finding.say == "service_file"]
    assert [finding.file.name for finding in found] == ["Baru.toml", "akl.toml.txt"]


def test_hidden_files_are_nobody_s_business(root: Path) -> None:
    (root / "base/.akl.toml.swp").write_text("")
    (root / "base/services/.hidden").write_text("")
    assert checked(root).findings == ()


def test_a_part_that_is_not_given_at_all_has_a_sentence() -> None:
    parts = read_parts("wonogiri")
    for name in PARTS:
        with pytest.raises(ContentError) as caught:
            parse_catalogue({part: data for part, data in parts.items() if part != name})
        assert WORDS.remedy(caught.value.say, caught.value.facts)


def test_an_unknown_profile_is_refused_with_the_nearest() -> None:
    with pytest.raises(ContentError) as caught:
        own_folder("bulelang")
    assert 'Maksud Anda "buleleng"?' in WORDS.unknown_profile(caught.value.facts)


# --- all at once ------------------------------------------------------------------------------------------------------


def test_many_mistakes_in_many_files_are_told_in_one_run(root: Path) -> None:
    used: set[str] = set()
    expected = set()
    for file, old, new, code, say, _place in PLANTED:
        if file not in used and "services" not in file and "poster" not in file and "\n" not in old:
            expected.add((Path(file).name, change(root, file, old, new), code, say))
            used.add(file)
    for file, code, say, old, new in (
        ("akl.toml", "rujukan_hilang", "rujukan_hilang", '"kuasa",', '"kuasaa",'),
        ("akl.toml", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "deadline_days", "deadline_day"),
        ("akl.toml", "rujukan_hilang", "rujukan_hilang", '{ field = "buku_nikah"', '{ field = "buku_nika"'),
        ("ktp-hr.toml", "nilai_salah", "nilai_salah", 'is = "hilang"', 'is = "hilng"'),
        ("aka.toml", "bukan_toml", "not_toml", 'group = "akta"', "group = akta"),
    ):
        expected.add((file, change(root, f"base/services/{file}", old, new), code, say))
    found = {brief(finding) for finding in checked(root).mistakes}
    assert expected - found == set()
    assert len(expected) > 20


def test_a_wrong_block_is_told_where_it_stands_and_by_no_service_that_uses_it(root: Path) -> None:
    line = change(root, "base/blocks.toml", 'kind = "phone"', 'kind = "fon"')
    assert [brief(finding) for finding in checked(root).mistakes] == [
        ("blocks.toml", line, "nilai_salah", "nilai_salah")
    ]


def test_a_mistake_of_the_base_is_told_once_for_all_kabupaten(root: Path) -> None:
    change(root, "base/services/akl.toml", 'mode = "B"', 'mode = "E"')
    assert len(checked(root, *profiles(root)).mistakes) == 1


def test_an_unreadable_service_is_not_told_again_by_what_names_it(root: Path) -> None:
    change(root, "base/services/akl.toml", 'mode = "B"', "mode = B")
    assert [finding.code for finding in checked(root, *profiles(root)).mistakes] == ["bukan_toml"]


@pytest.mark.parametrize(
    "name", ["blocks", "papers", "outputs", "groups", "choices", "steps", "place", "status", "forms"]
)
def test_an_unreadable_shared_file_is_told_alone(root: Path, name: str) -> None:
    path = root / f"base/{name}.toml"
    path.write_text(path.read_text() + "\n[[[")
    found = checked(root).mistakes
    assert [(finding.file.name, finding.code) for finding in found] == [(f"{name}.toml", "bukan_toml")]


# --- base and profile -------------------------------------------------------------------------------------------------


def test_what_a_profile_says_itself_is_mended_in_the_profile(root: Path) -> None:
    folder = root / "profiles/wonogiri/services"
    folder.mkdir()
    (folder / "konsol.toml").write_text('short = "Data cocok"\ngroup = "dataa"\n')
    (root / "profiles/wonogiri/papers.toml").write_text('\n[ktp]\nshape = "kartu"\n')
    found = checked(root).mistakes
    assert [(finding.file.relative_to(root), finding.at.line) for finding in found] == [
        (Path("profiles/wonogiri/papers.toml"), 3), (Path("profiles/wonogiri/services/konsol.toml"), 2),
    ]  # fmt: skip
    assert checked(root, "mataram").mistakes == ()


def test_what_a_profile_leaves_to_the_base_is_mended_in_the_base(root: Path) -> None:
    (root / "profiles/wonogiri/papers.toml").write_text('[ktp]\nname = "KTP"\n')
    line = change(root, "base/papers.toml", 'shape = "card"', 'shape = "kartu"')
    (finding,) = checked(root).mistakes
    assert (finding.file, finding.at.line) == (root / "base/papers.toml", line)


def test_a_service_that_only_one_profile_has_is_checked_there(root: Path) -> None:
    folder = root / "profiles/mataram/services"
    folder.mkdir()
    (folder / "baru.toml").write_text('name = "Layanan baru"\nblocks = ["pemohonn"]\n')
    found = checked(root, "mataram").mistakes
    assert {finding.file for finding in found} == {folder / "baru.toml"}
    assert {finding.place for finding in found} >= {"short", "group", "blocks[0]"}
    assert checked(root, "wonogiri").mistakes == ()


def test_a_service_that_a_kabupaten_does_not_offer_is_checked_all_the_same(root: Path) -> None:
    line = change(root, "base/services/ayo-skak.toml", 'mode = "', 'mode = "X')
    assert [brief(finding)[:2] for finding in checked(root, "mataram").mistakes] == [("ayo-skak.toml", line)]
