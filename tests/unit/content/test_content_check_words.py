"""The sentences of the content check: each is there, is fired, is Indonesian, and its limits are those that were laid out."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from content.finer_checks import ZONES
from content.loader import ROOT, load, profiles
from content.text_checks import LONGEST, NOTIFICATION_WORDS, SLIP_WORDS
from content.wording import SENTENCES, Words
from tests.unit.content.mistakes import PLANTED
from tests.unit.content.planting import KNOWN, change, checked, copied

TOP = Path(__file__).parents[3]
WORDS = Words.read(TOP)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return copied(tmp_path)


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


def test_the_placeholders_of_notifications_are_those_that_the_desk_fills_in() -> None:
    source = (TOP / "central/desk/notifying.py").read_text()
    for word in NOTIFICATION_WORDS:
        assert re.search(rf'"{word}":|{word}=', source), word


def test_a_wrong_placeholder_of_a_notification_is_told(root: Path) -> None:
    change(root, "base/notifications.toml", "{ticket} DIBATALKAN", "{nik} DIBATALKAN")
    (finding,) = checked(root, "mataram").mistakes
    assert finding.code == "rujukan_hilang"


def test_what_the_kiosk_has_is_known() -> None:
    assert {"baby", "id-card"} <= KNOWN.icons
    assert {"ktp", "kk"} <= KNOWN.pictures
    assert {"batik", "poleng"} <= KNOWN.patterns
    assert {"id", "jv", "ban"} <= KNOWN.languages
