"""The content as it ships: every profile loads, every question can be read and reached, every complaint has words."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from adminduk.application import State
from adminduk.catalogue import ContentError
from adminduk.services import Field, FieldKind, Service
from content.loader import ROOT, load, load_regions, read_toml

TOP = Path(__file__).parents[3]
PROFILES = ("wonogiri", "buleleng", "mataram", "balangan", "maluku_tengah")
CATALOGUE = load()
SERVICES = list(CATALOGUE.services.values())
FIELDS = {field.key: field for service in SERVICES for field in service.fields()}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_profile_loads_and_names_its_own_place(profile: str) -> None:
    place = load(profile).place
    assert place.code == {"wonogiri": "3312", "buleleng": "5108", "mataram": "5271", "balangan": "6311"}.get(
        profile, "8101"
    )
    assert place.timezone_word == {"wonogiri": "WIB", "maluku_tengah": "WIT"}.get(profile, "WITA")


def test_there_is_no_other_profile() -> None:
    assert {path.name for path in (ROOT / "profiles").iterdir() if path.is_dir()} == set(PROFILES)


def test_the_five_words_of_buleleng_to_the_letter() -> None:
    words = load("buleleng").status_words
    assert {
        words[state]
        for state in (State.DISETUJUI, State.DIPROSES, State.DIVALIDASI, State.SIAP_CETAK, State.DIBATALKAN)
    } == {
        "Pengajuan sudah disetujui",
        "Pengajuan dalam proses",
        "Pengajuan dalam pengerjaan",
        "Pengajuan sudah selesai",
        "Pengajuan dibatalkan",
    }


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_a_service_tells_what_is_needed_and_what_comes(service: Service) -> None:
    assert service.description.endswith(".")
    assert len(service.short) <= 24
    assert len(service.next_steps) >= 2
    assert all(paper.hint for paper in service.papers)
    assert service.flow == "check" or (service.papers and "camera" in service.needs)


@pytest.mark.parametrize("field", FIELDS.values(), ids=lambda field: field.key)
def test_a_question_is_a_question_with_a_caption_and_a_picture(field: Field) -> None:
    assert field.label.endswith("?")
    assert field.caption
    assert field.icon
    assert field.hint == "" or field.hint.endswith((".", "?"))


def filled(field: Field) -> str:
    """An answer under which most is asked."""
    if field.kind is FieldKind.NUMBER:
        return str(field.maximum or 1)
    return field.choices[0].value if field.choices else "ya"


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.code)
def test_every_conditional_question_and_paper_can_be_reached(service: Service) -> None:
    reached_fields, reached_papers = set(), set()
    for field in service.fields():
        for value in [choice.value for choice in field.choices] or ["ya", "tidak", ""]:
            others = {other.key: filled(other) for other in service.fields()}
            answers = {**others, field.key: value}
            reached_fields |= {asked.key for asked in service.asked(answers)}
            reached_papers |= {paper.code for paper in service.papers_for(answers)}
    assert reached_fields == {field.key for field in service.fields()}
    assert reached_papers == {paper.code for paper in service.papers}


def test_every_icon_that_the_content_names_is_built() -> None:
    built = set((TOP / "kiosk/ui/icons.txt").read_text().split())
    named = {field.icon for field in FIELDS.values()} | {
        choice.icon for field in FIELDS.values() for choice in field.choices
    }
    named |= {service.icon for service in SERVICES} | {group.icon for group in CATALOGUE.groups}
    assert named - built == set()


def codes_of(path: Path) -> set[str]:
    """Every complaint that a module of checks can make: the texts given to refused(), errors= and warnings=."""
    tree = ast.parse(path.read_text())
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", text)}


def test_every_complaint_of_the_checks_has_words() -> None:
    said = set().union(
        *(codes_of(TOP / "adminduk" / f"{name}.py") for name in ("nik", "kk", "names", "phone", "dates", "answers"))
    )
    known_otherwise = {"golongan_darah"}
    assert said - set(CATALOGUE.complaints) - known_otherwise == set()


def test_a_complaint_says_what_to_do_in_few_words() -> None:
    for code, words in CATALOGUE.complaints.items():
        assert words.endswith((".", "?", "contoh.id")), code
        assert len(words) <= 130, code


def test_reasons_hide_what_only_staff_may_know() -> None:
    assert [code for code, reason in CATALOGUE.reasons.items() if reason.staff_only] == ["R14"]
    assert list(CATALOGUE.reasons) == [f"R{number:02d}" for number in range(1, 18)]


def test_no_article_of_law_is_quoted_to_a_citizen() -> None:
    text = "".join(path.read_text() for path in ROOT.rglob("*.toml"))
    assert not re.search(r"\b(Pasal|Ps\.)\s*\d", text)


def test_the_notice_tells_free_and_who_sees() -> None:
    text = " ".join(CATALOGUE.notice.paragraphs)
    assert "tidak membayar" in text
    assert "Dukcapil" in text
    assert CATALOGUE.notice.version


def test_nine_questions_of_the_survey() -> None:
    assert len(CATALOGUE.survey) == 9


# --- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT, tmp_path / "content")
    return tmp_path / "content"


def complaint(root: Path) -> tuple[str, str]:
    with pytest.raises(ContentError) as caught:
        load(root=root)
    assert caught.value.remedy
    return caught.value.code, caught.value.where


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("services/konsol.toml", 'mode = "A"', 'mode = "Z"', ("nilai_salah", "services.KONSOL.mode")),
        ("services/konsol.toml", 'group = "data"', 'group = "lainnya"', ("rujukan_hilang", "services.KONSOL.group")),
        ("services/konsol.toml", '"sinkron"]', '"sinkrom"]', ("rujukan_hilang", "services.KONSOL.blocks[2]")),
        ("services/konsol.toml", 'short = "Cocokkan data"', "", ("wajib_diisi", "services.KONSOL.short")),
        ("services/ktp-hr.toml", "sla_working_days = 3", 'sla_working_days = "3"', ("jenis_salah", "services.KTP-HR.sla_working_days")),
        ("services/konsol.toml", '"ktp", ', '"kk", ', ("ganda", "services.KONSOL.papers[1]")),
        ("services/konsol.toml", '"ktp", ', '"ktq", ', ("rujukan_hilang", "services.KONSOL.papers[1]")),
        ("services/konsol.toml", "outputs = []", 'outputs = ["KKK"]', ("rujukan_hilang", "services.KONSOL.outputs[0]")),
        ("services/konsol.toml", 'next_steps = "data"', 'next_steps = "date"', ("rujukan_hilang", "services.KONSOL.next_steps")),
        ("services/konsol.toml", "forms = []", 'flow = "cek"', ("nilai_salah", "services.KONSOL.flow")),
        ("services/konsol.toml", "forms = []", 'confidence = "X"', ("nilai_salah", "services.KONSOL.confidence")),
        ("services/cek.toml", 'flow = "check"', "", ("wajib_diisi", "services.CEK.blocks")),
        ("services/kk-baru-1.toml", '"F-1.02", "F-1.05"', '"F-1.02"', ("rujukan_hilang", "services.KK-BARU-1.papers[1]")),
        ("services/skpwni.toml", "most = 10", "most = 99", ("nilai_salah", "services.SKPWNI.blocks[4].most")),
        ("services/skpwni.toml", "most = 10", "mast = 10", ("kunci_tidak_dikenal", "services.SKPWNI.blocks[4].mast")),
        ("papers.toml", 'shape = "card"', 'shape = "kartu"', ("nilai_salah", "papers.ktp.shape")),
        ("outputs.toml", 'media = "card"', 'media = "kartu"', ("nilai_salah", "outputs.KTP.media")),
        ("blocks.toml", 'choices = "kedekatan"', 'choices = "kedekat"', ("rujukan_hilang", "blocks.pelapor.fields[0].choices")),
        ("offered.toml", "without = []", 'only = ["KTP"]', ("rujukan_hilang", "offered.only")),
        ("routing.toml", "routes = []", 'routes = [{ services = ["KTP"], prefix = "33", place = "x" }]', ("rujukan_hilang", "routing.routes[0].services")),
        ("../profiles/wonogiri/place.toml", 'channel = "sms"', 'channel = "burung"', ("nilai_salah", "place.channel")),
        ("services/konsol.toml", '"kontak", "sinkron"', '"pemohon", "sinkron"', ("ganda", "services.KONSOL.blocks[1]")),
        ("services/konsol.toml", 'forms = []', 'needs = ["kamera"]', ("nilai_salah", "services.KONSOL.needs")),
        ("services/konsol.toml", 'icon = "refresh-cw"', 'ikon = "x"', ("kunci_tidak_dikenal", "services.KONSOL.ikon")),
        ("services/akl.toml", '{ field = "buku_nikah", is = "ya" }', '{ field = "buku_nika", is = "ya" }', ("rujukan_hilang", "services.AKL.papers[3].when")),
        ("services/akl.toml", '{ field = "buku_nikah", is = "ya" }', '{ fiel = "x" }', ("nilai_salah", "services.AKL.papers[3].when")),
        ("services/skpwni.toml", 'name = "Surat Keterangan Pindah WNI"', "name = ", ("bukan_toml", "skpwni.toml")),
        ("blocks.toml", 'kind = "phone"', 'kind = "fon"', ("nilai_salah", "blocks.kontak.fields[0].kind")),
        ("blocks.toml", 'kind = "phone"', 'kind = "choice"', ("nilai_salah", "blocks.kontak.fields[0].kind")),
        ("status.toml", 'SELESAI = "Pengajuan sudah selesai"', "", ("wajib_diisi", "status.SELESAI")),
        ("status.toml", "DIAJUKAN", "DIAJUKEN", ("kunci_tidak_dikenal", "status.DIAJUKEN")),
        ("survey.toml", '  "Apakah keluhan ditanggapi dengan baik?",\n', "", ("nilai_salah", "survey.questions")),
        ("survey.toml", "questions = [", "questions = [3,", ("jenis_salah", "survey.questions[0]")),
        ("complaints.toml", 'bukan_angka = "Isi dengan angka saja."', "bukan_angka = 3", ("jenis_salah", "complaints.bukan_angka")),
        ("slip.toml", 'text = "{office}"', "text = 1", ("jenis_salah", "slip.rows[0].text")),
    ],
)  # fmt: skip
def test_a_mistake_of_an_admin_is_named_with_its_place(
    copy: Path, file: str, old: str, new: str, expected: tuple[str, str]
) -> None:
    path = copy / "base" / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert complaint(copy) == expected


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "base" / "reasons.toml").unlink()
    assert load(root=copy).reasons == {}  # an empty list is allowed; what is needed complains where it is used
    (copy / "base" / "notice.toml").unlink()
    assert complaint(copy) == ("wajib_diisi", "notice.version")


def test_an_unknown_profile_lists_the_known_ones() -> None:
    with pytest.raises(ContentError, match="wonogiri"):
        load("atlantis")


def test_a_profile_overrides_by_key_and_leaves_the_rest(copy: Path) -> None:
    (copy / "profiles" / "wonogiri" / "services").mkdir()
    (copy / "profiles" / "wonogiri" / "services" / "konsol.toml").write_text('short = "Data cocok"\n')
    changed = load(root=copy).services["KONSOL"]
    assert (changed.short, changed.group) == ("Data cocok", "data")


def test_regions_are_optional_and_read_when_built(tmp_path: Path) -> None:
    assert load_regions(tmp_path / "missing.tsv") is None
    table = load_regions(TOP / "build" / "regions.tsv")
    assert table is not None
    assert table.name_of("33") == "Jawa Tengah"
    assert len(table.children("")) == 38


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_toml(tmp_path / "x.toml") == {}


def test_kinds_of_answers_in_use_all_have_a_page() -> None:
    assert {field.kind for field in FIELDS.values()} <= set(FieldKind)
