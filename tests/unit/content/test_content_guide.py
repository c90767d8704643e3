"""content/README.md: what it tells an admin is true, and its examples hold."""

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from adminduk import rules
from adminduk.fitting import MOST_REPEATS
from adminduk.services import FieldKind, Service
from content.file_checks import BASE_ALONE
from content.loader import ROOT, load
from content.text_checks import LONGEST
from content.wording import Words
from tests.unit.content.planting import change, checked, copied

GUIDE = (ROOT / "README.md").read_text(encoding="utf-8")
TOP = ROOT.parent
BLOCKS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
FILES = {block.split("\n", 1)[0].removeprefix("# "): block for block in BLOCKS if block.startswith("# profiles/")}
CONDITIONS = [block for block in BLOCKS if block.startswith("when = ")]
NEW = "profiles/wonogiri/services/kia-sekolah.toml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The content with every example of the guide written where the guide says."""
    made = copied(tmp_path)
    for name, text in FILES.items():
        path = made / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return made


def test_every_example_is_a_file_or_a_condition() -> None:
    assert len(FILES) + len(CONDITIONS) == len(BLOCKS)
    assert NEW in FILES


def test_the_examples_hold_in_every_kabupaten_that_they_are_for(root: Path) -> None:
    names = sorted({Path(name).parts[1] for name in FILES})
    words = Words.read(root)
    assert [words.line(finding) for finding in checked(root, *names).findings] == []


@pytest.mark.parametrize("name", FILES)
def test_an_example_holds_alone(tmp_path: Path, name: str) -> None:
    """But for the new service, which is made of all of them."""
    made = copied(tmp_path)
    needed = FILES if name == NEW else {name: FILES[name]}
    for each, text in needed.items():
        path = made / each
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if name != "profiles/wonogiri/blocks.toml":  # its choices are the next example
        assert checked(made, Path(name).parts[1]).mistakes == ()


def test_the_new_service_asks_what_its_example_says(root: Path) -> None:
    service = load("wonogiri", root=root).services["KIA-SEKOLAH"]
    asked = {field.key for field in service.asked({"jenjang": "tk"})}
    assert {"sekolah_nama", "jenjang", "murid_nik", "murid_nama"} <= asked
    assert "wali_nik" not in asked
    assert "wali_nik" in {field.key for field in service.asked({"ada_wali": "ya"})}
    assert [paper.code for paper in service.papers_for({"jenjang": "sd"})][-1] == "surat_sekolah"
    assert [paper.hint for paper in service.papers if paper.code == "foto_anak"] == ["Berwarna, seragam sekolah."]
    assert "KIA-SEKOLAH" not in load("mataram", root=root).services


def test_a_new_service_stands_last_in_its_group(root: Path) -> None:
    own = [service.code for service in load("wonogiri", root=root).services.values() if service.group == "kartu"]
    assert own[-1] == "KIA-SEKOLAH"


def test_a_list_in_a_profile_replaces_the_whole_list_and_other_keys_stay(root: Path) -> None:
    changed, plain = load("wonogiri", root=root).services["KIA-HR"], load("wonogiri").services["KIA-HR"]
    assert [paper.code for paper in changed.papers][:2] == ["kk", "akta_lahir"]
    assert (changed.sla_working_days, changed.name, changed.blocks) == (2, plain.name, plain.blocks)


def test_a_table_in_a_profile_is_merged_key_by_key(root: Path) -> None:
    def photo(name: str) -> tuple[str, str, str]:
        service = load(name, root=root).services["KIA-BARU"]
        return next((paper.name, paper.hint, paper.shape) for paper in service.papers if paper.code == "foto_anak")

    assert photo("mataram") == ("Pasfoto anak", "Berwarna, latar merah, dua lembar.", "photo")
    assert photo("buleleng")[1] == "Berwarna, dua lembar."


@pytest.mark.parametrize("text", CONDITIONS)
def test_a_condition_of_the_guide_can_be_read(text: str) -> None:
    rules.parse(tomllib.loads(text)["when"])


def test_the_guide_shows_every_operator() -> None:
    shown = {key for text in CONDITIONS for key in re.findall(r"[{ ](\w+) =", text.partition("=")[2])} - {"field"}
    assert shown == {"is", "in", "filled", "at_least", "all", "any", "not"}


def test_what_is_not_answered_fulfils_none_of_the_three() -> None:
    for condition in ({"field": "a", "is": ""}, {"field": "a", "in": ["x"]}, {"field": "a", "at_least": 0}):
        assert not rules.parse(condition).holds({})


def test_every_file_of_the_base_is_told() -> None:
    told = set(re.findall(r"^\| `([a-z*/]+)\.toml` \|", GUIDE, re.MULTILINE))
    assert told == {path.stem for path in (ROOT / "base").glob("*.toml")} | {"services/*"}
    for name in BASE_ALONE:
        assert re.search(rf"\| `{name}\.toml` \|.*hanya di `base/`", GUIDE), name


def test_every_key_of_a_service_is_told() -> None:
    said = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\|.*\|$", GUIDE, re.MULTILINE))))
    given = {"code", "signed", "routing"}  # by the file's name, by papers.toml and by routing.toml
    assert {item.name for item in fields(Service)} - given <= said


def test_every_kind_of_question_is_told() -> None:
    assert {str(kind) for kind in FieldKind} <= set(re.findall(r"`(\w+)`", GUIDE))


def test_the_numbers_of_the_guide_are_those_of_the_code() -> None:
    assert f"paling panjang {LONGEST['services', 'short']} huruf" in GUIDE
    assert f"(sampai {MOST_REPEATS})" in GUIDE


def test_the_lines_of_the_checker_are_those_that_it_prints(root: Path) -> None:
    change(root, NEW, '"akta_lahir"', '"akta_lahirr"')
    text = (root / NEW).read_text()
    (finding,) = checked(root).mistakes
    shown = next(line for line in GUIDE.splitlines() if "kia-sekolah.toml:" in line)
    printed = Words.read(root.parent).line(finding)
    written = re.sub(r":\d+:", f":{text[: text.index('akta_lahirr')].count(chr(10)) + 1}:", printed, count=1)
    assert printed == written
    assert printed.startswith(shown.removesuffix("…"))
    assert (
        Words.read(TOP).summary(checked(ROOT, "balangan", "buleleng", "maluku_tengah", "mataram", "wonogiri")) in GUIDE
    )


def test_what_the_guide_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        assert (ROOT / target).exists(), target
    for target in (
        "kiosk/ui/icons.txt",
        "kiosk/ui/static/pictures",
        "docs/technician.md",
        "provisioning/assets/build.py",
    ):
        assert target in GUIDE
        assert (TOP / target).exists()


def test_the_search_for_low_confidence_finds_them() -> None:
    command = re.search(r"grep -l '(.*?)' content/base/services", GUIDE)
    assert command is not None
    found = {
        path.stem.upper() for path in (ROOT / "base/services").glob("*.toml") if re.search(command[1], path.read_text())
    }
    assert found == {service.code for service in load().services.values() if service.confidence != "H"}
