"""`kiosk content check` finds every mistake of an admin: in which file, on which line, and what to write instead."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from adminduk.catalogue import PARTS, ContentError, parse_catalogue
from content.finer_checks import ZONES
from content.loader import ROOT, load, own_folder, profiles, read_parts
from content.text_checks import LONGEST, SLIP_WORDS
from content.wording import SENTENCES, Words
from tests.unit.content.planting import KNOWN, brief, change, checked, copied

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

PLANTED = [
    # file, what stands there, what an admin writes, code, sentence, place
    ("base/services/akl.toml", "deadline_days = 60", "deadline_day = 60", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "deadline_day"),
    ("base/services/akl.toml", 'when = { field = "buku_nikah", is = "ya" }', 'whem = { field = "buku_nikah", is = "ya" }', "kunci_tidak_dikenal", "kunci_tidak_dikenal", "papers[3].whem"),
    ("base/services/skpwni.toml", "most = 10", "mast = 10", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "blocks[4].mast"),
    ("base/services/akl.toml", "deadline_days = 60", 'deadline_days = "60"', "jenis_salah", "jenis_salah", "deadline_days"),
    ("base/services/akl.toml", "kuasa = true", 'kuasa = "ya"', "jenis_salah", "jenis_salah", "kuasa"),
    ("base/services/akl.toml", '"kontak",', "7,", "jenis_salah", "jenis_salah", "blocks[1]"),
    ("base/services/akl.toml", '"kk",', '["kk"],', "jenis_salah", "jenis_salah", "papers[2]"),
    ("base/services/akl.toml", '{ block = "saksi", for = "saksi1"', '{ block = "saksi", for = 1', "jenis_salah", "jenis_salah", "blocks[9].for"),
    ("base/services/akl.toml", 'mode = "B"', 'mode = "E"', "nilai_salah", "nilai_salah", "mode"),
    ("base/services/akl.toml", 'mode = "B"', 'mode = "B"\nneeds = [\n  "camera",\n  "kamera",\n]', "nilai_salah", "nilai_salah", "needs[1]"),
    ("base/services/akl.toml", 'group = "lahir"', 'group = "lahirr"', "rujukan_hilang", "rujukan_hilang", "group"),
    ("base/services/ktp-hr.toml", 'also = ["hilang"]', 'also = ["hilangg"]', "rujukan_hilang", "rujukan_hilang", "also[0]"),
    ("base/services/akl.toml", '"kontak",', '"kontakk",', "rujukan_hilang", "rujukan_hilang", "blocks[1]"),
    ("base/services/akl.toml", '"kk",', '"kkk",', "rujukan_hilang", "rujukan_hilang", "papers[2]"),
    ("base/services/akl.toml", '"AKTA_KELAHIRAN"', '"AKTA_LAHIR"', "rujukan_hilang", "rujukan_hilang", "outputs[0]"),
    ("base/services/akl.toml", 'next_steps = "akta"', 'next_steps = "akte"', "rujukan_hilang", "rujukan_hilang", "next_steps"),
    ("base/services/akl.toml", '"F-2.04"', '"F-2.14"', "rujukan_hilang", "rujukan_hilang", "forms[2]"),
    ("base/services/akl.toml", 'field = "buku_nikah"', 'field = "buku_nika"', "rujukan_hilang", "rujukan_hilang", "papers[3].when.field"),
    ("base/services/akl.toml", 'field = "buku_nikah"', 'field = "sebab"', "rujukan_hilang", "rujukan_hilang", "papers[3].when.field"),
    ("base/services/akl.toml", 'field = "ada_ayah", is = "ya"', 'field = "ada_ayah", is = "iya"', "nilai_salah", "nilai_salah", "blocks[7].when.is"),
    ("base/services/ktp-hr.toml", 'is = "hilang"', 'in = ["rusak", "hilng"]', "nilai_salah", "nilai_salah", "papers[1].when.in[1]"),
    ("base/services/skpwni.toml", 'repeat = "jumlah_pindah"', 'repeat = "jumlah_pinda"', "rujukan_hilang", "rujukan_hilang", "blocks[4].repeat"),
    ("base/services/skpwni.toml", "most = 10", "most = 99", "nilai_salah", "between", "blocks[4].most"),
    ("base/services/skpwni.toml", "most = 10", 'most = 10, without = ["nikk"]', "rujukan_hilang", "rujukan_hilang", "blocks[4].without[0]"),
    ("base/services/akl.toml", '{ field = "buku_nikah", is = "ya" }', '{ field = "buku_nikah", sama = "ya" }', "nilai_salah", "condition", "papers[3].when"),
    ("base/services/akl.toml", '{ field = "buku_nikah", is = "ya" }', '{ any = [{ field = "buku_nikah", is = "ya" },\n { feld = "x" }] }', "nilai_salah", "condition", "papers[3].when.any[1]"),
    ("base/services/akl.toml", '"kontak",', '"kontak", "pemohon",', "ganda", "asked_twice", "blocks[2]"),
    ("base/services/akl.toml", '"kk",', '"kk",\n  "kk",', "ganda", "paper_twice", "papers[3]"),
    ("base/services/akl.toml", 'group = "lahir"', 'group = "lahir"\nname = "Akta"', "ganda", "key_twice", "name"),
    ("base/services/akl.toml", 'short = "Akta kelahiran"', 'short = ""', "wajib_diisi", "empty", "short"),
    ("base/services/akl.toml", 'short = "Akta kelahiran"', 'short = "100% akta"', "tanda_persen", "tanda_persen", "short"),
    ("base/services/akl.toml", 'icon = "baby"', 'icon = "bayi"', "rujukan_hilang", "rujukan_hilang", "icon"),
    ("base/services/akl.toml", 'name = "Akta Kelahiran"', "name = Akta Kelahiran", "bukan_toml", "not_toml", ""),
    ("base/services/akl.toml", 'name = "Akta Kelahiran"', "name = “Akta Kelahiran”", "bukan_toml", "typed_quotes", ""),
    ("base/services/akl.toml", 'name = "Akta Kelahiran"', '\ufeffname = "Akta Kelahiran"', "bukan_toml", "byte_order_mark", ""),
    ("base/blocks.toml", 'kind = "phone"', 'kind = "fon"', "nilai_salah", "nilai_salah", "kontak.fields[0].kind"),
    ("base/blocks.toml", 'kind = "phone"', 'kind = "choice"', "nilai_salah", "choice_and_choices", "kontak.fields[0].kind"),
    ("base/blocks.toml", 'choices = "kedekatan"', 'choices = "kedekat"', "rujukan_hilang", "rujukan_hilang", "pelapor.fields[0].choices"),
    ("base/blocks.toml", 'key = "no_kk"', 'key = "nik"', "ganda", "asked_twice", "pemohon.fields[1].key"),
    ("base/blocks.toml", 'differs_from = ["', 'differs_from = ["nikk", "', "rujukan_hilang", "rujukan_hilang", None),
    ("base/choices.toml", 'value = "P"', 'value = "L"', "ganda", "choice_twice", "kelamin[1].value"),
    ("base/choices.toml", 'value = "P"', "value = 2", "jenis_salah", "jenis_salah", "kelamin[1].value"),
    ("base/papers.toml", 'shape = "card"', 'shape = "kartu"', "nilai_salah", "nilai_salah", "ktp.shape"),
    ("base/papers.toml", 'picture = "ktp"', 'picture = "KTP el"', "nilai_salah", "picture", "ktp.picture"),
    ("base/papers.toml", 'picture = "ktp"', 'picture = "kpt"', "rujukan_hilang", "rujukan_hilang", "ktp.picture"),
    ("base/outputs.toml", 'media = "card"', 'media = "kartu"', "nilai_salah", "nilai_salah", "KTP.media"),
    ("base/steps.toml", '  "Petugas Dukcapil memeriksa permohonan Anda.",', "  3,", "jenis_salah", "jenis_salah", "kk[0]"),
    ("base/groups.toml", 'title = "', 'tittle = "', "kunci_tidak_dikenal", "kunci_tidak_dikenal", None),
    ("base/notice.toml", 'version = "2026-1"', "version = 2026", "jenis_salah", "jenis_salah", "version"),
    ("base/status.toml", "DIAJUKAN =", "DIAJUKEN =", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "DIAJUKEN"),
    ("base/status.toml", 'SELESAI = "Pengajuan sudah selesai"', "SELESAI = 3", "jenis_salah", "jenis_salah", "SELESAI"),
    ("base/reasons.toml", "staff_only = true", 'staff_only = "ya"', "jenis_salah", "jenis_salah", "R14.staff_only"),
    ("base/survey.toml", "questions = [", "pertanyaan = [", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "pertanyaan"),
    ("base/slip.toml", 'text = "{office}"', 'text = "{ofice}"', "rujukan_hilang", "rujukan_hilang", "rows[0].text"),
    ("base/slip.toml", 'text = "{office}"', 'text = "{office"', "nilai_salah", "braces", "rows[0].text"),
    ("base/slip.toml", "[[pick_up]]", "[[pickup]]", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "pickup"),
    ("base/complaints.toml", 'bukan_angka = "Isi dengan angka saja."', "bukan_angka = 3", "jenis_salah", "jenis_salah", "bukan_angka"),
    ("base/complaints.toml", '"staff.wrong" = "', '"staff.wrong" = 7 # "', "jenis_salah", "jenis_salah", "staff.wrong"),
    ("base/acts.toml", 'lock = "Menutup mode petugas"', 'lock = ""', "jenis_salah", "jenis_salah", "lock"),
    ("base/aliases.toml", '"SKTT" = ["SKTT"]', '"SKTT" = ["SKTX"]', "rujukan_hilang", "rujukan_hilang", "SKTT[0]"),
    ("profiles/wonogiri/offered.toml", "without = []", 'without = ["KTP"]', "rujukan_hilang", "rujukan_hilang", "without[0]"),
    ("base/order.toml", '"KTP-LD",', '"KTP-LDD",', "rujukan_hilang", "rujukan_hilang", "services[4]"),
    ("base/order.toml", '"KTP-LD",', "5,", "jenis_salah", "jenis_salah", "services[4]"),
    ("base/faults.toml", 'severity = "info"', 'severity = "ringan"', "nilai_salah", "nilai_salah", "receipt.paper_low.severity"),
    ("base/faults.toml", 'event = "receipt_absent"', 'evnt = "receipt_absent"', "kunci_tidak_dikenal", "kunci_tidak_dikenal", "receipt.absent.evnt"),
    ("base/pronunciation.toml", "find = '", "find = '(", "nilai_salah", "pattern", "patterns[0].find"),
    ("base/forms.toml", '"mati_jam"', '"mati_pukul"', "rujukan_hilang", "rujukan_hilang", None),
    ("base/forms.toml", 'style = "boxes", size = 3', 'style = "kotak", size = 3', "nilai_salah", "nilai_salah", None),
    ("base/forms.toml", 'caption = "', 'captoin = "', "kunci_tidak_dikenal", "kunci_tidak_dikenal", None),
    ("base/forms.toml", "lines = 10", "lines = 0", "nilai_salah", "columns_and_lines", None),
    ("base/poster.toml", 'free = "GRATIS"', "free = 0", "jenis_salah", "jenis_salah", "free"),
    ("base/poster.toml", 'papers_picture = "asli"', 'papers_picture = "alsi"', "rujukan_hilang", "rujukan_hilang", "papers_picture"),
    ("base/place.toml", 'complaints = "', 'komplain = "', "kunci_tidak_dikenal", "kunci_tidak_dikenal", "komplain"),
    ("profiles/wonogiri/place.toml", 'code = "3312"', 'code = "33.12"', "nilai_salah", "shape_code", "code"),
    ("profiles/wonogiri/place.toml", 'accent = "#8c1c2b"', 'accent = "merah"', "nilai_salah", "shape_accent", "accent"),
    ("profiles/wonogiri/place.toml", 'channel = "sms"', 'channel = "burung"', "nilai_salah", "nilai_salah", "channel"),
    ("profiles/wonogiri/place.toml", '"Asia/Jakarta"', '"Asia/Solo"', "nilai_salah", "nilai_salah", "timezone"),
    ("profiles/wonogiri/place.toml", '"WIB"', '"WITA"', "nilai_salah", "nilai_salah", "timezone_word"),
    ("profiles/wonogiri/place.toml", '"jv"', '"jw"', "nilai_salah", "nilai_salah", "languages[1]"),
    ("profiles/wonogiri/place.toml", 'pattern = "batik"', 'pattern = "batek"', "nilai_salah", "nilai_salah", "pattern"),
    ("profiles/wonogiri/place.toml", '"tidak_perlu"', '"tidak"', "nilai_salah", "nilai_salah", "proof_at_collection"),
    ("profiles/wonogiri/status.toml", 'DIAJUKAN = "', 'DIAJUKN = "', "kunci_tidak_dikenal", "kunci_tidak_dikenal", "DIAJUKN"),
    ("profiles/wonogiri/offered.toml", "without = []", "tanpa = []", "kunci_tidak_dikenal", "kunci_tidak_dikenal", "tanpa"),
]  # fmt: skip


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


# --- warnings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("base/services/akl.toml", 'short = "Akta kelahiran"', f'short = "{"panjang " * 4}"', "terlalu_panjang"),
        ("base/blocks.toml", 'label = "Berapa NIK Anda?"', f'label = "{"Berapa " * 12}?"', "terlalu_panjang"),
        ("base/steps.toml", '"Petugas Dukcapil memeriksa permohonan Anda."', f'"{"x" * 91}"', "terlalu_panjang"),
        ("base/blocks.toml", 'label = "Berapa NIK Anda?"', 'label = "NIK Anda"', "tanda_baca"),
        ("base/services/akl.toml", 'yang lahir, gratis."', 'yang lahir, gratis"', "tanda_baca"),
    ],
)
def test_what_may_not_fit_or_reads_badly_is_a_warning_only(
    root: Path, file: str, old: str, new: str, code: str
) -> None:
    line = change(root, file, old, new)
    report = checked(root)
    assert report.mistakes == ()
    assert [(finding.at.line, finding.code) for finding in report.warnings] == [(line, code)]
    assert "peringatan" in WORDS.line(report.warnings[0])


def texts_of(kind: str, name: str) -> Iterator[str]:
    for path in sorted(ROOT.rglob("services/*.toml" if kind == "services" else f"{kind}.toml")):
        for keys, value in pairs(tomllib.loads(path.read_text())):
            if isinstance(value, str) and (not name or [key for key in keys if isinstance(key, str)][-1] == name):
                yield value


def pairs(data: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else None
    if inside is None:
        yield above, data
    else:
        for key, value in inside:
            yield from pairs(value, (*above, key))


@pytest.mark.parametrize(("kind", "name"), LONGEST)
def test_the_limits_are_those_of_texts_that_have_been_laid_out(kind: str, name: str) -> None:
    """A limit far above what the layout tests have seen would promise what nobody has looked at."""
    longest = max(map(len, texts_of(kind, name)), default=0)
    assert longest <= LONGEST[kind, name]
    assert kind in ("place", "services") or longest >= LONGEST[kind, name] * 0.7


# --- words ------------------------------------------------------------------------------------------------------------

CODE = [*(TOP / "adminduk").glob("*.py"), *(TOP / "content").glob("*.py"), TOP / "blanks/poster.py"]


def strings_given(names: set[str], at: int | None, keyword: str) -> set[str]:
    """The constant texts that calls of these names are given, as the argument at a place or by keyword."""
    found = set()
    for node in (node for path in CODE for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in names:
            places = node.args[at : at + 1] if at is not None else []
            given = [*places, *(word.value for word in node.keywords if word.arg == keyword)]
            found |= {value.value for value in given if isinstance(value, ast.Constant)}
    return found


def sentences_used() -> set[str]:
    said = strings_given({"ContentError", "add", "finding", "Finding", "missing"}, None, "say")
    said |= {
        "service_file",
        "berkas_tidak_dikenal",
        "shape_accent",
        "shape_code",
        "ends_asking",
        "ends_telling",
    }  # by a name
    return said | {"kunci_tidak_dikenal", "wajib_diisi", "jenis_salah", "nilai_salah", "rujukan_hilang", "bagian_hilang"} | {
        "tanda_persen", "terlalu_panjang", "typed_quotes", "not_toml", "key_twice",
    }  # fmt: skip


def test_every_sentence_of_the_file_is_used_and_every_used_one_is_there() -> None:
    assert set(WORDS.remedies) == sentences_used()


def test_every_kind_of_value_and_of_part_has_a_name() -> None:
    assert strings_given({"wrong_kind"}, 1, "wanted") | {"str", "int", "bool"} <= set(WORDS.wanted)
    assert strings_given({"no_such", "_found", "_among"}, 0, "what") <= set(WORDS.what)


def test_every_sentence_is_fired_by_a_mistake_of_these_tests() -> None:
    fired = {row[4] for row in PLANTED}
    elsewhere = {
        "questions", "form_of_paper", "asks_nothing",
        "wajib_diisi", "answer_or_text", "section_twice", "shape_prefix", "not_utf8", "service_file", "berkas_hilang",
        "berkas_tidak_dikenal", "bagian_hilang", "terlalu_panjang", "ends_asking", "ends_telling",
    }  # fmt: skip
    assert fired | elsewhere == set(WORDS.remedies)


def test_remedies_are_indonesian_and_say_what_to_do() -> None:
    for say, sentence in WORDS.remedies.items():
        assert sentence.strip().endswith((".", "?")), say
        assert not re.search(r"\b(write|the|must|key|known|list|file)\b", re.sub(r'"[^"]*"|%\(\w+\)s', "", sentence)), (
            say
        )


def test_the_sentences_stand_in_the_file_and_not_in_the_code() -> None:
    table = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    assert set(table) == {"lines", "wanted", "what", "remedies"}


def test_a_line_can_be_opened_by_an_editor(root: Path) -> None:
    line = change(root, "base/services/akl.toml", "deadline_days", "deadline_day")
    (finding,) = checked(root).mistakes
    words = Words.read(root.parent)
    assert words.line(finding).startswith(
        f'content/base/services/akl.toml:{line}:1: kunci_tidak_dikenal di deadline_day: Kunci "deadline_day" tidak dipakai di sini. '
        'Maksud Anda "deadline_days"?'
    )
    assert WORDS.line(finding).startswith(str(root / "base/services/akl.toml"))


def test_long_lists_of_what_is_known_are_cut(root: Path) -> None:
    change(root, "base/offered.toml", "without = []", 'without = ["XXXXX"]')
    (finding,) = checked(root, "mataram").mistakes
    assert "dan 44 lainnya" in WORDS.line(finding)
    assert "Maksud" not in WORDS.line(finding)


# --- what the kiosk fills in ------------------------------------------------------------------------------------------


def test_the_zones_are_those_of_the_profiles() -> None:
    for name in profiles():
        place = load(name).place
        assert ZONES[place.timezone] == place.timezone_word


def test_the_placeholders_of_the_receipt_are_those_that_the_kiosk_fills_in() -> None:
    source = (TOP / "kiosk/session/slip.py").read_text()
    for words in SLIP_WORDS.values():
        for word in words:
            assert re.search(rf'"{word}":|{word}=', source), word


def test_what_the_kiosk_has_is_known() -> None:
    assert {"baby", "id-card"} <= KNOWN.icons
    assert {"ktp", "kk"} <= KNOWN.pictures
    assert {"batik", "poleng"} <= KNOWN.patterns
    assert {"id", "jv", "ban"} <= KNOWN.languages
